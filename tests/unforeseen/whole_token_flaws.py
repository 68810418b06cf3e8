"""Flaws behind the authorize endpoint, one a class: CAUGHT names the checks meant for it."""

import base64
import hashlib
import re
import secrets
import threading
import time
from urllib.parse import urlsplit

from server import Refusal
from whole_server import Whole


def form_of(whole, body):
    return whole.params(body)[0]


class Routed(Whole):
    """knows which endpoint was asked"""

    def __init__(self):
        super().__init__()
        self.local = threading.local()

    def answer(self, method, target, headers, body):
        self.local.at = urlsplit(target).path
        return super().answer(method, target, headers, body)

    @property
    def at_refresh(self):
        return self.local.at == "/refresh"


# --- codes and verifiers ---------------------------------------------------------------------------
class ReuseAfterRefresh(Whole):
    """a code that is used again ends the pair that it gave, and not what a refresh has brought since"""
    CAUGHT = ["server.code.reuse-revokes"]

    def redeem(self, params):
        answer = super().redeem(params)
        self.codes[params["code"]]["pair"] = (answer["access_token"], answer["refresh_token"])
        return answer

    def reused(self, code):
        for store in (self.access, self.refresh):
            for token in code.get("pair", ()):
                if token in store:
                    store[token]["dead"] = True


class VerifierSecondTry(Whole):
    """the challenge is gone after the first try: the second needs no verifier"""
    CAUGHT = ["server.token.verifier-checked", "server.token.failed-verifier-consumes"]

    def wrong_verifier(self, code):
        code["challenge"] = None

    def judge_verifier(self, code, verifier):
        return code["challenge"] is None or super().judge_verifier(code, verifier)


class VerifierNewline(Whole):
    """the verifier's pattern ends in $, so a line's end passes"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        if not re.match(r"^[A-Za-z0-9._~-]{43,128}$", verifier or ""):
            return False
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        return made == code["challenge"]


class ConfidentialSkipsPkce(Whole):
    """a client with a secret needs no right verifier"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        return bool(self.clients[code["client"]].get("secret")) or super().judge_verifier(code, verifier)


class VerifierSkippedAtRefresh(Routed):
    """the refresh endpoint takes codes as well, without a verifier"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        return self.at_refresh or super().judge_verifier(code, verifier)


class ConfidentialCodesLive(Whole):
    """codes of a client with a secret do not expire"""
    CAUGHT = ["server.code.expiry"]

    def make_code(self, client, uri, params):
        code = super().make_code(client, uri, params)
        if self.clients[client].get("secret"):
            self.codes[code]["until"] += 1e9
        return code


class ConfidentialReusable(Whole):
    """codes of a client with a secret may be used again"""
    CAUGHT = ["server.code.single-use"]

    def redeem(self, params):
        answer = super().redeem(params)
        if self.clients[params["client_id"]].get("secret"):
            self.codes[params["code"]]["used"] = False
        return answer


# --- client authentication -------------------------------------------------------------------------
class BasicSecretUnchecked(Whole):
    """by Basic a known client needs no right secret"""
    CAUGHT = ["server.token.client-id"]

    def by_basic(self, field, params):
        try:
            name = base64.b64decode(field.partition(" ")[2], validate=True).decode().partition(":")[0]
        except ValueError:
            raise Refusal("invalid_client", 401) from None
        if name not in self.clients:
            raise Refusal("invalid_client", 401)
        return {**params, "client_id": name, "client_secret": self.clients[name].get("secret", "")}


class BasicForAnother(Whole):
    """authenticates by Basic, then believes the form's client_id"""
    CAUGHT = ["server.code.bound-client", "server.refresh.bound-client"]

    def by_basic(self, field, params):
        who = super().by_basic(field, {name: value for name, value in params.items() if name != "client_id"})
        return {**who, "client_id": params.get("client_id", who["client_id"])}


