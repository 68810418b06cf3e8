#!/usr/bin/env python3
"""The Python client against the program: heygen_mock_test.py HEYGEN-MOCK-SERVER [TEST...]"""

import json
import os
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from heygen_mock import HeygenMock, MockError, NotMet, Pkce

PROGRAM = ""
REDIRECT = "http://127.0.0.1:3000/callback"


def post(url, **form):
    """Status and JSON of a form that a client sends."""
    try:
        with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def who_am_i(box, token):
    request = urllib.request.Request(f"{box.url}/v1/user/me",
                                     headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def exchange(box, given, **more):
    return post(f"{box.url}/v1/oauth/token", grant_type="authorization_code", client_id="demo",
                code=given["code"], redirect_uri=REDIRECT,
                **{"code_verifier": given["code_verifier"], **more})


class HeygenMockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = HeygenMock.start(program=PROGRAM)
        cls.addClassCleanup(cls.mock.stop)

    def setUp(self):
        self.box = self.mock.sandbox()
        self.addCleanup(self.box.delete)

    def test_a_login_lives_ten_days(self):
        given = self.box.authorize(state="xyz")
        self.assertEqual(given["state"], "xyz")
        self.assertTrue(given["redirect_to"].startswith(REDIRECT + "?code="))
        status, tokens = exchange(self.box, given)
        self.assertEqual((status, tokens["expires_in"]), (200, 864000))
        self.assertEqual(who_am_i(self.box, tokens["access_token"]), 200)
        self.box.advance("10d")
        self.assertEqual(who_am_i(self.box, tokens["access_token"]), 401)
        self.assertIn("expired", self.box.journal(outcome="unauthorized")[0]["why"])

    def test_a_verifier_of_ones_own_is_checked(self):
        pkce = Pkce.fresh()
        given = self.box.authorize(code_challenge=pkce.challenge, code_challenge_method="S256")
        self.assertNotIn("code_verifier", given)
        given["code_verifier"] = pkce.verifier
        self.assertEqual(exchange(self.box, given, code_verifier="x" * 43)[0], 400)
        self.assertEqual(exchange(self.box, given)[0], 200)

    def test_a_user_can_deny(self):
        self.assertEqual(self.box.authorize(decision="deny")["error"], "access_denied")

    def test_the_clock_can_be_set_and_frozen(self):
        self.assertEqual(self.box.set_time("2030-01-01T00:00:00Z")[:13], "2030-01-01T00")
        frozen = self.box.freeze()
        self.assertEqual(self.box.now(), frozen)
        self.assertEqual(self.box.advance("-1h")[:13], "2029-12-31T23")
        self.box.freeze(False)

    def test_sandboxes_do_not_see_one_another(self):
        other = self.mock.sandbox("another-world")
        self.addCleanup(other.delete)
        self.box.mint()
        self.assertEqual(other.tokens(), [])
        self.assertEqual(len(self.box.tokens()), 2)
        self.assertEqual(self.mock.sandbox("another-world").tokens(), [])

    def test_a_seed_repeats(self):
        first, second = (self.mock.sandbox("seeded", seed=7).mint()["access_token"]
                         for _ in range(2))
        self.assertEqual(first, second)

    def test_tokens_die_while_they_look_healthy(self):
        minted = self.box.mint()
        self.assertEqual(who_am_i(self.box, minted["access_token"]), 200)
        self.assertEqual(self.box.expire(minted["access_token_id"])["status"], "expired")
        self.assertEqual(who_am_i(self.box, minted["access_token"]), 401)
        self.box.revoke(minted["refresh_token_id"])
        self.assertEqual([t["kind"] for t in self.box.tokens(status="revoked", kind="refresh")],
                         ["refresh"])
        self.box.mint()
        self.assertEqual(self.box.expire_all(kind="access"), 1)
        self.assertIn(minted["access_token"], [t["value"] for t in self.box.tokens(reveal=True)])

    def test_a_fault_fires_as_often_as_it_should(self):
        fault = self.box.fault({"status": 503}, on="token", times=1)
        self.assertEqual([self._exchanged() for _ in range(2)], [503, 200])
        self.assertEqual(self.box.faults()[0]["fired"], 1)
        self.box.remove_fault(fault)
        self.assertEqual(self.box.faults(), [])
        self.box.fault({"status": 500}, on={"endpoint": "api", "path": "/v1/user/me"},
                       when={"nth": 2}, expires_after="1h")
        self.box.remove_faults()
        self.assertEqual(self.box.faults(), [])

    def _exchanged(self):
        try:
            return exchange(self.box, self.box.authorize())[0]
        except ValueError:  # the fault's answer is no JSON
            return self.box.journal(outcome="fault")[-1]["response"]["status"]

    def test_scenarios_by_name_and_of_ones_own(self):
        self.box.play("user-denies")
        self.assertEqual(self.box.call("GET", "config")["approve"], "deny")
        self.box.play({"summary": "no rotation", "policies": {"rotation": "omit"}})
        status, answer = post(f"{self.box.url}/v1/oauth/token", grant_type="refresh_token",
                              client_id="demo", refresh_token=self.box.mint()["refresh_token"])
        self.assertEqual((status, "refresh_token" in answer), (200, False))
        with self.assertRaises(MockError) as caught:
            self.box.play("no-such-scenario")
        self.assertEqual(caught.exception.status, 404)

    def test_verify_says_what_came_close(self):
        self.box.authorize()
        self.assertTrue(self.box.verify({"endpoint": "authorize"}, exactly=1)["met"])
        with self.assertRaises(NotMet) as caught:
            self.box.verify({"endpoint": "refresh"}, at_least=1)
        self.assertIn("GET /oauth/authorize: 302 ok", str(caught.exception))
        self.assertEqual(caught.exception.nearest[0]["differs"][0]["got"], "authorize")
        exchange(self.box, self.box.authorize())
        self.box.verify(order=[{"endpoint": "authorize"}, {"endpoint": "token"}])
        with self.assertRaises(NotMet):
            self.box.verify({"endpoint": "authorize"}, at_most=1)
        last = self.box.journal()[-1]["seq"]
        self.box.verify({"endpoint": "token"}, exactly=0, after=last)
        self.box.clear_journal()
        self.assertEqual(self.box.journal(), [])
        with self.assertRaises(MockError) as refused:
            self.box.verify({"endpoint": "no-such"}, at_least=1)
        self.assertNotIsInstance(refused.exception, NotMet)

    def test_configuration_and_clients(self):
        self.assertEqual(self.box.configure(profile="strict")["profile"], "strict")
        self.box.put_client("web", ["https://app.example/cb"], secret="s3cret")
        given = self.box.authorize("web", "https://app.example/cb")
        status, _ = post(f"{self.box.url}/v1/oauth/token", grant_type="authorization_code",
                         client_id="web", client_secret="s3cret", code=given["code"],
                         redirect_uri="https://app.example/cb",
                         code_verifier=given["code_verifier"])
        self.assertEqual(status, 200)
        with self.assertRaises(MockError) as caught:
            self.box.configure(colour="red")
        self.assertEqual((caught.exception.status, caught.exception.problem["key"]),
                         (400, "colour"))
        self.assertIn("colour", str(caught.exception))


class StartTest(unittest.TestCase):
    def test_flags_are_passed_on_and_stop_ends_it(self):
        with HeygenMock.start("--profile", "strict", "--admin-token", "t0p",
                              program=PROGRAM) as mock:
            pid = mock.ready["pid"]
            with mock.sandbox() as box:
                self.assertEqual(box.call("GET", "config")["profile"], "strict")
            with self.assertRaises(MockError) as caught:
                HeygenMock(mock.url).sandbox()
            self.assertEqual(caught.exception.status, 401)
            self.assertTrue(HeygenMock(mock.url + "/", "t0p").sandbox().now())
            self.assertEqual(mock.stop(), 0)
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_the_environment_may_name_the_program_and_a_proxy(self):
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ.update(HEYGEN_MOCK_SERVER=PROGRAM, http_proxy="http://127.0.0.1:1")
        with HeygenMock.start() as mock:
            self.assertTrue(mock.sandbox().now())

    def test_what_does_not_start_says_why(self):
        with self.assertRaisesRegex(MockError, "HEYGEN_MOCK_SERVER"):
            HeygenMock.start(program="/no/such/program")
        with self.assertRaisesRegex(MockError, "--profile"):
            HeygenMock.start("--profile", "lax", program=PROGRAM)
        with self.assertRaisesRegex(MockError, "not ready after 0.2 s"):
            with tempfile.TemporaryDirectory() as folder:
                silent = os.path.join(folder, "silent")
                with open(silent, "w", encoding="utf-8") as file:
                    file.write("#!/bin/sh\nexec tail -f /dev/null\n")
                os.chmod(silent, 0o755)
                HeygenMock.start(program=silent, timeout=0.2)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
