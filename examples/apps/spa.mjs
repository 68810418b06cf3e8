#!/usr/bin/env node
// A web app whose login is done by a script: the page keeps state and verifier for the time that the
// login takes, its backend exchanges the code and keeps the tokens. Node alone, one file; the
// settings are those of app.mjs.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

const env = process.env;
const callbackPath = new URL(env.REDIRECT).pathname;
const origin = new URL(env.REDIRECT).origin;
const tokens = new Map(); // session -> access token; a real app bounds and expires these

const PAGE = `<!DOCTYPE html><title>App</title><p id=say>…</p><button id=login hidden>Log in</button>
<script type="module" src="/app.js"></script>`;

// What the browser runs.
const SCRIPT = `
const settings = ${JSON.stringify({ authorize: env.AUTHORIZE_URL, client: env.CLIENT_ID, redirect: env.REDIRECT })};
const say = (text) => (document.getElementById("say").textContent = text);
const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const unguessable = () => encode(crypto.getRandomValues(new Uint8Array(32)));

async function begin() {
  const login = { state: unguessable(), verifier: unguessable(), begun: Date.now() };
  sessionStorage.setItem("login", JSON.stringify(login));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(login.verifier));
  location.assign(settings.authorize + "?" + new URLSearchParams({
    response_type: "code", client_id: settings.client, redirect_uri: settings.redirect,
    state: login.state, code_challenge: encode(digest), code_challenge_method: "S256",
  }));
}

async function finish() {
  const params = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname); // the code is nobody else's business
  const login = JSON.parse(sessionStorage.getItem("login") ?? "null");
  const once = new Set(params.keys()).size === params.size;
  if (!once || !login || params.get("state") !== login.state) {
    return say("This login was not begun here");
  }
  sessionStorage.removeItem("login");
  if (Date.now() - login.begun > 600_000) return say("The login took too long");
  if (params.has("error")) return say("HeyGen answered: " + params.get("error"));
  if (!params.get("code")) return say("The answer has no code");
  const body = JSON.stringify({ code: params.get("code"), verifier: login.verifier });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/api/login", { method: "POST", headers, body });
  say(answer.ok ? "Logged in" : "HeyGen gave no token");
}

async function show() {
  const answer = await fetch("/api/me");
  say(answer.ok ? await answer.text() : "You are not logged in");
}

const button = document.getElementById("login");
button.addEventListener("click", begin);
if (location.pathname === ${JSON.stringify(callbackPath)}) await finish();
else if (location.pathname === "/me") await show();
else { say("Welcome"); button.hidden = false; }
`;

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

// The token, where the answer is one to be used.
async function exchange(code, verifier) {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: env.REDIRECT,
    client_id: env.CLIENT_ID,
  });
  const answer = await request(env.TOKEN_URL, { method: "POST", body });
  try {
    const token = JSON.parse(answer.body);
    const good = /^[!-~]+$/.test(token.access_token) && token.token_type.toLowerCase() === "bearer";
    return answer.status === 200 && good && typeof token.access_token === "string"
      ? token.access_token
      : undefined;
  } catch {
    return undefined; // no JSON, or not the members that must be there
  }
}

async function api(req, path, session, send) {
  if (path === "/api/me") {
    const token = tokens.get(session);
    if (!token) return send(401, "{}");
    const headers = { Authorization: `Bearer ${token}` };
    const { status, body } = await request(`${env.API_URL}/v1/user/me`, { headers });
    return send(status === 200 ? 200 : status === 401 ? 401 : 502, status === 200 ? body : "{}");
  }
  // Another site's page cannot send this: it may send no such header, and has another origin.
  const ours = req.headers.origin === origin && req.headers["content-type"] === "application/json";
  if (req.method !== "POST" || !ours) return send(403, "{}");
  let text = "";
  for await (const piece of req) if ((text += piece).length > 16_384) return send(413, "{}");
  const { code, verifier } = JSON.parse(text);
  const token = await exchange(String(code), String(verifier));
  if (!token) return send(401, "{}");
  const name = randomBytes(32).toString("base64url"); // a new name for the session that is worth something
  tokens.set(name, token);
  return send(200, "{}", { "Set-Cookie": `session=${name}; Path=/; HttpOnly; SameSite=Lax` });
}

createServer(async (req, res) => {
  const path = req.url.split("?")[0]; // the query holds codes
  console.log(req.method, path);
  const session = /(?:^|; )session=([\w-]+)/.exec(req.headers.cookie ?? "")?.[1];
  const sendAs = (type) => (status, body, headers) => {
    res.writeHead(status, {
      "Content-Type": type,
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      ...headers,
    });
    res.end(body);
  };
  try {
    if (path.startsWith("/api/")) return await api(req, path, session, sendAs("application/json"));
    if (path === "/app.js") return sendAs("text/javascript")(200, SCRIPT);
    const pages = ["/", "/login", "/me", callbackPath];
    const known = pages.includes(path) && ["GET", "HEAD"].includes(req.method);
    return sendAs("text/html; charset=utf-8")(known ? 200 : 404, PAGE);
  } catch (error) {
    console.error("internal error:", error.name);
    res.writeHead(500).end();
  }
}).listen(Number(env.PORT), "127.0.0.1");