class BasicGoodRefused(Whole):
    """Basic is refused, right as it may be"""
    CAUGHT = ["server.token.client-id"]

    def by_basic(self, field, params):
        raise Refusal("invalid_client", 401)


class BasicChallengedByBearer(Whole):
    """401 to Basic names Bearer"""
    CAUGHT = ["server.token.client-id"]

    def error(self, refusal):
        status, headers, text = super().error(refusal)
        if status == 401:
            headers = {**headers, "WWW-Authenticate": 'Bearer realm="api"'}
        return status, headers, text


class SecretAtRefreshUnchecked(Whole):
    """a client with a secret refreshes without it"""
    CAUGHT = ["server.token.client-id", "server.refresh.bound-client"]

    def judge_secret(self, params):
        if params.get("grant_type") != "refresh_token":
            super().judge_secret(params)


class SecretPrefix(Whole):
    """a secret's beginning is enough, and an empty one"""
    CAUGHT = ["server.token.client-id"]

    def judge_secret(self, params):
        secret = self.clients[params["client_id"]].get("secret")
        if secret and not ("client_secret" in params and secret.startswith(params["client_secret"])):
            raise Refusal("invalid_client")


class RevokeWithoutSecret(Whole):
    """a client's tokens are revoked without its secret"""
    CAUGHT = ["server.revoke.other-client"]

    def judge_secret(self, params):
        if "grant_type" in params:
            super().judge_secret(params)


