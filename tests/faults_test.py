#!/usr/bin/env python3
"""Connection faults as curl names them, and the barrier that makes two refreshes one race.

    tests/faults_test.py HEYGEN_MOCK_SERVER
"""
import pathlib
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "clients/python"))
from heygen_mock import HeygenMock  # noqa: E402

PROGRAM = sys.argv.pop(1)
ROUNDS = 200


def curl(*arguments):
    return subprocess.run(["curl", "-sS", "-m", "20", *arguments], capture_output=True, text=True)


def refresh(box, token):
    run = curl("-o", "/dev/null", "-w", "%{http_code}", f"{box.url}/v1/oauth/token",
               "-d", "grant_type=refresh_token", "-d", "client_id=demo",
               "-d", f"refresh_token={token}")
    return run.stdout


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = HeygenMock.start(program=PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.mock.stop()

    def exit_code_under(self, connection):
        with self.mock.sandbox() as box:
            box.fault({"connection": connection}, on="api")
            run = curl("-H", "X-API-KEY: demo-api-key", f"{box.url}/v3/users/me")
            self.assertEqual(len(box.journal(outcome="fault")), 1)
            return run.returncode

    def test_a_reset_is_what_curl_calls_56(self):
        self.assertEqual(self.exit_code_under("reset"), 56)

    def test_a_truncated_answer_is_what_curl_calls_18(self):
        self.assertEqual(self.exit_code_under("truncate"), 18)

    def test_an_empty_answer_is_what_curl_calls_52(self):
        self.assertEqual(self.exit_code_under("empty"), 52)

    def test_a_race_has_one_winner_each_time(self):
        with self.mock.sandbox() as box, ThreadPoolExecutor(2) as pool:
            box.fault({"barrier": {"parties": 2, "timeout": "10s"}}, on="refresh")
            for round_ in range(ROUNDS):
                token = box.mint()["refresh_token"]
                both = sorted(pool.map(lambda _: refresh(box, token), range(2)))
                self.assertEqual(both, ["200", "400"], f"round {round_}")
            # Both were there at once, each time.
            self.assertEqual(box.faults()[0]["fired"], 2 * ROUNDS)


if __name__ == "__main__":
    unittest.main()
