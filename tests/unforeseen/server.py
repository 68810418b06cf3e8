"""A sound authorization server of the vendor's contract with nothing but the standard library, made
to be taken apart: a flaw replaces a method or two. `python3 server.py [FLAW]` prints its address."""

import base64
import hashlib
import hmac
import html
import http.server
import inspect
import json
import re
import secrets
import socketserver
import sys
import threading
import time
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

CLIENTS = {"demo": ["http://127.0.0.1:9/callback?keep=1"], "other": ["http://127.0.0.1:9/other"]}
NAMES = re.compile(r"[\x20-\x7e]*")


class Refusal(Exception):
    def __init__(self, error, status=400, description="refused"):
        super().__init__(error)
        self.error, self.status, self.description = error, status, description


class Server:
    """sound"""

    CODE_LIFE, ROTATE = 300, True

    def __init__(self):
        self.lock = threading.Lock()
        self.codes, self.access, self.refresh = {}, {}, {}
        self.clients = {name: {"redirect_uris": uris} for name, uris in CLIENTS.items()}

    def now(self):
        return time.time()

    # --- the authorization endpoint --------------------------------------------------------------
    def known_redirect(self, client, uri):
        return uri in self.clients[client]["redirect_uris"] or self.loopback(client, uri)

    LOOPBACK = r"^(http://(?:127\.0\.0\.1|\[::1\]))(:\d{1,5})?(?=/)"

    def loopback(self, client, uri):
        """RFC 8252 §7.3: any port of a loopback address that is registered."""
        if not re.match(self.LOOPBACK, uri) or re.search(r"[^!-~]", uri):
            return False
        bare = re.sub(self.LOOPBACK, r"\1", uri)
        return any(bare == re.sub(self.LOOPBACK, r"\1", one) for one in self.clients[client]["redirect_uris"])

    def params(self, text):
        pairs = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=100)
        return {name: value for name, value in pairs if value}, len({name for name, _ in pairs}) != len(pairs)

    def authorize(self, query):
        params, twice = self.params(query)
        names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
        client, uri = params.get("client_id", ""), params.get("redirect_uri", "")
        if client not in self.clients or names.count("client_id") > 1:
            return self.page("unknown client " + client)
        if not uri or names.count("redirect_uri") > 1 or not self.known_redirect(client, uri):
            return self.page("the redirect URI is not registered")
        answer = {} if names.count("state") > 1 else {"state": params["state"]} if "state" in params else {}
        try:
            if twice:
                raise Refusal("invalid_request")
            self.judge_authorize(params)
            return self.ask_user(client, uri, params, answer)
        except Refusal as refusal:
            return self.redirect(uri, {"error": refusal.error, **answer})

    def ask_user(self, client, uri, params, answer):
        return self.redirect(uri, {"code": self.make_code(client, uri, params), **answer})

    def judge_authorize(self, params):
        if "response_type" not in params:
            raise Refusal("invalid_request")
        if params["response_type"] != "code":
            raise Refusal("unsupported_response_type")
        if params.get("code_challenge_method") != "S256" or "code_challenge" not in params:
            raise Refusal("invalid_request")
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}", params["code_challenge"]):
            raise Refusal("invalid_request")

    def redirect(self, uri, answer):
        return 302, {"Location": uri + ("&" if "?" in uri else "?") + urlencode(answer)}, ""

    def page(self, text):
        return 400, {"Content-Type": "text/html; charset=utf-8"}, f"<!doctype html><p>{self.escape(text)}</p>"

    def escape(self, text):
        return html.escape(text)

    def make_secret(self, length=43):
        return secrets.token_urlsafe(48)[:length]

    def make_code(self, client, uri, params):
        code = self.make_secret()
        self.codes[code] = {"client": client, "uri": uri, "challenge": params.get("code_challenge"),
                            "until": self.now() + self.CODE_LIFE, "used": False, "family": None}
        return code

    # --- the token endpoint ----------------------------------------------------------------------
    def token(self, method, query, headers, body):
        if method != "POST":
            raise Refusal("invalid_request", 405)
        if headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise Refusal("invalid_request")
        params, twice = self.params(body)
        if twice:
            raise Refusal("invalid_request")
        if "Authorization" in headers:
            params = self.by_basic(headers["Authorization"], params)
        return self.grant(params)

    def by_basic(self, field, params):
        raise Refusal("invalid_client", 401)  # no client here has a secret

    def judge_secret(self, params):
        pass

    GRANTS = {"authorization_code": "redeem", "refresh_token": "renew"}

    def grant(self, params):
        if "grant_type" not in params:
            raise Refusal("invalid_request")
        if params["grant_type"] not in self.GRANTS:
            raise Refusal("unsupported_grant_type")
        if "client_id" not in params:
            raise Refusal("invalid_request")
        if params["client_id"] not in self.clients:
            raise Refusal("invalid_client")
        self.judge_secret(params)
        return getattr(self, self.GRANTS[params["grant_type"]])(params)

    def judge_code(self, code, params):
        return (code and code["client"] == params["client_id"] and code["until"] > self.now() and
                code["uri"] == params.get("redirect_uri"))

    def judge_verifier(self, code, verifier):
        if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier or ""):
            return False
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        return hmac.compare_digest(made, code["challenge"])

    def redeem(self, params):
        if "code" not in params or "redirect_uri" not in params:
            raise Refusal("invalid_request")
        with self.lock:
            code = self.codes.get(params["code"])
            if code and code["used"]:
                self.reused(code)
                raise Refusal("invalid_grant")
            if not self.judge_code(code, params):
                raise Refusal("invalid_grant")
            if not self.judge_verifier(code, params.get("code_verifier")):
                self.wrong_verifier(code)
                raise Refusal("invalid_grant")
            code["used"] = True
            code["family"] = self.make_secret()
            return self.issue(code["client"], code["family"])

    def wrong_verifier(self, code):
        code["used"] = True

    def reused(self, code):
        self.end_family(code["family"])

    def end_family(self, family):
        for store in (self.access, self.refresh):
            for record in store.values():
                if record["family"] == family:
                    record["dead"] = True

    def issue(self, client, family):
        access, refresh = self.make_secret(42), self.make_secret(48)
        record = {"client": client, "family": family, "dead": False}
        self.access[access] = {**record, "until": self.now() + 864000}
        self.refresh[refresh] = {**record, "used": False}
        return self.token_answer(access, refresh)

    def token_answer(self, access, refresh):
        return {"token_type": "Bearer", "access_token": access, "expires_in": 864000, "refresh_token": refresh}

    def renew(self, params):
        if "refresh_token" not in params:
            raise Refusal("invalid_request")
        if "scope" in params:
            raise Refusal("invalid_scope")
        with self.lock:
            held = self.refresh.get(params["refresh_token"])
            if not held or held["client"] != params["client_id"]:
                raise Refusal("invalid_grant")
            if held["dead"]:
                raise Refusal("invalid_grant")
            if held["used"]:
                return self.used_again(held)
            held["used"], held["used_at"] = True, self.now()
            self.before_successor(held)
            held["next"] = self.issue(held["client"], held["family"])
            return held["next"]

    def used_again(self, held):
        self.end_family(held["family"])
        raise Refusal("invalid_grant")

    def before_successor(self, held):
        pass

    # --- revocation ------------------------------------------------------------------------------
    def revoke(self, method, query, headers, body):
        if method != "POST":
            raise Refusal("invalid_request", 405)
        params, twice = self.params(body)
        if twice or "token" not in params:
            raise Refusal("invalid_request")
        if params.get("client_id") not in self.clients:
            raise Refusal("invalid_client")
        self.judge_secret(params)
        self.revoke_token(params)
        return {}

    def revoke_token(self, params):
        token, client = params["token"], params["client_id"]
        with self.lock:
            if token in self.refresh and self.refresh[token]["client"] == client:
                self.end_family(self.refresh[token]["family"])
            elif token in self.access and self.access[token]["client"] == client:
                self.access[token]["dead"] = True

    # --- the API ---------------------------------------------------------------------------------
    def api(self, method, query, headers, body):
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        elsewhere = "access_token" in {**self.params(query)[0], **self.params(body.decode("ascii"))[0]}
        if not token:
            return 401, {"WWW-Authenticate": 'Bearer realm="api"'}, "{}"
        if elsewhere:
            return 400, {"WWW-Authenticate": 'Bearer error="invalid_request"'}, "{}"
        if scheme.lower() != "bearer" or not self.good(token.strip()):
            return 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}, "{}"
        return 200, {"Content-Type": "application/json"}, '{"ok":true}'

    def good(self, token):
        record = self.access.get(token)
        return record and not record["dead"] and record["until"] > self.now()

    # --- HTTP ------------------------------------------------------------------------------------
    HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Frame-Options": "DENY",
               "Referrer-Policy": "no-referrer", "Content-Security-Policy": "frame-ancestors 'none'"}

    JSON = {"/token": "token", "/refresh": "token", "/revoke": "revoke"}

    def other_page(self, method, parts, body):
        return 404, {}, ""

    def error(self, refusal):
        more = {"WWW-Authenticate": 'Basic realm="clients"'} if refusal.status == 401 else {}
        return refusal.status, {"Content-Type": "application/json", **more}, json.dumps(
            {"error": refusal.error, "error_description": refusal.description})

    def answer(self, method, target, headers, body):
        parts = urlsplit(target)
        try:
            if parts.path == "/authorize":
                status, more, text = self.authorize(parts.query)
            elif parts.path == "/api":
                status, more, text = self.api(method, parts.query, headers, body)
            elif parts.path in self.JSON:
                handler = getattr(self, self.JSON[parts.path])
                try:
                    document = handler(method, parts.query, headers, body.decode("ascii"))
                    status, more, text = 200, {"Content-Type": "application/json"}, json.dumps(document)
                except Refusal as refusal:
                    status, more, text = self.error(refusal)
            else:
                status, more, text = self.other_page(method, parts, body)
        except (ValueError, UnicodeError):
            status, more, text = 400, {"Content-Type": "application/json"}, '{"error":"invalid_request"}'
        return status, {**self.HEADERS, **more}, text


