"""examples/apps/spa.mjs with one mistake at a time, as in flaws.py: what a browser without scripts
would never see."""
from flaws import Flaw

SEND = 'send(200, "{}", { "Set-Cookie"'
ANSWER = 'const answer = await fetch("/api/login", { method: "POST", headers, body });'

SCRIPT_FLAWS = [
    Flaw("sp01-state-ignored", "spa.mjs", 'params.get("state") !== login.state', "false",
         "callback.state.mismatch-rejected"),
    Flaw("sp02-state-kept", "spa.mjs", 'sessionStorage.removeItem("login");', "",
         "callback.state.single-use"),
    Flaw("sp03-error-as-html", "spa.mjs", '.textContent = text', ".innerHTML = text",
         "callback.error.no-xss"),
    Flaw("sp04-code-sent-twice", "spa.mjs", ANSWER,
         'await fetch("/api/login", { method: "POST", headers, body }); ' + ANSWER,
         "token.exactly-once"),
    Flaw("sp05-token-to-the-page", "spa.mjs", SEND,
         'send(200, JSON.stringify({ token }), { "Set-Cookie"',
         "callback.page.no-tokens"),
    Flaw("sp06-token-in-local-storage", "spa.mjs", 'say(answer.ok ? "Logged in"',
         'localStorage.setItem("token", (await (await fetch("/api/token")).text()));'
         ' say(answer.ok ? "Logged in"',
         "callback.page.no-tokens"),
    Flaw("sp07-next-from-the-url", "spa.mjs", 'say(answer.ok ? "Logged in"',
         'if (params.get("next")) location.assign(params.get("next"));'
         ' say(answer.ok ? "Logged in"',
         "callback.error.no-open-redirect"),
    Flaw("sp08-verifier-left-behind", "spa.mjs", "if (!params.get(\"code\"))",
         'localStorage.setItem("last", login.verifier); if (!params.get("code"))',
         "pkce.verifier.not-in-client-visible"),
]

# What a mistake needs beside its own piece.
ALSO = {
    "sp06-token-in-local-storage": (
        'if (path === "/api/me") {',
        'if (path === "/api/token") return send(200, tokens.get(session) ?? "");\n'
        '  if (path === "/api/me") {'),
}
