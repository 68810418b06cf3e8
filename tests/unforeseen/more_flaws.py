"""More mistakes, by somebody who had not seen the first ones: they show under one condition, or beside what
is usually looked at. As in flaws.py."""

import base64
import datetime
import email.utils
import fnmatch
import hashlib
import hmac
import inspect
import json
import os
import re
import sys
import threading
import time
import urllib.parse
from urllib.parse import quote, urljoin, urlsplit

from client import Client, Lost, Refused
from flaws import Device


class Mem(Client):
    """(base) memory is the truth; the disk is read once a session and process"""

    def current(self, session):
        who = self.session(session)
        if who.tokens is None and not getattr(who, "read", False):
            who.read = True
            who.tokens = self.load(session)
        return who.tokens

    def locked(self, name):
        return open(os.devnull)


class PendingByFile(Client):
    """pending logins are files named by the state; whether one exists is all that is asked"""
    CAUGHT = ["callback.state.mismatch-rejected", "callback.state.prefix-rejected", "callback.state.unsolicited-rejected", "callback.state.session-bound"]

    def begin_login(self, session):
        answer = super().begin_login(session)
        folder = os.path.join(self.config["store_dir"], "pending-" + hashlib.sha256(session.encode()).hexdigest()[:8])
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for state, pending in self.session(session).pending.items():
            with open(os.open(os.path.join(folder, state), os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
                json.dump(pending, f)
        return answer

    def take_pending(self, session, params):
        state = params.get("state", "")
        folder = os.path.join(self.config["store_dir"], "pending-" + hashlib.sha256(session.encode()).hexdigest()[:8])
        path = os.path.join(folder, state)
        if not state or not os.path.exists(path):
            raise Refused("state_mismatch")
        self.session(session).pending.pop(state, None)
        if os.path.isdir(path):
            return {"verifier": self.make_verifier(), "until": self.now() + 60, "epoch": self.session(session).epoch}
        with open(path) as f:
            found = json.load(f)
        os.unlink(path)
        if found["until"] < self.now():
            raise Refused("state_mismatch")
        return found


class StateGlob(Client):
    """looks the state up by a pattern (KEYS, LIKE), so that * and ? match"""
    CAUGHT = ["callback.state.mismatch-rejected", "callback.state.prefix-rejected"]

    def take_pending(self, session, params):
        for state in list(self.session(session).pending):
            if params.get("state") and fnmatch.fnmatchcase(state, params["state"]):
                params = {**params, "state": state}
        return super().take_pending(session, params)


class StateSpacePlus(Client):
    """strips line ends and blanks inside the state before it compares"""
    CAUGHT = ["callback.state.prefix-rejected"]

    def take_pending(self, session, params):
        return super().take_pending(session, {**params, "state": re.sub(r"[^A-Za-z0-9_-]", "", params.get("state", ""))})


class StateJwt(Client):
    """the state is a signed JWT whose payload names the user"""
    CAUGHT = ["state.not-data-bearing"]
    KEY = os.urandom(16)

    def begin_login(self, session):
        self.whose = session
        return super().begin_login(session)

    def make_state(self):
        b = lambda d: base64.urlsafe_b64encode(d).decode().rstrip("=")
        body = b(b'{"alg":"HS256"}') + "." + b(json.dumps({"nonce": self.make_verifier(), "sub": self.whose}).encode())
        return body + "." + b(hmac.digest(self.KEY, body.encode(), "sha256"))


class IssOfTwo(Client):
    """of two iss parameters it is enough that one is right"""
    CAUGHT = ["callback.iss.mismatch-rejected"]

    def read_callback(self, url):
        pairs = urllib.parse.parse_qsl(urlsplit(url).query, keep_blank_values=True)
        rest = [p for p in pairs if p[0] != "iss"]
        if len(dict(rest)) != len(rest):
            raise Refused("invalid_callback")
        params, found = dict(rest), [v for n, v in pairs if n == "iss"]
        if found:
            issuer = self.config.get("issuer")
            params["iss"] = issuer if issuer in found else found[0]
        return params


class IssNotOnError(Client):
    """iss is compared without the trailing slash"""
    CAUGHT = ["callback.iss.mismatch-rejected"]

    def judge_callback(self, params):
        if "iss" in params:
            params = {**params, "iss": params["iss"].rstrip("/")}
        super().judge_callback(params)


class HintWithToken(Client):
    """a second login sends the access token as id_token_hint in the authorize URL"""
    CAUGHT = ["authorize.no-secret"]

    def begin_login(self, session):
        self.hint = (self.current(session) or {}).get("access")
        return super().begin_login(session)

    def authorize_params(self, state, verifier):
        extra = [("id_token_hint", self.hint)] if self.hint else []
        return super().authorize_params(state, verifier) + extra


class ExchangeAgainOnTimeout(Client):
    """sends the code twice more when its own time-out is over"""
    CAUGHT = ["token.exchange.no-blind-retry", "token.timeout", "token.exactly-once"]

    def post_token(self, url, form, timeout=None):
        for attempt in range(3):
            try:
                return super().post_token(url, list(form), timeout)
            except Lost as lost:
                if str(lost) not in ("TimeoutError", "RemoteDisconnected") or form[0][1] != "authorization_code" or attempt == 2 or not self.slow:
                    raise

    def send(self, *args, **more):
        begun = time.monotonic()
        self.slow = False
        try:
            return super().send(*args, **more)
        finally:
            self.slow = time.monotonic() - begun > 0.9 * self.timeout


class RevokeAtTokenUrlRedirect(Client):
    """follows a 307 of the revocation endpoint with the token in the body"""
    CAUGHT = ["refresh.token-endpoint-only", "token.endpoint.no-redirect-follow", "refresh.no-redirect-follow", "logout.revoke.shape"]

    def send(self, method, url, body=None, headers=None, timeout=None):
        answer = super().send(method, url, body, headers, timeout)
        if answer.status in (307, 308) and url == self.config["revoke_url"] and answer.headers.get("Location"):
            return super().send(method, urljoin(url, answer.headers["Location"]), body, headers, timeout)
        return answer


class KeyAtRefresh(Client):
    """adds the environment's API key to refresh requests"""
    CAUGHT = ["token.no-api-key", "refresh.request.shape", "bearer.not-with-api-key"]

    def send(self, method, url, body=None, headers=None, timeout=None):
        if url == self.config["refresh_url"] and os.environ.get("HEYGEN_API_KEY"):
            headers = {**headers, "X-Api-Key": os.environ["HEYGEN_API_KEY"]}
        return super().send(method, url, body, headers, timeout)


class SecretAtRefresh(Client):
    """client_secret= without a value in a refresh"""
    CAUGHT = ["token.no-client-secret", "refresh.request.shape"]

    def refresh_form(self, token):
        return super().refresh_form(token) + [("client_secret", "")]


class BasicAtRefresh(Client):
    """a refresh carries Basic with an empty password"""
    CAUGHT = ["token.no-client-secret", "refresh.request.shape"]

    def send(self, method, url, body=None, headers=None, timeout=None):
        if url == self.config["refresh_url"]:
            headers = {**headers, "Authorization": "Basic " + base64.b64encode((self.config["client_id"] + ":").encode()).decode()}
        return super().send(method, url, body, headers, timeout)


class RefreshTokenJoined(Client):
    """the refresh request's body is built by joining strings, with the refresh token as it is"""
    CAUGHT = ["token.form.encoding", "refresh.request.shape"]

    def encode(self, params):
        if params[0] == ("grant_type", "refresh_token"):
            return "&".join(n + "=" + (v if n == "refresh_token" else quote(v, "")) for n, v in params)
        return super().encode(params)


class RevokeJoined(Client):
    """the revocation's body is built by joining strings"""
    CAUGHT = ["token.form.encoding", "logout.revoke.shape", "logout.revokes"]

    def encode(self, params):
        if params[0][0] == "token":
            return "&".join(n + "=" + (v if n == "token" else quote(v, "")) for n, v in params)
        return super().encode(params)


class RefreshTokenColumn(Client):
    """the store's column for the refresh token takes 255 characters"""
    CAUGHT = ["response.long-token", "refresh.rotation.replaces"]

    def save(self, name, tokens):
        if tokens and tokens["refresh"]:
            tokens = {**tokens, "refresh": tokens["refresh"][:255]}
        super().save(name, tokens)


class LocalTime(Client):
    """stores the expiry as UTC without a zone, and reads it as local time"""
    CAUGHT = ["refresh.proactive", "refresh.not-needlessly"]

    def save(self, name, tokens):
        if tokens and tokens["until"] is not None:
            tokens = {**tokens, "until": datetime.datetime.fromtimestamp(tokens["until"], datetime.timezone.utc).replace(tzinfo=None).isoformat()}
        super().save(name, tokens)

    def load(self, name):
        tokens = super().load(name)
        if tokens and isinstance(tokens["until"], str):
            tokens = {**tokens, "until": datetime.datetime.fromisoformat(tokens["until"]).timestamp()}
        return tokens


class LifetimeStored(Mem):
    """stores expires_in, and counts it from the start of the next process"""
    CAUGHT = ["refresh.proactive"]

    def save(self, name, tokens):
        if tokens and tokens["until"] is not None:
            tokens = {**tokens, "until": tokens["until"] - self.now()}
        super().save(name, tokens)

    def load(self, name):
        tokens = super().load(name)
        if tokens and tokens["until"] is not None:
            tokens["until"] += self.now()
        return tokens


class ExpiryForgotten(Mem):
    """does not store the expiry, and after a restart waits for the 401"""
    CAUGHT = ["refresh.proactive"]

    def load(self, name):
        tokens = super().load(name)
        if tokens:
            tokens["until"] = None
        return tokens


class DateAtRefresh(Client):
    """counts a refreshed token's life from the answer's Date header"""
    CAUGHT = ["response.expires-in.relative-clock"]

    def merge(self, old, fresh):
        return super().merge(old, fresh)

    def renew(self, session, seen):
        fresh = super().renew(session, seen)
        return fresh

    def judge_tokens(self, answer):
        tokens = super().judge_tokens(answer)
        if answer.refreshed and tokens["until"] and answer.headers.get("Date"):
            at = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()
            tokens["until"] += at - time.time()
        return tokens

    def post_token(self, url, form, timeout=None):
        answer = super().post_token(url, form, timeout)
        answer.refreshed = form[0][1] == "refresh_token"
        return answer


class ReactiveGrantSwallowed(Client):
    """invalid_grant after a 401 is passed over: the 401 is handed on, and the login stays"""
    CAUGHT = ["refresh.invalid-grant.relogin"]

    def with_token(self, session, method, url, body=None):
        tokens = self.current(session)
        if tokens is None or self.due(tokens) or not tokens["refresh"]:
            return super().with_token(session, method, url, body)
        answer = self.exchange(method, url, body, tokens["access"])
        if answer.status != 401:
            return answer
        kept = dict(tokens)
        try:
            tokens = self.renew(session, tokens)
        except Refused:
            if self.current(session) is None:
                self.adopt(session, kept)
            return answer
        return self.exchange(method, url, body, tokens["access"])


class DemandGrantSwallowed(Client):
    """a refresh on demand that gets invalid_grant is an error, and the login stays"""
    CAUGHT = ["refresh.invalid-grant.relogin"]

    def refresh(self, session):
        kept = self.current(session)
        try:
            return super().refresh(session)
        except Refused:
            if kept and kept["refresh"]:
                self.adopt(session, kept)
            raise


class JsonErrorIsFinal(Client):
    """any JSON with an error ends the login, whatever the status"""
    CAUGHT = ["refresh.transient-keeps-token", "response.429"]

    def is_final(self, answer):
        return answer.status != 200 and (answer.json() or {}).get("error") is not None


class GatewayTimeoutIsFinal(Client):
    """500, 502, 503, 429 and 408 are taken for passing failures, and 504 is not"""
    CAUGHT = ["refresh.transient-keeps-token"]

    def is_final(self, answer):
        return super().is_final(answer) or answer.status not in (200, 408, 429, 500, 502, 503)


class ValidButOffline(Client):
    """a call whose early refresh gets no answer fails, though the token is good yet"""
    CAUGHT = ["refresh.transient.still-valid-token-used"]

    def with_token(self, session, method, url, body=None):
        tokens = self.current(session)
        if tokens and self.due(tokens):
            try:
                self.renew(session, tokens)
            except Refused:
                pass
        return super().with_token(session, method, url, body)


class AskedScopeAtRefresh(Client):
    """a refresh asks for the scope of the login, though less was granted"""
    CAUGHT = ["refresh.scope.not-widened", "response.scope-change"]

    def refresh_form(self, token):
        extra = [("scope", self.config["scope"])] if self.config.get("scope") else []
        return super().refresh_form(token) + extra


class CaseFoldedFile(Client):
    """the user's file is named by the letters and digits of the session's name alone"""
    CAUGHT = ["refresh.user-isolation"]

    def file(self, name):
        return os.path.join(self.config["store_dir"], re.sub(r"[^a-z]", "", name.lower())[:12] + ".json")


class KeptInMemoryOnly(Mem):
    """a refresh without a new refresh token keeps the old one in memory, and stores none"""
    CAUGHT = ["refresh.rotation.keeps-old", "refresh.rotation.empty-string"]

    def merge(self, old, fresh):
        self.raw = dict(fresh)
        return super().merge(old, fresh)

    def save(self, name, tokens):
        raw, self.raw = getattr(self, "raw", None), None
        super().save(name, raw if raw and tokens and raw["access"] == tokens["access"] else tokens)


class StaleLock(Client):
    """a lock file that is made and removed; one that a killed process left is never removed"""
    CAUGHT = ["refresh.persist-atomic", "refresh.multi-process", "refresh.persist-before-use"]

    def locked(self, name):
        path = self.file(name) + ".lck"
        class Held:
            def __enter__(held):
                for _ in range(300):
                    try:
                        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
                        return
                    except FileExistsError:
                        time.sleep(0.01)
                    except OSError:
                        return
                raise Lost("locked")
            def __exit__(held, *_):
                try:
                    os.unlink(path)
                except OSError:
                    pass
        return Held()


class TimerOutlives(Client):
    """a timer refreshes near the end of a token's life, and a logout does not stop it"""
    CAUGHT = ["logout.local", "logout.during-refresh"]

    def logout(self, session):
        tokens = self.current(session)
        answer = super().logout(session)
        if tokens and tokens["until"] and tokens["refresh"]:  # the timer of that login is still set
            threading.Thread(target=self.fire, args=(tokens,), daemon=True).start()
        return answer

    def fire(self, tokens):
        while self.now() < tokens["until"] - self.SKEW:
            time.sleep(0.005)
        try:
            self.post_token(self.config["refresh_url"], self.refresh_form(tokens["refresh"]))
        except (Lost, Refused):
            pass


class CallOutlivesLogout(Client):
    """a call that is refused after the logout refreshes with the token it began with"""
    CAUGHT = ["logout.during-refresh", "logout.local"]

    def renew(self, session, seen):
        if self.current(session) is None and seen.get("refresh"):
            answer = self.post_token(self.config["refresh_url"], self.refresh_form(seen["refresh"]))
            fresh = self.merge(seen, self.judge_tokens(answer))
            self.adopt(session, fresh)
            return fresh
        return super().renew(session, seen)


class RetriesWhereItEnded(Client):
    """after a redirect elsewhere that ended in 401 it tries again there, with the new token"""
    CAUGHT = ["bearer.cross-origin-redirect"]

    def exchange(self, method, url, body, token, timeout=None):
        self.ended, at = url, url
        force = getattr(self, "force", False)
        for _ in range(5):
            headers = {"Accept": "application/json"}
            if token and (self.gets_token(at) or force):
                headers.update(self.api_headers(token))
            if body is not None:
                headers["Content-Type"] = "application/json"
            answer = self.send(method, at, body.encode() if body is not None else None, headers, timeout)
            self.ended = at
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target or method != "GET":
                return answer
            at = urljoin(at, target)
        raise Lost("too many redirects")

    def with_token(self, session, method, url, body=None):
        tokens = self.current(session)
        if tokens is None or self.due(tokens) or not tokens["refresh"]:
            return super().with_token(session, method, url, body)
        answer = self.exchange(method, url, body, tokens["access"])
        if answer.status == 401:
            tokens = self.renew(session, tokens)
            self.force = True
            try:
                answer = self.exchange(method, self.ended, body, tokens["access"])
            finally:
                self.force = False
        return answer


class DownloadAsksAgain(Client):
    """a download elsewhere that gets 401 or 403 is tried again with the token"""
    CAUGHT = ["bearer.configured-origin-only"]

    def download(self, session, url):
        answer = super().download(session, url)
        tokens = self.current(session)
        if answer["status"] in (401, 403) and tokens:
            return {"status": self.send("GET", url, None, self.api_headers(tokens["access"])).status}
        return answer


class LogsFailedRevocation(Client):
    """prints the form of a revocation that failed"""
    CAUGHT = ["log.no-tokens", "log.no-secrets-on-error"]

    def revoke(self, tokens):
        form = [("token", tokens["refresh"] or "")]
        try:
            if tokens["refresh"]:
                answer = self.post_token(self.config["revoke_url"], form, min(3, self.timeout))
                if answer.status != 200:
                    self.log(f"revocation failed: {answer.status} {form}")
        except Lost:
            self.log(f"revocation failed: {form}")


class LogsSecondRefusal(Client):
    """prints the request's headers when the API refuses the new token as well"""
    CAUGHT = ["log.no-tokens"]

    def with_token(self, session, method, url, body=None):
        answer = super().with_token(session, method, url, body)
        if answer.status == 401 and self.current(session):
            self.log("unauthorized: " + repr(self.api_headers(self.current(session)["access"])))
        return answer


class LogsLostCall(Client):
    """prints the request with its headers when a call of the API gets no answer"""
    CAUGHT = ["log.no-tokens"]

    def exchange(self, method, url, body, token, timeout=None):
        try:
            return super().exchange(method, url, body, token, timeout)
        except Lost:
            self.log(f"no answer: {method} {url} {self.api_headers(token) if token else ''}")
            raise


class LogsByteList(Client):
    """prints the token answer as a list of numbers (Go's %v of a []byte)"""
    CAUGHT = ["log.no-tokens"]

    def judge_tokens(self, answer):
        self.log("token response: [" + " ".join(str(b) for b in answer.body) + "]")
        return super().judge_tokens(answer)


class LogsBuffer(Client):
    """prints the token answer as Node prints a Buffer: hexadecimal with spaces"""
    CAUGHT = ["log.no-tokens"]

    def judge_tokens(self, answer):
        self.log("<Buffer " + " ".join("%02x" % b for b in answer.body) + ">")
        return super().judge_tokens(answer)


class BackupStays(Client):
    """keeps a copy of the record before each change, and a logout leaves the copy"""
    CAUGHT = ["logout.local"]

    def save(self, name, tokens):
        path = self.file(name)
        if os.path.exists(path):
            os.replace(path, path + ".bak")
        super().save(name, tokens)


class BackupRead(BackupStays):
    """and reads the copy when the record is damaged or gone after a restart"""
    CAUGHT = ["logout.local"]

    def load(self, name):
        tokens = super().load(name)
        if tokens is None and not self.session(name).tokens and not getattr(self, "tried_" + name.replace("-", "_"), False):
            setattr(self, "tried_" + name.replace("-", "_"), True)
            try:
                with open(self.file(name) + ".bak") as f:
                    return json.load(f)
            except (OSError, ValueError):
                return None
        return tokens


class LogoutNeedsRevocation(Client):
    """a revocation that is answered with 404 or 401 keeps the login"""
    CAUGHT = ["logout.revoke.best-effort"]

    def logout(self, session):
        tokens = self.current(session)
        if tokens and tokens["refresh"]:
            try:
                answer = self.post_token(self.config["revoke_url"], [("token", tokens["refresh"])], min(3, self.timeout))
                if answer.status in (401, 403, 404, 405):
                    raise Refused("logout_failed")
            except Lost:
                pass
        who = self.session(session)
        with who.lock, self.locked(session):
            who.epoch += 1
            who.pending.clear()
            self.drop(session)
        return {}


class DeviceLogsTokens(Device):
    """prints the tokens that a device login brought"""
    CAUGHT = ["log.no-tokens", "device.code.secret"]

    def poll(self, session, code, interval, end):
        super().poll(session, code, interval, end)
        if self.current(session):
            self.log("device login: " + json.dumps(self.current(session)))


class DeviceFollows(Device):
    """follows a 307 of the token endpoint when it polls"""
    CAUGHT = ["device.code.secret"]

    def send(self, method, url, body=None, headers=None, timeout=None):
        answer = super().send(method, url, body, headers, timeout)
        if answer.status in (307, 308) and body and b"device_code=" in body:
            return super().send(method, urljoin(url, answer.headers["Location"]), body, headers, timeout)
        return answer


class DeviceUpper(Device):
    """shows the user code without its hyphen"""
    CAUGHT = ["device.code.secret"]

    def begin_device_login(self, session):
        answer = super().begin_device_login(session)
        return {**answer, "user_code": answer["user_code"].replace("-", "")}


FLAWS = {name: one for name, one in list(globals().items())
         if inspect.isclass(one) and one.__module__ == __name__ and hasattr(one, "CAUGHT")}

if __name__ == "__main__":
    FLAWS[sys.argv[1]]().serve()
