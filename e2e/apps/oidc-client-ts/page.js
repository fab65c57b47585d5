"use strict";
// A login with oidc-client-ts in the browser, as its documentation does it.

const page = document.getElementById("page");

function show(tag, words, press) {
  const element = document.createElement(tag);
  element.textContent = words;
  if (press) element.addEventListener("click", press);
  page.append(element);
}

async function main() {
  const manager = new oidc.UserManager(await (await fetch("/settings.json")).json());
  if (location.pathname === "/callback") {
    await manager.signinRedirectCallback();
    location.replace("/");
    return;
  }
  const user = await manager.getUser();
  if (user && !user.expired) {
    show("h1", `Welcome, ${user.profile.name}!`);
    show("p", user.profile.email);
    show("button", "Log out", () => manager.removeUser().then(() => location.reload()));
  } else {
    show("p", "Nobody is logged in");
    show("button", "Log in", () => manager.signinRedirect());
  }
}

main().catch((error) => show("p", `This login failed: ${error.message}`));
