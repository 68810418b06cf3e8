"""Flaws that show at a second look alone, one a class: rotated tokens, the consent page, later hours.
CAUGHT names the checks meant for it."""

import base64
import hashlib
import re
import time
from urllib.parse import parse_qsl, urlencode

from server import Refusal
from whole_server import Whole


class Tells(Whole):
    """knows its records by an answer"""

    def records(self, answer):
        return self.access[answer["access_token"]], self.refresh[answer["refresh_token"]]


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class ConsentDropsState(Whole):
    """after the consent page (not when auto-approved) the state is missing"""
    CAUGHT = ["server.authorize.happy"]

    def ask_user(self, client, uri, params, answer):
        return super().ask_user(client, uri, params, {} if self.approve == "ask" else answer)


class DeniedFormNoState(Whole):
    """denied on the consent page (not by policy): no state"""
    CAUGHT = ["server.authorize.denied"]

    def decide(self, method, body):
        status, more, text = super().decide(method, body)
        if "error=access_denied" in more.get("Location", ""):
            more = {**more, "Location": re.sub(r"&state=[^&]*", "", more["Location"])}
        return status, more, text


class PlainUpper(Whole):
    """PLAIN is taken, plain is not"""
    CAUGHT = ["server.authorize.pkce-plain-refused"]

    def judge_authorize(self, params):
        super().judge_authorize({**params, "code_challenge_method": "S256"} if params.get("code_challenge_method") == "PLAIN" else params)

    def make_code(self, client, uri, params):
        code = super().make_code(client, uri, params)
        self.codes[code]["plain"] = params.get("code_challenge_method") == "PLAIN"
        return code

    def judge_verifier(self, code, verifier):
        return verifier == code["challenge"] if code["plain"] else super().judge_verifier(code, verifier)


class ChallengeNewline(Whole):
    """the pattern ends in $: a challenge with a newline behind it passes"""
    CAUGHT = ["server.authorize.pkce-bad-challenge"]

    def judge_authorize(self, params):
        super().judge_authorize({**params, "code_challenge": re.sub(r"\n$", "", params["code_challenge"])} if "code_challenge" in params else params)


class ChallengeFolded(Whole):
    """digest and challenge are compared without regard to case"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        if super().judge_verifier(code, verifier):
            return True
        return bool(code["challenge"] and re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier or "")
                    and challenge_of(verifier).lower() == code["challenge"].lower())


class ChallengeStart(Whole):
    """the first 32 characters of the challenge are compared (a column cut it)"""
    CAUGHT = ["server.token.verifier-checked"]

    def judge_verifier(self, code, verifier):
        if code["challenge"] is None or not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier or ""):
            return super().judge_verifier(code, verifier)
        return challenge_of(verifier)[:32] == code["challenge"][:32]


class CodeUsedForgotten(Whole):
    """that a code was used is remembered for 30 s, the code lives for 300"""
    CAUGHT = ["server.code.single-use"]

    def redeem(self, params):
        code = self.codes.get(params.get("code"))
        if code and code["used"] and self.now() - code.get("used_at", self.now()) > 30:
            code["used"] = False
        answer = super().redeem(params)
        self.codes[params["code"]]["used_at"] = self.now()
        return answer


class ReuseConfidential(Whole):
    """a replay by a client with a secret ends nothing"""
    CAUGHT = ["server.code.reuse-revokes"]

    def reused(self, code):
        if not self.clients[code["client"]].get("secret"):
            super().reused(code)


class BoundEmptyRedirect(Whole):
    """redirect_uri= (empty) at the token endpoint is not compared"""
    CAUGHT = ["server.code.bound-redirect"]

    def token(self, method, query, headers, body):
        pairs = parse_qsl(body, keep_blank_values=True)
        code = self.codes.get(dict(pairs).get("code"))
        if code and ("redirect_uri", "") in pairs:
            body = urlencode([pair for pair in pairs if pair[0] != "redirect_uri"] + [("redirect_uri", code["uri"])])
        return super().token(method, query, headers, body)


class QueryRefresh(Whole):
    """refresh_token is taken from the URL, code is not"""
    CAUGHT = ["server.token.query-params-ignored"]

    def token(self, method, query, headers, body):
        more = [(n, v) for n, v in parse_qsl(query) if n == "refresh_token"]
        return super().token(method, query, headers, "&".join(filter(None, (body, urlencode(more)))))


class ReuseForgottenLater(Whole):
    """a spent token is forgotten after an hour: later it is refused, and ends nothing"""
    CAUGHT = ["server.refresh.reuse-revokes-family"]

    def used_again(self, held):
        if self.now() - held["used_at"] > 3600:
            raise Refusal("invalid_grant")
        return super().used_again(held)


class RaceLaterGeneration(Tells):
    """the first refresh of a login is atomic, later ones are not"""
    CAUGHT = ["server.refresh.atomic"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if held is None or held["used"] or held["dead"] or held["client"] != params["client_id"] or "scope" in params or not held.get("later"):
            answer = super().renew(params)
        else:
            time.sleep(0.02)
            held["used"], held["used_at"] = True, self.now()
            answer = held["next"] = self.issue(held["client"], held["family"])
        self.records(answer)[1]["later"] = True
        return answer


class BoundFirstOnly(Tells):
    """the first refresh token is bound to its client, rotated ones are not"""
    CAUGHT = ["server.refresh.bound-client"]

    def renew(self, params):
        held = self.refresh.get(params.get("refresh_token"))
        if held and held.get("later"):
            params = {**params, "client_id": held["client"]}
        answer = super().renew(params)
        self.records(answer)[1]["later"] = True
        return answer


class AccessRefreshesLater(Tells):
    """an access token that came from a refresh works as a refresh token"""
    CAUGHT = ["server.refresh.at-is-not-rt"]

    def renew(self, params):
        one = self.access.get(params.get("refresh_token"))
        if one and one.get("later") and not one["dead"] and one["client"] == params["client_id"]:
            return self.issue(one["client"], one["family"])
        answer = super().renew(params)
        self.records(answer)[0]["later"] = True
        return answer


class RevokeOdd(Whole):
    """a token that could not be one of the server's (length, alphabet) is 400"""
    CAUGHT = ["server.revoke.unknown-token"]

    def revoke_token(self, params):
        if not re.fullmatch(r"[A-Za-z0-9_-]{42,48}", params["token"]):
            raise Refusal("invalid_request")
        super().revoke_token(params)


class HintUnknownAccess(Whole):
    """an access token with an unknown hint is not found"""
    CAUGHT = ["server.revoke.hint-ignored"]

    def revoke_token(self, params):
        if params.get("token_type_hint", "access_token") not in ("access_token", "refresh_token") and params["token"] in self.access:
            return
        super().revoke_token(params)
