"""Mistakes that nobody had in mind when the checks were written, one a class: its first line says
what is wrong, CAUGHT which of the checks has to see it. `python3 flaws.py NAME` runs one."""

import hashlib
import inspect
import os
import random
import re
import sys
import threading
import time
import uuid
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from client import Answer, Client, Lost, Refused


# --- the state ---------------------------------------------------------------------------------
class StateStart(Client):
    """compares the first 16 characters of the state"""
    CAUGHT = ["callback.state.prefix-rejected", "callback.state.mismatch-rejected"]

    def take_pending(self, session, params):
        for state, pending in list(self.session(session).pending.items()):
            if len(params.get("state", "")) >= 16 and state[:16] == params["state"][:16]:
                return self.session(session).pending.pop(state)
        raise Refused("state_mismatch")


class StateFolded(Client):
    """compares states without regard to case"""
    CAUGHT = ["callback.state.prefix-rejected"]

    def take_pending(self, session, params):
        for state in list(self.session(session).pending):
            if state.lower() == params.get("state", "").lower():
                params = {**params, "state": state}
        return super().take_pending(session, params)


class StateUnquotedAgain(Client):
    """decodes the state a second time"""
    CAUGHT = ["callback.state.prefix-rejected"]

    def read_callback(self, url):
        params = super().read_callback(url)
        return {name: unquote(value) if name == "state" else value for name, value in params.items()}


class StateMissingWithOnePending(Client):
    """takes a response without a state when one login is pending"""
    CAUGHT = ["callback.state.missing-rejected"]

    def take_pending(self, session, params):
        pending = self.session(session).pending
        if "state" not in params and len(pending) == 1:
            params = {**params, "state": next(iter(pending))}
        return super().take_pending(session, params)


class StateOfAnySession(Client):
    """finds the pending login in whichever session has it"""
    CAUGHT = ["callback.state.session-bound"]

    def take_pending(self, session, params):
        for name, who in list(self.sessions.items()):
            if params.get("state") in who.pending:
                return super().take_pending(name, params)
        return super().take_pending(session, params)


class StateGrace(Client):
    """accepts a state that was used before for another minute"""
    CAUGHT = ["callback.state.single-use", "callback.replay"]

    def take_pending(self, session, params):
        found = super().take_pending(session, params)
        self.session(session).pending[params["state"]] = {**found, "until": self.now() + 60}
        return found


class StateKeptUntilSuccess(Client):
    """forgets a pending login once its exchange has succeeded, and not before"""
    CAUGHT = ["token.exactly-once", "callback.replay", "callback.state.single-use", "callback.state.consumed-on-error"]

    def callback(self, session, url):
        params = self.read_callback(url)
        before = dict(self.session(session).pending)
        try:
            return super().callback(session, url)
        except (Refused, Lost):
            if params.get("state") in before:
                self.session(session).pending[params["state"]] = before[params["state"]]
            raise


class StateJudgedLate(Client):
    """exchanges the code first, and looks at the state afterwards"""
    CAUGHT = ["callback.state.mismatch-rejected"]

    def callback(self, session, url):
        params = self.read_callback(url)
        pending = list(self.session(session).pending.values())
        if params.get("code") and "error" not in params and pending:
            answer = Client.post_token(self, self.config["token_url"],
                                       self.code_form(params["code"], pending[-1]["verifier"]))
            self.post_token = lambda *_: answer
        try:
            return super().callback(session, url)
        finally:
            self.__dict__.pop("post_token", None)


class StateNeverExpires(Client):
    """a login that was begun waits for ever"""
    CAUGHT = ["callback.state.expires"]
    LIFE = 10 ** 9


class StateOfSession(Client):
    """the state is a keyed hash of the session's name"""
    CAUGHT = ["state.unique-per-request"]
    KEY = os.urandom(16)

    def begin_login(self, session):
        self.make_state = lambda: hashlib.sha256(self.KEY + session.encode()).hexdigest()
        return super().begin_login(session)


class StateHashOfMillis(Client):
    """the state is a hash of the clock's milliseconds"""
    CAUGHT = ["state.not-time-seeded"]

    def make_state(self):
        return hashlib.sha256(str(int(time.time() * 1000)).encode()).hexdigest()


class StateHashOfSettableClock(Client):
    """the state is a hash of the time and a counter"""
    CAUGHT = ["state.not-time-seeded"]
    count = 0

    def make_state(self):
        self.count += 1
        return hashlib.md5(f"{int(self.now())}-{self.count}".encode()).hexdigest()


class StateUuid1(Client):
    """the state is a UUID of version 1"""
    CAUGHT = ["state.entropy.min", "state.not-monotonic", "state.not-time-seeded"]

    def make_state(self):
        return str(uuid.uuid1())


class StateLongPrefix(Client):
    """the state is a long constant and eight random digits"""
    CAUGHT = ["state.entropy.min"]

    def make_state(self):
        return "heygen-login-request-2c9f1b7d8e-" + os.urandom(4).hex()


