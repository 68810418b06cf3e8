"""A command-line program that uses HeyGen's OAuth, with nothing but Python's standard library:

    sound_cli.py login | call [PATH [METHOD [BODY]]] | refresh | logout

    heygen-conformance cli --login 'python3 examples/clis/sound_cli.py login' \\
        --call 'python3 examples/clis/sound_cli.py call {path} {method} {body}' \\
        --refresh 'python3 examples/clis/sound_cli.py refresh' \\
        --logout 'python3 examples/clis/sound_cli.py logout'

Endpoints come from HEYGEN_AUTHORIZE_URL, _TOKEN_URL, _REFRESH_URL, _REVOKE_URL, _API_URL and
HEYGEN_CLIENT_ID; tokens go to HEYGEN_CONFIG_DIR. Each decision is a method, so that a twin in
examples/flawed-clis can replace one of them.
"""
import base64
import contextlib
import fcntl
import hashlib
import hmac
import html
import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

LIMIT = 1 << 20


class Problem(Exception):
    """What goes wrong, in words that hold no secret."""


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Cli:
    def __init__(self):
        self.folder = Path(os.environ.get("HEYGEN_CONFIG_DIR") or Path.home() / ".heygen")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.client_id = os.environ["HEYGEN_CLIENT_ID"]
        self.verifier, self.state = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.done = self.failure = None

    def url(self, name):
        return os.environ[f"HEYGEN_{name}_URL"]

    # --- the commands ---
    def login(self):
        server = HTTPServer(("127.0.0.1", 0), handler_for(self))
        server.timeout = 1
        self.redirect_uri = f"http://127.0.0.1:{server.server_port}/oauth/callback"
        address = self.authorize_url()
        if not webbrowser.open(address):
            print("Open this address in a browser:", address, sep="\n", flush=True)
        deadline = time.monotonic() + 300
        while not self.done and not self.failure and time.monotonic() < deadline:
            server.handle_request()
        if not self.done:
            raise Problem(self.failure or "no callback came in time")
        print("logged in")

    def call(self, path="/v1/user/me", method="GET", body=""):
        tokens = self.load()
        if tokens.get("renew_at", float("inf")) < time.time():
            tokens = self.renew(tokens)
        for attempt in range(self.attempts()):
            if not tokens.get("access_token"):
                raise Problem("log in first")
            status, answer = self.request_api(method, path, tokens["access_token"], body)
            if status != 401 or attempt + 1 == self.attempts() or "refresh_token" not in tokens:
                break
            tokens = self.renew(tokens)
        print(answer.decode("utf-8", "replace"))
        if not 200 <= status < 300:
            raise Problem(f"the API answered {status}")

    def refresh(self):
        self.renew(self.load())
        print("refreshed")

    def logout(self):
        tokens = self.load()
        self.forget()
        token = tokens.get("refresh_token") or tokens.get("access_token")
        if token:
            with contextlib.suppress(Problem):
                self.post("REVOKE", {"token": token, "client_id": self.client_id}, timeout=3)
        print("logged out")

    # --- the authorization request and its answer ---
    def challenge(self):
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def authorize_url(self):
        query = {"response_type": "code", "client_id": self.client_id,
                 "redirect_uri": self.redirect_uri, "state": self.state,
                 "code_challenge": self.challenge(), "code_challenge_method": "S256"}
        if os.environ.get("HEYGEN_SCOPE"):
            query["scope"] = os.environ["HEYGEN_SCOPE"]
        joint = "&" if "?" in self.url("AUTHORIZE") else "?"
        return self.url("AUTHORIZE") + joint + urllib.parse.urlencode(query)

    def is_ours(self, state):
        return hmac.compare_digest(state.encode(), self.state.encode())

    def callback(self, target):
        """The status and the text of the page."""
        query = urllib.parse.parse_qs(target.query, keep_blank_values=True)
        if len(query.get("state", [])) != 1 or not self.is_ours(query["state"][0]):
            return 400, "This is not the answer to the login that is under way."
        if "error" in query:
            self.failure = "the login was refused"
            return 400, "The login was refused: " + " ".join(query["error"])[:100]
        if len(query.get("code", [])) != 1 or not query["code"][0]:
            self.failure = "the callback has no code"
            return 400, "The login failed: there is no code."
        try:
            self.save(self.exchange(query["code"][0]))
        except Problem as problem:
            self.failure = str(problem)
            return 400, f"The login failed: {problem}."
        self.done = True
        return 200, "You are logged in. You can close this window."

    def page(self, text):
        return f"<!doctype html><meta charset=utf-8><title>Login</title><p>{html.escape(text)}"

    # --- tokens ---
    def exchange(self, code):
        status, body = self.post("TOKEN", {
            "grant_type": "authorization_code", "code": code, "client_id": self.client_id,
            "redirect_uri": self.redirect_uri, "code_verifier": self.verifier})
        if status != 200:
            raise Problem(self.describe_refusal(status, body))
        return self.read_tokens(body)

    def renew(self, used):
        """Tokens that are newer than `used`: another process may have fetched them."""
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            old = self.load()
            if "refresh_token" not in old:
                raise Problem("log in first")
            if old["access_token"] != used.get("access_token"):
                return old
            status, body = self.post("REFRESH", {
                "grant_type": "refresh_token", "refresh_token": old["refresh_token"],
                "client_id": self.client_id})
            if status in (400, 401):
                self.forget()
                raise Problem("the login has ended: log in again")
            if status != 200:
                raise Problem(f"the token endpoint answered {status}")
            fresh = self.merge(old, self.read_tokens(body))
            self.save(fresh)
            return fresh

    def merge(self, old, fresh):
        return {"refresh_token": old["refresh_token"], **fresh}

    def describe_refusal(self, status, _body):
        return f"the token endpoint answered {status}"

    def read_tokens(self, body):
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            raise Problem("the token endpoint did not answer with JSON") from None
        if not isinstance(answer, dict) or "error" in answer:
            raise Problem("the token endpoint sent no tokens")
        if not self.is_token(answer.get("access_token")):
            raise Problem("the token endpoint sent no access token")
        if str(answer.get("token_type")).lower() != "bearer":
            raise Problem("the access token is of an unknown type")
        tokens = {"access_token": answer["access_token"]}
        if self.is_token(answer.get("refresh_token")):
            tokens["refresh_token"] = answer["refresh_token"]
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            lifetime = min(float(answer.get("expires_in")), 1e9)
            if lifetime > 0:
                tokens["renew_at"] = time.time() + max(lifetime - 60, lifetime * 0.9)
        return tokens

    def is_token(self, value):
        return isinstance(value, str) and re.fullmatch("[\x21-\x7e]+", value) is not None

    # --- where they are kept ---
    def load(self):
        with contextlib.suppress(FileNotFoundError):
            return json.loads((self.folder / "tokens.json").read_text())
        return {}

    def save(self, tokens):
        fresh = self.folder / f"tokens.{os.getpid()}"
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(tokens, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self.folder / "tokens.json")

    def forget(self):
        (self.folder / "tokens.json").unlink(missing_ok=True)

    # --- HTTP ---
    def attempts(self):
        return 2

    def handlers(self):
        return [NoRedirects, urllib.request.ProxyHandler({})]

    def request_api(self, method, path, token, body):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.send(urllib.request.Request(
            self.url("API") + path, body.encode() or None, headers, method=method))

    def post(self, endpoint, form, timeout=15):
        data = urllib.parse.urlencode(form).encode()
        return self.send(urllib.request.Request(self.url(endpoint), data), timeout)

    def send(self, request, timeout=15):
        try:
            with self.open(request, timeout) as answer:
                body = answer.read(LIMIT)
                if getattr(answer, "length", 0):
                    raise Problem("the answer was cut off, or is too long")
                return answer.status, body
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise Problem(f"no answer: {type(error).__name__}") from None
        except Exception as error:  # http.client's own
            if isinstance(error, Problem):
                raise
            raise Problem(f"no answer: {type(error).__name__}") from None

    def open(self, request, timeout):
        opener = urllib.request.build_opener(*self.handlers())
        try:
            return opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as answer:
            return answer


def handler_for(cli):
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self):
            target = urllib.parse.urlsplit(self.path)
            status, text = 404, "There is nothing here."
            if target.path == "/oauth/callback" and not cli.done and not cli.failure:
                status, text = cli.callback(target)
            page = cli.page(text).encode()
            self.send_response(status)
            for name, value in (("Content-Type", "text/html; charset=utf-8"),
                                ("Content-Length", len(page)), ("Cache-Control", "no-store"),
                                ("Referrer-Policy", "no-referrer")):
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass  # the request line holds the code

    return Handler


def main(cli_class=Cli):
    commands = ("login", "call", "refresh", "logout")
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit("usage: login | call [PATH [METHOD [BODY]]] | refresh | logout")
    try:
        getattr(cli_class(), sys.argv[1])(*sys.argv[2:5])
    except Problem as problem:
        sys.exit(f"error: {problem}")


if __name__ == "__main__":
    main()
