"""A sound client of the adapter protocol with nothing but the standard library, made to be taken
apart: a flaw replaces a method or two. `python3 client.py` runs it as it is."""

import base64
import concurrent.futures
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import socket
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urljoin, urlsplit


class Refused(Exception):
    def __init__(self, kind, message=""):
        super().__init__(message or kind)
        self.kind = kind


class Lost(Exception):
    """No answer, or a broken one."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None


class Session:
    def __init__(self):
        self.lock = threading.RLock()  # one refresh at a time
        self.epoch = 0
        self.pending = {}
        self.tokens = None
        self.retry_at = 0
        self.device = None


TERMINAL = ("invalid_grant", "invalid_request", "invalid_client", "unauthorized_client", "invalid_scope",
            "unsupported_grant_type", "access_denied")


class Client:
    NAME = "unforeseen"
    CAPABILITIES = ["refresh", "logout", "restart", "clock", "concurrency", "download", "two-sessions",
                    "two-processes", "issuer", "timeout"]
    TIMEOUT = 10.0
    LIFE = 600  # of a login that was begun
    SKEW = 30

    def __init__(self):
        self.sessions, self.guard = {}, threading.Lock()
        self.offset, self.config = 0.0, {}
        self.timeout = self.TIMEOUT

    # --- the world -------------------------------------------------------------------------------
    def now(self):
        return time.time() + self.offset

    def log(self, text):
        print(text, file=sys.stderr, flush=True)

    def session(self, name):
        with self.guard:
            if name not in self.sessions:
                self.sessions[name] = Session()
            return self.sessions[name]

    def send(self, method, url, body=None, headers=None, timeout=None):
        parts = urlsplit(url)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.hostname, parts.port or 443, timeout=timeout or self.timeout)
        elif parts.scheme == "http" and self.is_loopback(parts.hostname):
            connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout or self.timeout)
        else:
            raise Refused("insecure_url")
        # A time-out of the socket begins anew with each byte: one for the whole exchange as well.
        watchdog = threading.Timer(timeout or self.timeout, lambda: self.cut(connection))
        watchdog.daemon = True
        watchdog.start()
        try:
            target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            connection.request(method, target, body=body, headers=self.headers(headers or {}))
            response = connection.getresponse()
            limit = 1 << 20
            data = response.read(limit + 1)
            if len(data) > limit:
                raise Lost("too large")
            declared = response.getheader("Content-Length")
            if declared is not None and method != "HEAD" and len(data) != int(declared):
                raise Lost("cut off")
            return Answer(response.status, response.headers, data)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Lost(type(error).__name__) from None
        finally:
            watchdog.cancel()
            connection.close()

    @staticmethod
    def cut(connection):
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass

    def headers(self, headers):
        return headers

    @staticmethod
    def is_loopback(host):
        return host in ("localhost", "127.0.0.1", "::1") or host.startswith("127.")

    # --- the store -------------------------------------------------------------------------------
    def file(self, name):
        return os.path.join(self.config["store_dir"], hashlib.sha256(name.encode()).hexdigest() + ".json")

    def save(self, name, tokens):
        path = self.file(name)
        if tokens is None:
            try:
                os.unlink(path)
            except OSError:
                pass
            return
        try:
            handle, fresh = tempfile.mkstemp(dir=self.config["store_dir"])
            with os.fdopen(handle, "w") as file:
                json.dump(tokens, file)
            os.replace(fresh, path)
        except OSError:
            self.log("the tokens could not be stored")

    def load(self, name):
        try:
            with open(self.file(name), encoding="utf-8") as file:
                tokens = json.load(file)
            return tokens if isinstance(tokens, dict) and isinstance(tokens.get("access"), str) else None
        except (OSError, ValueError):
            return None

    def locked(self, name):
        """Keeps other processes out."""
        class Held:
            def __enter__(held):
                try:
                    held.file = open(self.file(name) + ".lock", "w", encoding="utf-8")
                    fcntl.flock(held.file, fcntl.LOCK_EX)
                except OSError:
                    held.file = None

            def __exit__(held, *_):
                if held.file:
                    held.file.close()
        return Held()

    # --- logging in ------------------------------------------------------------------------------
    def make_state(self):
        return secrets.token_urlsafe(32)

    def make_verifier(self):
        return secrets.token_urlsafe(32)

    def challenge(self, verifier):
        return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

    def authorize_params(self, state, verifier):
        params = [("response_type", "code"), ("client_id", self.config["client_id"]),
                  ("redirect_uri", self.config["redirect_uri"]), ("state", state),
                  ("code_challenge", self.challenge(verifier)), ("code_challenge_method", "S256")]
        if self.config.get("scope"):
            params.append(("scope", self.config["scope"]))
        return params

    def encode(self, params):
        return urlencode(params)

    def authorize_url(self, params):
        url = self.config["authorize_url"]
        return url + ("&" if "?" in url else "?") + self.encode(params)

    def begin_login(self, session):
        state, verifier = self.make_state(), self.make_verifier()
        url = self.authorize_url(self.authorize_params(state, verifier))
        who = self.session(session)
        with who.lock:
            who.pending[state] = {"verifier": verifier, "until": self.now() + self.LIFE, "epoch": who.epoch}
        return {"authorize_url": url}

    def read_callback(self, url):
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        params = dict(pairs)
        if len(params) != len(pairs):
            raise Refused("invalid_callback")
        return params

    def at_redirect_uri(self, url):
        return url.split("?")[0].split("#")[0] == self.config["redirect_uri"].split("?")[0]

    def take_pending(self, session, params):
        who, found = self.session(session), None
        with who.lock:
            for state in list(who.pending):
                if hmac.compare_digest(state.encode(), params.get("state", "").encode()):
                    found = who.pending.pop(state)
        if not found or found["until"] < self.now():
            raise Refused("state_mismatch")
        return found

    def judge_callback(self, params):
        issuer = self.config.get("issuer")
        if "iss" in params and issuer and params["iss"] != issuer:
            raise Refused("issuer_mismatch")
        if "error" in params:
            raise Refused("access_denied" if params["error"] == "access_denied" else "callback_error")
        if not params.get("code"):
            raise Refused("invalid_callback")

    def callback(self, session, url):
        if not self.at_redirect_uri(url):
            raise Refused("invalid_callback")
        params = self.read_callback(url)
        pending = self.take_pending(session, params)
        self.judge_callback(params)
        answer = self.post_token(self.config["token_url"], self.code_form(params["code"], pending["verifier"]))
        self.adopt(session, self.judge_tokens(answer), pending["epoch"])
        return {}

    def code_form(self, code, verifier):
        return [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", self.config["redirect_uri"]),
                ("code_verifier", verifier)]

    def refresh_form(self, token):
        return [("grant_type", "refresh_token"), ("refresh_token", token)]

    def authenticate(self, form, headers):
        if self.config.get("client_secret"):
            pair = quote(self.config["client_id"], "") + ":" + quote(self.config["client_secret"], "")
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form.append(("client_id", self.config["client_id"]))

    def post_token(self, url, form, timeout=None):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        self.authenticate(form, headers)
        return self.send("POST", url, self.encode(form).encode(), headers, timeout)

    # --- the answer ------------------------------------------------------------------------------
    def judge_tokens(self, answer):
        body = answer.json()
        if answer.status != 200:
            error = body.get("error") if body else None
            error = error if isinstance(error, str) and re.fullmatch(r"[a-z_]{1,40}", error) else "none"
            raise Refused("token_error", f"status {answer.status}, error {error}")
        if body is None or body.get("error"):
            raise Refused("token_error", "the answer is no token answer")
        access, kind = body.get("access_token"), body.get("token_type", "Bearer")
        if not isinstance(access, str) or not re.fullmatch(r"[\x21-\x7e]{1,65536}", access):
            raise Refused("token_error", "no usable access token")
        if not isinstance(kind, str) or kind.lower() != "bearer":
            raise Refused("token_error", "not a bearer token")
        refresh = body.get("refresh_token")
        refresh = refresh if isinstance(refresh, str) and refresh else None
        return {"access": access, "refresh": refresh, "until": self.expiry(body.get("expires_in"))}

    def expiry(self, value):
        try:
            seconds = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
        if isinstance(value, bool) or not 0 < seconds:
            return None
        return self.now() + min(seconds, 10 ** 9)

    def adopt(self, session, tokens, epoch=None):
        who = self.session(session)
        with who.lock, self.locked(session):
            if epoch is not None and epoch != who.epoch:
                raise Refused("login_required")
            who.tokens, who.retry_at = tokens, 0
            self.save(session, tokens)

    def current(self, session):
        who = self.session(session)
        stored = self.load(session)
        if os.path.isdir(self.config["store_dir"]):
            who.tokens = stored
        return who.tokens

    # --- refreshing ------------------------------------------------------------------------------
    def due(self, tokens):
        return tokens["until"] is not None and tokens["refresh"] and self.now() > tokens["until"] - self.SKEW

    def merge(self, old, fresh):
        fresh["refresh"] = fresh["refresh"] or old["refresh"]
        return fresh

    def is_final(self, answer):
        body = answer.json() or {}
        return answer.status in (400, 401) and body.get("error") is not None

    def renew(self, session, seen):
        who = self.session(session)
        with who.lock, self.locked(session):
            tokens = self.current(session)
            if tokens is None:
                raise Refused("login_required")
            if tokens["access"] != seen["access"]:
                return tokens  # somebody did it already
            if not tokens["refresh"]:
                self.drop(session)
                raise Refused("login_required")
            if self.now() < who.retry_at:
                raise Lost("asked to wait")
            epoch = who.epoch
            answer = self.post_token(self.config["refresh_url"], self.refresh_form(tokens["refresh"]))
            if answer.status in (429, 503):
                try:
                    who.retry_at = self.now() + float(answer.headers.get("Retry-After", "0"))
                except ValueError:
                    who.retry_at = self.now() + 5
            if self.is_final(answer):
                self.drop(session)
                raise Refused("login_required")
            fresh = self.merge(tokens, self.judge_tokens(answer))
            if who.epoch != epoch:
                raise Refused("login_required")
            who.tokens, who.retry_at = fresh, 0
            self.save(session, fresh)
            return fresh

    def drop(self, session):
        self.session(session).tokens = None
        self.save(session, None)

    def refresh(self, session):
        tokens = self.current(session)
        if tokens is None or not tokens["refresh"]:
            raise Refused("login_required")
        self.renew(session, tokens)
        return {}

    # --- the API ---------------------------------------------------------------------------------
    def api_headers(self, token):
        return {"Authorization": "Bearer " + token, "Accept": "application/json"}

    def origin(self, url):
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port

    def exchange(self, method, url, body, token, timeout=None):
        for _ in range(5):
            headers = {"Accept": "application/json"}
            if token and self.gets_token(url):
                headers.update(self.api_headers(token))
            if body is not None:
                headers["Content-Type"] = "application/json"
            answer = self.send(method, url, body.encode() if body is not None else None, headers, timeout)
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target or method != "GET":
                return answer
            url = urljoin(url, target)
        raise Lost("too many redirects")

    def gets_token(self, url):
        return self.origin(url) == self.origin(self.config["api_url"])

    def with_token(self, session, method, url, body=None):
        tokens = self.current(session)
        if tokens is None:
            raise Refused("login_required")
        if self.due(tokens):
            try:
                tokens = self.renew(session, tokens)
            except (Lost, Refused):
                tokens = self.current(session)
                if tokens is None or self.now() > tokens["until"]:
                    raise
        elif tokens["until"] and self.now() > tokens["until"] and not tokens["refresh"]:
            self.drop(session)
            raise Refused("login_required")
        answer = self.exchange(method, url, body, tokens["access"])
        if answer.status == 401 and tokens["refresh"]:
            tokens = self.renew(session, tokens)
            answer = self.exchange(method, url, body, tokens["access"])
        elif answer.status == 401:
            self.drop(session)
            raise Refused("login_required")
        return answer

    def call_api(self, session, method, path, body=None):
        answer = self.with_token(session, method, self.config["api_url"] + path, body)
        return {"status": answer.status, "body": answer.body.decode("utf-8", "replace")}

    def download(self, session, url):
        if self.origin(url) != self.origin(self.config["api_url"]):
            return {"status": self.exchange("GET", url, None, None).status}
        return {"status": self.with_token(session, "GET", url).status}

    # --- the end ---------------------------------------------------------------------------------
    def logout(self, session):
        who = self.session(session)
        with who.lock, self.locked(session):
            tokens = self.current(session)
            who.epoch += 1
            who.pending.clear()
            self.drop(session)
        if tokens:
            self.revoke(tokens)
        return {}

    def revoke(self, tokens):
        if not tokens["refresh"]:
            return
        try:
            self.post_token(self.config["revoke_url"], [("token", tokens["refresh"]),
                                                        ("token_type_hint", "refresh_token")], min(3, self.timeout))
        except Lost:
            pass

    def state(self, session):
        who = self.session(session)
        if self.current(session):
            return {"state": "logged_in"}
        return {"state": "pending" if who.pending else "login_required"}

    # --- the protocol ----------------------------------------------------------------------------
    def hello(self):
        return {"name": self.NAME, "version": "1", "capabilities": self.CAPABILITIES}

    def configure(self, **config):
        self.config, self.sessions = config, {}
        self.timeout = config["timeout_ms"] / 1000 if "timeout_ms" in config else self.TIMEOUT
        os.makedirs(config["store_dir"], mode=0o700, exist_ok=True)
        return {}

    def set_time(self, now):
        self.offset = now - time.time()
        return {}

    def answer(self, request):
        try:
            reply = {"id": request["id"], "ok": True, "result": getattr(self, request["op"])(**request["params"])}
        except Refused as refusal:
            reply = {"id": request["id"], "ok": False, "error": {"kind": refusal.kind, "message": str(refusal)}}
        except Lost as lost:
            reply = {"id": request["id"], "ok": False, "error": {"kind": "transport", "message": str(lost)}}
        except Exception as defect:  # what no flaw foresaw
            reply = {"id": request["id"], "ok": False,
                     "error": {"kind": "defect", "message": type(defect).__name__}}
        with self.guard:
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()

    def serve(self):
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            for line in sys.stdin:
                request = json.loads(line)
                if request["op"] in ("hello", "configure", "set_time"):
                    self.answer(request)
                else:
                    pool.submit(self.answer, request)
        os._exit(0)


if __name__ == "__main__":
    Client().serve()
