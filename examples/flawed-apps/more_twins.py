"""Web apps that do harm where nobody looks at first: in links to their start, in calls, refreshes and
logouts, on pages of errors. And sound ones that go about it in other ways. The form is that of
twins.py."""
from twins import Twin

MORE_TWINS = [
    Twin("next-slash-slash", "callback.error.no-open-redirect", [
         ('self.answer(303, "", "/", key)',
          'to = parse_qs(query).get("next", ["/"])[0]; self.answer(303, "", to '
          'if to.startswith("/") else "/", key)'),
    ], "app.py"),
    Twin("next-of-the-start", "callback.error.no-open-redirect", [
         ('self.answer(302, "", begin_login(session), key)',
          'session.next = parse_qs(query).get("next", ["/"])[0]; '
          'self.answer(302, "", begin_login(session), key)'),
         ('self.answer(303, "", "/", key)',
          'self.answer(303, "", getattr(session, "next", "/"), key)'),
    ], "app.py"),
    Twin("redirect-uri-of-forwarded-host", "authorize.redirect-uri.exact", [
         ('def begin_login(session):',
          'def begin_login(session, host):'),
         ('"client_id": ENV["CLIENT_ID"], "redirect_uri": ENV["REDIRECT"],',
          '"client_id": ENV["CLIENT_ID"], "redirect_uri": "http://" + host + '
          '"/callback",'),
         ('begin_login(session), key)',
          'begin_login(session, self.headers.get("X-Forwarded-Host") or '
          'self.headers["Host"]), key)'),
    ], "app.py"),
    Twin("start-query-passed-through", "state.unique-per-request", [
         ('def begin_login(session):',
          'def begin_login(session, more):'),
         ('    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)',
          '    state, verifier = more.get("state", '
          '[secrets.token_urlsafe(32)])[0], secrets.token_urlsafe(32)'),
         ('"code_challenge_method": "S256"})',
          '"code_challenge_method": "S256", **{n: v[0] for n, v in more.items()}})'),
         ('begin_login(session), key)',
          'begin_login(session, parse_qs(query)), key)'),
    ], "app.py"),
    Twin("start-query-passed-through-node", "authorize.redirect-uri.exact", [
         ('function beginLogin(session) {',
          'function beginLogin(session, more) {'),
         ('  return `${env.AUTHORIZE_URL}?${params}`;',
          '  for (const [name, value] of more) if (name !== "state") '
          'params.set(name, value);\n'
          '  return `${env.AUTHORIZE_URL}?${params}`;'),
         ('beginLogin(session), keep(',
          'beginLogin(session, searchParams), keep('),
    ], "app.mjs"),
    Twin("state-kept-when-exchange-fails", "callback.replay", [
         ('session.pending.pop(state, ("", 0))',
          'session.pending.get(state, ("", 0))'),
         ('        raise LoginError("HeyGen gave no token")',
          '        raise LoginError("HeyGen gave no token")\n'
          '    session.pending.pop(state, None)'),
    ], "app.py"),
    Twin("foreign-error-logs-out", "callback.error.state-checked", [
         ('        except LoginError as error:',
          '        except LoginError as error:\n'
          '            session.token = None'),
    ], "app.py", "warn"),
    Twin("state-without-cookie-finds-session", "callback.state.session-bound", [
         ('                finish_login(session, query)',
          '                if key not in SESSIONS and key:\n'
          '                    state = parse_qs(query).get("state", [""])[0]\n'
          '                    key, session = next(((k, s) for k, s in '
          'SESSIONS.items() if state in s.pending), (key, session))\n'
          '                finish_login(session, query)'),
    ], "app.py"),
    Twin("session-name-in-state", "state.not-data-bearing", [
         ('def begin_login(session):\n'
          '    state, verifier = secrets.token_urlsafe(32), secrets',
          'def begin_login(session, key):\n'
          '    state, verifier = secrets.token_urlsafe(32) + "." + key, secrets'),
         ('begin_login(session), key)',
          'begin_login(session, key), key)'),
    ], "app.py", "warn"),
    Twin("renamed-at-first-login-only", "callback.session-regenerated", [
         ('                SESSIONS.pop(key)  # a new name for the session '
          'that is worth something now\n'
          '                SESSIONS[key := secrets.token_urlsafe(32)] = session',
          '                if not getattr(session, "renamed", False):\n'
          '                    SESSIONS.pop(key)\n'
          '                    SESSIONS[key := secrets.token_urlsafe(32)] = session\n'
          '                    session.renamed = True'),
    ], "app.py", "warn"),
    Twin("token-in-header-of-call", "callback.page.no-tokens", [
         ('                self.answer(status if status in (200, 401) else 502, page)',
          '                self.more = {"X-Access-Token": (session.token or '
          '{}).get("access_token", "")}\n'
          '                self.answer(status if status in (200, 401) else 502, page)'),
         ('        self.end_headers()',
          '        for name, value in getattr(self, "more", {}).items():\n'
          '            self.send_header(name, value)\n'
          '        self.end_headers()'),
    ], "app.py"),
    Twin("token-cookie-after-call", "callback.page.no-tokens", [
         ('                self.answer(status if status in (200, 401) else 502, page)',
          '                self.more = {"Set-Cookie": "at=" + (session.token '
          'or {}).get("access_token", "") + "; Path=/"}\n'
          '                self.answer(status if status in (200, 401) else 502, page)'),
         ('        self.end_headers()',
          '        for name, value in getattr(self, "more", {}).items():\n'
          '            self.send_header(name, value)\n'
          '        self.end_headers()'),
    ], "app.py"),
    Twin("refreshed-token-in-page", "callback.page.no-tokens", [
         ('                page = html.escape(body.decode("utf-8", "replace")) '
          'if status == 200 else "None"',
          '                was = (session.token or {}).get("access_token")\n'
          '                page = html.escape(body.decode("utf-8", "replace")) '
          'if status == 200 else "None"'),
         ('                status, body = call_api(session)',
          '                before = (session.token or {}).get("access_token"); '
          'status, body = call_api(session); now = (session.token or '
          '{}).get("access_token")\n'
          '                body += (b"<!-- refreshed: " + now.encode() + b" '
          '-->") if now and now != before else b""'),
    ], "app.py"),
    Twin("bearer-on-api-error-page", "callback.page.no-tokens", [
         ('if status == 200 else "None"',
          'if status == 200 else "GET /v1/user/me failed: %s, Authorization: '
          'Bearer %s" % (status, (session.token or {}).get("access_token"))'),
    ], "app.py"),
    Twin("token-in-logout-redirect", "callback.page.no-tokens", [
         ('                if path == "/logout":\n'
          '                    log_out(session)',
          '                if path == "/logout":\n'
          '                    hint = (session.token or {}).get("access_token", "")\n'
          '                    log_out(session)\n'
          '                    return self.answer(303, "", "/?id_token_hint=" + hint)'),
    ], "app.py"),
    Twin("token-on-home-page", "callback.page.no-tokens", [
         ('\'<a href="/login">Log in</a>\')',
          '\'<a href="/login">Log in</a><script>window.token="%s"</script>\' % '
          "(session.token or {}).get('access_token', ''))"),
    ], "app.py"),
    Twin("form-logged-when-unanswered", "log.no-code-verifier-state", [
         ('        return 0, b""',
          '        (form or {}).get("code") and print("no answer to", url, '
          'form, flush=True)\n'
          '        return 0, b""'),
    ], "app.py"),
    Twin("odd-answer-logged", "log.no-tokens", [
         ('        return status, token if good else None',
          '        if status == 200 and not good:\n'
          '            print("cannot use", token, flush=True)\n'
          '        return status, token if good else None'),
    ], "app.py"),
    Twin("state-logged-when-wrong", "callback.error.no-header-injection", [
         ('        raise LoginError("This login was not begun here")',
          '        print("unknown state " + state, flush=True)\n'
          '        raise LoginError("This login was not begun here")'),
    ], "app.py"),
    Twin("error-in-bare-attribute", "callback.error.no-xss", [
         ('self.answer(400, html.escape(str(error)))',
          'self.answer(400, "<form><input name=q value=" + '
          'html.escape(str(error)).replace("HeyGen answered: ", "") + "></form>")'),
    ], "app.py"),
    Twin("error-in-script-string", "callback.error.no-xss", [
         ('self.answer(400, html.escape(str(error)))',
          'self.answer(400, "<script>var problem = \'" + '
          'str(error).replace("<", "&lt;").replace(">", "&gt;") + "\';</script>")'),
    ], "app.py"),
    Twin("error-in-onclick", "callback.error.no-xss", [
         ('self.answer(400, html.escape(str(error)))',
          'self.answer(400, "<a href=\\"#\\" onclick=\\"report(\'" + '
          'html.escape(str(error)) + "\')\\">Report</a>")'),
    ], "app.py"),
    Twin("error-uri-any-case", "callback.error.no-xss", [
         ('raise LoginError("HeyGen answered: " + params["error"][0])',
          'raise LoginError("HeyGen answered: " + params["error"][0] + "\\0" + '
          'params.get("error_uri", [""])[0])'),
         ('self.answer(400, html.escape(str(error)))',
          'text, _, uri = str(error).partition("\\0"); self.answer(400, '
          'html.escape(text) + ("" if not uri or uri.startswith("javascript:") '
          'else f\'<a href="{html.escape(uri)}">More</a>\'))'),
    ], "app.py"),
    Twin("scope-on-success-page", "callback.error.no-xss", [
         ('self.answer(303, "", "/", key)',
          'self.answer(200, "You granted: " + parse_qs(query).get("scope", '
          '[""])[0], "", key)'),
    ], "app.py"),
    Twin("token-endpoint-description", "callback.error.no-xss", [
         ('    _, session.token = token_request(',
          '    status, session.token = token_request('),
         ('        return status, token if good else None',
          '        return (status if good else token.get("error_description", '
          'status)), token if good else None'),
         ('    except (ValueError, KeyError, TypeError, AttributeError, '
          'RecursionError):\n'
          '        return status, None',
          '    except (ValueError, KeyError, TypeError, AttributeError, '
          'RecursionError):\n'
          '        try:\n'
          '            return json.loads(body)["error_description"], None\n'
          '        except (ValueError, KeyError, TypeError, RecursionError):\n'
          '            return status, None'),
         ('        raise LoginError("HeyGen gave no token")',
          '        raise LoginError("\\0HeyGen gave no token: " + str(status))'),
         ('self.answer(400, html.escape(str(error)))',
          'self.answer(400, str(error)[1:] if str(error)[:1] == "\\0" else '
          'html.escape(str(error)))'),
    ], "app.py"),
    Twin("logo-on-error-page", "callback.page.no-code-leak", [
         ('self.answer(400, html.escape(str(error)))',
          "self.leaky = True; self.answer(400, html.escape(str(error)) + '<img "
          'src="http://cdn.example/logo.png">\')'),
         ('"Referrer-Policy": "no-referrer"}.items():',
          '"Referrer-Policy": "" if getattr(self, "leaky", 0) else '
          '"no-referrer"}.items():'),
    ], "app.py", "warn"),
    Twin("refresh-shared-by-all", "refresh.user-isolation", [
         ('session.refreshing ??= refresh(session, token).finally(() => '
          '(session.refreshing = undefined));\n'
          '    await session.refreshing;',
          'sessions.refreshing ??= refresh(session, token).then(() => '
          'session.token).finally(() => (sessions.refreshing = undefined));\n'
          '    session.token = await sessions.refreshing;'),
    ], "app.mjs"),
]