# --- flaws -------------------------------------------------------------------------------------
class StateUpper(Server):
    """writes the state anew: a plus sign becomes a blank"""
    CAUGHT = ["server.authorize.state-echo"]

    def redirect(self, uri, answer):
        return super().redirect(uri, {name: value.replace("+", " ") for name, value in answer.items()})


class StateCut(Server):
    """keeps 255 characters of the state"""
    CAUGHT = ["server.authorize.state-echo"]

    def redirect(self, uri, answer):
        return super().redirect(uri, {name: value[:255] for name, value in answer.items()})


class EmptyState(Server):
    """state= where none was sent"""
    CAUGHT = ["server.authorize.no-state-none-added"]

    def redirect(self, uri, answer):
        return super().redirect(uri, {"state": "", **answer})


class RedirectDecoded(Server):
    """compares redirect URIs after another decoding"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return super().known_redirect(client, unquote(uri))


class RedirectHostOnly(Server):
    """any path of a registered host"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return urlsplit(uri).netloc in [urlsplit(one).netloc for one in CLIENTS[client]]


class RedirectUserinfo(Server):
    """leaves out what stands before an @"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return super().known_redirect(client, re.sub(r"//[^/]*@", "//", uri))


class RedirectFolded(Server):
    """compares redirect URIs without regard to case"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return uri.lower() in [one.lower() for one in CLIENTS[client]] or self.loopback(client, uri)


