#!/usr/bin/env python3
"""What becomes of a mock whose SQLite file is locked, full, moved away, taken or newer: a 503 in the
endpoint's format, and all is well again when the file is.

    tests/store_failure_test.py HEYGEN_MOCK_SERVER
"""
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

PROGRAM = sys.argv.pop(1)


class StoreFailure(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "mock.db"
        self.start()
        self.pair = self.mint()

    def start(self):
        self.server = self.launch()
        line = self.server.stdout.readline()
        self.assertTrue(line.startswith("ready "), line)
        self.url = line.split()[1]

    def launch(self):
        server = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--log", "off",
                                   "--store", f"sqlite:{self.file}"],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end, server)
        return server

    @staticmethod
    def end(server):
        if server.poll() is None:
            server.kill()
        server.communicate()

    def ask(self, path, form=None, value=None, bearer=None):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        data = None
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        elif value is not None:
            data = json.dumps(value).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or "{}")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read() or "{}")

    def mint(self):
        status, pair = self.ask("/_mock/tokens", value={"client_id": "demo"})
        self.assertEqual(status, 200, pair)
        return pair

    def refresh(self):
        return self.ask("/v1/oauth/token", {"grant_type": "refresh_token", "client_id": "demo",
                                            "refresh_token": self.pair["refresh_token"]})

    def nothing_can_be_written(self):
        unavailable = (503, {"error": "temporarily_unavailable"})
        self.assertEqual(self.refresh(), unavailable)
        self.assertEqual(self.ask("/v1/oauth/revoke", {
            "client_id": "demo", "token": self.pair["refresh_token"]}), unavailable)
        self.assertEqual(self.ask("/v1/oauth/device_authorization", {"client_id": "demo"}),
                         unavailable)
        for path, value in (("/_mock/tokens", {"client_id": "demo"}),
                            ("/_mock/clock", {"advance": "10d"}),
                            ("/_mock/faults", {"do": {"status": 500}})):
            status, problem = self.ask(path, value=value)
            self.assertEqual((status, problem["status"]), (503, 503), path)
            self.assertIn("the store cannot be reached", problem["detail"])

    def all_is_well(self):
        self.assertIsNone(self.server.poll())
        self.assertEqual(self.ask("/v1/user/me", bearer=self.pair["access_token"])[0], 200)
        status, self.pair = self.refresh()
        self.assertEqual(status, 200)
        self.assertEqual(self.ask("/v1/user/me", bearer=self.pair["access_token"])[0], 200)
        self.assertEqual(self.ask("/_mock/clock")[1]["mode"], "real")  # as if never asked
        self.assertEqual(self.ask("/_mock/faults")[1]["faults"], [])

    def test_locked_by_another_program(self):
        other = sqlite3.connect(self.file, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN EXCLUSIVE")
        self.nothing_can_be_written()
        other.execute("COMMIT")
        self.all_is_well()

    def test_a_full_disk(self):
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE,
                         (0, resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE)[1]))
        self.nothing_can_be_written()
        most = resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (most, most))
        self.all_is_well()

    def test_moved_away_and_back(self):
        away = self.file.with_name("away.db")
        self.file.rename(away)
        self.nothing_can_be_written()
        self.assertEqual(self.ask("/v1/user/me", bearer=self.pair["access_token"]),
                         (503, {"code": 503, "message": "Service Unavailable"}))
        self.assertEqual(self.ask("/_mock/health")[0], 200)
        away.rename(self.file)
        self.all_is_well()

    def test_a_second_server_is_refused_until_the_first_is_gone(self):
        second = self.launch()
        said = second.communicate(timeout=20)[1]
        self.assertEqual(second.returncode, 1)
        self.assertIn("another heygen-mock-server keeps its sandboxes in", said)
        self.assertEqual(said.count("\n"), 1)
        self.all_is_well()
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.start()
        self.all_is_well()

    def test_a_newer_file_is_refused(self):
        self.server.terminate()
        self.assertEqual(self.server.wait(timeout=20), 0)
        with sqlite3.connect(self.file) as database:
            database.execute("PRAGMA user_version = 1000")
        database.close()
        late = self.launch()
        self.assertIn("a newer heygen-mock-server has written", late.communicate(timeout=20)[1])
        self.assertEqual(late.returncode, 1)

    def test_a_folder_that_cannot_be_written_says_what_to_do(self):
        folder = self.file.parent / "locked"
        folder.mkdir(mode=0o500)
        self.file = folder / ("mock.db" if os.geteuid() else "none/mock.db")  # root writes anywhere
        late = self.launch()
        self.assertIn("name a file in a folder that exists and that this user may write to",
                      late.communicate(timeout=20)[1])
        self.assertEqual(late.returncode, 1)


if __name__ == "__main__":
    unittest.main()
