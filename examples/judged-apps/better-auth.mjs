// better-auth with its generic OAuth plugin, as its documentation shows it; PKCE on. It keeps its
// accounts in memory here, and refreshes by itself when a token is about to expire.
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { genericOAuth } from "better-auth/plugins";
import { callApi, env } from "./web.mjs";

const tables = { user: [], session: [], account: [], verification: [] };
const auth = betterAuth({
  baseURL: new URL(env.REDIRECT).origin,
  secret: randomBytes(32).toString("hex"),
  database: memoryAdapter(tables),
  logger: { level: "error", log: (level) => console.error(level) },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: "heygen",
          clientId: env.CLIENT_ID,
          authorizationUrl: env.AUTHORIZE_URL,
          tokenUrl: env.TOKEN_URL,
          pkce: true,
          // The mock has one user; here each login is one of its own, as its token is.
          getUserInfo: async ({ accessToken }) => {
            const id = createHash("sha256").update(String(accessToken)).digest("hex");
            return { id, email: `${id}@app.test`, emailVerified: true, name: "User" };
          },
        },
      ],
    }),
  ],
});

const handler = toNodeHandler(auth);
createServer(async (req, res) => {
  const { pathname } = new URL(req.url, env.REDIRECT);
  if (pathname.startsWith("/api/auth/")) return handler(req, res);
  const headers = fromNodeHeaders(req.headers);
  if (pathname === "/login") {
    const body = { provider: "heygen", callbackURL: "/", errorCallbackURL: "/failed" };
    const answer = await auth.api.signInSocial({ body, headers, asResponse: true });
    const { url } = await answer.json();
    res.writeHead(302, { Location: url, "Set-Cookie": answer.headers.getSetCookie() });
    return res.end();
  }
  if (pathname === "/me") {
    let token;
    try {
      const [account] = await auth.api.listUserAccounts({ headers });
      token = await auth.api.getAccessToken({ body: { accountId: account.id }, headers });
    } catch {} // nobody is logged in, or the refresh failed
    return res.writeHead(await callApi(token?.accessToken)).end();
  }
  res.writeHead(pathname === "/" ? 200 : 403).end(pathname === "/" ? "Hello" : "The login failed");
}).listen(Number(env.PORT), "127.0.0.1");
