// A login with oauth4webapi and Express, as the library's example of the code flow with OpenID Connect does it.

import express from "express";
import session from "express-session";
import * as oauth from "oauth4webapi";

const env = process.env;
const base = `http://localhost:${env.PORT}`;
const names = { first: "", second: "SECOND_" };
const insecure = { [oauth.allowInsecureRequests]: true };
const servers = {};

/** The provider's metadata, read once. */
async function server(name) {
  const issuer = new URL(env[names[name] + "ISSUER"]);
  servers[name] ??= await oauth
    .discoveryRequest(issuer, { algorithm: "oidc", ...insecure })
    .then((response) => oauth.processDiscoveryResponse(issuer, response));
  return servers[name];
}

const client = (name) => ({ client_id: env[names[name] + "CLIENT_ID"] });
const secret = (name) => oauth.ClientSecretPost(env[names[name] + "CLIENT_SECRET"]);
const redirectUri = (name) => env[names[name] + "REDIRECT_URI"];

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
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  request.session.login = { name, verifier, state, nonce };
  const url = new URL((await server(name)).authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client(name).client_id,
    redirect_uri: redirectUri(name),
    response_type: "code",
    scope: "openid email profile",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
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
  const as = await server(name);
  const parameters = oauth.validateAuthResponse(as, client(name), new URL(request.originalUrl, base), login.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    as, client(name), secret(name), parameters, redirectUri(name), login.verifier, insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client(name), answer, {
    expectedNonce: login.nonce,
    requireIdToken: true,
  });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const userInfo = await oauth.processUserInfoResponse(
    as, client(name), claims.sub,
    await oauth.userInfoRequest(as, client(name), tokens.access_token, insecure),
  );
  await new Promise((done, failed) => {
    request.session.regenerate((error) => (error ? failed(error) : done()));
  });
  request.session.user = { name: userInfo.name, email: userInfo.email };
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
