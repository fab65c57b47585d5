// A login with express-openid-connect, with the code flow, as its documentation does it.

import express from "express";
import oidc from "express-openid-connect";

const env = process.env;
const app = express();
app.use(oidc.auth({
  issuerBaseURL: env.ISSUER,
  baseURL: `http://localhost:${env.PORT}`,
  clientID: env.CLIENT_ID,
  clientSecret: env.CLIENT_SECRET,
  secret: "made up for a test, and known to all",
  authRequired: false,
  idpLogout: true,
  authorizationParams: { response_type: "code", scope: "openid profile email" },
}));

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

app.get("/", (request, response) => {
  const { user } = request.oidc;
  response.send(user
    ? `<h1>Welcome, ${escaped(user.name)}!</h1><p>${escaped(user.email)}</p>`
    : "<p>Nobody is logged in</p>");
});

app.listen(Number(env.PORT), "localhost");