class StateRepeatedBlock(Client):
    """the state is four random bytes, eight times"""
    CAUGHT = ["state.entropy.min"]

    def make_state(self):
        return os.urandom(4).hex() * 8


class StateStretched(Client):
    """the state is a hash of a random number below eight"""
    CAUGHT = ["state.unique-per-request", "state.entropy.min"]

    def make_state(self):
        return hashlib.sha256(str(random.randrange(8)).encode()).hexdigest()


class StateWithSession(Client):
    """the state holds the session's name in hexadecimal"""
    CAUGHT = ["state.not-data-bearing"]

    def begin_login(self, session):
        self.make_state = lambda: ("/return/to?user=" + session).encode().hex() + "." + os.urandom(32).hex()
        return super().begin_login(session)


# --- PKCE --------------------------------------------------------------------------------------
class VerifierOfState(Client):
    """the verifier is the hash of the state"""
    CAUGHT = ["authorize.verifier-not-leaked"]

    def begin_login(self, session):
        state = Client.make_state(self)
        self.make_state = lambda: state
        self.make_verifier = lambda: hashlib.sha256(state.encode()).hexdigest()
        return super().begin_login(session)


class VerifierExtendsState(Client):
    """the verifier is the state with some letters behind it"""
    CAUGHT = ["authorize.verifier-not-leaked"]

    def begin_login(self, session):
        state = Client.make_state(self)
        self.make_state = lambda: state
        self.make_verifier = lambda: state + "-verifier"
        return super().begin_login(session)


class VerifierReversesState(Client):
    """the verifier is the state backwards"""
    CAUGHT = ["authorize.verifier-not-leaked"]

    def begin_login(self, session):
        state = Client.make_state(self)
        self.make_state = lambda: state
        self.make_verifier = lambda: state[::-1]
        return super().begin_login(session)


class VerifierRepeatedBlock(Client):
    """the verifier is eight characters, eight times"""
    CAUGHT = ["pkce.verifier.entropy"]

    def make_verifier(self):
        return os.urandom(4).hex() * 8


class VerifierSometimesShort(Client):
    """the verifier loses its zeros"""
    CAUGHT = ["pkce.verifier.length"]

    def make_verifier(self):
        return super().make_verifier().replace("A", "").replace("0", "").replace("z", "")


class ChallengeOfLine(Client):
    """hashes the verifier with a line end behind it"""
    CAUGHT = ["pkce.challenge.correct"]

    def challenge(self, verifier):
        return super().challenge(verifier + "\n")


class MethodInSmallLetters(Client):
    """code_challenge_method=s256"""
    CAUGHT = ["pkce.method.s256"]

    def authorize_params(self, state, verifier):
        return [(name, "s256" if name == "code_challenge_method" else value)
                for name, value in super().authorize_params(state, verifier)]


class PkceDroppedAfterServerError(Client):
    """no PKCE in the login after a server_error"""
    CAUGHT = ["pkce.no-downgrade"]
    plain = False

    def judge_callback(self, params):
        self.plain = params.get("error") in ("server_error", "invalid_request")
        super().judge_callback(params)

    def authorize_params(self, state, verifier):
        params = super().authorize_params(state, verifier)
        return [pair for pair in params if not pair[0].startswith("code_challenge")] if self.plain else params


# --- the callback ------------------------------------------------------------------------------
class LastOfTwo(Client):
    """takes the last of two parameters of a name"""
    CAUGHT = ["callback.duplicate-state", "callback.duplicate-code"]

    def read_callback(self, url):
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


class IssuerByStart(Client):
    """the issuer has to begin like the configured one"""
    CAUGHT = ["callback.iss.mismatch-rejected"]

    def judge_callback(self, params):
        if params.get("iss", "").startswith(self.config.get("issuer") or "\0"):
            params = {**params, "iss": self.config["issuer"]}
        super().judge_callback(params)


class IssuerByHost(Client):
    """compares the issuer's host alone"""
    CAUGHT = ["callback.iss.mismatch-rejected"]

    def judge_callback(self, params):
        own = self.config.get("issuer")
        if own and urlsplit(params.get("iss", "")).hostname == urlsplit(own).hostname:
            params = {**params, "iss": own}
        super().judge_callback(params)


class MildErrorsIgnored(Client):
    """goes on with the code when the error is only a temporary one"""
    CAUGHT = ["callback.code-and-error"]

    def judge_callback(self, params):
        if params.get("error") in ("temporarily_unavailable", "server_error") and params.get("code"):
            params = {name: value for name, value in params.items() if name != "error"}
        super().judge_callback(params)


class CodeTrimmed(Client):
    """keeps the first 512 characters of a code"""
    CAUGHT = ["callback.code.opaque"]

    def code_form(self, code, verifier):
        return super().code_form(code[:512], verifier)


class CodeUnquotedAgain(Client):
    """decodes the code a second time"""
    CAUGHT = ["callback.code.opaque", "token.form.encoding"]

    def code_form(self, code, verifier):
        return super().code_form(unquote(code), verifier)


