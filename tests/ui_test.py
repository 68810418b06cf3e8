#!/usr/bin/env python3
"""The pages in a real browser: consent, dashboard, and what other pages may not do.

    ui_test.py HEYGEN-MOCK-SERVER [--screenshots DIR] [TEST...]

Needs Debian's chromium and chromium-driver; exits 77 (skipped) without them.
"""

import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from webdriver import Browser, Refused, installed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients/python"))
from heygen_mock import HeygenMock  # noqa: E402

# RFC 7636 Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PROGRAM = ""
SCREENSHOTS = None


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


class Mock:
    """A server of its own, and calls to it."""

    def __init__(self, *flags):
        self._mock = HeygenMock.start(*flags, program=PROGRAM)
        self.url = self._mock.url

    def close(self):
        self._mock.stop()

    def call(self, method, path, body=None, form=None, **headers):
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with OPENER.open(request, timeout=30) as response:
                return response.status, response.read().decode(), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def get(self, path):
        return json.loads(self.call("GET", path)[1])

    def user_me(self, token, root=""):
        return self.call("GET", root + "/v1/user/me", Authorization=f"Bearer {token}")

    def authorize_url(self, redirect_uri, root=""):
        return f"{self.url}{root}/oauth/authorize?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": "demo", "redirect_uri": redirect_uri, "state": "xyz",
            "scope": "openid profile", "code_challenge": CHALLENGE, "code_challenge_method": "S256"})

    def exchange(self, code, redirect_uri, root=""):
        status, text, _ = self.call("POST", root + "/v1/oauth/token", form={
            "grant_type": "authorization_code", "client_id": "demo", "code": code,
            "redirect_uri": redirect_uri, "code_verifier": VERIFIER})
        assert status == 200, text
        return json.loads(text)

    def log_in(self, root=""):
        callback = "http://127.0.0.1:3000/callback"
        path = self.authorize_url(callback, root).removeprefix(self.url)
        _, _, headers = self.call("GET", path)
        query = urllib.parse.urlparse(headers["Location"]).query
        return self.exchange(urllib.parse.parse_qs(query)["code"][0], callback, root)


class Elsewhere:
    """Another origin: the client's callback, or an attacker's page."""

    def __init__(self, html="<!doctype html><title>back</title><p>You may close this page."):
        content = html.encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


LIVE = "return document.querySelector('#stream').dataset.state === 'live' && document.querySelector('#now') !== null"
ROWS = "return [...document.querySelectorAll('.exchange')].map((row) => row.querySelector('.hop').getAttribute('aria-label'))"


