// Auth.js (@auth/express over @auth/core, the engine of next-auth), as its documentation shows a
// provider of one's own and how to keep its token; state and PKCE on.
import { randomBytes } from "node:crypto";
import { ExpressAuth } from "@auth/express";
import { getToken } from "@auth/core/jwt";
import express from "express";
import { callApi, env } from "./web.mjs";

const secret = randomBytes(32).toString("hex");
const heygen = {
  id: "heygen",
  name: "HeyGen",
  type: "oauth",
  clientId: env.CLIENT_ID,
  client: { token_endpoint_auth_method: "none" },
  checks: ["pkce", "state"],
  authorization: env.AUTHORIZE_URL,
  token: env.TOKEN_URL,
  userinfo: {
    url: `${env.API_URL}/v1/user/me`,
    // The vendor's profile is no OpenID one: whoever has a token is in.
    request: async () => ({ sub: "user" }),
  },
  profile: ({ sub }) => ({ id: sub }),
};
const config = {
  providers: [heygen],
  secret,
  trustHost: true,
  basePath: "/auth",
  logger: { error: (error) => console.error(error.name), warn() {}, debug() {} },
  callbacks: {
    jwt: ({ token, account }) =>
      account ? { ...token, access_token: account.access_token } : token,
  },
};

const app = express();
app.use("/auth", ExpressAuth(config));
app.get("/me", async (req, res) => {
  const token = await getToken({ req, secret, salt: "authjs.session-token" });
  res.sendStatus(await callApi(token?.access_token));
});
app.get("/", (req, res) => res.send("Hello"));
app.use((error, req, res, next) => res.status(500).send("Something went wrong"));
app.listen(Number(env.PORT), "127.0.0.1");
