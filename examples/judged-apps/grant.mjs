// grant with express, as its README shows it; state and PKCE on, the answer kept in the session.
import { randomBytes } from "node:crypto";
import express from "express";
import session from "express-session";
import grant from "grant";
import { callApi, env } from "./web.mjs";

const app = express();
const secret = randomBytes(32).toString("hex");
app.use(session({ secret, resave: false, saveUninitialized: false }));
app.use(
  grant.express({
    defaults: { origin: new URL(env.REDIRECT).origin, transport: "session", state: true },
    heygen: {
      authorize_url: env.AUTHORIZE_URL,
      access_url: env.TOKEN_URL,
      oauth: 2,
      key: env.CLIENT_ID,
      pkce: true,
      response: ["tokens"],
      callback: "/done",
    },
  }),
);
app.get("/done", (req, res) => {
  const token = req.session.grant?.response?.access_token;
  if (token) req.session.token = token;
  res.status(token ? 200 : 403).send(token ? "Hello" : "The login failed");
});
app.get("/me", async (req, res) => res.sendStatus(await callApi(req.session.token)));
app.use((error, req, res, next) => res.status(500).send("Something went wrong"));
app.listen(Number(env.PORT), "127.0.0.1");
