// Serves the page, the library and what the page has to know; the login itself happens in the browser.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const env = process.env;
const here = (path) => new URL(path, import.meta.url);
const settings = {
  authority: env.ISSUER,
  client_id: env.CLIENT_ID,
  // A page cannot keep a secret; a provider that knows it as a public client gives none.
  client_secret: env.CLIENT_SECRET,
  redirect_uri: env.REDIRECT_URI,
  scope: "openid email profile",
};
const files = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/callback": ["page.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript"],
  "/oidc-client-ts.js": ["node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js", "text/javascript"],
};

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/settings.json") {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(settings));
    return;
  }
  const [file, type] = files[pathname] ?? [];
  if (!file) {
    response.statusCode = 404;
    response.end("Not here");
    return;
  }
  response.setHeader("content-type", type);
  response.end(await readFile(here(file)));
}).listen(Number(env.PORT), "localhost");
