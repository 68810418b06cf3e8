"""Flaws of the authorize endpoint and its pages, one a class: CAUGHT names the checks meant for it."""

import html
import json
import re
from urllib.parse import parse_qsl, urlsplit

from whole_server import Whole


# --- redirect URIs ---------------------------------------------------------------------------------
class GlobalAllowList(Whole):
    """any client's registered redirect URI will do"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return any(super(GlobalAllowList, self).known_redirect(one, uri) for one in self.clients)


class HostSuffix(Whole):
    """the host may end in the registered one"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        def split(one):
            parts = urlsplit(one)
            return parts.scheme, parts.netloc, one[len(parts.scheme) + 3 + len(parts.netloc):]

        def alike(registered):
            scheme, host, rest = split(registered)
            return scheme == asked[0] and asked[1].endswith(host) and "@" not in asked[1] and rest == asked[2]

        if super().known_redirect(client, uri):
            return True
        try:
            asked = split(uri)
        except ValueError:
            return False
        return any(alike(one) for one in self.clients[client]["redirect_uris"])


class LoopbackPortAnything(Whole):
    """anything may stand for the port of a loopback address, up to the next slash"""
    CAUGHT = ["server.authorize.redirect-exact"]
    LOOPBACK = r"^(http://(?:127\.0\.0\.1|\[::1\]))(:\d*(?:@[^/]*)?)?(?=/)"


class UrlNormalized(Whole):
    """compares parsed URLs: scheme and host without case, default port"""
    CAUGHT = ["server.authorize.redirect-exact"]

    @staticmethod
    def normal(uri):
        parts = re.match(r"^(https?)://([^/?#@]*)(.*)$", uri, re.I | re.S)
        if not parts:
            return uri
        scheme, host = parts[1].lower(), parts[2].lower()
        return scheme + "://" + re.sub(":443$" if scheme == "https" else ":80$", "", host) + parts[3]

    def known_redirect(self, client, uri):
        known = [self.normal(one) for one in self.clients[client]["redirect_uris"]]
        return self.normal(uri) in known or super().known_redirect(client, uri)


class RegexDollar(Whole):
    """a pattern that ends in $: a line's end behind the URI passes, and ends the header field"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def known_redirect(self, client, uri):
        return super().known_redirect(client, uri[:-1] if uri.endswith("\n") else uri)


class ErrorPage(Whole):
    """a page of its own for redirect URIs that are refused"""

    def authorize(self, query):
        status, headers, text = super().authorize(query)
        if status == 400 and "redirect URI" in text:
            text += self.more(self.params(query)[0].get("redirect_uri", ""))
        return status, headers, text


class MetaUnquoted(ErrorPage):
    """leads to the redirect URI that it refused, by a meta refresh without quotes"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def more(self, uri):
        return f"<meta http-equiv=refresh content='3;url={html.escape(uri)}'>"


class ScriptRedirect(ErrorPage):
    """leads to the redirect URI that it refused, by a script"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def more(self, uri):
        return "<script>location.replace(" + json.dumps(uri).replace("<", "\\u003c") + ")</script>"


class LinkToJavascript(ErrorPage):
    """links to the redirect URI that it refused"""
    CAUGHT = ["server.authorize.error-escaped"]

    def more(self, uri):
        return f'<a href="{html.escape(uri)}">Back to the app</a>'


class HiddenFieldTrusted(Whole):
    """the consent form carries the redirect URI, and what comes back is believed"""
    CAUGHT = ["server.authorize.redirect-exact"]

    def consent_page(self, ticket, client, params):
        status, headers, text = super().consent_page(ticket, client, params)
        field = f'<input type="hidden" name="redirect_uri" value="{html.escape(params["redirect_uri"])}">'
        return status, headers, text.replace("<button", field + "<button", 1)

    def decide(self, method, body):
        params = self.params(body.decode())[0]
        held = self.pending.get(params.get("ticket"))
        if held and "redirect_uri" in params:
            self.pending[params["ticket"]] = (held[0], params["redirect_uri"], *held[2:])
        return super().decide(method, body)


# --- parameters ------------------------------------------------------------------------------------
class HybridType(Whole):
    """a response_type of several values counts as code, when that is one of them"""
    CAUGHT = ["server.authorize.response-type"]

    def judge_authorize(self, params):
        if "code" in params.get("response_type", "").split():
            params = {**params, "response_type": "code"}
        super().judge_authorize(params)


class FalsyState(Whole):
    """a state of 0 counts as none"""
    CAUGHT = ["server.authorize.state-echo"]

    def redirect(self, uri, answer):
        return super().redirect(uri, {name: value for name, value in answer.items() if value != "0"})


class StateSplits(Whole):
    """a state's line ends stand in Location as they are"""
    CAUGHT = ["server.authorize.state-echo"]

    def redirect(self, uri, answer):
        status, headers, text = super().redirect(uri, answer)
        return status, {"Location": headers["Location"].replace("%0D", "\r").replace("%0A", "\n")}, text


