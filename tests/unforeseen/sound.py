"""Clients that are sound and do it otherwise, one a class. `python3 sound.py NAME` runs one."""

import http.client
import inspect
import secrets
import sys
import time
import uuid
from urllib.parse import urlencode, urlsplit

from client import Answer, Client, Lost, Refused
from flaws import Device  # sound itself


class SmallLetters(Client):
    """header names and the scheme in small letters"""

    def headers(self, headers):
        return {name.lower(): value for name, value in headers.items()}

    def api_headers(self, token):
        return {"authorization": "bearer " + token}


class Eager(Client):
    """refreshes when half of a token's life is over"""

    def judge_tokens(self, answer):
        tokens = super().judge_tokens(answer)
        return {**tokens, "since": self.now()}

    def due(self, tokens):
        return bool(tokens["until"] and tokens["refresh"] and
                    self.now() > (tokens["until"] + tokens["since"]) / 2)


class Lazy(Client):
    """refreshes when the API refuses the token, and not before"""

    def due(self, tokens):
        return False


class SecondTry(Client):
    """one more try of a refresh that got 500 or no answer, after a pause"""

    def post_token(self, url, form, timeout=None):
        if url != self.config["refresh_url"]:
            return super().post_token(url, form, timeout)
        try:
            answer = super().post_token(url, list(form), timeout)
            if answer.status not in (500, 502):
                return answer
        except Lost:
            pass
        time.sleep(0.02)
        return super().post_token(url, form, timeout)


class MoreParameters(Client):
    """parameters of its own at both endpoints, in another order"""

    def authorize_params(self, state, verifier):
        return [("prompt", "consent"), ("access_type", "offline"),
                *reversed(super().authorize_params(state, verifier)), ("nonce", secrets.token_hex(8))]

    def code_form(self, code, verifier):
        return list(reversed(super().code_form(code, verifier))) + [("audience", "https://api.heygen.com")]


class OldHttp(Client):
    """HTTP/1.0"""

    def send(self, method, url, body=None, headers=None, timeout=None):
        parts = urlsplit(url)
        if parts.scheme == "https":
            return super().send(method, url, body, headers, timeout)
        if parts.scheme != "http" or not self.is_loopback(parts.hostname):
            raise Refused("insecure_url")
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout or self.timeout)
        connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
        try:
            connection.request(method, (parts.path or "/") + ("?" + parts.query if parts.query else ""),
                               body=body, headers={"Host": parts.netloc, **(headers or {})})
            response = connection.getresponse()
            data = response.read(1 << 20)
            length = response.getheader("Content-Length")
            if length is not None and int(length) != len(data):
                raise Lost("cut off")
            return Answer(response.status, response.headers, data)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Lost(type(error).__name__) from None
        finally:
            connection.close()


class EncodesAll(Client):
    """each byte of each value as %xx, in small letters"""

    def encode(self, params):
        return "&".join(name + "=" + "".join(f"%{byte:02x}" for byte in value.encode()) for name, value in params)


class OnePending(Client):
    """a new login takes the place of the one before, and any response ends it"""

    def begin_login(self, session):
        self.session(session).pending.clear()
        return super().begin_login(session)

    def take_pending(self, session, params):
        try:
            return super().take_pending(session, params)
        finally:
            self.session(session).pending.clear()


class OneRoute(Client):
    """refreshes at the token endpoint, as the vendor's own clients do, and revokes both tokens"""

    def configure(self, **config):
        return super().configure(**{**config, "refresh_url": config["token_url"]})

    def revoke(self, tokens):
        super().revoke(tokens)
        super().revoke({**tokens, "refresh": tokens["access"]})

    def post_token(self, url, form, timeout=None):
        if url == self.config["revoke_url"]:
            form = [pair for pair in form if pair[0] != "token_type_hint"]
        return super().post_token(url, form, timeout)


class SecretInForm(Client):
    """authenticates in the form, where it has a secret"""

    def authenticate(self, form, headers):
        form.append(("client_id", self.config["client_id"]))
        if self.config.get("client_secret"):
            form.append(("client_secret", self.config["client_secret"]))


class Strict(Client):
    """wants a token_type and a good lifetime, spelled as the vendor does"""

    def judge_tokens(self, answer):
        body = answer.json()
        if answer.status == 200 and body is not None and "token_type" not in body:
            raise Refused("token_error")
        return super().judge_tokens(answer)


class FifteenSeconds(Client):
    """refreshes in the last fifteen seconds"""
    SKEW = 15


class Uuids(Client):
    """states of UUID version 4, verifiers of 128 characters with all the marks"""

    def make_state(self):
        return str(uuid.uuid4())

    def make_verifier(self):
        return "~._-" + secrets.token_urlsafe(93)


class Plain(Client):
    """claims nothing but to log in and to call"""
    CAPABILITIES = []


class NoRefresh(Client):
    """has no use for refresh tokens"""
    CAPABILITIES = ["logout", "two-sessions", "concurrency", "timeout"]

    def judge_tokens(self, answer):
        return {**super().judge_tokens(answer), "refresh": None}


class QueryOnly(Client):
    """reads the query of the callback's URL, wherever it came to"""

    def at_redirect_uri(self, url):
        return True


SOUND = {name: one for name, one in list(globals().items())
         if inspect.isclass(one) and issubclass(one, Client)}

if __name__ == "__main__":
    SOUND[sys.argv[1]]().serve()