class TokenFromFragment(Client):
    """takes an access token from the callback's URL"""
    CAUGHT = ["callback.fragment-ignored"]

    def callback(self, session, url):
        parts = urlsplit(url)
        found = dict(parse_qsl(parts.fragment)) | dict(parse_qsl(parts.query))
        if found.get("access_token"):
            self.adopt(session, {"access": found["access_token"], "refresh": None, "until": None})
            return {}
        return super().callback(session, url)


class EndpointOfRegion(Client):
    """sends the code to the server that the response names as the user's"""
    CAUGHT = ["callback.mixup.token-endpoint-pinned"]

    def callback(self, session, url):
        params = self.read_callback(url)
        server = params.get("accounts-server") or params.get("api_domain")
        if server and params.get("code"):
            try:
                self.send("POST", server + "/oauth/token", urlencode({"code": params["code"]}).encode(), {})
            except (Lost, Refused):
                pass
        return super().callback(session, url)


class AnyPath(Client):
    """takes a response at any path of its host"""
    CAUGHT = ["callback.redirect-uri.exact"]

    def at_redirect_uri(self, url):
        return urlsplit(url).netloc == urlsplit(self.config["redirect_uri"]).netloc


# --- the exchange ------------------------------------------------------------------------------
class JsonSecond(Client):
    """sends the exchange again as JSON when the form was refused"""
    CAUGHT = ["token.exactly-once"]

    def post_token(self, url, form, timeout=None):
        import json
        answer = super().post_token(url, form, timeout)
        if answer.status == 400 and url == self.config["token_url"]:
            answer = self.send("POST", url, json.dumps(dict(form)).encode(), {"Content-Type": "application/json"})
        return answer


class ThreeTries(Client):
    """three tries of an exchange that gets 500"""
    CAUGHT = ["response.500-no-code-replay-storm"]

    def post_token(self, url, form, timeout=None):
        for _ in range(2):
            answer = super().post_token(url, list(form), timeout)
            if answer.status < 500 or url != self.config["token_url"]:
                return answer
        return super().post_token(url, form, timeout)


class EmptySecret(Client):
    """client_secret= without a value"""
    CAUGHT = ["token.no-client-secret"]

    def authenticate(self, form, headers):
        super().authenticate(form, headers)
        form.append(("client_secret", ""))


class OldTokenAtExchange(Client):
    """sends the token of the login before along with the exchange"""
    CAUGHT = ["token.no-client-secret", "token.params.required"]
    last = ""

    def judge_tokens(self, answer):
        tokens = super().judge_tokens(answer)
        self.last = tokens["access"]
        return tokens

    def authenticate(self, form, headers):
        super().authenticate(form, headers)
        if self.last and dict(form).get("grant_type") == "authorization_code":
            headers["Authorization"] = "Bearer " + self.last


class FollowsToOtherPort(Client):
    """follows a 307 of the token endpoint within its host"""
    CAUGHT = ["token.endpoint.no-redirect-follow"]

    def send(self, method, url, body=None, headers=None, timeout=None):
        answer = super().send(method, url, body, headers, timeout)
        target = answer.headers.get("Location")
        if method == "POST" and answer.status == 307 and target and "token" in url:
            if urlsplit(target).hostname == urlsplit(url).hostname:
                return super().send(method, target, body, headers, timeout)
        return answer


class ApiKeyEverywhere(Client):
    """an interceptor adds the environment's API key to each request"""
    CAUGHT = ["token.no-api-key", "bearer.not-with-api-key"]

    def headers(self, headers):
        key = os.environ.get("HEYGEN_API_KEY")
        return {**headers, "X-Api-Key": key} if key else headers


class NoTimeout(Client):
    """waits for an answer for ever"""
    CAUGHT = ["token.timeout"]

    def send(self, method, url, body=None, headers=None, timeout=None):
        return super().send(method, url, body, headers, 3600)


class NoTimeoutUntold(NoTimeout):
    """the same, and cannot be told one"""
    CAPABILITIES = [name for name in Client.CAPABILITIES if name != "timeout"]


class TimeoutOfEachByte(Client):
    """its time-out begins anew with each byte"""
    CAUGHT = ["token.timeout"]

    @staticmethod
    def cut(connection):
        pass


# --- the answer --------------------------------------------------------------------------------
class TypeByEnd(Client):
    """any token_type that has "bearer" in it"""
    CAUGHT = ["response.token-type.unknown"]

    def judge_tokens(self, answer):
        body = answer.json()
        if body and "bearer" in str(body.get("token_type", "")).lower():
            answer.json = lambda: {**body, "token_type": "Bearer"}
        return super().judge_tokens(answer)


class OtherTokenWillDo(Client):
    """takes id_token where there is no access_token"""
    CAUGHT = ["response.missing-access-token"]

    def judge_tokens(self, answer):
        body = answer.json()
        if body and not body.get("access_token"):
            answer.json = lambda: {**body, "access_token": body.get("id_token") or body.get("token") or
                                   (body.get("data") or {}).get("access_token")}
        return super().judge_tokens(answer)


