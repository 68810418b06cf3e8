#!/usr/bin/env node
// A web app that logs in with HeyGen: Node alone, one file.
// Settings come from the environment: AUTHORIZE_URL, TOKEN_URL, REVOKE_URL, API_URL, CLIENT_ID,
// CLIENT_SECRET (optional), REDIRECT (its path is the callback's), PORT. Logins live in memory.
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const env = process.env;
const callbackPath = new URL(env.REDIRECT).pathname;
const loginMillis = 600_000; // how long a login may take
const sessions = new Map(); // cookie -> { pending, token }; a real app bounds and expires these
class LoginError extends Error {} // its text is for the user: it never quotes a secret

const unguessable = () => randomBytes(32).toString("base64url");
const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

// A redirect is an answer like any other.
async function request(url, options) {
  try {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(url, { redirect: "manual", signal, ...options });
    return { status: answer.status, body: await answer.text() };
  } catch {
    return { status: 0, body: "" };
  }
}

// The token is missing where the answer is none to be used.
async function tokenRequest(form) {
  const body = new URLSearchParams({ ...form, client_id: env.CLIENT_ID });
  if (env.CLIENT_SECRET) body.set("client_secret", env.CLIENT_SECRET);
  const answer = await request(env.TOKEN_URL, { method: "POST", body });
  try {
    const token = JSON.parse(answer.body);
    const safe = token.access_token.match(/^[!-~]+$/); // it goes into a header
    if (answer.status === 200 && safe && token.token_type.toLowerCase() === "bearer") {
      return { status: 200, token };
    }
  } catch {} // no JSON, or not the members that must be there
  return { status: answer.status };
}

function beginLogin(session) {
  const state = unguessable();
  const verifier = unguessable();
  session.pending.set(state, { verifier, begun: performance.now() });
  const params = new URLSearchParams({
    response_type: "code",
    client_id: env.CLIENT_ID,
    redirect_uri: env.REDIRECT,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  return `${env.AUTHORIZE_URL}?${params}`;
}

async function finishLogin(session, params) {
  if (new Set(params.keys()).size < params.size) throw new LoginError("The answer is ambiguous");
  const login = session.pending.get(params.get("state"));
  session.pending.delete(params.get("state"));
  if (!login || performance.now() - login.begun > loginMillis) {
    throw new LoginError("This login was not begun here");
  }
  if (params.has("error")) throw new LoginError(`HeyGen answered: ${params.get("error")}`);
  if (!params.get("code")) throw new LoginError("The answer has no code");
  const { token } = await tokenRequest({
    grant_type: "authorization_code",
    code: params.get("code"),
    redirect_uri: env.REDIRECT,
    code_verifier: login.verifier,
  });
  if (!token) throw new LoginError("HeyGen gave no token");
  session.token = token;
}

async function refresh(session, dead) {
  const refresh_token = dead.refresh_token;
  const { status, token } = refresh_token
    ? await tokenRequest({ grant_type: "refresh_token", refresh_token })
    : { status: 400 };
  if (session.token !== dead) return; // logged out meanwhile
  if (token) session.token = { ...token, refresh_token: token.refresh_token || refresh_token };
  else if (status === 400 || status === 401) session.token = undefined; // the login is over
}

async function callApi(session) {
  let answer = { status: 401, body: "" };
  for (let attempt = 1; attempt <= 2 && session.token; ++attempt) {
    const token = session.token;
    const headers = { Authorization: `Bearer ${token.access_token}` };
    answer = await request(`${env.API_URL}/v1/user/me`, { headers });
    if (answer.status !== 401 || attempt === 2) return answer;
    if (session.token !== token) continue; // somebody else has refreshed
    session.refreshing ??= refresh(session, token).finally(() => (session.refreshing = undefined));
    await session.refreshing;
  }
  return answer;
}

async function logOut(session) {
  const token = session.token;
  session.token = undefined;
  session.pending.clear();
  if (!token?.refresh_token) return;
  const body = new URLSearchParams({ token: token.refresh_token, client_id: env.CLIENT_ID });
  await request(env.REVOKE_URL, { method: "POST", body }); // whatever comes of it
}

async function serve(req, send) {
  const { pathname, searchParams } = new URL(req.url, env.REDIRECT);
  const key = /(?:^|; )session=([\w-]+)/.exec(req.headers.cookie ?? "")?.[1];
  const session = sessions.get(key) ?? { pending: new Map() };
  const keep = (name) => (sessions.set(name, session), name);
  if (pathname === "/login") {
    return send(302, "", beginLogin(session), keep(sessions.has(key) ? key : unguessable()));
  }
  if (pathname === callbackPath) {
    await finishLogin(session, searchParams);
    sessions.delete(key); // a new name for the session that is worth something now
    return send(303, "", "/", keep(unguessable()));
  }
  if (pathname === "/me") {
    const { status, body } = await callApi(session);
    if (status === 200) return send(200, escape(body));
    return send(status === 401 ? 401 : 502, "None");
  }
  if (pathname === "/logout") await logOut(session);
  const known = pathname === "/" || pathname === "/logout";
  return send(known ? 200 : 404, '<a href="/login">Log in</a>');
}

createServer((req, res) => {
  console.log(req.method, req.url.split("?")[0]); // the query holds codes
  const send = (status, page, location, cookie) => {
    res.writeHead(status, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      ...(location && { Location: location }),
      ...(cookie && { "Set-Cookie": `session=${cookie}; Path=/; HttpOnly; SameSite=Lax` }),
    });
    res.end(page);
  };
  serve(req, send).catch((error) => {
    if (error instanceof LoginError) return send(400, escape(error.message));
    console.error("internal error:", error.name);
    send(500, "Something went wrong");
  });
}).listen(Number(env.PORT), "127.0.0.1");