class RefreshWithoutClient(Whole):
    """a refresh need not name its client"""
    CAUGHT = ["server.token.client-id", "server.refresh.bound-client"]

    def grant(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if params.get("grant_type") == "refresh_token" and "client_id" not in params and held:
            params = {**params, "client_id": held["client"]}
        return super().grant(params)


class CharsetRefused(Whole):
    """a form with a charset is refused"""
    CAUGHT = ["server.token.content-type"]

    def token(self, method, query, headers, body):
        if ";" in headers.get("Content-Type", ""):
            raise Refusal("invalid_request")
        return super().token(method, query, headers, body)


class PutTaken(Whole):
    """tokens are given by PUT and PATCH, too"""
    CAUGHT = ["server.token.method"]

    def token(self, method, query, headers, body):
        return super().token("POST" if method in ("PUT", "PATCH") else method, query, headers, body)


# --- refreshing ------------------------------------------------------------------------------------
class RefreshRouteUnbound(Routed):
    """the refresh endpoint compares no client"""
    CAUGHT = ["server.refresh.bound-client"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if self.at_refresh and held:
            params = {**params, "client_id": held["client"]}
        return super().renew(params)


class RefreshRouteNoReuse(Routed):
    """the refresh endpoint knows of no rotation: spent tokens go on"""
    CAUGHT = ["server.refresh.rotation", "server.refresh.reuse-revokes-family"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        good = held and not held["dead"] and held["client"] == params["client_id"]
        if not self.at_refresh or not good or "scope" in params:
            return super().renew(params)
        return self.issue(held["client"], held["family"])


class RefreshRouteErrors200(Routed):
    """the refresh endpoint answers errors with 200"""
    CAUGHT = ["server.token.error-shape"]

    def error(self, refusal):
        status, headers, text = super().error(refusal)
        return 200 if self.at_refresh else status, headers, text


class RefreshRouteCached(Routed):
    """the refresh endpoint's tokens may be cached"""
    CAUGHT = ["server.token.no-store"]

    def answer(self, *request):
        status, headers, text = super().answer(*request)
        if self.at_refresh:
            headers = {name: value for name, value in headers.items() if name not in ("Cache-Control", "Pragma")}
        return status, headers, text


class RefreshRouteGet(Routed):
    """the refresh endpoint refreshes by GET"""
    CAUGHT = ["server.token.method"]

    def token(self, method, query, headers, body):
        if method == "GET" and self.at_refresh:
            return self.grant(form_of(self, query))
        return super().token(method, query, headers, body)


class RaceAcrossRoutes(Routed):
    """two refreshes at once, one at each address, both succeed: the second address reads a copy that is 0.3 s old"""
    CAUGHT = ["server.refresh.atomic"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if held and not held["used"]:
            held["seen"] = time.monotonic()
        good = held and not held["dead"] and held["client"] == params["client_id"] and (
            not held["used"] or time.monotonic() - held["seen"] < 0.3)
        if not self.at_refresh or not good or "scope" in params:
            return super().renew(params)
        held["used"], held["used_at"] = True, self.now()
        held["next"] = self.issue(held["client"], held["family"])
        return held["next"]


class RefreshCase(Whole):
    """refresh tokens are found without regard to case, as a database may collate"""
    CAUGHT = ["server.refresh.at-is-not-rt", "server.refresh.rotation"]

    def renew(self, params):
        wanted = params.get("refresh_token", "").lower()
        for token in self.refresh:
            if token.lower() == wanted:
                params = {**params, "refresh_token": token}
        return super().renew(params)


class ScopeOfClient(Whole):
    """a refresh may ask for any scope that the server knows, granted or not"""
    CAUGHT = ["server.refresh.scope"]

    def renew(self, params):
        if "scope" in params and set(params["scope"].split()) <= {"openid", "profile", "email"}:
            params = {name: value for name, value in params.items() if name != "scope"}
        return super().renew(params)


class NewestAccessEnds(Whole):
    """a family's end is that of its newest access token, not of those before the last refresh"""
    CAUGHT = ["server.refresh.reuse-revokes-family"]

    def end_family(self, family):
        for record in [one for one in self.access.values() if one["family"] == family][-1:]:
            record["dead"] = True
        for record in self.refresh.values():
            record["dead"] = record["dead"] or record["family"] == family


class NewestAccessRevoked(NewestAccessEnds):
    """revoking a refresh token ends its newest access token, not those before the last refresh"""
    CAUGHT = ["server.revoke.happy"]


class RefreshedLivesShort(Whole):
    """refreshed access tokens live an hour, and say ten days"""
    CAUGHT = ["server.api.expired"]

    def renew(self, params):
        answer = super().renew(params)
        self.access[answer["access_token"]]["until"] = self.now() + 3600
        return answer


class RefreshedLivesForever(Whole):
    """refreshed access tokens never expire"""
    CAUGHT = ["server.api.expired"]

    def renew(self, params):
        answer = super().renew(params)
        self.access[answer["access_token"]]["until"] = self.now() + 1e9
        return answer


# --- revocation ------------------------------------------------------------------------------------
class RevokeAnonymous(Whole):
    """a revocation without client_id is done for anybody"""
    CAUGHT = ["server.revoke.other-client"]

    def revoke(self, method, query, headers, body):
        params = form_of(self, body)
        if method != "POST" or "client_id" in params or "token" not in params:
            return super().revoke(method, query, headers, body)
        record = self.refresh.get(params["token"]) or self.access.get(params["token"])
        if record:
            self.revoke_token({**params, "client_id": record["client"]})
        return {}


class RevokeByGet(Whole):
    """revokes by GET, with the token in the URL"""
    CAUGHT = ["server.revoke.*", "server.token.method"]

    def revoke(self, method, query, headers, body):
        return super().revoke("POST", "", headers, body or query)


class SpentRevokeIgnored(Whole):
    """revoking a spent refresh token of a live family does nothing"""
    CAUGHT = ["server.revoke.happy"]

    def revoke_token(self, params):
        if not self.refresh.get(params["token"], {}).get("used"):
            super().revoke_token(params)


# --- the API ---------------------------------------------------------------------------------------
class RawToken(Whole):
    """takes a token without a scheme before it"""
    CAUGHT = ["server.api.missing-token", "server.api.bearer"]

    def api(self, method, query, headers, body):
        field = headers.get("Authorization", "")
        if field and " " not in field:
            headers = {"Authorization": "Bearer " + field}
        return super().api(method, query, headers, body)


class CookieToken(Whole):
    """takes a token from a cookie as well"""
    CAUGHT = ["server.api.missing-token", "server.api.query-token-refused"]

    def api(self, method, query, headers, body):
        cookie = re.search(r"access_token=([^;]+)", headers.get("Cookie", ""))
        if cookie and "Authorization" not in headers:
            headers = {"Authorization": "Bearer " + cookie[1]}
        return super().api(method, query, headers, body)


class TokenThenMore(Whole):
    """takes the first word after Bearer, whatever follows"""
    CAUGHT = ["server.api.expired"]

    def api(self, method, query, headers, body):
        words = headers.get("Authorization", "").split()
        if words:
            headers = {"Authorization": " ".join(words[:2]).rstrip(",")}
        return super().api(method, query, headers, body)


class CodeAsBearer(Whole):
    """a code is good at the API, too: one table for all"""
    CAUGHT = ["server.api.refresh-token-refused", "server.api.expired"]

    def good(self, token):
        code = self.codes.get(token)
        return super().good(token) or (code and not code["used"])


# --- devices ---------------------------------------------------------------------------------------
class DeviceAnyClient(Whole):
    """another client polls with the device_code"""
    CAUGHT = ["server.device.lifecycle", "server.code.bound-client"]

    def poll(self, params):
        one = self.devices.get(params.get("device_code"))
        return super().poll({**params, "client_id": one["client"]} if one else params)


class DeviceApprovedForever(Whole):
    """an approved device_code never expires"""
    CAUGHT = ["server.device.lifecycle"]

    def poll(self, params):
        one = self.devices.get(params.get("device_code"))
        if one and one["status"] == "approved":
            one["until"] = self.now() + 9
        return super().poll(params)


class DeviceRace(Whole):
    """two polls at once get tokens each"""
    CAUGHT = ["server.device.*"]

    def poll(self, params):
        one = self.devices.get(params.get("device_code"))
        good = one and one["status"] == "approved" and one["client"] == params["client_id"]
        if not good or one["until"] <= self.now():
            return super().poll(params)
        time.sleep(0.1)
        one["status"] = "used"
        return self.issue(one["client"], self.make_secret())


class DeviceCounted(Whole):
    """device codes that count"""
    CAUGHT = ["server.device.shape"]
    count = 1000

    def device(self, *request):
        answer = super().device(*request)
        self.count += 1
        counted = f"device-{self.count:08}"
        self.devices[counted] = self.devices.pop(answer["device_code"])
        return {**answer, "device_code": counted}


class DeviceUnknownClient(Whole):
    """gives codes to clients that nobody knows"""
    CAUGHT = ["server.device.shape", "server.device.lifecycle"]

    def device(self, method, query, headers, body):
        if form_of(self, body).get("client_id") in self.clients:
            return super().device(method, query, headers, body)
        return super().device(method, query, headers, "client_id=" + next(iter(self.clients)))


class DeviceSlowReset(Whole):
    """a poll in time takes back what slow_down added to the interval"""
    CAUGHT = ["server.device.slow-down"]

    def poll(self, params):
        try:
            return super().poll(params)
        except Refusal as refusal:
            if refusal.error == "authorization_pending":
                self.devices[params["device_code"]]["interval"] = self.INTERVAL
            raise


class UserCodeShort(Whole):
    """user codes of three digits"""
    CAUGHT = ["server.device.shape"]

    def device(self, *request):
        answer = super().device(*request)
        user = f"{secrets.randbelow(1000):03}"
        self.devices[answer["device_code"]]["user_code"] = user
        page = answer["verification_uri"]
        return {**answer, "user_code": user, "verification_uri_complete": page + "?user_code=" + user}