class TokenTrimmed(Client):
    """trims the access token, and uses what is left"""
    CAUGHT = ["response.header-unsafe-token"]

    def judge_tokens(self, answer):
        body = answer.json()
        if body and isinstance(body.get("access_token"), str):
            answer.json = lambda: {**body, "access_token": "".join(body["access_token"].split())}
        return super().judge_tokens(answer)


class TokenOfControls(Client):
    """refuses a token with line ends, and takes any other characters"""
    CAUGHT = ["response.header-unsafe-token"]

    def judge_tokens(self, answer):
        body = answer.json()
        access = body.get("access_token") if body else None
        if not isinstance(access, str) or not re.fullmatch(r"[^\r\n]+", access):
            return super().judge_tokens(answer)
        answer.json = lambda: {**body, "access_token": "any"}
        return {**super().judge_tokens(answer), "access": access}


class TokenByPattern(Client):
    """finds the tokens by a regular expression, whatever the body is"""
    CAUGHT = ["response.truncated", "response.field-order-whitespace", "response.not-json"]

    def judge_tokens(self, answer):
        text = answer.body.decode("utf-8", "replace")
        found = {name: match.group(1) for name in ("access_token", "refresh_token", "token_type")
                 if (match := re.search(f'"{name}"[^"]*"([^"]*)', text))}
        if answer.status == 200:
            answer.json = lambda: found
        return super().judge_tokens(answer)

    def send(self, method, url, body=None, headers=None, timeout=None):
        import http.client
        try:
            return super().send(method, url, body, headers, timeout)
        except Lost:
            parts = urlsplit(url)
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=2)
            raise


class ErrorBesideToken(Client):
    """logs in by whatever answer has an access token in it"""
    CAUGHT = ["response.error-400", "response.not-json", "response.error-in-200", "response.missing-access-token"]

    def judge_tokens(self, answer):
        body = answer.json()
        if body and body.get("access_token"):
            answer.status = 200
            answer.json = lambda: {name: value for name, value in body.items() if name != "error"}
        return super().judge_tokens(answer)


class StringConcatenated(Client):
    """joins the time and an expires_in that is a string"""
    CAUGHT = ["response.expires-in.string"]

    def expiry(self, value):
        if isinstance(value, str):
            return float(str(int(self.now())) + value) / 10 ** 12
        return super().expiry(value)


class MillisecondsAssumed(Client):
    """takes an expires_in above 100000 for milliseconds"""
    CAUGHT = ["refresh.not-needlessly", "response.expires-in.huge"]

    def expiry(self, value):
        if isinstance(value, (int, float)) and value > 100000:
            value = value / 1000
        return super().expiry(value)


class TenDaysAlways(Client):
    """every token lives for ten days"""
    CAUGHT = ["refresh.proactive", "response.expires-in.float-exp", "refresh.skew.sane"]

    def expiry(self, value):
        return self.now() + 864000


# --- refreshing --------------------------------------------------------------------------------
class RefreshOfLast(Client):
    """stores what a refresh brings for the user who logged in last"""
    CAUGHT = ["refresh.user-isolation"]
    last = None

    def adopt(self, session, tokens, epoch=None):
        self.last = session
        super().adopt(session, tokens, epoch)

    def renew(self, session, seen):
        fresh = super().renew(session, seen)
        if self.last and self.last != session:
            self.save(self.last, fresh)
        return fresh


class WaitersRefused(Client):
    """a call that comes during a refresh fails"""
    CAUGHT = ["refresh.single-flight"]

    def renew(self, session, seen):
        if not self.session(session).lock.acquire(blocking=False):
            raise Lost("busy")
        try:
            return super().renew(session, seen)
        finally:
            self.session(session).lock.release()


class DeadInMemoryOnly(Client):
    """invalid_grant ends the login in memory, and not on disk"""
    CAUGHT = ["refresh.invalid-grant.relogin"]
    dead = frozenset()

    def drop(self, session):
        tokens = self.load(session)
        if tokens and sys._getframe(1).f_code.co_name == "renew":
            self.dead = self.dead | {tokens["access"]}
        else:
            super().drop(session)

    def current(self, session):
        tokens = super().current(session)
        return None if tokens and tokens["access"] in self.dead else tokens


class StormOn500(Client):
    """ten tries of a refresh that gets 500, without a pause"""
    CAUGHT = ["refresh.transient-keeps-token"]

    def post_token(self, url, form, timeout=None):
        answer = super().post_token(url, list(form), timeout)
        for _ in range(9):
            if answer.status < 500 or url != self.config["refresh_url"]:
                break
            answer = super().post_token(url, list(form), timeout)
        return answer


class TimeoutLogsOut(Client):
    """drops the tokens when its own refresh request times out"""
    CAUGHT = ["refresh.transient-keeps-token"]

    def renew(self, session, seen):
        begun = time.monotonic()
        try:
            return super().renew(session, seen)
        except Lost:
            if time.monotonic() - begun > 0.8 * self.timeout:
                self.drop(session)
            raise


