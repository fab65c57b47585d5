// A login with openid-client and Express, with PKCE, state and nonce.

import express from "express";
import session from "express-session";
import * as client from "openid-client";

const env = process.env;
const base = `http://localhost:${env.PORT}`;
const names = { first: "", second: "SECOND_" };
const configurations = {};

/** The provider's metadata, read once. */
async function configuration(name) {
  const prefix = names[name];
  configurations[name] ??= await client.discovery(
    new URL(env[prefix + "ISSUER"]),
    env[prefix + "CLIENT_ID"],
    env[prefix + "CLIENT_SECRET"],
    undefined,
    { execute: [client.allowInsecureRequests] },
  );
  return configurations[name];
}

const app = express();
app.use(session({
  secret: "made up for a test, and known to all",
  resave: false,
  saveUninitialized: false,
  cookie: { httpOnly: true, sameSite: "lax" },
}));

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

app.get("/", (request, response) => {
  const user = request.session.user;
  response.send(user
    ? `<h1>Welcome, ${escaped(user.name)}!</h1><p>${escaped(user.email)}</p>`
    : "<p>Nobody is logged in</p>");
});

app.get("/login/:name", async (request, response) => {
  const { name } = request.params;
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  request.session.login = { name, verifier, state, nonce };
  const url = client.buildAuthorizationUrl(await configuration(name), {
    redirect_uri: env[names[name] + "REDIRECT_URI"],
    scope: "openid email profile",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  response.redirect(url.href);
});

app.get("/callback/:name", async (request, response) => {
  const { name } = request.params;
  const login = request.session.login;
  if (login?.name !== name) {
    response.status(400).send("Nobody began this login");
    return;
  }
  delete request.session.login;
  const tokens = await client.authorizationCodeGrant(
    await configuration(name),
    new URL(request.originalUrl, base),
    { pkceCodeVerifier: login.verifier, expectedState: login.state, expectedNonce: login.nonce },
  );
  const { name: called, email } = tokens.claims();
  await new Promise((done, failed) => {
    request.session.regenerate((error) => (error ? failed(error) : done()));
  });
  request.session.user = { name: called, email };
  response.redirect("/");
});

app.get("/logout", (request, response) => {
  request.session.destroy(() => response.redirect("/"));
});

app.use((error, request, response, next) => {
  console.error(error.message);
  response.status(400).send("This login failed");
});

app.listen(Number(env.PORT), "localhost");
