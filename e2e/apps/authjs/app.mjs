// A login with Auth.js for Express, as its documentation does it.

import { ExpressAuth } from "@auth/express";
import express from "express";

const env = process.env;
const app = express();

/** A provider of one's own, by its issuer. */
const provider = (id, prefix) => ({
  id,
  name: id,
  type: "oidc",
  issuer: env[prefix + "ISSUER"],
  clientId: env[prefix + "CLIENT_ID"],
  clientSecret: env[prefix + "CLIENT_SECRET"],
});

app.set("trust proxy", true);
app.use("/auth/*", ExpressAuth({
  providers: [provider("first", ""), provider("second", "SECOND_")],
  secret: "made up for a test, and known to all",
  trustHost: true,
}));
app.get("/", (request, response) => response.send("<a href=\"/auth/signin\">Log in</a>"));

app.listen(Number(env.PORT), "localhost");
