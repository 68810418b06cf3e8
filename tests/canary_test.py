#!/usr/bin/env python3
"""Every scenario is lived through with secrets that are known here; then all that the mock writes or
shows is searched for them: log, journal, events, curl commands, exports, lists, metrics, pages.

    tests/canary_test.py HEYGEN_MOCK_SERVER
"""
import base64
import http.client
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "clients/python"))
from heygen_mock import HeygenMock, MockError, Pkce  # noqa: E402

PROGRAM = sys.argv.pop(1)
CALLBACK = "http://127.0.0.1:3000/callback"
ADMIN = "admin-canary-0123456789abcdef"
CLIENT_SECRET = "client-secret-canary-0123456789"
API_KEY = "api-key-canary-0123456789abcdef"


class Secrets:
    """What must not be seen again, and every way it may be written."""

    def __init__(self):
        self.known = {}

    def add(self, what, value):
        if value:
            self.known[value] = what

    def found_in(self, text):
        found = []
        for value, what in self.known.items():
            forms = {value, urllib.parse.quote(value, safe=""), value.encode().hex(),
                     base64.b64encode(value.encode()).decode().rstrip("="),
                     base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
                     json.dumps(value)[1:-1]}
            if any(form in text for form in forms):
                found.append(what)
        return found


class Life:
    """One client in one sandbox; whatever goes wrong is the scenario's business."""

    def __init__(self, mock, box, secrets, client_id, client_secret=None):
        self.address = urllib.parse.urlparse(mock.url)
        self.box, self.secrets = box, secrets
        self.client = {"client_id": client_id}
        if client_secret:
            self.client["client_secret"] = client_secret

    def call(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=20)
        try:
            body = urllib.parse.urlencode(form) if form else None
            if form:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, f"/s/{self.box.name}{path}", body, headers)
            answer = connection.getresponse()
            return answer.getheader("Location") or "", answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return "", ""
        finally:
            connection.close()

    def tokens(self, text):
        try:
            given = json.loads(text)
        except ValueError:
            return {}
        for name in ("access_token", "refresh_token"):
            self.secrets.add(name, given.get(name))
        return given

    def live(self):
        pkce = Pkce.fresh()
        self.secrets.add("code_verifier", pkce.verifier)
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": self.client["client_id"], "redirect_uri": CALLBACK,
            "state": "state-is-no-secret-of-ours", "code_challenge": pkce.challenge,
            "code_challenge_method": "S256"})
        location, _ = self.call("GET", "/oauth/authorize?" + query)
        parts = urllib.parse.urlparse(location)
        code = dict(urllib.parse.parse_qsl(parts.query or parts.fragment)).get("code")
        self.secrets.add("code", code)
        form = {"grant_type": "authorization_code", "code": code or "none", "redirect_uri": CALLBACK,
                "code_verifier": pkce.verifier, **self.client}
        given = self.tokens(self.call("POST", "/v1/oauth/token", form)[1])
        self.tokens(self.call("POST", "/v1/oauth/token", form)[1])  # a replay, with all its secrets
        if not given.get("access_token"):
            given = self.box.mint(self.client["client_id"])
            self.tokens(json.dumps(given))
        for _ in range(2):
            self.call("GET", "/v1/user/me", Authorization="Bearer " + str(given["access_token"]))
            self.call("GET", "/v3/users/me", **{"X-Api-Key": API_KEY})
            refresh = {"grant_type": "refresh_token",
                       "refresh_token": str(given.get("refresh_token", "")), **self.client}
            fresh = self.tokens(self.call("POST", "/v1/oauth/token", refresh)[1])
            self.call("GET", "/v1/oauth/token?" + urllib.parse.urlencode(refresh))  # where it may not be
            given = {**given, **{k: v for k, v in fresh.items() if v}}
            try:
                self.box.advance("1d")
            except MockError:
                pass
        basic = base64.b64encode(f"{self.client['client_id']}:{CLIENT_SECRET}".encode()).decode()
        self.call("POST", "/v1/oauth/revoke", {"token": str(given["access_token"])},
                  Authorization="Basic " + basic)


