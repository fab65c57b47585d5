"use strict";
const root = document.body.dataset.root;
const state = document.getElementById("state");
const logins = document.getElementById("logins");
const empty = document.getElementById("empty");
const live = document.getElementById("live");
const problem = document.getElementById("problem");

/** The element that this text is. */
function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Where a login began; what belongs to none is the oldest. */
const number = (one) => (one.id === "login-none" ? -1 : Number(one.id.slice("login-".length)));

/** The things of a login that somebody opened, by where they are. */
const opened = (one) => [...one.querySelectorAll("details")].map((details) => details.open);

function show({ id, html }) {
  const one = element(html);
  const before = document.getElementById(id);
  if (before) {
    const open = opened(before);
    [...one.querySelectorAll("details")].forEach((details, index) => { details.open = open[index] ?? details.open; });
    const focus = before.contains(document.activeElement);
    before.replaceWith(one);
    if (focus) one.querySelector("summary").focus({ preventScroll: true });
  } else {
    for (const other of logins.children) if (other.dataset.opened !== "by hand") other.querySelector("details").open = false;
    one.querySelector("details").open = true;
    const next = [...logins.children].find((other) => number(other) < number(one));
    logins.insertBefore(one, next ?? null);
  }
  while (logins.children.length > 50) logins.lastElementChild.remove();
  empty.hidden = true;
}

function tick() {
  const clock = document.getElementById("now");
  if (!clock?.dataset.ahead) return;
  const now = new Date(Date.now() + Number(clock.dataset.ahead) * 1000);
  if (!Number.isNaN(now.valueOf())) clock.textContent = now.toISOString().replace("T", " ").replace(/\.\d+/, "");
}

async function call(verb, body) {
  let words = "";
  try {
    const answer = await fetch(root + verb, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!answer.ok) words = (await answer.json()).detail ?? answer.statusText;
  } catch (error) {
    words = String(error);
  }
  problem.textContent = words && `${verb}: ${words}`;
  problem.hidden = !words;
}

logins.addEventListener("click", (event) => {
  const summary = event.target.closest(".login > details > summary");
  if (summary) summary.closest(".login").dataset.opened = "by hand";
});
state.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const choice = button.dataset.of && document.getElementById(button.dataset.of);
  call(button.dataset.verb, choice ? choice.value : button.dataset.body ?? "{}");
});
state.addEventListener("change", (event) => {
  if (event.target.dataset.verb) call(event.target.dataset.verb, event.target.value);
});

const events = new EventSource(root + "events");
events.addEventListener("open", () => { live.className = "live on"; live.textContent = "live"; });
events.addEventListener("error", () => { live.className = "live off"; live.textContent = "not connected; trying again"; });
events.addEventListener("login", (event) => show(JSON.parse(event.data)));
events.addEventListener("gone", (event) => document.getElementById(JSON.parse(event.data).id)?.remove());
events.addEventListener("reset", () => { logins.replaceChildren(); empty.hidden = false; });
events.addEventListener("state", (event) => {
  const focus = document.activeElement?.id;
  const chosen = document.getElementById("lie")?.value;
  state.innerHTML = JSON.parse(event.data).html;
  const lie = document.getElementById("lie");
  if (chosen) lie.value = chosen;
  if (focus) document.getElementById(focus)?.focus();
  tick();
});
setInterval(tick, 500);