class StateTrimmed(Whole):
    """tabs and line ends around a state are cut off"""
    CAUGHT = ["server.authorize.state-echo"]

    def redirect(self, uri, answer):
        return super().redirect(uri, {name: value.strip("\t\r\n") for name, value in answer.items()})


class DuplicatesListed(Whole):
    """looks for duplicates of some parameters alone: the challenge's method may come twice"""
    CAUGHT = ["server.authorize.duplicate-param"]
    LISTED = ("client_id", "redirect_uri", "response_type", "state", "code_challenge", "code", "grant_type",
              "code_verifier", "refresh_token", "token")

    def params(self, text):
        names = [name for name, _ in parse_qsl(text, keep_blank_values=True)]
        return super().params(text)[0], any(names.count(name) > 1 for name in self.LISTED)


# --- header fields and status ----------------------------------------------------------------------
class FramedByAll(Whole):
    """frame-ancestors *"""
    CAUGHT = ["server.authorize.no-frame-no-cors"]
    HEADERS = {**Whole.HEADERS, "Content-Security-Policy": "frame-ancestors *"}


class AllowAll(Whole):
    """X-Frame-Options: ALLOWALL"""
    CAUGHT = ["server.authorize.no-frame-no-cors"]
    HEADERS = {**Whole.HEADERS, "Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "ALLOWALL"}


class ReferrerDowngrade(Whole):
    """Referrer-Policy: no-referrer-when-downgrade"""
    CAUGHT = ["server.authorize.no-frame-no-cors"]
    HEADERS = {**Whole.HEADERS, "Referrer-Policy": "no-referrer-when-downgrade"}


class DecideCached(Whole):
    """what comes of the consent form may be stored and referred from"""
    CAUGHT = ["server.authorize.no-frame-no-cors"]

    def decide(self, method, body):
        status, headers, text = super().decide(method, body)
        return status, {**headers, "Cache-Control": "private", "Referrer-Policy": "unsafe-url"}, text


class Deny307(Whole):
    """a refusal by the form is sent on with 307"""
    CAUGHT = ["server.authorize.not-307"]

    def decide(self, method, body):
        status, headers, text = super().decide(method, body)
        return 307 if "access_denied" in headers.get("Location", "") else status, headers, text


# --- what pages show -------------------------------------------------------------------------------
class UnquotedAttribute(Whole):
    """an escaped value in an attribute without quotes"""
    CAUGHT = ["server.authorize.error-escaped"]

    def page(self, text):
        shown = html.escape(text.replace("unknown client ", ""))
        return 400, {"Content-Type": "text/html"}, f"<form><input name=q value={shown}></form>"


class ScriptString(Whole):
    """escapes < and > alone, in a script's string"""
    CAUGHT = ["server.authorize.error-escaped"]

    def page(self, text):
        shown = text.replace("<", "&lt;").replace(">", "&gt;")
        return 400, {"Content-Type": "text/html"}, f"<script>var problem = '{shown}';</script>"


class HandlerAttribute(Whole):
    """an escaped value in a handler's string"""
    CAUGHT = ["server.authorize.error-escaped"]

    def page(self, text):
        return 400, {"Content-Type": "text/html"}, f"""<a href="#" onclick="report('{html.escape(text)}')">Report</a>"""


class DevicePageRaw(Whole):
    """the device page shows an unknown user_code as it is"""
    CAUGHT = ["server.authorize.error-escaped"]

    def device_page(self, query):
        status, headers, text = super().device_page(query)
        return status, headers, html.unescape(text)