class Canary(unittest.TestCase):
    def test_nothing_shows_a_secret(self):
        secrets = Secrets()
        for what, value in (("admin token", ADMIN), ("client_secret", CLIENT_SECRET),
                            ("API key", API_KEY)):
            secrets.add(what, value)
        with tempfile.TemporaryDirectory() as folder:
            self.folder = pathlib.Path(folder)
            shown = self.run_all(secrets)
            for file in self.folder.rglob("*"):
                # The ready file is how the admin token is handed over; the CA's key is a file's own.
                if file.is_file() and file.name not in ("ready.json", "admin.txt"):
                    shown[f"the file {file.name}"] = file.read_text(errors="replace")
        self.assertGreater(len(secrets.known), 200, "hardly a secret was issued")
        self.assertGreater(sum(map(len, shown.values())), 500_000, "hardly anything was shown")
        self.assertEqual(secrets.found_in("x" + ADMIN + "x"), ["admin token"], "the search works")
        for where, text in shown.items():
            self.assertEqual(secrets.found_in(text), [], f"{where} shows them")

    def run_all(self, secrets):
        shown = {}
        limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
        log = open(self.folder / "log", "wb")
        process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", "--log", "json", "--admin-token", ADMIN,
             "--state-dir", str(self.folder / "state"), "--ready-file", str(self.folder / "ready.json")],
            stdout=subprocess.PIPE, stderr=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (limit, limit)))
        try:
            first = process.stdout.readline().decode()
            ready = json.loads((self.folder / "ready.json").read_text())
            mock = HeygenMock(ready["url"], ADMIN)
            limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
            core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
            self.assertIn(core.split()[4], "01", "core files are written")
            names = [each["name"] for each in mock.call("GET", "scenarios")["scenarios"]]
            self.assertGreater(len(names), 25)
            for name in names:
                shown.update(self.live_through(mock, name, secrets))
            for path in ("sandboxes", "metrics", "ui/", "scenarios", "openapi.json"):
                shown[path] = self.text(mock, "/_mock/" + path)
        finally:
            process.terminate()
            rest = process.stdout.read().decode()
            process.wait(20)
            process.stdout.close()
            log.close()
        shown["standard output"] = first + rest
        return shown

    def live_through(self, mock, name, secrets):
        box = mock.sandbox("canary-" + name)
        box.put_client("confidential", [CALLBACK], secret=CLIENT_SECRET)
        box.configure(api_keys=[API_KEY])
        events = []
        follower = threading.Thread(target=self.follow, args=(mock, box, events))
        follower.start()
        if name != "slow-token-endpoint":  # whose delay is real
            box.play(name)
        Life(mock, box, secrets, "demo").live()
        Life(mock, box, secrets, "confidential", CLIENT_SECRET).live()
        prefix = f"/s/{box.name}/_mock/"
        shown = {}
        for path in ("journal", "tokens", "clients", "config", "faults", "clock"):
            shown[f"{name}: {path}"] = self.text(mock, prefix + path)
        for entry in box.journal():
            for what in ("curl", "scenario"):
                path = f"journal/{entry['seq']}/{what}"
                shown[f"{name}: {path}"] = self.text(mock, prefix + path)
        box.delete()  # and with it the stream ends
        follower.join(20)
        self.assertFalse(follower.is_alive(), "the events of a sandbox outlive it")
        self.assertTrue(events, "no event came")
        shown[f"{name}: events"] = b"".join(events).decode(errors="replace")
        return shown

    def follow(self, mock, box, events):
        address = urllib.parse.urlparse(mock.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        connection.request("GET", f"/s/{box.name}/_mock/events",
                           headers={"Authorization": "Bearer " + ADMIN})
        answer = connection.getresponse()
        while piece := answer.read1(65536):
            events.append(piece)
        connection.close()

    def text(self, mock, path):
        address = urllib.parse.urlparse(mock.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        connection.request("GET", path, headers={"Authorization": "Bearer " + ADMIN})
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        connection.close()
        self.assertLess(answer.status, 500, path)
        return body


if __name__ == "__main__":
    unittest.main()