class LoopbackAnyPath(Server):
    """any path of a loopback address, not any port alone"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return uri.startswith("http://127.0.0.1:")


class QueryLost(Server):
    """the redirect URI's own query is replaced"""
    CAUGHT = ["server.authorize.query-retained"]

    def redirect(self, uri, answer):
        return super().redirect(uri.split("?")[0], answer)


class SeeAgain(Server):
    """redirects with 307"""
    CAUGHT = ["server.authorize.not-307", "server.authorize.happy"]

    def redirect(self, uri, answer):
        return (307, *super().redirect(uri, answer)[1:])


class EscapesAngles(Server):
    """escapes < and >, and puts the client's name into an attribute"""
    CAUGHT = ["server.authorize.error-escaped"]

    def page(self, text):
        escaped = text.replace("<", "&lt;").replace(">", "&gt;")
        return 400, {"Content-Type": "text/html"}, f'<input value="{escaped}">'


class ChallengeOptional(Server):
    """a login without a challenge needs no verifier"""
    CAUGHT = ["server.authorize.pkce-required"]

    def judge_authorize(self, params):
        if "code_challenge" in params or params.get("response_type") != "code":
            super().judge_authorize(params)

    def judge_verifier(self, code, verifier):
        return code["challenge"] is None or super().judge_verifier(code, verifier)


