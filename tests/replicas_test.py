#!/usr/bin/env python3
"""Several replicas of the mock on one Redis are one mock: also while they are killed.

    tests/replicas_test.py HEYGEN_MOCK_SERVER [--kills N]

Exit 77 where redis-server is not installed. `--kills 100` is the long run; ctest kills a few.
"""
import base64
import hashlib
import http.client
import json
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

PROGRAM = sys.argv.pop(1)
KILLS = 12
if "--kills" in sys.argv:
    at = sys.argv.index("--kills")
    KILLS = int(sys.argv[at + 1])
    del sys.argv[at:at + 2]
REPLICAS = 3
CALLBACK = "http://127.0.0.1:3000/callback"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, met, seconds=60):
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


class Redis:
    """A redis-server in a folder of its own; `keep` writes each command to disk before it answers."""

    def __init__(self, folder, keep=False):
        self.folder, self.keep, self.port = folder, keep, free_port()
        self.process = None
        self.start()

    def start(self):
        log = "yes" if self.keep else "no"
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", log, "--appendfsync", "always", "--dir", self.folder,
             "--logfile", "redis.log"])
        wait_until("redis answers", self.answers)

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"


class Replica:
    """A mock that comes back on the port it had, as behind a balancer."""

    def __init__(self, folder, number, redis, *flags):
        self.ready = pathlib.Path(folder, f"ready-{number}.json")
        self.log = pathlib.Path(folder, f"replica-{number}.log")
        self.redis, self.flags, self.port = redis, flags, 0
        self.process = None
        self.start()

    def start(self):
        self.ready.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--listen", f"127.0.0.1:{self.port}", "--store", self.redis.url,
                 "--ready-file", str(self.ready), "--log", "off", *self.flags],
                stdout=subprocess.DEVNULL, stderr=log)
        wait_until("the replica is ready",
                   lambda: self.ready.exists() or self.process.poll() is not None)
        if not self.ready.exists():
            raise AssertionError(f"a replica did not start: {self.log.read_text()}")
        self.port = urlsplit(json.loads(self.ready.read_text())["url"]).port

    def kill(self):
        self.process.kill()
        self.process.wait()

    def send(self, method, path, body=None, headers=None, seconds=20):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            line.close()

    def form(self, path, fields):
        status, _, body = self.send("POST", path, urlencode(fields),
                                    {"Content-Type": "application/x-www-form-urlencoded"})
        return status, json.loads(body)

    def get(self, path, token):
        return self.send("GET", path, headers={"Authorization": f"Bearer {token}"})[0]

    def control(self, method, path, body=None, sandbox="", expect=range(200, 300)):
        status, _, text = self.send(method, f"{sandbox}/_mock/{path}",
                                    None if body is None else json.dumps(body),
                                    {"Content-Type": "application/json"})
        if status not in expect:
            raise AssertionError(f"{method} {path}: {status} {text[:300]}")
        return json.loads(text) if text else None


