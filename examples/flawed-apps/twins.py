"""More twins of examples/apps/app.mjs: what people get wrong around a login, each in as many pieces as
it takes. The form is that of flaws.py."""
from typing import NamedTuple


class Twin(NamedTuple):
    name: str
    check: str
    changes: list  # (a piece of text that occurs once, what stands there instead)
    app: str = "app.mjs"
    result: str = "fail"


TWINS = [
    Twin("wa01-exchange-before-state", "callback.state.mismatch-rejected", [
         ('  if (!login || performance.now() - login.begun > loginMillis) {\n'
          '    throw new LoginError("This login was not begun here");\n'
          '  }',
          '  const known = login && performance.now() - login.begun <= loginMillis;'),
         ('code_verifier: login.verifier,',
          'code_verifier: login?.verifier ?? "",'),
         ('if (!token) throw new LoginError("HeyGen gave no token");',
          'if (!token || !known) throw new LoginError("The login failed");'),
    ]),
    Twin("wa02-last-login-global", "callback.state.session-bound", [
         ('session.pending.set(state, { verifier, begun: performance.now() });',
          'sessions.last = { state, verifier, begun: performance.now() };'),
         ('const login = session.pending.get(params.get("state"));',
          'const login = sessions.last?.state === params.get("state") ? '
          'sessions.last : undefined;'),
         ('session.pending.delete(params.get("state"));',
          'if (login) sessions.last = undefined;'),
    ]),
    Twin("wa03-state-by-prefix", "callback.state.prefix-rejected", [
         ('const login = session.pending.get(params.get("state"));',
          'const full = [...session.pending.keys()].find((k) => '
          'k.startsWith(params.get("state") ?? "?"));\n'
          '  const login = session.pending.get(full);'),
    ]),
    Twin("wa04-verifier-of-the-session", "pkce.verifier.unique", [
         ('const verifier = unguessable();',
          'const verifier = (session.verifier ??= unguessable());'),
    ]),
    Twin("wa05-reload-exchanges-again", "callback.replay", [
         ('session.pending.delete(params.get("state"));',
          'if (login?.code !== params.get("code")) session.pending.delete(params.ge'
          't("state"));'),
         ('if (!params.get("code")) throw new LoginError("The answer has no code");',
          'if (!params.get("code")) throw new LoginError("The answer has no code");\n'
          '  session.pending.set(params.get("state"), { ...login, code: '
          'params.get("code") });'),
    ]),
    Twin("wa06-session-name-is-the-state", "state.unique-per-request", [
         ('  const state = unguessable();',
          '  const state = session.name;'),
         ('return send(302, "", beginLogin(session), keep(sessions.has(key) ? key '
          ': unguessable()));',
          'session.name = sessions.has(key) ? key : unguessable();\n'
          '    return send(302, "", beginLogin(session), keep(session.name));'),
    ]),
    Twin("wa07-next-after-login", "callback.error.no-open-redirect", [
         ('return send(303, "", "/", keep(unguessable()));',
          'return send(303, "", searchParams.get("next") ?? "/", '
          'keep(unguessable()));'),
    ]),
    Twin("wa08-token-in-the-page", "callback.page.no-tokens", [
         ('return send(303, "", "/", keep(unguessable()));',
          'return send(200, `<script>var user = ${JSON.stringify(session.token)}</s'
          'cript>`, "", keep(unguessable()));'),
    ]),
    Twin("wa09-token-in-the-url", "callback.page.no-tokens", [
         ('return send(303, "", "/", keep(unguessable()));',
          'return send(303, "", `/#${session.token.access_token}`, '
          'keep(unguessable()));'),
    ]),
    Twin("wa10-token-in-a-cookie", "callback.page.no-tokens", [
         ('...(cookie && { "Set-Cookie": `session=${cookie}; Path=/; HttpOnly; '
          'SameSite=Lax` }),',
          '...(cookie && { "Set-Cookie": [`session=${cookie}; Path=/; HttpOnly; '
          'SameSite=Lax`, ...(sessions.get(cookie)?.token ? '
          '[`token=${sessions.get(cookie).token.access_token}; Path=/`] : [])] }),'),
    ]),
    Twin("wa11-description-unescaped", "callback.error.no-xss", [
         ('if (params.has("error")) throw new LoginError(`HeyGen answered: '
          '${params.get("error")}`);',
          'if (params.has("error")) throw new LoginError(params.get("error_descript'
          'ion") ?? params.get("error"));'),
         ('return send(400, escape(error.message));',
          'return send(400, error.message);'),
    ]),
    Twin("wa12-error-in-an-attribute", "callback.error.no-xss", [
         ('const escape = (text) => text.replace(/[&<>"\']/g, (c) => '
          '`&#${c.charCodeAt(0)};`);',
          'const escape = (text) => text.replace(/[&<>]/g, (c) => '
          '`&#${c.charCodeAt(0)};`);'),
         ('return send(400, escape(error.message));',
          'return send(400, `<input value="${escape(error.message)}">`);'),
    ]),
    Twin("wa15-logout-on-server-only", "logout.local", [
         ('  session.token = undefined;\n'
          '  session.pending.clear();',
          '  session.pending.clear();'),
    ]),
    Twin("wa17-login-logged", "log.no-code-verifier-state", [
         ('console.log(req.method, req.url.split("?")[0]);',
          'console.log(req.method, req.url);'),
    ]),
    Twin("wa18-token-of-the-process", "refresh.user-isolation", [
         ('session.token = token;',
          'sessions.token = session.token = token;'),
         ('for (let attempt = 1; attempt <= 2 && session.token; ++attempt) {\n'
          '    const token = session.token;',
          'for (let attempt = 1; attempt <= 2 && session.token; ++attempt) {\n'
          '    const token = sessions.token;'),
    ]),
    Twin("wa19-code-again-after-5xx", "token.exactly-once", [
         ('  if (!token) throw new LoginError("HeyGen gave no token");\n'
          '  session.token = token;',
          '  if (!token) return finishAgain();\n'
          '  session.token = token;\n'
          '  async function finishAgain() { const again = await tokenRequest({ '
          'grant_type: "authorization_code", code: params.get("code"), '
          'redirect_uri: env.REDIRECT, code_verifier: login.verifier }); if '
          '(!again.token) throw new LoginError("No token"); session.token = '
          'again.token; }'),
    ]),
    Twin("wa20-plain-after-a-refusal", "pkce.no-downgrade", [
         ('if (params.has("error")) throw',
          'if (params.has("error")) session.plain = true;\n'
          '  if (params.has("error")) throw'),
         ('code_challenge: createHash("sha256").update(verifier).digest("base64url"'
          '),\n'
          '    code_challenge_method: "S256",',
          'code_challenge: session.plain ? verifier : '
          'createHash("sha256").update(verifier).digest("base64url"),\n'
          '    code_challenge_method: session.plain ? "plain" : "S256",'),
    ]),
    Twin("wa24-refresh-token-to-the-page", "callback.page.no-tokens", [
         ('if (status === 200) return send(200, escape(body));',
          'if (status === 200) return send(200, escape(body) + `<!-- '
          '${session.token.refresh_token} -->`);'),
    ]),
    Twin("wa26-401-for-ever", "refresh.on-401.no-loop", [
         ('if (answer.status !== 401 || attempt === 2) return answer;',
          'if (answer.status !== 401 || attempt === 50) return answer;'),
         ('attempt <= 2 &&',
          'attempt <= 50 &&'),
    ]),
    Twin("wa27-login-lost-on-5xx", "refresh.transient-keeps-token", [
         ('else if (status === 400 || status === 401) session.token = undefined;',
          'else session.token = undefined;'),
    ]),
    Twin("wa28-state-of-anybody", "callback.state.session-bound", [
         ('const login = session.pending.get(params.get("state"));',
          'const login = [...sessions.values()].map((s) => '
          's.pending?.get(params.get("state"))).find(Boolean);'),
    ]),
    Twin("wa29-any-answer-logs-in", "response.error-400", [
         ('if (!token) throw new LoginError("HeyGen gave no token");\n'
          '  session.token = token;',
          'session.token = token ?? { access_token: "none" };'),
    ]),
]