class PlainByDefault(Server):
    """a challenge without a method is S256"""
    CAUGHT = ["server.authorize.pkce-plain-refused"]

    def judge_authorize(self, params):
        super().judge_authorize({"code_challenge_method": "S256", **params})


class MethodFolded(Server):
    """takes s256 for S256"""
    CAUGHT = ["server.authorize.pkce-plain-refused"]

    def judge_authorize(self, params):
        super().judge_authorize({**params, "code_challenge_method": params.get("code_challenge_method", "").upper()})


class VerifierIsChallenge(Server):
    """takes the challenge itself for a verifier, too"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        return verifier == code["challenge"] or super().judge_verifier(code, verifier)


class VerifierLengthUnchecked(Server):
    """a verifier of any length and alphabet"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        made = base64.urlsafe_b64encode(hashlib.sha256((verifier or "").encode()).digest()).decode().rstrip("=")
        return made == code["challenge"]


class VerifierGuesses(Server):
    """a wrong verifier may be tried again without end"""
    CAUGHT = ["server.token.failed-verifier-consumes"]

    def wrong_verifier(self, code):
        pass


class CodeGrace(Server):
    """a code works for a moment longer"""
    CAUGHT = ["server.code.single-use", "server.code.atomic"]

    def redeem(self, params):
        code = self.codes.get(params.get("code"))
        if code and code["used"] and time.time() < code["until"] - self.CODE_LIFE + 5:
            code["used"] = False
        return super().redeem(params)


class CodeRace(Server):
    """looks at a code, and spends it a little later"""
    CAUGHT = ["server.code.atomic"]

    def redeem(self, params):
        code = self.codes.get(params.get("code"))
        if code is None or code["used"] or not self.judge_code(code, params):
            return super().redeem(params)
        if not self.judge_verifier(code, params.get("code_verifier")):
            return super().redeem(params)
        time.sleep(0.01)
        code["used"], code["family"] = True, code["family"] or self.make_secret()
        return self.issue(code["client"], code["family"])


class CodeOfAnyClient(Server):
    """does not compare the client of a code"""
    CAUGHT = ["server.code.bound-client"]

    def judge_code(self, code, params):
        return code and super().judge_code(code, {**params, "client_id": code["client"]})


class CodeWithoutRedirect(Server):
    """a token request need not name the redirect URI"""
    CAUGHT = ["server.code.bound-redirect"]

    def redeem(self, params):
        code = self.codes.get(params.get("code"))
        if code and "redirect_uri" not in params:
            params = {**params, "redirect_uri": code["uri"]}
        return super().redeem(params)


class RedirectByStart(Server):
    """at the token endpoint the redirect URI has to begin alike"""
    CAUGHT = ["server.code.bound-redirect"]

    def judge_code(self, code, params):
        if code and params.get("redirect_uri", "").startswith(code["uri"]):
            params = {**params, "redirect_uri": code["uri"]}
        return super().judge_code(code, params)


class ReuseForgiven(Server):
    """a code that is used again ends nothing"""
    CAUGHT = ["server.code.reuse-revokes"]

    def reused(self, code):
        pass


class ReuseEndsAccessOnly(Server):
    """a code that is used again ends the access token, and not the refresh token"""
    CAUGHT = ["server.code.reuse-revokes"]

    def reused(self, code):
        for record in self.access.values():
            if record["family"] == code["family"]:
                record["dead"] = True


class ShortCodes(Server):
    """codes of ten characters"""
    CAUGHT = ["server.code.entropy"]

    def make_secret(self, length=43):
        return super().make_secret(10 if length == 43 else length)


class CountedCodes(Server):
    """codes that count, behind a long constant"""
    CAUGHT = ["server.code.entropy"]
    count = 0

    def make_secret(self, length=43):
        self.count += 1
        return ("heygen-authorization-code-of-this-server-0000" + str(100000 + self.count))[-length:]


class HeadersOnSuccessOnly(Server):
    """errors may be cached"""
    CAUGHT = ["server.token.no-store"]

    def error(self, refusal):
        status, more, text = super().error(refusal)
        return status, {**more, "Cache-Control": "max-age=60"}, text


