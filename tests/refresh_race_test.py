#!/usr/bin/env python3
"""The barrier makes two refreshes one race, and one of them wins, two hundred times.

    tests/refresh_race_test.py HEYGEN_MOCK_SERVER
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


def refresh(box, token):
    run = subprocess.run(["curl", "-sS", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}",
                          f"{box.url}/v1/oauth/token", "-d", "grant_type=refresh_token",
                          "-d", "client_id=demo", "-d", f"refresh_token={token}"],
                         capture_output=True, text=True)
    return run.stdout


class RefreshRace(unittest.TestCase):
    def test_a_race_has_one_winner_each_time(self):
        with HeygenMock.start(program=PROGRAM) as mock, mock.sandbox() as box, \
                ThreadPoolExecutor(2) as pool:
            box.fault({"barrier": {"parties": 2, "timeout": "10s"}}, on="refresh")
            for round_ in range(ROUNDS):
                token = box.mint()["refresh_token"]
                both = sorted(pool.map(lambda _: refresh(box, token), range(2)))
                self.assertEqual(both, ["200", "400"], f"round {round_}")
            # Both were there at once, each time.
            self.assertEqual(box.faults()[0]["fired"], 2 * ROUNDS)


if __name__ == "__main__":
    unittest.main()