class TimeoutLogsOutUntold(TimeoutLogsOut):
    """the same after three seconds, and cannot be told them"""
    TIMEOUT = 3.0
    CAPABILITIES = [name for name in Client.CAPABILITIES if name != "timeout"]


class RefreshWithBearer(Client):
    """sends the access token along with a refresh"""
    CAUGHT = ["refresh.request.shape"]
    held = ""

    def renew(self, session, seen):
        self.held = seen["access"]
        try:
            return super().renew(session, seen)
        finally:
            self.held = ""

    def authenticate(self, form, headers):
        super().authenticate(form, headers)
        if self.held:
            headers["Authorization"] = "Bearer " + self.held


class ExpiryCarriedOver(Client):
    """a refresh without expires_in keeps the end of the token before"""
    CAUGHT = ["response.expires-in.absent"]

    def merge(self, old, fresh):
        fresh["until"] = fresh["until"] or old["until"]
        return super().merge(old, fresh)


class RetriesWithoutBody(Client):
    """the request after a refresh is sent without its body when it is long"""
    CAUGHT = ["refresh.on-401.body-replayed"]

    def with_token(self, session, method, url, body=None):
        self.again = False
        return super().with_token(session, method, url, body)

    def exchange(self, method, url, body, token, timeout=None):
        if getattr(self, "again", False):
            body = "" if body is not None else None
        answer = super().exchange(method, url, body, token, timeout)
        self.again = answer.status == 401
        return answer


# --- the API -----------------------------------------------------------------------------------
class KeepsTokenOn307(Client):
    """drops the token at a redirect elsewhere, but not at 307 and 308"""
    CAUGHT = ["bearer.cross-origin-redirect"]

    def exchange(self, method, url, body, token, timeout=None):
        headers = {**self.api_headers(token)} if token else {}
        for _ in range(5):
            if body is not None:
                headers["Content-Type"] = "application/json"
            answer = self.send(method, url, body.encode() if body is not None else None, headers, timeout)
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target or method != "GET":
                return answer
            target = urljoin(url, target)
            if self.origin(target) != self.origin(url) and answer.status < 307:
                headers.pop("Authorization", None)
            url = target
        raise Lost("too many redirects")


class JudgesFirstHop(Client):
    """looks where the first redirect leads, and not where the next one does"""
    CAUGHT = ["bearer.cross-origin-redirect"]
    hops = 0

    def exchange(self, method, url, body, token, timeout=None):
        first, keep = url, None
        for _ in range(5):
            headers = self.api_headers(token) if token and keep is not False else {}
            answer = self.send(method, url, body.encode() if body is not None else None, headers, timeout)
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not target or method != "GET":
                return answer
            url = urljoin(url, target)
            keep = self.origin(url) == self.origin(first) if keep is None else keep
        raise Lost("too many redirects")


class OriginByStart(Client):
    """a URL that begins like the API's is the API's"""
    CAUGHT = ["bearer.configured-origin-only"]

    def gets_token(self, url):
        return url.startswith("http://127.0.0.1:" + str(urlsplit(self.config["api_url"]).port))

    def download(self, session, url):
        if not self.gets_token(url):
            return super().download(session, url)
        return {"status": self.with_token(session, "GET", url).status}


class TokenAsCookie(Client):
    """sends the token as a cookie, too"""
    CAUGHT = ["bearer.one-method"]

    def api_headers(self, token):
        return {**super().api_headers(token), "Cookie": "session=" + token}


# --- secrecy -----------------------------------------------------------------------------------
class LogsHex(Client):
    """logs the access token in hexadecimal"""
    CAUGHT = ["log.no-tokens"]

    def adopt(self, session, tokens, epoch=None):
        self.log("token " + tokens["access"].encode().hex())
        super().adopt(session, tokens, epoch)


class LogsEnd(Client):
    """logs the last twelve characters of the refresh token"""
    CAUGHT = ["log.no-tokens"]

    def adopt(self, session, tokens, epoch=None):
        self.log("refresh token ..." + str(tokens["refresh"])[-12:])
        super().adopt(session, tokens, epoch)


class LogsMiddleMasked(Client):
    """logs the access token with stars in its middle"""
    CAUGHT = ["log.no-tokens"]

    def adopt(self, session, tokens, epoch=None):
        token = tokens["access"]
        self.log("token " + token[:12] + "****" + token[-12:])
        super().adopt(session, tokens, epoch)


class UrlInMessage(Client):
    """the message about a wrong state has the callback's URL in it"""
    CAUGHT = ["log.no-code-verifier-state", "log.no-secrets-on-error"]

    def callback(self, session, url):
        try:
            return super().callback(session, url)
        except Refused as refusal:
            if refusal.kind == "state_mismatch":
                raise Refused("state_mismatch", "cannot handle " + url) from None
            raise


class UrlLoggedOnDenial(Client):
    """logs the callback's URL when the state is wrong"""
    CAUGHT = ["log.no-code-verifier-state"]

    def take_pending(self, session, params):
        try:
            return super().take_pending(session, params)
        except Refused:
            self.log("unknown state in " + str(params))
            raise