# (name, changes): app.py, sound in another way
SOUND_TWINS = [
    ("already-logged-in", [
         ('            if path == "/login":',
          '            if path == "/login" and session.token:\n'
          '                self.answer(303, "", "/")\n'
          '            elif path == "/login":'),
    ]),
    ("exchange-on-next-page", [
         ('                finish_login(session, query)\n',
          '                session.query = query\n'
          '                self.answer(303, "", "/finish", key if key in '
          'SESSIONS else "")\n'
          '            elif path == "/finish":\n'
          '                finish_login(session, '
          'SESSIONS[key].__dict__.pop("query", "") if key in SESSIONS else "")\n'),
    ]),
    ("login-by-button", [
         ('    def do_GET(self):',
          '    def do_POST(self):\n'
          '        self.rfile.read(int(self.headers.get("Content-Length") or 0))\n'
          '        self.do_GET()\n'
          '\n'
          '    def do_GET(self):'),
         ('            if path == "/login":',
          '            if path == "/login" and self.command == "GET":\n'
          "                self.answer(200, '<form method=post "
          "action=/login><button>Log in with HeyGen</button></form>')\n"
          '            elif path == "/callback" and self.command != "GET":\n'
          '                self.answer(405, "no")\n'
          '            elif path == "/login":'),
    ]),
    ("logout-by-form", [
         ('    def do_GET(self):',
          '    def do_POST(self):\n'
          '        self.rfile.read(int(self.headers.get("Content-Length") or 0))\n'
          '        self.do_GET()\n'
          '\n'
          '    def do_GET(self):'),
         ('            if path == "/login":',
          '            if path == "/logout" and self.command == "GET":\n'
          "                self.answer(200, '<form method=post "
          "action=/logout><button>Sign out</button></form>')\n"
          '            elif path == "/callback" and self.command != "GET":\n'
          '                self.answer(405, "no")\n'
          '            elif path == "/login":'),
    ]),
    ("pending-in-signed-cookie", [
         ('class LoginError(Exception)',
          'import hmac\n'
          'KEY, SPENT = secrets.token_bytes(32), set()\n'
          'def seal(text):\n'
          '    pad = hashlib.shake_256(KEY + b"e").digest(len(text))\n'
          '    data = bytes(a ^ b for a, b in zip(text.encode(), pad)).hex()\n'
          '    return data + "." + hmac.new(KEY, data.encode(), "sha256").hexdigest()\n'
          'def unseal(text):\n'
          '    data, _, mac = text.partition(".")\n'
          '    if not hmac.compare_digest(mac.encode(), hmac.new(KEY, '
          'data.encode(), "sha256").hexdigest().encode()):\n'
          '        return {}\n'
          '    raw = bytes.fromhex(data)\n'
          '    pad = hashlib.shake_256(KEY + b"e").digest(len(raw))\n'
          '    return json.loads(bytes(a ^ b for a, b in zip(raw, pad)))\n'
          '\n'
          'class LoginError(Exception)'),
         ('        session = SESSIONS.get(key) or Session()\n',
          '        session = SESSIONS.get(key) or Session()\n'
          '        carried = SimpleCookie(self.headers.get("Cookie", '
          '"")).get("pending")\n'
          '        session.pending = {s: tuple(v) for s, v in '
          '(unseal(carried.value) if carried else {}).items() if s not in SPENT}\n'
          '        self.session = session\n'),
         ('    verifier, begun = session.pending.pop(state, ("", 0))\n',
          '    verifier, begun = session.pending.pop(state, ("", 0))\n'
          '    if state in SPENT:\n'
          '        raise LoginError("spent")\n'
          '    SPENT.add(state)\n'),
         ('        self.end_headers()',
          '        self.send_header("Set-Cookie", "pending=" + '
          'seal(json.dumps(self.session.pending)) + "; Path=/; HttpOnly; '
          'SameSite=Lax")\n'
          '        self.end_headers()'),
    ]),
    ("errors-as-json", [
         ('self.answer(400, html.escape(str(error)))',
          'self.kind = "application/json"; self.answer(422, '
          'json.dumps({"message": str(error)}))'),
         ('"Content-Type": "text/html; charset=utf-8"',
          '"Content-Type": getattr(self, "kind", "text/html; charset=utf-8")'),
    ]),
]