class ErrorsAs403(Server):
    """invalid_grant with 403"""
    CAUGHT = ["server.token.error-shape"]

    def error(self, refusal):
        return (403, *super().error(refusal)[1:])


class EchoesCode(Server):
    """the error's description repeats the request"""
    CAUGHT = ["server.token.error-shape"]

    def grant(self, params):
        try:
            return super().grant(params)
        except Refusal as refusal:
            refusal.description = "cannot take " + urlencode(params)
            raise


class QueryMerged(Server):
    """takes parameters from the URL as well"""
    CAUGHT = ["server.token.query-params-ignored"]

    def token(self, method, query, headers, body):
        return super().token(method, query, headers, "&".join(filter(None, (query, body))))


class JsonTaken(Server):
    """takes JSON as well"""
    CAUGHT = ["server.token.content-type"]

    def token(self, method, query, headers, body):
        if body.startswith("{"):
            return self.grant(json.loads(body))
        return super().token(method, query, headers, body)


class FirstOfTwo(Server):
    """takes the first of two parameters"""
    CAUGHT = ["server.token.duplicate-param", "server.authorize.duplicate-param"]

    def params(self, text):
        pairs = parse_qsl(text, keep_blank_values=True)
        return {name: value for name, value in reversed(pairs) if value}, False


class LifetimeText(Server):
    """expires_in is a text, for refreshes alone"""
    CAUGHT = ["server.token.response-shape", "server.refresh.happy"]

    def renew(self, params):
        return {**super().renew(params), "expires_in": "864000"}


class ReuseForgivenInFamily(Server):
    """a refresh token that is used again is refused, and its successor lives"""
    CAUGHT = ["server.refresh.reuse-revokes-family"]

    def used_again(self, held):
        raise Refusal("invalid_grant")


class FamilyEndsWithoutAccess(Server):
    """reuse ends the refresh tokens, and leaves the access tokens alive"""
    CAUGHT = ["server.refresh.reuse-revokes-family"]

    def used_again(self, held):
        for record in self.refresh.values():
            if record["family"] == held["family"]:
                record["dead"] = True
        raise Refusal("invalid_grant")


class RefreshRace(Server):
    """two refreshes at once have a successor each"""
    CAUGHT = ["server.refresh.atomic"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if held is None or held["used"] or held["dead"] or held["client"] != params["client_id"] or "scope" in params:
            return super().renew(params)
        time.sleep(0.01)
        held["used"] = True
        return self.issue(held["client"], held["family"])


class RefreshByAccess(Server):
    """refreshes with an access token, too"""
    CAUGHT = ["server.refresh.at-is-not-rt"]

    def renew(self, params):
        record = self.access.get(params.get("refresh_token"))
        if record and not record["dead"] and record["client"] == params["client_id"]:
            return self.issue(record["client"], record["family"])
        return super().renew(params)


class ScopeIgnored(Server):
    """a wider scope is granted without a word"""
    CAUGHT = ["server.refresh.scope"]

    def renew(self, params):
        return super().renew({name: value for name, value in params.items() if name != "scope"})


class RefreshTokenAtApi(Server):
    """the API takes a refresh token"""
    CAUGHT = ["server.api.refresh-token-refused"]

    def good(self, token):
        held = self.refresh.get(token)
        return super().good(token) or (held and not held["dead"] and not held["used"])


class SchemeExact(Server):
    """the API wants Bearer in this spelling"""
    CAUGHT = ["server.api.bearer"]

    def api(self, method, query, headers, body):
        headers = dict(headers.items())
        if not headers.get("Authorization", "Bearer ").startswith("Bearer "):
            headers["Authorization"] = "Other x"
        return super().api(method, query, headers, body)


class QueryToken(Server):
    """the API takes a token from the URL"""
    CAUGHT = ["server.api.query-token-refused"]

    def api(self, method, query, headers, body):
        params = self.params(query)[0]
        if "Authorization" not in headers and "access_token" in params:
            return super().api(method, "", {"Authorization": "Bearer " + params["access_token"]}, b"")
        return super().api(method, query, headers, body)


class ErrorWithoutToken(Server):
    """says invalid_token to a request that has none"""
    CAUGHT = ["server.api.missing-token"]

    def api(self, method, query, headers, body):
        if "Authorization" not in headers:
            return 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}, "{}"
        return super().api(method, query, headers, body)