class SecretsOnCommandLine(Client):
    """sends by a program that gets the form on its command line"""
    CAUGHT = ["process.no-secrets-argv"]

    def post_token(self, url, form, timeout=None):
        import subprocess
        with subprocess.Popen(["sh", "-c", "read -r x", self.encode(form)], stdin=subprocess.PIPE) as program:
            try:
                return super().post_token(url, form, timeout)
            finally:
                program.stdin.close()


# --- the end -----------------------------------------------------------------------------------
class LogoutWaits(Client):
    """a logout waits for the revocation for ever"""
    CAUGHT = ["logout.revoke.best-effort"]

    def revoke(self, tokens):
        try:
            self.post_token(self.config["revoke_url"], [("token", tokens["refresh"])], 3600)
        except Lost:
            pass


class LogoutRevokesFirst(Client):
    """a logout whose revocation is not answered is none"""
    CAUGHT = ["logout.revoke.best-effort"]

    def logout(self, session):
        tokens = self.current(session)
        if tokens and tokens["refresh"]:
            self.post_token(self.config["revoke_url"], [("token", tokens["refresh"])])
        return super().logout(session)


class LogoutRevokesOldest(Client):
    """a logout revokes the refresh token of the login, not the one that replaced it"""
    CAUGHT = ["logout.revokes"]
    first = {}

    def adopt(self, session, tokens, epoch=None):
        super().adopt(session, tokens, epoch)
        self.first[session] = tokens["refresh"]

    def logout(self, session):
        self.name = session
        return super().logout(session)

    def revoke(self, tokens):
        super().revoke({**tokens, "refresh": self.first.get(self.name, tokens["refresh"])})


class LogoutKeepsPending(Client):
    """a login that was begun before a logout ends after it"""
    CAUGHT = ["logout.cancels-pending-login"]

    def logout(self, session):
        pending = dict(self.session(session).pending)
        done = super().logout(session)
        self.session(session).pending.update({state: {**one, "epoch": None} for state, one in pending.items()})
        return done


class DamagedStore(Client):
    """does not start with a store that it cannot read"""
    CAUGHT = ["store.corrupt-tolerated"]

    def load(self, name):
        import json
        try:
            with open(self.file(name), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None


class SilentStore(Client):
    """does not say that the tokens could not be stored"""
    CAUGHT = ["refresh.persist-failure-reported"]

    def log(self, text):
        pass


class ChallengeParsed(Client):
    """an exception when WWW-Authenticate is not as expected"""
    CAUGHT = ["bearer.www-authenticate-parse"]

    def exchange(self, method, url, body, token, timeout=None):
        answer = super().exchange(method, url, body, token, timeout)
        if answer.status == 401:
            found = re.fullmatch(r'Bearer (\w+="[^"]*",? ?)+', answer.headers["WWW-Authenticate"])
            if "invalid_token" not in found.group(0):
                raise Refused("api_error")
        return answer


class LogoutDuringRefresh(Client):
    """a refresh that was under way brings the login back after a logout"""
    CAUGHT = ["logout.during-refresh"]

    def renew(self, session, seen):
        tokens = self.current(session)
        if tokens is None or not tokens["refresh"] or tokens["access"] != seen["access"]:
            return super().renew(session, seen)
        answer = self.post_token(self.config["refresh_url"], self.refresh_form(tokens["refresh"]))
        if answer.status != 200:
            return super().renew(session, seen)
        fresh = self.merge(tokens, self.judge_tokens(answer))
        self.save(session, fresh)
        return fresh


# --- devices -------------------------------------------------------------------------------------
class Device(Client):
    """sound: logs in on another device, too"""

    CAPABILITIES = [*Client.CAPABILITIES, "device"]

    def begin_device_login(self, session):
        answer = self.post_token(self.config["device_url"], [])
        body = answer.json()
        if answer.status != 200 or body is None:
            raise Refused("token_error")
        uri = self.judge_uri(body["verification_uri"])
        code, interval = body["device_code"], self.first_interval(body)
        end = self.now() + float(body.get("expires_in", 600))
        thread = threading.Thread(target=self.poll, args=(session, code, interval, end), daemon=True)
        thread.start()
        return {"user_code": body["user_code"], "verification_uri": uri}

    def judge_uri(self, uri):
        parts = urlsplit(uri)
        good = parts.scheme == "https" or (parts.scheme == "http" and self.is_loopback(parts.hostname or ""))
        if not good or parts.username or not re.fullmatch(r"[!-~]+", uri):
            raise Refused("unsafe_response")
        return uri

    def first_interval(self, body):
        return max(1, body.get("interval", 5))

    def wait(self, seconds):
        until = self.now() + seconds
        while self.now() < until:
            time.sleep(0.005)

    def poll(self, session, code, interval, end):
        while True:
            self.wait(interval)
            if self.now() >= end:
                return
            try:
                answer = self.post_token(self.config["token_url"], self.poll_form(code))
            except Lost:
                interval = self.after_loss(interval)
                continue
            body = answer.json() or {}
            if answer.status == 200:
                self.adopt(session, self.judge_tokens(answer))
                return
            interval = self.next_interval(interval, answer, body.get("error"))
            if interval is None:
                return

    def poll_form(self, code):
        return [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code)]

    def after_loss(self, interval):
        return interval * 2

    def next_interval(self, interval, answer, error):
        if error == "slow_down" or answer.status == 429:
            return max(interval + 5, float(answer.headers.get("Retry-After") or 0))
        return interval if error == "authorization_pending" or answer.status >= 500 else None


