#!/usr/bin/env python3
"""A web app that logs in with HeyGen: the standard library alone. Settings come from the
environment: AUTHORIZE_URL, TOKEN_URL, REVOKE_URL, API_URL, CLIENT_ID, CLIENT_SECRET (optional),
REDIRECT (its path is the callback's), PORT, TLS_CERT (optional: a PEM). Logins live in memory."""
import base64, hashlib, html, http.client, json, os, re, secrets, ssl, sys, threading, time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

ENV = os.environ
LOGIN_SECONDS = 600  # how long a login may take
SESSIONS = {}  # cookie -> Session; a real app bounds and expires these

class Session:
    def __init__(self):
        self.pending, self.token = {}, None  # {state: (verifier, begun)}, the endpoint's answer
        self.lock = threading.Lock()  # one refresh at a time

class LoginError(Exception): pass  # its text is for the user: it never quotes a secret

def request(method, url, headers, form=None):
    """(status, body) of one exchange; a redirect is an answer like any other."""
    scheme, host, path, _, _ = urlsplit(url)
    make = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = make(host, timeout=10)
    headers |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    try:
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(64 * 1024)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()

def token_request(form):
    """(status, token), without a token where the answer is none to be used."""
    form = {**form, "client_id": ENV["CLIENT_ID"]}
    if ENV.get("CLIENT_SECRET"):
        form["client_secret"] = ENV["CLIENT_SECRET"]
    status, body = request("POST", ENV["TOKEN_URL"], {"Accept": "application/json"}, form)
    try:
        token = json.loads(body)
        safe = re.fullmatch("[!-~]+", token["access_token"])  # it goes into a header
        good = status == 200 and safe and token["token_type"].lower() == "bearer"
        return status, token if good else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return status, None

def begin_login(session):
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    session.pending[state] = (verifier, time.monotonic())
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return ENV["AUTHORIZE_URL"] + "?" + urlencode({
        "response_type": "code", "client_id": ENV["CLIENT_ID"], "redirect_uri": ENV["REDIRECT"],
        "state": state, "code_challenge": digest[:43], "code_challenge_method": "S256"})

def finish_login(session, query):
    params = parse_qs(query, keep_blank_values=True)
    if any(len(values) > 1 for values in params.values()):
        raise LoginError("The answer is ambiguous")
    state, code = params.get("state", [""])[0], params.get("code", [""])[0]
    verifier, begun = session.pending.pop(state, ("", 0))
    if not verifier or time.monotonic() - begun > LOGIN_SECONDS:
        raise LoginError("This login was not begun here")
    if "error" in params:
        raise LoginError("HeyGen answered: " + params["error"][0])
    if not code:
        raise LoginError("The answer has no code")
    _, session.token = token_request({"grant_type": "authorization_code", "code": code,
                                      "redirect_uri": ENV["REDIRECT"], "code_verifier": verifier})
    if not session.token:
        raise LoginError("HeyGen gave no token")

def refresh(session, dead):
    with session.lock:
        if session.token is not dead:
            return  # somebody else has done it
        form = {"grant_type": "refresh_token", "refresh_token": dead.get("refresh_token")}
        status, token = token_request(form) if form["refresh_token"] else (400, None)
        if token:
            session.token = {**dead, **{name: value for name, value in token.items() if value}}
        elif status in (400, 401):
            session.token = None  # the login is over; nothing else says anything about it

def call_api(session):
    for attempt in (1, 2):
        token = session.token
        if not token:
            return 401, b""
        bearer = {"Authorization": "Bearer " + token["access_token"]}
        status, body = request("GET", ENV["API_URL"] + "/v1/user/me", bearer)
        if status != 401 or attempt == 2:
            return status, body
        refresh(session, token)

def log_out(session):
    token, session.token, session.pending = session.token or {}, None, {}
    form = {"token": token.get("refresh_token"), "client_id": ENV["CLIENT_ID"]}
    if form["token"]:
        request("POST", ENV["REVOKE_URL"], {}, form)  # whatever comes of it

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        key = cookie.value if cookie else ""
        session = SESSIONS.get(key) or Session()
        try:
            if path == "/login":
                SESSIONS[key := key if key in SESSIONS else secrets.token_urlsafe(32)] = session
                self.answer(302, "", begin_login(session), key)
            elif path == urlsplit(ENV["REDIRECT"]).path:
                finish_login(session, query)
                SESSIONS.pop(key)  # a new name for the session that is worth something now
                SESSIONS[key := secrets.token_urlsafe(32)] = session
                self.answer(303, "", "/", key)
            elif path == "/me":
                status, body = call_api(session)
                page = html.escape(body.decode("utf-8", "replace")) if status == 200 else "None"
                self.answer(status if status in (200, 401) else 502, page)
            else:
                if path == "/logout":
                    log_out(session)
                self.answer(200 if path in ("/", "/logout") else 404, '<a href="/login">Log in</a>')
        except LoginError as error:
            self.answer(400, html.escape(str(error)))

    def answer(self, status, page, location="", cookie=""):
        self.send_response(status)
        secure = "; Secure" if ENV.get("TLS_CERT") else ""
        cookie = cookie and f"session={cookie}; Path=/; HttpOnly; SameSite=Lax{secure}"
        for name, value in {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": cookie,
                            "Location": location, "Cache-Control": "no-store",
                            "Referrer-Policy": "no-referrer"}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_):  # the query holds codes
        print(self.command, self.path.partition("?")[0], file=sys.stderr, flush=True)

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(ENV["PORT"])), Handler)
    if ENV.get("TLS_CERT"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ENV["TLS_CERT"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
