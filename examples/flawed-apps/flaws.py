"""The sound apps of examples/apps with one mistake at a time: a piece of text, what stands there
instead, and the check that must see it. A piece that no longer occurs exactly once is an error, so
that twins cannot drift apart."""
from typing import NamedTuple


class Flaw(NamedTuple):
    name: str
    app: str
    old: str
    new: str
    check: str
    result: str = "fail"


FOLLOWED = """answer = connection.getresponse()
        if answer.status in (301, 302, 303, 307, 308) and %s:
            return request(method, answer.headers["Location"], headers, form)"""

LOGOUT = """log_out(session)
                self.answer(200 if path in ("/", "/logout") else 404, '<a href="/login">Log in</a>')"""
# The browser gets another session; who has copied the old one's name goes on.
LOGOUT_OF_COOKIE = """key = secrets.token_urlsafe(32)
                self.answer(200 if path in ("/", "/logout") else 404, "", "", key)"""

FLAWS = [
    Flaw("cm01-state-ignored", "app.py",
         'session.pending.pop(state, ("", 0))',
         'session.pending.popitem()[1] if session.pending else ("", 0)',
         "callback.state.mismatch-rejected"),
    Flaw("cm02-state-optional", "app.py",
         'params.get("state", [""])[0]',
         'params.get("state", list(session.pending) or [""])[0]',
         "callback.state.missing-rejected"),
    Flaw("cm06-state-global", "app.py",
         "self.pending, self.token = {}, None",
         'self.pending, self.token = SESSIONS.setdefault("pending", {}), None',
         "callback.state.session-bound"),
    Flaw("cm07-state-not-consumed", "app.py",
         "session.pending.pop(state,",
         "session.pending.get(state,",
         "callback.state.single-use"),
    Flaw("cm21-verifier-global", "app.py",
         "session.pending[state] = (verifier, time.monotonic())",
         "session.pending = {s: (verifier, time.monotonic()) for s in [*session.pending, state]}",
         "callback.state.cross-flow-rejected"),
    Flaw("cm25-code-no-encode", "app.py",
         "urlencode(form) if form else None",
         '"&".join(f"{k}={v}" for k, v in form.items()) if form else None',
         "token.form.encoding"),
    Flaw("cm30-error-ignored", "app.py",
         'if "error" in params:',
         'if "error" in params and not code:',
         "callback.code-and-error"),
    Flaw("cm34-follow-307", "app.py",
         "answer = connection.getresponse()",
         FOLLOWED % 'method == "POST"',
         "token.endpoint.no-redirect-follow"),
    Flaw("cm43-refresh-drops-old", "app.py",
         "{**dead, **{name: value for name, value in token.items() if value}}",
         "token",
         "refresh.rotation.keeps-old"),
    Flaw("cm45-no-single-flight", "app.py",
         "if session.token is not dead:",
         "if session.token is None:",
         "refresh.single-flight"),
    Flaw("cm47-invalid-grant-retry", "app.py",
         "elif status in (400, 401):",
         "elif status == 401:",
         "refresh.invalid-grant.relogin"),
    Flaw("cm50-bearer-cross-origin", "app.py",
         "answer = connection.getresponse()",
         FOLLOWED % 'method == "GET"',
         "bearer.cross-origin-redirect"),
    Flaw("cm53-log-token", "app.py",
         "token = json.loads(body)",
         "token = json.loads(body); print(token, flush=True)",
         "log.no-tokens"),
    Flaw("cm54-log-error-body", "app.py",
         "return answer.status, answer.read(64 * 1024)",
         "text = answer.read(64 * 1024); answer.status < 400 or print(text, flush=True); "
         "return answer.status, text",
         "log.no-secrets-on-error"),
    Flaw("old-session-kept", "app.py",
         "SESSIONS.pop(key)  # a",
         "# no",
         "callback.session-regenerated", "warn"),
    Flaw("logout-of-the-cookie-alone", "app.py",
         LOGOUT,
         LOGOUT_OF_COOKIE,
         "logout.local", "warn"),
    Flaw("session-never-renamed", "app.mjs",
         'return send(303, "", "/", keep(unguessable()));',
         'return send(303, "", "/", keep(key));',
         "callback.session-regenerated", "warn"),
    Flaw("cm08-state-constant", "app.mjs",
         "const state = unguessable();",
         'const state = "heygen";',
         "state.unique-per-request"),
    Flaw("cm11-state-short", "app.mjs",
         "const state = unguessable();",
         'const state = randomBytes(3).toString("hex");',
         "state.entropy.min"),
    Flaw("cm13-verifier-constant", "app.mjs",
         "const verifier = unguessable();",
         'const verifier = "v".repeat(43);',
         "pkce.verifier.unique"),
    Flaw("cm17-challenge-hex", "app.mjs",
         'createHash("sha256").update(verifier).digest("base64url")',
         'createHash("sha256").update(verifier).digest("hex")',
         "pkce.challenge.correct"),
    Flaw("cm26-token-json-body", "app.mjs",
         'const answer = await request(env.TOKEN_URL, { method: "POST", body });',
         "const answer = await request(env.TOKEN_URL, { method: \"POST\", body: "
         "JSON.stringify(Object.fromEntries(body)), headers: {\"Content-Type\": "
         "\"application/json\"} });",
         "token.content-type.form"),
    Flaw("cm36-token-type-any", "app.mjs",
         'token.token_type.toLowerCase() === "bearer"',
         "token.token_type",
         "response.token-type.unknown"),
    Flaw("cm45b-no-single-flight", "app.mjs",
         "session.refreshing ??= refresh(session, token)",
         "session.refreshing = refresh(session, token)",
         "refresh.single-flight"),
]