class PageTest(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.mock = Mock(*self.flags)
        self.addCleanup(self.mock.close)
        self.addCleanup(self.browser.go, "about:blank")  # or the page goes on asking
        self.browser.look(1440, 900)
        self.browser.complaints()

    def open_dashboard(self, root=""):
        self.browser.go(f"{self.mock.url}{root}/_mock/ui/")
        self.browser.wait(LIVE, what="the stream")

    def rows(self, count):
        self.browser.wait(f"return document.querySelectorAll('.exchange').length >= {count}",
                          what=f"{count} exchanges")
        return self.browser.run(ROWS)

    def keep(self, name):
        if SCREENSHOTS:
            time.sleep(0.4)  # animations are over; only pictures wait
            self.browser.screenshot(SCREENSHOTS / f"{name}.png")


class Consent(PageTest):
    flags = ("--approve", "ask")

    def decide(self, decision):
        callback = Elsewhere()
        self.addCleanup(callback.close)
        uri = f"http://127.0.0.1:{callback.port}/callback"
        self.browser.go(self.mock.authorize_url(uri))
        self.assertIn("demo", self.browser.text("h1"))
        self.browser.click(f"button[value={decision}]")
        self.browser.wait("return location.pathname === '/callback'", what="the callback")
        return uri, urllib.parse.parse_qs(urllib.parse.urlparse(self.browser.url()).query)

    def test_approving_brings_a_code_that_works(self):
        uri, answer = self.decide("approve")
        self.assertEqual(answer["state"], ["xyz"])
        tokens = self.mock.exchange(answer["code"][0], uri)
        self.assertEqual(self.mock.user_me(tokens["access_token"])[0], 200)

    def test_denying_brings_access_denied_and_no_code(self):
        _, answer = self.decide("deny")
        self.assertEqual(answer["error"], ["access_denied"])
        self.assertEqual(answer["state"], ["xyz"])
        self.assertNotIn("code", answer)

    def test_no_script_is_needed(self):
        self.browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
        try:
            _, answer = self.decide_without_script()
        finally:
            self.browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
        self.assertIn("code", answer)

    def decide_without_script(self):
        callback = Elsewhere()
        self.addCleanup(callback.close)
        self.browser.go(self.mock.authorize_url(f"http://127.0.0.1:{callback.port}/callback"))
        self.browser.type("button[value=approve]", "\ue007")
        until = time.monotonic() + 20
        while "/callback" not in urllib.parse.urlparse(self.browser.url()).path:
            self.assertLess(time.monotonic(), until, "no callback")
        return None, urllib.parse.parse_qs(urllib.parse.urlparse(self.browser.url()).query)

    def test_a_device_is_connected_by_its_code(self):
        _, text, _ = self.mock.call("POST", "/v1/oauth/device_authorization", form={"client_id": "demo"})
        device = json.loads(text)
        self.browser.go(self.mock.url + "/device")
        self.browser.type("input[name=user_code]", device["user_code"])
        self.browser.click("button.primary")
        self.browser.wait("return document.querySelector('button[value=approve]') !== null", what="the question")
        self.assertIn(device["user_code"], self.browser.text(".big"))
        self.browser.click("button[value=approve]")
        self.browser.wait("return document.querySelector('button') === null", what="the end")
        status, text, _ = self.mock.call("POST", "/v1/oauth/token", form={
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": "demo",
            "device_code": device["device_code"]})
        self.assertEqual(status, 200, text)

    def test_pictures(self):
        url = self.mock.authorize_url("http://127.0.0.1:3000/callback")
        for name, width, height, dark, phone in (
                ("consent-light", 900, 760, False, False), ("consent-dark", 900, 760, True, False),
                ("consent-phone", 390, 844, False, True)):
            self.browser.look(width, height, dark, phone)
            self.browser.go(url)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)
            self.keep(name)
        self.browser.look(900, 600)
        self.browser.go(self.mock.url + "/device")
        self.keep("device-light")
        self.assertEqual(self.browser.complaints(), [])