class RevokesRefreshOnly(Server):
    """the access tokens of a refresh token that is revoked live on"""
    CAUGHT = ["server.revoke.happy"]

    def revoke_token(self, params):
        if params["token"] in self.refresh and self.refresh[params["token"]]["client"] == params["client_id"]:
            self.refresh[params["token"]]["dead"] = True
        else:
            super().revoke_token(params)


class HintBelieved(Server):
    """looks for the token where the hint says, and nowhere else"""
    CAUGHT = ["server.revoke.hint-ignored"]

    def revoke_token(self, params):
        if (params.get("token_type_hint") == "access_token") == (params["token"] in self.access):
            super().revoke_token(params)


class HintRefused(Server):
    """an unknown hint is an error"""
    CAUGHT = ["server.revoke.hint-ignored"]

    def revoke_token(self, params):
        if params.get("token_type_hint", "access_token") not in ("access_token", "refresh_token"):
            raise Refusal("unsupported_token_type")
        super().revoke_token(params)


class RevokesForAnybody(Server):
    """revokes a token for a client that it was not issued to"""
    CAUGHT = ["server.revoke.other-client"]

    def revoke_token(self, params):
        record = self.refresh.get(params["token"]) or self.access.get(params["token"])
        super().revoke_token({**params, "client_id": record["client"] if record else params["client_id"]})


class CrashesOnBadBytes(Server):
    """500 where the form is no UTF-8"""
    CAUGHT = ["server.robust.malformed"]

    def answer(self, method, target, headers, body):
        try:
            unquote(body.decode("ascii"), errors="strict")
        except ValueError:
            return 500, {}, "Traceback (most recent call last)"
        return super().answer(method, target, headers, body)


class NoRotation(Server):
    """the refresh token stays the same"""
    CAUGHT = ["server.refresh.rotation"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if held:
            held["used"] = False
        answer = super().renew(params)
        held["used"] = False
        self.refresh.pop(answer["refresh_token"])
        return {**answer, "refresh_token": params["refresh_token"]}


# --- sound, and otherwise ------------------------------------------------------------------------
class SmallWords(Server):
    """sound: bearer in small letters, 303, a charset, more members"""

    def token_answer(self, access, refresh):
        return {"scope": "all", "token_type": "bearer", "created_at": int(time.time()),
                **{name: value for name, value in super().token_answer(access, refresh).items() if name != "token_type"}}

    def redirect(self, uri, answer):
        return (303, *super().redirect(uri, answer)[1:])


class UnknownClientIs401(Server):
    """sound: invalid_client with 401"""

    def grant(self, params):
        try:
            return super().grant(params)
        except Refusal as refusal:
            refusal.status = 401 if refusal.error == "invalid_client" else refusal.status
            raise


ALL = {name: one for name, one in list(globals().items()) if inspect.isclass(one) and issubclass(one, Server)}
FLAWS = {name: one for name, one in ALL.items() if hasattr(one, "CAUGHT")}
SOUND = {name: one for name, one in ALL.items() if not hasattr(one, "CAUGHT")}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    MOST = 1 << 16

    def log_message(self, *_):
        pass

    def handle_any(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > self.MOST or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.reply(413 if length.isdigit() else 400, {}, "")
            return
        body = self.rfile.read(int(length))
        status, headers, text = self.server.logic.answer(self.command, self.path, self.headers, body)
        if status is None:  # the answer is lost on the way
            self.close_connection = True
        else:
            self.reply(status, headers, text)

    def reply(self, status, headers, text):
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name, one)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = handle_any


class Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, request_queue_size = True, 256

    def handle_error(self, *_):
        pass


def listen(logic):
    """`logic` on a port of its own; close it with shutdown() and server_close()."""
    listener = Listener(("127.0.0.1", 0), Handler)
    listener.logic = logic
    threading.Thread(target=lambda: listener.serve_forever(0.05), daemon=True).start()
    return listener


if __name__ == "__main__":
    print("http://127.0.0.1:%d" % listen(ALL[sys.argv[1] if len(sys.argv) > 1 else "Server"]()).server_port, flush=True)
    threading.Event().wait()
