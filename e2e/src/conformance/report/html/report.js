"use strict";
const form = document.getElementById("filter");
const cases = [...document.querySelectorAll(".case")];
const sections = [...document.querySelectorAll(".outcome")];
const shown = document.getElementById("shown");
const words = new Map(cases.map((one) => [one, one.querySelector("summary").textContent + one.querySelector("dl").textContent]));

function filter() {
  const { words: sought, group, severity, outcome } = Object.fromEntries(new FormData(form));
  const all = sought.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const one of cases) {
    const text = words.get(one).toLowerCase();
    const fits = all.every((word) => text.includes(word)) &&
      (!group || one.dataset.group === group) &&
      (!severity || one.dataset.severity === severity) &&
      (!outcome || one.closest(".outcome").id === outcome);
    one.hidden = !fits;
    count += fits;
  }
  for (const section of sections) section.hidden = !section.querySelector(".case:not([hidden])");
  shown.textContent = `${count} of ${cases.length} cases`;
}

/** A link to a case shows what stands in it. */
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const one = target?.closest(".case");
  if (!one) return;
  one.hidden = false;
  one.closest(".outcome").hidden = false;
  one.open = true;
  one.scrollIntoView();
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("change", filter);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", open);
filter();
open();
