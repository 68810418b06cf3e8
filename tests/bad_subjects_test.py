#!/usr/bin/env python3
"""Subjects that misbehave: a verdict for each check, an end in time, no child left.

    bad_subjects_test.py HEYGEN-CONFORMANCE
"""

import http.server
import json
import os
import pathlib
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest

SUITE = pathlib.Path(sys.argv.pop(1)).resolve()
CHECKS = "callback.state.*"
# An adapter that says hello as it should, and then does what its first argument says.
ADAPTER = r'''
import json, os, sys, time
mode = sys.argv[1]
def say(text):
    sys.stdout.write(text); sys.stdout.flush()
if mode == "no-hello": time.sleep(600)
if mode == "garbage-hello": say("good morning\n" * 3); time.sleep(600)
for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request["id"], "ok": True, "result": {}}
    if request["op"] == "hello":
        answer["result"] = {"name": "bad", "version": "1", "capabilities": ["two-sessions", "logout", "refresh"]}
    elif request["op"] == "configure":
        pass
    elif mode == "hangs": time.sleep(600)
    elif mode == "crashes": os.kill(os.getpid(), 11)
    elif mode == "garbage": say("\x00\x1b[31m{{{ no JSON\n"); continue
    elif mode == "endless-line":
        while True: say("x" * 65536)
    elif mode == "wrong-id": answer["id"] = 987654321
    elif mode == "half-an-answer": say(json.dumps(answer)[:9]); sys.exit(0)
    elif mode == "not-a-result": answer["result"] = [None]
    elif mode == "deep": say("[" * 200000 + "\n"); continue
    say(json.dumps(answer) + "\n")
'''


def children_with(word):
    """Live processes whose command line holds the word."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and word.encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            pass
    return found


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="heygen-bad-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.adapter = self.folder / "adapter.py"
        self.adapter.write_text(ADAPTER, encoding="utf-8")
        self.json = self.folder / "report.json"

    def judge(self, *arguments, seconds=60):
        return subprocess.run([SUITE, *arguments], capture_output=True, text=True, timeout=seconds, check=False,
                              errors="replace")

    def checks(self):
        return json.loads(self.json.read_text(encoding="utf-8"))["checks"]


class Adapters(Folder):
    def run_mode(self, mode):
        return self.judge("client", "--only", CHECKS, "--timeout", "4s", "--jobs", "16", "--json", str(self.json),
                          "--no-color", "--", sys.executable, "-S", "-E", str(self.adapter), mode)

    def test_each_check_has_a_verdict_and_none_passes(self):
        for mode in ("hangs", "crashes", "garbage", "endless-line", "wrong-id", "half-an-answer", "not-a-result",
                     "deep"):
            with self.subTest(mode):
                run = self.run_mode(mode)
                self.assertEqual(run.returncode, 1, run.stderr)
                results = [check["result"] for check in self.checks()]
                self.assertGreater(len(results), 3)
                self.assertNotIn("pass", results)
                self.assertNotIn("error", results, "the suite itself failed")
                self.assertTrue(all(check["message"] for check in self.checks()))
                self.assertNotIn("\x1b", run.stdout)
                self.assertEqual(children_with(str(self.adapter)), [])

    def test_nothing_that_starts_is_exit_3(self):
        for command in ([sys.executable, str(self.adapter), "no-hello"],
                        [sys.executable, str(self.adapter), "garbage-hello"],
                        ["/nowhere/adapter"], ["true"], ["false"]):
            with self.subTest(command):
                run = self.judge("client", "--timeout", "300ms", "--", *command)
                self.assertEqual(run.returncode, 3)
                self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
                self.assertEqual(children_with(str(self.adapter)), [])

    def test_ctrl_c_leaves_no_child_and_writes_the_report(self):
        with subprocess.Popen([SUITE, "client", "--timeout", "1m", "--json", str(self.json), "--sarif",
                               str(self.folder / "r.sarif"), "--", sys.executable, str(self.adapter), "hangs"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
            while len(children_with(str(self.adapter))) < 2:  # the suite's own command line, and a child's
                self.assertIsNone(run.poll())
            run.send_signal(signal.SIGINT)
            run.communicate(timeout=30)
            self.assertEqual(run.returncode, 1)
        self.assertEqual(children_with(str(self.adapter)), [])
        self.assertTrue(any("interrupted" in check["message"] for check in self.checks()))
        sarif = json.loads((self.folder / "r.sarif").read_text(encoding="utf-8"))
        self.assertFalse(sarif["runs"][0]["invocations"][0]["executionSuccessful"])


class BadApp(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        mode = self.server.mode
        if mode == "circles":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif mode == "silent":
            self.server.over.wait(60)
            self.close_connection = True
        elif mode == "endless":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            try:
                while not self.server.over.is_set():
                    self.wfile.write(b"<p>" * 10000)
            except OSError:
                pass
            self.close_connection = True
        elif mode == "no-http":
            self.wfile.write(b"\x00\xff" * 100)
            self.close_connection = True

    do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_GET


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Apps(Folder):
    def test_each_check_has_a_verdict_and_none_passes(self):
        for mode in ("circles", "silent", "endless", "no-http"):
            with self.subTest(mode):
                server = Server(("127.0.0.1", 0), BadApp)
                server.mode, server.over = mode, threading.Event()
                threading.Thread(target=server.serve_forever, daemon=True).start()
                url = f"http://127.0.0.1:{server.server_port}"
                run = self.judge("app", "--callback-url", url + "/callback", "--start-url", url + "/login",
                                 "--mock-listen", "127.0.0.1:0", "--only", CHECKS, "--timeout", "300ms",
                                 "--json", str(self.json))
                server.over.set()
                server.shutdown()
                server.server_close()
                self.assertEqual(run.returncode, 1, run.stderr)
                results = [check["result"] for check in self.checks()]
                self.assertGreater(len(results), 3)
                self.assertNotIn("pass", results)
                self.assertNotIn("error", results, "the suite itself failed")

    def test_nobody_there_is_exit_3(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/callback"
            run = self.judge("app", "--callback-url", url, "--mock-listen", "127.0.0.1:0", "--wait", "200ms")
            self.assertEqual(run.returncode, 3)
            self.assertIn("is the app running?", run.stderr)


if __name__ == "__main__":
    os.environ.pop("HEYGEN_API_KEY", None)
    unittest.main(verbosity=2)