class Dashboard(PageTest):
    def tearDown(self):
        # A blocked script or style, an exception: each would stand here. Refused calls do, too; a
        # test that makes some empties it.
        self.assertEqual(self.browser.complaints(), [])

    def test_a_login_arrives_live(self):
        self.open_dashboard()
        self.assertEqual(self.browser.run(ROWS), [])
        self.mock.log_in()
        self.assertEqual(self.rows(2), ["GET /oauth/authorize answered 302 client demo",
                                        "POST /v1/oauth/token answered 200 client demo"])
        self.browser.wait("return document.querySelectorAll('.token').length === 2", what="the pair")

    def test_a_token_is_expired_by_its_button(self):
        tokens = self.mock.log_in()
        self.open_dashboard()
        self.browser.wait("return document.querySelectorAll('.token').length === 2", what="the pair")
        self.browser.click("button[aria-label^='Expire access token']")
        self.browser.wait("return document.querySelector('.state-expired') !== null", what="the end of it")
        self.assertEqual(self.mock.user_me(tokens["access_token"])[0], 401)
        self.assertIn("GET /v1/user/me answered 401", self.rows(3)[-1])
        self.assertNotIn(tokens["access_token"], self.browser.run("return document.documentElement.outerHTML"))

    def test_a_scenario_is_armed_by_its_button(self):
        tokens = self.mock.log_in()
        self.open_dashboard()
        self.browser.click("#tab-scenarios")
        self.browser.wait("return document.querySelector('[aria-label=\"Arm api-401-once\"]') !== null",
                          what="the scenarios")
        self.browser.click("[aria-label='Arm api-401-once']")
        self.browser.wait("return document.querySelector('#tab-faults .badge').textContent === '1'",
                          what="the fault")
        status, _, headers = self.mock.user_me(tokens["access_token"])
        self.assertEqual((status, headers["X-Mock-Fault"]), (401, "fault-1"))
        self.assertEqual(self.mock.user_me(tokens["access_token"])[0], 200)
        self.browser.wait("return document.querySelectorAll('.exchange.fault').length === 1",
                          what="the exchange that the fault spoilt, and no other")

    def test_the_clock_is_moved_and_stopped_by_its_buttons(self):
        self.open_dashboard()
        before = self.mock.get("/_mock/clock")["epoch"]
        self.browser.click("[data-key='10d']")
        self.browser.wait("return document.querySelector('#clock-mode').textContent === 'moved'", what="the move")
        self.assertGreaterEqual(self.mock.get("/_mock/clock")["epoch"], before + 864000)
        self.browser.click("[data-key='freeze']")
        self.browser.wait("return document.querySelector('#clock-mode').textContent === 'frozen'", what="the stop")
        self.assertEqual(self.mock.get("/_mock/clock")["mode"], "frozen")
        self.browser.click("#clock [data-key='reset']")
        self.browser.wait("return document.querySelector('#clock-mode').textContent === 'real time'", what="the reset")

    def test_an_exchange_opens_copies_and_happens_again(self):
        self.open_dashboard()
        self.assertEqual(self.mock.user_me("no-such-token")[0], 401)
        self.rows(1)
        self.browser.click(".exchange .hop")
        self.browser.wait("return document.querySelector('.detail .reason') !== null", what="the detail")
        self.browser.click(".detail .row button:nth-child(1)")
        curl = self.browser.wait("return document.querySelector('.curl')?.textContent", what="the command")
        self.assertTrue(curl.startswith("curl"), curl)
        self.assertNotIn("no-such-token", curl)
        self.browser.click(".detail .row button:nth-child(3)")
        self.browser.wait("return document.querySelector('#tab-faults .badge').textContent === '1'",
                          what="the fault")
        tokens = self.mock.log_in()
        self.assertEqual(self.mock.user_me(tokens["access_token"])[0], 401)
        self.assertEqual(self.mock.user_me(tokens["access_token"])[0], 200)

    def test_an_exchange_is_exported_as_a_scenario_file(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder.name)
        self.open_dashboard()
        self.assertEqual(self.mock.user_me("no-such-token")[0], 401)
        self.rows(1)
        self.browser.click(".exchange .hop")
        self.browser.wait("return document.querySelector('.detail .reason') !== null", what="the detail")
        self.browser.click(".detail .row button:nth-child(2)")
        file = pathlib.Path(folder.name) / "exchange-1.json"
        until = time.monotonic() + 20
        while not file.exists():
            self.assertLess(time.monotonic(), until, "no download")
            time.sleep(0.05)
        self.keep("export")
        self.assertNotIn("no-such-token", file.read_text())
        checked = subprocess.run([PROGRAM, "validate", str(file)], capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_it_is_operated_from_the_keyboard(self):
        self.mock.log_in()
        self.open_dashboard()
        self.rows(2)
        self.browser.run("document.body.focus()")
        self.browser.press("Tab", "Enter")  # the skip link
        self.browser.run("document.querySelector('.exchange .hop').focus()")
        self.browser.press("ArrowDown", "Enter")
        self.assertEqual(self.browser.run("return document.activeElement.getAttribute('aria-expanded')"), "true")
        self.assertIn("token", self.browser.run("return document.activeElement.getAttribute('aria-label')"))
        self.browser.run("document.querySelector('#tab-tokens').focus()")
        self.browser.press("ArrowRight")
        self.assertEqual(self.browser.run("return document.activeElement.id"), "tab-faults")
        self.assertEqual(self.browser.run("return document.querySelector('#panel-faults').hidden"), False)
        self.browser.run("document.querySelector('[data-key=\"1h\"]').focus()")
        self.browser.press("Enter")
        self.browser.wait("return document.querySelector('#clock-mode').textContent === 'moved'", what="the move")
        self.assertEqual(self.browser.run("return document.activeElement.dataset.key"), "1h")

    def test_everything_that_is_operated_has_a_name(self):
        self.mock.log_in()
        self.open_dashboard()
        self.rows(2)
        nameless = self.browser.run("""
            return [...document.querySelectorAll('button, input, select, textarea, [role=tab], [role=tabpanel]')]
              .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') ||
                               e.textContent.trim() || e.closest('label')?.textContent.trim()))
              .map((e) => e.outerHTML)""")
        self.assertEqual(nameless, [])

    def test_another_sandbox_is_another_world(self):
        self.mock.call("PUT", "/_mock/sandboxes/other", body={})
        self.mock.log_in("/s/other")
        self.open_dashboard()
        self.assertEqual(self.browser.run(ROWS), [])
        self.browser.wait("return [...document.querySelectorAll('#sandbox option')].some((o) => o.value === 'other')",
                          what="the other sandbox")
        self.browser.run("""const select = document.querySelector('#sandbox select');
            select.value = 'other'; select.dispatchEvent(new Event('change'));""")
        self.browser.wait("return location.pathname === '/s/other/_mock/ui/'", what="the other page")
        self.browser.wait(LIVE, what="the stream")
        self.assertEqual(len(self.rows(2)), 2)

    def test_what_a_client_sends_is_text(self):
        self.open_dashboard()
        evil = "<img src=x onerror=document.title='owned'>"
        self.mock.call("POST", "/v1/oauth/token", form={
            "grant_type": "authorization_code", "client_id": evil, "code": evil, evil: evil}, **{"X-Evil": evil})
        self.mock.call("GET", "/v1/" + urllib.parse.quote(evil) + "?" + urllib.parse.urlencode({evil: evil}))
        self.rows(2)
        self.browser.run("document.querySelectorAll('.hop').forEach((hop) => hop.click())")
        self.assertIn("<img", self.browser.text("#exchanges"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('#exchanges img').length"), 0)
        self.assertEqual(self.browser.run("return document.title"), "HeyGen mock")

    def test_pictures(self):
        tokens = self.mock.log_in()
        self.mock.user_me(tokens["access_token"])
        self.mock.call("POST", "/_mock/clock", body={"advance": "10d"})
        self.mock.user_me(tokens["access_token"])
        self.mock.call("POST", "/_mock/faults", body={
            "on": {"endpoint": "refresh"}, "times": 1, "do": {"status": 503, "retry_after": "2s"}})
        for _ in range(2):
            _, text, _ = self.mock.call("POST", "/v1/oauth/refresh_token", form={
                "grant_type": "refresh_token", "client_id": "demo", "refresh_token": tokens["refresh_token"]})
        self.mock.user_me(json.loads(text)["access_token"])
        self.browser.look(1440, 1180)
        self.open_dashboard()
        self.rows(7)
        self.browser.wait("return document.querySelectorAll('.token').length === 4", what="the family")
        self.browser.run("scrollTo(0, 0)")
        self.keep("dashboard-light")
        self.browser.run("document.querySelector('.exchange.fault .hop').click()")
        self.browser.click("#tab-faults")
        self.browser.run("document.querySelector('.exchange.fault').scrollIntoView({block: 'center'})")
        self.keep("exchange-light")
        self.browser.look(1440, 1180, dark=True)
        self.browser.run("document.querySelector('.exchange.fault .hop').click(); scrollTo(0, 0)")
        self.browser.click("#tab-scenarios")
        self.keep("dashboard-dark")
        self.browser.look(390, 844, phone=True)
        self.browser.run("scrollTo(0, 0)")
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390)
        self.browser.click("#tab-timeline")
        self.keep("dashboard-phone")
        self.browser.look(390, 844, dark=True, phone=True)
        self.browser.click("#tab-tokens")
        self.keep("tokens-phone-dark")


class AdminToken(PageTest):
    flags = ("--admin-token", "the-admin-token")

    def test_the_page_asks_for_it_and_then_works(self):
        self.browser.go(self.mock.url + "/_mock/ui/")
        self.browser.wait("return document.querySelector('#token-dialog').open", what="the question")
        self.browser.type("#token-dialog input", "the-admin-token")
        self.browser.click("#token-dialog button")
        self.browser.wait(LIVE, what="the stream")


ATTACK = """<!doctype html><title>attack</title><script>
async function attack(base) {
  const results = {};
  const attempt = async (name, path, options) => {
    try {
      const response = await fetch(base + path, options);
      results[name] = response.type === 'opaque' ? 'opaque' : (await response.text()).slice(0, 200);
    } catch (error) {
      results[name] = 'blocked';
    }
  };
  const text = {'Content-Type': 'text/plain'};
  const json = {'Content-Type': 'application/json'};
  await attempt('read', '/_mock/journal', {});
  await attempt('read blindly', '/_mock/journal', {mode: 'no-cors'});
  await attempt('reset', '/_mock/reset', {method: 'POST', mode: 'no-cors'});
  await attempt('move', '/_mock/clock', {method: 'POST', mode: 'no-cors', headers: text, body: '{"advance":"10d"}'});
  await attempt('move by the book', '/_mock/clock', {method: 'POST', headers: json, body: '{"advance":"10d"}'});
  await attempt('forget', '/_mock/journal', {method: 'DELETE'});
  await attempt('expire', '/_mock/tokens/expire-all', {method: 'POST', mode: 'no-cors'});
  const form = document.createElement('form');
  const frame = document.createElement('iframe');
  frame.name = 'f';
  document.body.append(frame, form);
  form.action = base + '/_mock/tokens/expire-all';
  form.method = 'post';
  form.target = 'f';
  await new Promise((resolve) => { frame.onload = resolve; form.submit(); });
  const page = document.createElement('iframe');
  document.body.append(page);
  await new Promise((resolve) => { page.onload = resolve; page.src = base + '/_mock/ui/'; });
  let inside = 'unreadable';
  try { inside = page.contentDocument?.body?.textContent ?? 'unreadable'; } catch {}
  results.frame = inside;
  results.script = await new Promise((resolve) => {
    const script = document.createElement('script');
    script.onload = () => resolve('ran');
    script.onerror = () => resolve('blocked');
    script.src = base + '/_mock/journal';
    document.body.append(script);
  });
  return results;
}
</script>"""


class OtherOrigin(PageTest):
    def attack_from(self, host):
        page = Elsewhere(ATTACK)
        self.addCleanup(page.close)
        tokens = self.mock.log_in()
        before = self.mock.get("/_mock/journal")
        epoch = self.mock.get("/_mock/clock")["epoch"]
        self.browser.go(f"http://{host}:{page.port}/")
        results = self.browser.run_async(
            "const done = arguments[1]; attack(arguments[0]).then(done, (e) => done({failed: String(e)}))",
            self.mock.url)
        self.assertEqual(results, {
            "read": "blocked", "read blindly": "opaque", "reset": "opaque", "move": "opaque",
            "move by the book": "blocked", "forget": "blocked", "expire": "opaque",
            "frame": "unreadable", "script": "blocked"})
        self.assertEqual(self.mock.get("/_mock/journal"), before)
        clock = self.mock.get("/_mock/clock")
        self.assertEqual(clock["mode"], "real")
        self.assertLess(clock["epoch"], epoch + 3600)
        self.assertEqual(self.mock.user_me(tokens["access_token"])[0], 200)

    def test_of_another_port_cannot_drive_the_control_api(self):
        self.attack_from("127.0.0.1")

    def test_of_another_site_cannot_drive_the_control_api(self):
        self.attack_from("localhost")

    def test_a_name_that_was_pointed_here_is_refused(self):
        status, text, _ = self.mock.call("GET", "/_mock/journal", Host="rebound.example")
        self.assertEqual(status, 403, text)


def main():
    global PROGRAM, SCREENSHOTS
    arguments = sys.argv[1:]
    PROGRAM = arguments.pop(0)
    if "--screenshots" in arguments:
        at = arguments.index("--screenshots")
        SCREENSHOTS = pathlib.Path(arguments[at + 1])
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        del arguments[at:at + 2]
    if not installed():
        print("skipped: chromium and chromium-driver are not installed")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *arguments], verbosity=2)


if __name__ == "__main__":
    main()
