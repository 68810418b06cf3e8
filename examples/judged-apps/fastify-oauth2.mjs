// @fastify/oauth2, as its README shows it; PKCE on. The session is a map by cookie.
import { randomBytes } from "node:crypto";
import oauth2 from "@fastify/oauth2";
import fastify from "fastify";
import { callApi, callbackPath, env } from "./web.mjs";

const app = fastify();
const { origin: tokenHost, pathname: tokenPath } = new URL(env.TOKEN_URL);
const { origin: authorizeHost, pathname: authorizePath } = new URL(env.AUTHORIZE_URL);
const revokePath = new URL(env.REVOKE_URL).pathname;
app.register(oauth2, {
  name: "heygen",
  credentials: {
    client: { id: env.CLIENT_ID, secret: env.CLIENT_SECRET ?? "" },
    auth: { tokenHost, tokenPath, authorizeHost, authorizePath, revokePath },
    options: { authorizationMethod: "body" },
  },
  startRedirectPath: "/login",
  callbackUri: env.REDIRECT,
  pkce: "S256",
});
const logins = new Map();
const loginOf = (request) => logins.get(request.cookies.session);

app.get(callbackPath, async (request, reply) => {
  const { token } = await app.heygen.getAccessTokenFromAuthorizationCodeFlow(request, reply);
  const key = randomBytes(32).toString("base64url");
  logins.set(key, { token });
  return reply.setCookie("session", key, { path: "/", httpOnly: true, sameSite: "lax" }).redirect("/");
});
app.get("/me", async (request, reply) => {
  const login = loginOf(request);
  const used = login?.token;
  let status = await callApi(used?.access_token);
  if (status === 401 && used?.refresh_token) {
    if (login.token === used) {
      login.refreshing ??= app.heygen
        .getNewAccessTokenUsingRefreshToken(used, {})
        .then(({ token }) => (login.token = token))
        .catch((error) => {
          // The library throws Boom's errors: 400 and 401 say that the login is over.
          if ([400, 401].includes(error.output?.statusCode)) logins.delete(request.cookies.session);
        })
        .finally(() => (login.refreshing = undefined));
      await login.refreshing;
    }
    status = await callApi(loginOf(request)?.token.access_token);
  }
  return reply.code(status).send("");
});
app.get("/logout", async (request, reply) => {
  const login = loginOf(request);
  logins.delete(request.cookies.session);
  if (login) await app.heygen.revokeToken(login.token, "refresh_token", {});
  return reply.send("Bye");
});
app.get("/", async () => "Hello");
app.setErrorHandler((error, request, reply) => reply.code(403).send("The login failed"));
app.listen({ port: Number(env.PORT), host: "127.0.0.1" });
