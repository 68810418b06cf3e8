"""Sound servers that do it otherwise, one a class: CONCERNS names the checks that may care."""

import secrets

from server import Refusal
from whole_server import Whole

CHALLENGED = ["server.api.*", "server.revoke.*", "server.code.reuse-revokes", "server.refresh.reuse-revokes-family"]


class Challenges(Whole):
    """its API's challenges stand beside others"""

    def api(self, *request):
        status, headers, text = super().api(*request)
        if "WWW-Authenticate" in headers:
            headers = {**headers, "WWW-Authenticate": self.challenge(headers["WWW-Authenticate"])}
        return status, headers, text


class TwoChallenges(Challenges):
    """DPoP before Bearer, in one field"""
    CONCERNS = CHALLENGED

    def challenge(self, bearer):
        return 'DPoP algs="ES256", ' + bearer


class TwoFields(Challenges):
    """Basic in a field of its own, before Bearer's"""
    CONCERNS = CHALLENGED

    def challenge(self, bearer):
        return ['Basic realm="api"', bearer]


class BlanksInChallenge(Challenges):
    """blanks around the sign, and the parameter in capitals"""
    CONCERNS = CHALLENGED

    def challenge(self, bearer):
        return bearer.replace("error=", "Error = ")


class WordsInChallenge(Challenges):
    """a value that holds a comma and error="""
    CONCERNS = CHALLENGED

    def challenge(self, bearer):
        return bearer + ', docs="https://x.example/?a,error=1"'


class SameOriginReferrer(Whole):
    """Referrer-Policy: same-origin"""
    CONCERNS = ["server.authorize.no-frame-no-cors"]
    HEADERS = {**Whole.HEADERS, "Referrer-Policy": "same-origin"}


class FirstPollWaits(Whole):
    """a device has to wait an interval before its first poll"""
    CONCERNS = ["server.device.*"]

    def device(self, *request):
        answer = super().device(*request)
        self.devices[answer["device_code"]]["last"] = self.now()
        return answer


class NoStoreAmongOthers(Whole):
    """Cache-Control in other letters and in two fields"""
    CONCERNS = ["server.authorize.no-frame-no-cors", "server.device.shape", "server.token.no-store"]
    HEADERS = {**Whole.HEADERS, "Cache-Control": ["private, max-age=0", "No-Store"]}


class AsksWhichDevice(Whole):
    """the device page asks whether it is this code, and its address has none"""
    CONCERNS = ["server.device.*"]

    def device(self, *request):
        answer = super().device(*request)
        del answer["verification_uri_complete"]
        return answer

    def other_page(self, method, parts, body):
        if parts.path != "/device":
            return super().other_page(method, parts, body)
        if method == "POST":
            return self.device_page(body.decode("ascii"))
        typed = self.params(parts.query)[0].get("user_code", "")
        return 200, {"Content-Type": "text/html"}, f"""<form method="post" action="{self.base}/device">
<input name="user_code" value="{self.escape(typed)}"><button>It is</button></form>"""


class LongSecrets(Whole):
    """codes and tokens of a kilobyte with dots; more parameters in redirects, and the state first"""
    CONCERNS = ["server.authorize.*", "server.code.reuse-revokes", "server.token.*", "server.refresh.*", "server.api.*"]

    def make_secret(self, length=43):
        return "eyJhbGciOiJFUzI1NiJ9." + secrets.token_urlsafe(700) + "." + secrets.token_urlsafe(64) + "~+/=="

    def redirect(self, uri, answer):
        turned = {name: answer[name] for name in sorted(answer, reverse=True)}
        return super().redirect(uri, {**turned, "iss": "http://issuer.example", "session_state": "x.y"})


class EndsCodeOnFailure(Whole):
    """any failed redemption ends the code"""
    CONCERNS = ["server.code.*", "server.token.*"]

    def redeem(self, params):
        try:
            return super().redeem(params)
        except Refusal:
            if params.get("code") in self.codes:
                self.codes[params["code"]]["used"] = True
            raise


class ErrorsExplained(Whole):
    """error_description and error_uri in redirects; %20 for blanks"""
    CONCERNS = ["server.authorize.*"]

    def redirect(self, uri, answer):
        if "error" in answer:
            more = {"error_description": "That was no good request", "error_uri": "https://x.example/errors"}
            answer = {**answer, **more}
        status, headers, text = super().redirect(uri, answer)
        return status, {"Location": headers["Location"].replace("+", "%20")}, text
