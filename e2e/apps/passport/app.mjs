// A login with Passport and passport-openidconnect, as its README does it.

import express from "express";
import session from "express-session";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

const env = process.env;

for (const [name, prefix] of [["first", ""], ["second", "SECOND_"]]) {
  passport.use(name, new OpenIDConnectStrategy({
    issuer: env[prefix + "ISSUER"],
    authorizationURL: env[prefix + "AUTHORIZE_URL"],
    tokenURL: env[prefix + "TOKEN_URL"],
    userInfoURL: env[prefix + "USERINFO_URL"],
    clientID: env[prefix + "CLIENT_ID"],
    clientSecret: env[prefix + "CLIENT_SECRET"],
    callbackURL: env[prefix + "REDIRECT_URI"],
    scope: ["profile", "email"],
  }, (issuer, profile, done) => done(null, {
    id: profile.id,
    name: profile.displayName,
    email: profile.emails?.[0]?.value,
  })));
}
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({
  secret: "made up for a test, and known to all",
  resave: false,
  saveUninitialized: false,
}));
app.use(passport.authenticate("session"));

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

app.get("/", (request, response) => {
  const { user } = request;
  response.send(user
    ? `<h1>Welcome, ${escaped(user.name)}!</h1><p>${escaped(user.email)}</p><form method="post" action="/logout"><button>Log out</button></form>`
    : "<p>Nobody is logged in</p>");
});
for (const name of ["first", "second"]) {
  app.get(`/login/${name}`, passport.authenticate(name));
  app.get(`/callback/${name}`,
    passport.authenticate(name, { failureRedirect: "/failed", failureMessage: true }),
    (request, response) => response.redirect("/"));
}
app.get("/failed", (request, response) => response.status(401).send("This login failed"));
app.post("/logout", (request, response, next) => {
  request.logout((error) => (error ? next(error) : response.redirect("/")));
});

app.listen(Number(env.PORT), "localhost");
