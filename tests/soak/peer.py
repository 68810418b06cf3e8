"""What the kinds of traffic need: calls, logins, and sockets that behave badly."""

import http.client
import json
import socket
import ssl
import struct
import urllib.parse

# RFC 7636 Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
CALLBACK = "http://127.0.0.1:3000/callback"
PATIENCE = 30  # seconds; whoever waits longer has found a hang


class Unordered(Exception):
    """Something went wrong that nobody asked for."""


def expect(seen, wanted, what):
    if seen != wanted:
        raise Unordered(f"{what}: {seen!r}, not {wanted!r}")


class Place:
    """Where the mock serves, as its ready file says."""

    def __init__(self, ready):
        def address(url):
            parts = urllib.parse.urlparse(url)
            return parts.hostname, parts.port

        self.plain = address(ready["url"])
        self.https = address(ready["https_url"])
        self.proxy = address(ready["proxy_url"])
        self.tls = ssl.create_default_context(cafile=ready["ca_file"])

    def tcp(self, address=None, receive_buffer=0):
        peer = socket.socket()
        peer.settimeout(PATIENCE)
        if receive_buffer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        peer.connect(address or self.plain)
        return peer


def reset(peer):
    """Ends a connection by RST."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


class World:
    """One sandbox, over one kept connection."""

    def __init__(self, place, name, connection=None, host=None):
        self.place = place
        self.name = name
        self.root = f"/s/{name}" if name else ""
        self._host = host
        self._connection = connection or http.client.HTTPConnection(*place.plain, timeout=PATIENCE)

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, path, body=None, form=None, **headers):
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        if form is not None:
            data = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self._host:
            headers["Host"] = self._host
        self._connection.request(method, self.root + path, data, headers)
        response = self._connection.getresponse()
        return response.status, response.read().decode(), response.headers

    def control(self, method, path, body=None, wanted=200):
        status, text, _ = self.call(method, "/_mock/" + path, body)
        expect(status, wanted, f"{method} {path}")
        return json.loads(text) if text.startswith(("{", "[")) else text

    def make(self):
        self.root = ""
        self.control("PUT", f"sandboxes/{self.name}", {}, 201)
        self.root = f"/s/{self.name}"
        return self

    def drop(self):
        self.root = ""
        self.control("DELETE", f"sandboxes/{self.name}", None, 204)

    def me(self, token):
        return self.call("GET", "/v1/user/me", Authorization=f"Bearer {token}")[0]

    def authorize(self):
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": "demo", "redirect_uri": CALLBACK, "state": "xyz",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
        status, _, headers = self.call("GET", "/oauth/authorize?" + query)
        expect(status, 302, "authorize")
        return urllib.parse.parse_qs(urllib.parse.urlparse(headers["Location"]).query)["code"][0]

    def redeem(self, code):
        return self.call("POST", "/v1/oauth/token", form={
            "grant_type": "authorization_code", "client_id": "demo", "code": code,
            "redirect_uri": CALLBACK, "code_verifier": VERIFIER})

    def log_in(self):
        status, text, _ = self.redeem(self.authorize())
        expect(status, 200, "the exchange of a code")
        return json.loads(text)

    def refresh(self, pair):
        return self.call("POST", "/v1/oauth/refresh_token", form={
            "grant_type": "refresh_token", "client_id": "demo", "refresh_token": pair["refresh_token"]})