class DeviceFirstPollAtOnce(Device):
    """polls at once, and waits afterwards"""
    CAUGHT = ["device.poll.interval"]

    def wait(self, seconds):
        if getattr(self, "waited", False):
            super().wait(seconds)
        self.waited = True


class DeviceHalfInterval(Device):
    """polls twice in each interval"""
    CAUGHT = ["device.poll.interval"]

    def first_interval(self, body):
        return super().first_interval(body) / 2


class DeviceSlowDownDoubles(Device):
    """slow_down is answered by half a second more"""
    CAUGHT = ["device.poll.slow-down"]

    def next_interval(self, interval, answer, error):
        return interval + 0.5 if error == "slow_down" else super().next_interval(interval, answer, error)


class DeviceSlowDownForOne(Device):
    """an authorization_pending after a slow_down brings the first interval back"""
    CAUGHT = ["device.poll.slow-down"]
    first = None

    def next_interval(self, interval, answer, error):
        self.first = self.first or interval
        following = super().next_interval(interval, answer, error)
        return self.first if error == "authorization_pending" else following


class DeviceCappedInterval(Device):
    """never waits longer than ten seconds"""
    CAUGHT = ["device.poll.slow-down", "device.429"]

    def next_interval(self, interval, answer, error):
        following = super().next_interval(interval, answer, error)
        return following and min(following, 10)


class DeviceLossKeepsPace(Device):
    """the next poll comes as soon as ever after one without an answer"""
    CAUGHT = ["device.poll.timeout-backoff"]

    def after_loss(self, interval):
        return interval


class DeviceDeniedIsPending(Device):
    """goes on after any answer with 400"""
    CAUGHT = ["device.poll.terminal"]

    def next_interval(self, interval, answer, error):
        return super().next_interval(interval, answer, error) or interval


class DeviceForEver(Device):
    """polls on when the code has expired"""
    CAUGHT = ["device.poll.stops-at-expiry"]

    def poll(self, session, code, interval, end):
        super().poll(session, code, interval, end + 10 ** 6)


class DeviceAnyUri(Device):
    """shows whatever verification_uri says"""
    CAUGHT = ["device.uri.safe"]

    def judge_uri(self, uri):
        return uri


class DeviceCodeLogged(Device):
    """logs each poll"""
    CAUGHT = ["device.code.secret"]

    def poll_form(self, code):
        self.log("polling with " + code)
        return super().poll_form(code)


class DeviceCodeAsUserCode(Device):
    """has the user type the device code"""
    CAUGHT = ["device.code.secret"]

    def begin_device_login(self, session):
        self.codes = []
        shown = super().begin_device_login(session)
        time.sleep(0.01)
        return {**shown, "verification_uri": shown["verification_uri"] + "?code=" + self.held}

    def poll(self, session, code, interval, end):
        self.held = code
        super().poll(session, code, interval, end)


class DeviceOldGrant(Device):
    """polls with the grant type of an early draft"""
    CAUGHT = ["device.poll.shape"]

    def poll_form(self, code):
        return [("grant_type", "http://oauth.net/grant_type/device/1.0"), ("code", code)]


class DeviceIntervalText(Device):
    """an interval that is missing is none"""
    CAUGHT = ["device.poll.default-interval"]

    def first_interval(self, body):
        return body.get("interval", 0) or 0.2


# --- who and where -------------------------------------------------------------------------------
class LogsOutEverybody(Client):
    """a logout empties the store, the other users' logins as well"""
    CAUGHT = ["refresh.user-isolation", "logout.local"]

    def logout(self, session):
        done = super().logout(session)
        for name in list(self.sessions):
            self.drop(name)
        return done


class WorldReadable(Client):
    """tokens in a file for everybody to read"""
    CAUGHT = ["store.permissions"]

    def save(self, name, tokens):
        super().save(name, tokens)
        if tokens is not None:
            os.chmod(self.file(name), 0o644)


class WrittenInPlace(Client):
    """writes the file of tokens in its place, piece by piece"""
    CAUGHT = ["refresh.persist-atomic"]

    def save(self, name, tokens):
        import json
        if tokens is None:
            return super().save(name, tokens)
        with open(self.file(name), "w", encoding="utf-8") as file:
            for piece in re.findall(".{1,40}", json.dumps(tokens)):
                file.write(piece)
                file.flush()
                time.sleep(0.004)
        os.chmod(self.file(name), 0o600)


