#!/usr/bin/env python3
"""Ctrl-C and SIGTERM end every command of heygen-conformance that runs checks: no child is left, the
reports of what was judged so far are written, and the exit code is that of a run that is not good.

    interrupted_test.py HEYGEN-CONFORMANCE
"""

import http.client
import http.server
import json
import pathlib
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
import xml.dom.minidom

SUITE = pathlib.Path(sys.argv.pop(1)).resolve()
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def processes_with(word):
    """Live processes whose command line holds the word."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and word.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


class Stuck(http.server.BaseHTTPRequestHandler):
    """Refuses a few requests, and never answers those that follow."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        with self.server.lock:
            self.server.left -= 1
            stuck = self.server.left < 0
        if stuck:
            self.server.stuck.set()
            self.server.over.wait(60)
            self.close_connection = True
            return
        self.send_response(400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_HEAD = do_GET


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Stuck)
        self.left, self.lock = answers, threading.Lock()
        self.stuck, self.over = threading.Event(), threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass


class Interrupted(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="heygen-interrupted-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, command, *arguments):
        reports = [f"--{kind}={self.folder / ('report.' + kind)}"
                   for kind in ("json", "sarif", "junit", "html", "markdown")]
        run = subprocess.Popen([SUITE, command, "--timeout", "1m", "--no-color", *reports, *arguments],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        return run

    def end(self, run, number):
        run.send_signal(number)
        run.send_signal(number)  # somebody who presses it twice
        out, _ = run.communicate(timeout=30)
        return out

    def reports(self):
        for kind in ("html", "markdown"):
            self.assertIn("heygen-conformance", (self.folder / f"report.{kind}").read_text(encoding="utf-8"))
        xml.dom.minidom.parse(str(self.folder / "report.junit"))
        sarif = json.loads((self.folder / "report.sarif").read_text(encoding="utf-8"))
        return (json.loads((self.folder / "report.json").read_text(encoding="utf-8")),
                sarif["runs"][0]["invocations"][0]["executionSuccessful"])

    def expect_interrupted(self, run, number):
        out = self.end(run, number)
        self.assertEqual(run.returncode, 1, out)
        report, successful = self.reports()
        self.assertFalse(successful)
        self.assertTrue(any("interrupted" in check["message"] for check in report["checks"]))
        self.assertEqual({check["result"] for check in report["checks"]} & {"error"}, set())

    def test_cli(self):
        hang = self.folder / "hangs-for-ever.sh"
        hang.write_text("sleep 600 & sleep 600\n")
        for number in SIGNALS:
            with self.subTest(number.name):
                run = self.start("cli", "--login", f"sh {hang}", "--call", f"sh {hang}")
                while len(processes_with(f"sh {hang}".replace(" ", "\0"))) < 1:
                    self.assertIsNone(run.poll())
                self.expect_interrupted(run, number)
                self.assertEqual(processes_with(str(hang)), [])

    def test_app(self):
        for number in SIGNALS:
            for answers in (12, 40):
                with self.subTest(f"{number.name} after {answers} requests"):
                    app = Server(answers)
                    self.addCleanup(app.server_close)
                    url = f"http://127.0.0.1:{app.server_port}"
                    run = self.start("app", "--callback-url", url + "/callback", "--mock-listen", "127.0.0.1:0",
                                     "--patience", "0s")
                    self.assertTrue(app.stuck.wait(30))
                    self.expect_interrupted(run, number)
                    app.over.set()
                    app.shutdown()

    def test_server(self):
        for number in SIGNALS:
            with self.subTest(number.name):
                server = Server(30)
                self.addCleanup(server.server_close)
                url = f"http://127.0.0.1:{server.server_port}"
                run = self.start("server", "--authorize-url", url + "/authorize", "--token-url", url + "/token",
                                 "--client", "demo=http://127.0.0.1:1/callback")
                self.assertTrue(server.stuck.wait(30))
                self.expect_interrupted(run, number)
                server.over.set()
                server.shutdown()

    def test_watch(self):
        """Here Ctrl-C is how a watch ends: what was seen is judged."""
        for number in SIGNALS:
            with self.subTest(number.name):
                run = self.start("watch", "--mock-listen", "127.0.0.1:0")
                mock = ""
                for line in run.stdout:
                    if "HEYGEN_TOKEN_URL=" in line:
                        mock = line.split("=", 1)[1].strip()
                    if "Ctrl-C ends the watch" in line:
                        break
                where = urllib.parse.urlsplit(mock)
                connection = http.client.HTTPConnection(where.hostname, where.port, timeout=10)
                connection.request("GET", where.path + "?grant_type=authorization_code&code=a-code-in-the-url")
                connection.getresponse().read()
                connection.close()
                told = iter(run.stdout.readline, "")
                self.assertTrue(any("wrong: token.method.post" in line for line in told))
                out = self.end(run, number)
                self.assertEqual(run.returncode, 1, out)
                report, _ = self.reports()
                results = {check["id"]: check["result"] for check in report["checks"]}
                self.assertEqual(results["token.method.post"], "fail")


if __name__ == "__main__":
    unittest.main(verbosity=2)