def login(replica, sandbox=""):
    """A code and what redeems it."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    query = urlencode({"response_type": "code", "client_id": "demo", "redirect_uri": CALLBACK,
                       "state": "s", "code_challenge_method": "S256",
                       "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()})
    status, headers, body = replica.send("GET", f"{sandbox}/oauth/authorize?{query}")
    if status != 302:
        raise AssertionError(f"authorize: {status} {body[:300]}")
    code = parse_qs(urlsplit(headers["Location"]).query)["code"][0]
    return {"grant_type": "authorization_code", "code": code, "client_id": "demo",
            "redirect_uri": CALLBACK, "code_verifier": verifier}


def refresh_of(token):
    return {"grant_type": "refresh_token", "client_id": "demo", "refresh_token": token}


class Together(unittest.TestCase):
    """Three replicas, one Redis, all good."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.redis = Redis(cls.folder.name)
        cls.replicas = [Replica(cls.folder.name, i, cls.redis) for i in range(REPLICAS)]
        cls.pool = ThreadPoolExecutor(24)

    @classmethod
    def tearDownClass(cls):
        cls.pool.shutdown()
        for replica in cls.replicas:
            replica.kill()
        cls.redis.kill()
        cls.folder.cleanup()

    def everywhere(self, ask, times=1):
        """What each replica answers to `ask(replica)`, all at once."""
        return list(self.pool.map(ask, self.replicas * times))

    def tokens(self, at=0, sandbox=""):
        status, tokens = self.replicas[at].form(f"{sandbox}/v1/oauth/token",
                                                login(self.replicas[at], sandbox))
        self.assertEqual(status, 200, tokens)
        return tokens

    def test_a_code_works_once_among_all(self):
        for round_ in range(30):
            form = login(self.replicas[round_ % REPLICAS])
            answers = self.everywhere(lambda r, f=form: r.form("/v1/oauth/token", f), 8)
            good = [tokens for status, tokens in answers if status == 200]
            self.assertEqual(len(good), 1, f"round {round_}")
            self.assertEqual({status for status, _ in answers}, {200, 400})
            # RFC 6749 §4.1.2: the others took it down.
            token = good[0]["access_token"]
            self.assertEqual(self.everywhere(lambda r, t=token: r.get("/v1/user/me", t)),
                             [401] * REPLICAS)

    def test_a_refresh_race_has_one_winner_a_hundred_times(self):
        token = self.tokens()["refresh_token"]
        for round_ in range(100):
            answers = self.everywhere(
                lambda r, t=token: r.form("/v1/oauth/token", refresh_of(t)), 2)
            good = [tokens for status, tokens in answers if status == 200]
            self.assertEqual(len(good), 1, f"round {round_}: {answers}")
            token = good[0]["refresh_token"]

    def test_what_one_gives_all_take_and_what_one_takes_is_gone_at_all(self):
        token = self.tokens(at=0)["access_token"]
        self.assertEqual(self.everywhere(lambda r: r.get("/v1/user/me", token)), [200] * REPLICAS)
        self.replicas[1].send("POST", "/v1/oauth/revoke", urlencode({"token": token}),
                              {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(self.everywhere(lambda r: r.get("/v1/user/me", token)), [401] * REPLICAS)

    def test_the_clock_is_one(self):
        box = "/s/clock"
        self.replicas[0].control("PUT", "sandboxes/clock", {})
        token = self.tokens(0, box)["access_token"]
        self.assertEqual(self.everywhere(lambda r: r.get(f"{box}/v1/user/me", token)),
                         [200] * REPLICAS)
        self.replicas[1].control("POST", "clock", {"advance": "10d"}, box)
        self.assertEqual(self.everywhere(lambda r: r.get(f"{box}/v1/user/me", token)),
                         [401] * REPLICAS)
        self.replicas[2].control("POST", "clock", {"freeze": True}, box)
        clocks = self.everywhere(lambda r: r.control("GET", "clock", sandbox=box))
        self.assertEqual(clocks, [clocks[0]] * REPLICAS)
        self.assertEqual(clocks[0]["mode"], "frozen")
        self.replicas[0].control("POST", "clock", {"reset": True}, box)
        self.assertEqual(self.everywhere(lambda r: r.get(f"{box}/v1/user/me", token)),
                         [200] * REPLICAS)

    def test_of_many_moves_of_the_clock_none_is_lost(self):
        box = "/s/moves"
        self.replicas[0].control("PUT", "sandboxes/moves", {})
        self.replicas[0].control("POST", "clock", {"freeze": True}, box)
        before = self.replicas[0].control("GET", "clock", sandbox=box)["epoch"]
        self.everywhere(lambda r: r.control("POST", "clock", {"advance": "1m"}, box), 10)
        after = self.everywhere(lambda r: r.control("GET", "clock", sandbox=box)["epoch"])
        self.assertEqual(after, [before + 60 * 10 * REPLICAS] * REPLICAS)

    def test_a_fault_fires_as_often_as_it_says_whoever_is_asked(self):
        box = "/s/faults"
        self.replicas[0].control("PUT", "sandboxes/faults", {})
        armed = self.replicas[0].control(
            "POST", "faults", [{"on": {"endpoint": "api"}, "when": {"every": 3}, "times": 7,
                                "do": {"status": 503}},
                               {"on": {"endpoint": "api"}, "when": {"nth": 20},
                                "do": {"status": 418}}], box)["faults"]
        token = self.tokens(1, box)["access_token"]
        answers = self.everywhere(lambda r: r.get(f"{box}/v1/user/me", token), 20)
        self.assertEqual((answers.count(503), answers.count(418), answers.count(200)),
                         (7, 1, 20 * REPLICAS - 8))
        listed = self.everywhere(lambda r: r.control("GET", "faults", sandbox=box)["faults"])
        self.assertEqual([[(f["matched"], f["fired"]) for f in faults] for faults in listed],
                         [[(60, 7), (53, 1)]] * REPLICAS)
        for fault in armed:
            self.replicas[2].control("DELETE", f"faults/{fault['id']}", sandbox=box)
        listed = self.everywhere(lambda r: r.control("GET", "faults", sandbox=box)["faults"])
        self.assertEqual(listed, [[]] * REPLICAS)

    def test_configuration_and_clients_are_one(self):
        box = "/s/config"
        self.replicas[0].control("PUT", "sandboxes/config", {"profile": "strict"})
        self.replicas[1].control("PATCH", "config", {"policies": {"rotation": "reuse"}}, box)
        self.replicas[2].control("PUT", "clients/app", {"redirect_uris": ["https://a.test/cb"]},
                                 box)
        for config in self.everywhere(lambda r: r.control("GET", "config", sandbox=box)):
            self.assertEqual((config["profile"], config["policies"]["rotation"]),
                             ("strict", "reuse"))
        for client in self.everywhere(lambda r: r.control("GET", "clients/app", sandbox=box)):
            self.assertEqual(client["redirect_uris"], ["https://a.test/cb"])

    def test_a_sandbox_is_made_and_dropped_for_all(self):
        def seen(replica):
            return replica.send("GET", "/s/brief/v1/user/me")[0]
        self.assertEqual(self.everywhere(seen), [404] * REPLICAS)
        self.replicas[0].control("PUT", "sandboxes/brief", {})
        self.assertEqual(self.everywhere(seen), [401] * REPLICAS)
        token = self.tokens(1, "/s/brief")["access_token"]
        self.replicas[2].control("PUT", "sandboxes/brief", {})  # anew
        self.assertEqual(self.everywhere(lambda r: r.get("/s/brief/v1/user/me", token)),
                         [401] * REPLICAS)
        names = self.everywhere(lambda r: [s["name"] for s in
                                           r.control("GET", "sandboxes")["sandboxes"]])
        self.assertTrue(all("brief" in some for some in names), names)
        self.replicas[1].control("DELETE", "sandboxes/brief")
        self.assertEqual(self.everywhere(seen), [404] * REPLICAS)

    def test_a_reset_is_one(self):
        box = "/s/reset"
        self.replicas[0].control("PUT", "sandboxes/reset",
                                 {"faults": [{"on": {"endpoint": "device"}, "do": {"status": 500}}]})
        token = self.tokens(0, box)["access_token"]
        self.replicas[0].control("POST", "clock", {"advance": "1h"}, box)
        self.replicas[1].control("DELETE", "faults", sandbox=box)
        self.replicas[2].control("POST", "reset", sandbox=box)
        self.assertEqual(self.everywhere(lambda r: r.get(f"{box}/v1/user/me", token)),
                         [401] * REPLICAS)
        for replica in self.replicas:
            self.assertEqual(replica.control("GET", "clock", sandbox=box)["mode"], "real")
            self.assertEqual(len(replica.control("GET", "faults", sandbox=box)["faults"]), 1)

    def test_a_seed_gives_no_token_twice(self):
        redis = Redis(tempfile.mkdtemp(dir=self.folder.name))
        seeded = [Replica(self.folder.name, f"seed-{i}", redis, "--seed", "7") for i in range(2)]
        try:
            given = [r.form("/v1/oauth/token", login(r))[1]["access_token"]
                     for r in seeded for _ in range(5)]
            self.assertEqual(len(set(given)), len(given))
        finally:
            for replica in seeded:
                replica.kill()
            redis.kill()


class Killed(unittest.TestCase):
    """Replicas die by kill -9 under load. What a client was given stays good, and stays single."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.redis = Redis(self.folder.name)
        self.addCleanup(self.redis.kill)
        self.replicas = [Replica(self.folder.name, i, self.redis) for i in range(REPLICAS)]
        self.addCleanup(lambda: [replica.kill() for replica in self.replicas])
        self.lock = threading.Lock()
        self.given = []  # of each answer that arrived whole: its access and refresh token
        self.live = []   # of each client at the end: the last pair it was given, if it was
        self.wrong = []
        self.stop = threading.Event()

    def one_client(self, seed):
        """Logs in and refreshes for ever, at any replica; begins anew when an answer was lost."""
        choose = random.Random(seed)
        pair = None
        while not self.stop.is_set():
            replica = choose.choice(self.replicas)
            try:
                form = refresh_of(pair["refresh_token"]) if pair else login(replica)
                asked, pair = pair, None
                status, answer = replica.form("/v1/oauth/token", form)
            except (OSError, http.client.HTTPException, AssertionError, ValueError):
                pair = None  # the replica is down, or died with our answer
                continue
            if status != 200:
                with self.lock:
                    self.wrong.append((status, answer, bool(asked)))
                continue
            pair = answer
            with self.lock:
                self.given.append((answer["access_token"], answer["refresh_token"]))
        if pair:
            with self.lock:
                self.live.append(pair)

    def test_nothing_is_lost_and_nothing_is_given_twice(self):
        clients = [threading.Thread(target=self.one_client, args=(seed,)) for seed in range(6)]
        for client in clients:
            client.start()
        for number in range(KILLS):
            victim = self.replicas[number % REPLICAS]
            before = len(self.given)
            wait_until("clients are served", lambda n=before: len(self.given) > n + 20)
            victim.kill()
            victim.start()
        self.stop.set()
        for client in clients:
            client.join()

        self.assertEqual(self.wrong, [])  # no client was ever told something false
        every = [token for pair in self.given for token in pair]
        self.assertEqual(len(set(every)), len(every))  # nothing was given twice
        self.assertTrue(self.live)
        for pair in self.live:  # nothing that a client holds was lost, wherever it asks
            for replica in self.replicas:
                self.assertEqual(replica.get("/v1/user/me", pair["access_token"]), 200)
        # No code and no refresh token gave two pairs, also where nobody saw the answer.
        tokens = self.replicas[0].control("GET", "tokens?reveal=1")["tokens"]
        parents = [token["parent"] for token in tokens if token["kind"] == "access"]
        self.assertEqual(len(set(parents)), len(parents))
        known = {token["value"] for token in tokens}
        self.assertEqual([token for token in every if token not in known], [])
        print(f"{KILLS} kills, {len(self.given)} pairs given, {len(tokens)} tokens in the store",
              file=sys.stderr)


class RedisGone(unittest.TestCase):
    def replicas_on(self, keep):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        redis = Redis(folder.name, keep)
        self.addCleanup(redis.kill)
        replicas = [Replica(folder.name, i, redis) for i in range(2)]
        self.addCleanup(lambda: [replica.kill() for replica in replicas])
        return redis, replicas

    def refused(self, replica, pair):
        """Every route says 503, soon, and the token endpoints say it in their own words."""
        begun = time.monotonic()
        for path in ("/v1/oauth/token", "/v1/oauth/refresh_token"):
            status, error = replica.form(path, refresh_of(pair["refresh_token"]))
            self.assertEqual((status, error["error"]), (503, "temporarily_unavailable"))
        for method, path in (("GET", "/v1/user/me"), ("GET", "/v3/users/me"),
                             ("GET", "/s/other/v1/user/me"), ("POST", "/v1/oauth/revoke"),
                             ("POST", "/v1/oauth/device_authorization"),
                             ("GET", "/oauth/authorize?client_id=demo"), ("GET", "/_mock/clock"),
                             ("GET", "/_mock/tokens"), ("GET", "/_mock/sandboxes"),
                             ("PUT", "/_mock/sandboxes/x"), ("GET", "/_mock/config")):
            status, _, body = replica.send(
                method, path, "{}" if method == "PUT" else None,
                {"Authorization": f"Bearer {pair['access_token']}",
                 "Content-Type": "application/json"} if method != "POST" else
                {"Content-Type": "application/x-www-form-urlencoded"})
            self.assertEqual(status, 503, f"{method} {path}: {body[:200]}")
        self.assertLess(time.monotonic() - begun, 20)

    def test_kept_on_disk_all_goes_on_where_it_stood(self):
        redis, replicas = self.replicas_on(keep=True)
        pair = replicas[0].form("/v1/oauth/token", login(replicas[0]))[1]
        replicas[0].control("POST", "clock", {"advance": "1h"})
        for _ in range(2):
            redis.kill()
            for replica in replicas:
                self.refused(replica, pair)
            redis.start()
            for replica in replicas:
                wait_until("the replica recovers",
                           lambda r=replica: r.get("/v1/user/me", pair["access_token"]) == 200)
                self.assertEqual(replica.control("GET", "clock")["mode"], "offset")

    def test_without_its_data_all_begins_anew(self):
        redis, replicas = self.replicas_on(keep=False)
        replicas[0].control("PUT", "sandboxes/extra", {})
        replicas[0].control("POST", "clock", {"advance": "1h"})
        pair = replicas[0].form("/v1/oauth/token", login(replicas[0]))[1]
        redis.kill()
        for replica in replicas:
            self.refused(replica, pair)
        redis.start()
        for replica in replicas:
            wait_until("the replica recovers",
                       lambda r=replica: r.get("/v1/user/me", pair["access_token"]) == 401)
            self.assertEqual(replica.control("GET", "clock")["mode"], "real")
            self.assertEqual(replica.send("GET", "/s/extra/v1/user/me")[0], 404)
        fresh = replicas[1].form("/v1/oauth/token", login(replicas[0]))[1]
        self.assertEqual(replicas[0].get("/v1/user/me", fresh["access_token"]), 200)

    def test_a_redis_that_hangs_costs_a_time_out_and_no_more(self):
        redis, replicas = self.replicas_on(keep=False)
        pair = replicas[0].form("/v1/oauth/token", login(replicas[0]))[1]
        redis.process.send_signal(signal.SIGSTOP)
        try:
            with ThreadPoolExecutor(16) as pool:
                begun = time.monotonic()
                answers = list(pool.map(
                    lambda _: replicas[0].get("/v1/user/me", pair["access_token"]), range(64)))
                self.assertEqual(set(answers), {503})
                self.assertLess(time.monotonic() - begun, 15)
        finally:
            redis.process.send_signal(signal.SIGCONT)
        wait_until("the replica recovers",
                   lambda: replicas[0].get("/v1/user/me", pair["access_token"]) == 200)

    def test_without_redis_no_replica_starts_and_it_says_why(self):
        run = subprocess.run([PROGRAM, "--listen", "127.0.0.1:0", "--store",
                              f"redis://ann:secret@127.0.0.1:{free_port()}"],
                             capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 1)
        self.assertIn("--store", run.stderr)
        self.assertNotIn("secret", run.stderr)


if __name__ == "__main__":
    if not shutil.which("redis-server"):
        print("skipped: redis-server is not installed (scripts/install-deps test)")
        sys.exit(77)
    unittest.main()