class SavedInTheEnd(Client):
    """writes what a refresh brought when the call is done"""
    CAUGHT = ["refresh.persist-before-use"]

    def save(self, name, tokens):
        caller = sys._getframe(1)
        if tokens is not None and caller.f_code.co_name == "renew" and caller.f_back.f_code.co_name == "with_token":
            self.later = (name, tokens)
            self.held = {**getattr(self, "held", {}), name: tokens}
        else:
            super().save(name, tokens)

    def load(self, name):
        return getattr(self, "held", {}).get(name) or super().load(name)

    def with_token(self, session, method, url, body=None):
        self.later = None
        try:
            return super().with_token(session, method, url, body)
        finally:
            if self.later:
                Client.save(self, *self.later)
                self.held.pop(session, None)


class NoLock(Client):
    """two processes refresh with the same token"""
    CAUGHT = ["refresh.multi-process"]

    def locked(self, name):
        import contextlib
        return contextlib.nullcontext()


class RefreshesOn403(Client):
    """takes 403 for a dead token as well"""
    CAUGHT = ["refresh.not-on-403"]

    def exchange(self, method, url, body, token, timeout=None):
        answer = super().exchange(method, url, body, token, timeout)
        answer.status = 401 if answer.status == 403 else answer.status
        return answer


class RetryAfterDateUnread(Client):
    """reads Retry-After as a number of seconds, and takes a date for none"""
    CAUGHT = ["response.503-retry-after", "response.429"]

    def renew(self, session, seen):
        try:
            return super().renew(session, seen)
        finally:
            self.session(session).retry_at = 0


class ClockSetBackRefreshes(Client):
    """refreshes whenever the clock stands before the login"""
    CAUGHT = ["refresh.clock-jump-back"]
    begun = 0

    def judge_tokens(self, answer):
        self.begun = max(self.begun, self.now())
        return super().judge_tokens(answer)

    def due(self, tokens):
        return bool(tokens["refresh"]) and (self.now() < self.begun - 5 or super().due(tokens))


class ScopeAsked(Client):
    """asks for all scopes at a refresh"""
    CAUGHT = ["refresh.scope.not-widened"]

    def refresh_form(self, token):
        return [*super().refresh_form(token), ("scope", "openid profile email offline_access")]


class DownloadsWithToken(Client):
    """sends the token wherever a download leads"""
    CAUGHT = ["bearer.configured-origin-only"]

    def download(self, session, url):
        tokens = self.current(session)
        return {"status": self.send("GET", url, None, self.api_headers(tokens["access"])).status}


class EmptyBearer(Client):
    """calls the API without a login, with an empty token"""
    CAUGHT = ["bearer.no-request-without-token"]

    def call_api(self, session, method, path, body=None):
        try:
            return super().call_api(session, method, path, body)
        except Refused:
            answer = self.send(method, self.config["api_url"] + path, None, {"Authorization": "Bearer undefined"})
            return {"status": answer.status, "body": ""}


class HttpAnywhere(Client):
    """http to any host"""
    CAUGHT = ["bearer.tls", "token.tls.required"]

    @staticmethod
    def is_loopback(host):
        return True


class RefererOfCallback(Client):
    """sends the callback's URL as Referer"""
    CAUGHT = ["referer.no-secrets"]
    at = ""

    def callback(self, session, url):
        self.at = url
        return super().callback(session, url)

    def headers(self, headers):
        return {**headers, "Referer": self.at} if self.at else headers


class CookieOfToken(Client):
    """sends cookies that the token endpoint set to whomever it talks to"""
    CAUGHT = ["refresh.token-endpoint-only", "bearer.one-method"]

    def api_headers(self, token):
        tokens = next((who.tokens for who in self.sessions.values() if who.tokens), None) or {}
        return {**super().api_headers(token), "X-Refresh": str(tokens.get("refresh"))}


class HexChallenge(Client):
    """the challenge is made of the hash's hexadecimal digits"""
    CAUGHT = ["pkce.challenge.correct", "pkce.challenge.shape"]

    def challenge(self, verifier):
        import base64
        return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).hexdigest().encode()).decode().rstrip("=")[:43]


class RedirectLowered(Client):
    """writes the redirect URI in small letters at the token endpoint"""
    CAUGHT = ["token.redirect-uri.identical"]

    def code_form(self, code, verifier):
        return [(name, value.lower() if name == "redirect_uri" else value)
                for name, value in super().code_form(code, verifier)]


class PlusKept(Client):
    """does not encode a plus sign"""
    CAUGHT = ["token.form.encoding", "authorize.client-id.exact", "callback.code.opaque"]

    def encode(self, params):
        return super().encode(params).replace("%2B", "+")


class Latin(Client):
    """encodes forms in Latin-1"""
    CAUGHT = ["token.form.encoding"]

    def encode(self, params):
        return urlencode(params, encoding="latin-1", errors="replace")


FLAWS = {name: one for name, one in list(globals().items())
         if inspect.isclass(one) and issubclass(one, Client) and hasattr(one, "CAUGHT")}

if __name__ == "__main__":
    {**FLAWS, "Device": Device}[sys.argv[1]]().serve()
