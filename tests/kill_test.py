#!/usr/bin/env python3
"""kill -9 in the middle of everything: what a client was given is there after the restart, what was
used or revoked is dead, and nothing is there twice.

    tests/kill_test.py HEYGEN_MOCK_SERVER [--kills N] [--store WHERE] [--seed N] [--quiet]

Workers log in, refresh, race each other for one refresh token, and revoke, all at once; after so many
answers the server is killed and started again on the same store. A worker writes down what it was told.
A request whose answer never came may have happened or not: then the store says which, and the rest must
fit it.
"""
import argparse
import hashlib
import http.client
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 Appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CALLBACK = "http://127.0.0.1:9/cb"
WORKERS = 6


def fingerprint(secret):
    return "fp-" + hashlib.sha256(secret.encode()).hexdigest()[:12]


class Gone(Exception):
    """The server went before it answered."""


class Server:
    def __init__(self, program, store):
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--log", "off", "--store", store, "--seed", "7"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            sys.exit(f"the server did not start: {line}{self.process.stderr.read()}")
        self.port = urllib.parse.urlsplit(line.split()[1]).port

    def hold_answers(self):
        """Some answers leave a while after what they say was done: a kill in between is what tells."""
        Peer(self.port).json("POST", "/_mock/faults", {
            "on": {"endpoint": "any"}, "when": {"probability": 0.3, "seed": 1},
            "do": {"stage": "after_commit", "delay": "10ms"}})

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Peer:
    """One kept connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method, path, body=None, headers=None):
        try:
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.connection.close()
            raise Gone from problem

    def form(self, path, **fields):
        status, body = self.ask("POST", path, urllib.parse.urlencode(fields),
                                {"Content-Type": "application/x-www-form-urlencoded"})
        return status, json.loads(body) if body else {}

    def json(self, method, path, value=None):
        status, body = self.ask(method, path, None if value is None else json.dumps(value),
                                {"Content-Type": "application/json"} if value is not None else {})
        return status, json.loads(body)

    def refresh(self, token):
        return self.form("/v1/oauth/token", grant_type="refresh_token", client_id="demo",
                         refresh_token=token)


class Family:
    """What one login gave, as its client knows it. States: live, asked (a request without an answer),
    dead."""

    def __init__(self):
        self.code = None
        self.code_state = "live"
        self.access = None
        self.refresh = None
        self.state = "none"       # none, live, refreshing, revoking, revoked
        self.used = []            # refresh tokens that a successful refresh spent
        self.replaced = []        # access tokens that a successful refresh replaced

    def take(self, answer):
        self.access, self.refresh = answer["access_token"], answer["refresh_token"]
        self.state = "live"

    def succeed(self, answer):
        self.used.append(self.refresh)
        self.replaced.append(self.access)
        self.take(answer)


class Worker(threading.Thread):
    def __init__(self, port, families, seed, answered):
        super().__init__()
        self.peer, self.rival = Peer(port), Peer(port)
        self.families = families
        self.random = random.Random(seed)
        self.answered = answered
        self.problems = []

    def run(self):
        try:
            while True:
                self.step()
        except Gone:
            pass
        except Exception as problem:  # pylint: disable=broad-except  # said by the main thread
            self.problems.append(f"{type(problem).__name__}: {problem}")
            self.answered()

    def expect(self, status, wanted, what):
        if status != wanted:
            self.problems.append(f"{what}: {status}, not {wanted}")
        self.answered()

    def step(self):
        live = [family for family in self.families if family.state == "live"]
        what = self.random.choice(["login", "refresh", "refresh", "refresh", "race", "revoke", "call"])
        if what == "login" or not live:
            self.log_in()
            return
        family = self.random.choice(live[-8:])
        getattr(self, what)(family)

    def log_in(self):
        family = Family()
        self.families.append(family)
        status, body = self.peer.json("POST", "/_mock/authorize", {
            "client_id": "demo", "redirect_uri": CALLBACK, "state": "s",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
        self.expect(status, 200, "authorize")
        family.code = body["code"]
        family.code_state = "asked"
        status, body = self.peer.form("/v1/oauth/token", grant_type="authorization_code",
                                      client_id="demo", code=family.code, redirect_uri=CALLBACK,
                                      code_verifier=VERIFIER)
        self.expect(status, 200, "exchange")
        family.code_state = "dead"
        family.take(body)

    def refresh(self, family):
        family.state = "refreshing"
        status, body = self.peer.refresh(family.refresh)
        self.expect(status, 200, "refresh")
        family.succeed(body)

    def race(self, family):
        family.state = "refreshing"
        answers = []

        def ask(peer):
            try:
                answers.append(peer.refresh(family.refresh))
            except Gone:
                answers.append((None, None))

        rival = threading.Thread(target=ask, args=(self.rival,))
        rival.start()
        ask(self.peer)
        rival.join()
        won = [body for status, body in answers if status == 200]
        if len(won) > 1:
            self.problems.append("two won one race")
        if won:
            family.succeed(won[0])
        if any(status is None for status, _ in answers):
            raise Gone
        self.expect(len(won), 1, "winners of a race")

    def revoke(self, family):
        family.state = "revoking"
        status, _ = self.peer.form("/v1/oauth/revoke", client_id="demo", token=family.refresh)
        self.expect(status, 200, "revoke")
        family.state = "revoked"

    def call(self, family):
        status, _ = self.peer.ask("GET", "/v1/user/me",
                                  headers={"Authorization": f"Bearer {family.access}"})
        self.expect(status, 200, "a call with a live token")


class Check:
    """After a restart: the store against what the clients know."""

    def __init__(self, server):
        self.peer = Peer(server.port)
        _, body = self.peer.json("GET", "/_mock/tokens?reveal=1")
        self.tokens = body["tokens"]
        self.by_value = {token["value"]: token for token in self.tokens}
        self.children = {}
        for token in self.tokens:
            self.children.setdefault(token["parent"], []).append(token)
        self.problems = []
        self.counts = {"tokens": len(self.tokens), "unanswered": 0, "happened": 0}

    def say(self, problem):
        self.problems.append(problem)

    def is_now(self, value, status, what):
        token = self.by_value.get(value)
        if token is None:
            self.say(f"lost: {what}")
        elif token["status"] != status:
            self.say(f"{what} is {token['status']}, not {status}")

    def pair_of(self, parent):
        return sorted(self.children.get(fingerprint(parent), []), key=lambda token: token["kind"])

    def whole(self):
        if len(self.by_value) != len(self.tokens):
            self.say("a value is there twice")
        active = [token["grant"] for token in self.tokens
                  if token["status"] == "active" and token["kind"] == "refresh"]
        if len(set(active)) != len(active):
            self.say("a login has two live refresh tokens")
        for parent, given in self.children.items():
            if parent and sorted(token["kind"] for token in given) != ["access", "refresh"]:
                self.say(f"{parent} gave {[token['kind'] for token in given]}")

    def adopt(self, family, parent, state):
        """A request without an answer: it happened, if there is what it would have given."""
        self.counts["unanswered"] += 1
        pair = self.pair_of(parent)
        if not pair:
            return False
        self.counts["happened"] += 1
        if family.refresh is not None:
            family.used.append(family.refresh)
            family.replaced.append(family.access)
        family.access, family.refresh, family.state = pair[0]["value"], pair[1]["value"], state
        return True

    def family(self, family):
        if family.code_state == "asked":
            family.code_state = "dead" if self.adopt(family, family.code, "live") else "live"
        if family.state == "refreshing" and not self.adopt(family, family.refresh, "live"):
            family.state = "live"
        if family.state == "revoking":
            self.counts["unanswered"] += 1
            token = self.by_value.get(family.refresh, {})
            family.state = "revoked" if token.get("status") == "revoked" else "live"
            self.counts["happened"] += family.state == "revoked"
        if family.code is not None and family.code_state == "dead" and family.access is None:
            self.say("lost: what a code gave")
        if family.state == "live":
            self.is_now(family.access, "active", "a live access token")
            self.is_now(family.refresh, "active", "a live refresh token")
            for token in family.used:
                self.is_now(token, "used", "a used refresh token")
        elif family.state == "revoked":
            for token in family.used + [family.refresh, family.access]:
                self.is_now(token, "revoked", "a token of a revoked login")
        for token in family.replaced:
            self.is_now(token, "revoked", "a replaced access token")

    def by_use(self, families):
        """The same, asked as a client does."""
        for family in families:
            if family.state == "live":
                self.answers(200, "a live access token", "GET", "/v1/user/me", family.access)
            elif family.state == "revoked":
                self.answers(401, "a revoked access token", "GET", "/v1/user/me", family.access)
                self.refuses(family.refresh, "a revoked refresh token")
            for token in family.replaced[-1:]:
                self.answers(401, "a replaced access token", "GET", "/v1/user/me", token)
            for token in family.used[-1:]:
                self.refuses(token, "a used refresh token")

    def answers(self, wanted, what, method, path, bearer):
        status, _ = self.peer.ask(method, path, headers={"Authorization": f"Bearer {bearer}"})
        if status != wanted:
            self.say(f"{what} gets {status}, not {wanted}")

    def refuses(self, token, what):
        status, body = self.peer.refresh(token)
        if (status, body.get("error")) != (400, "invalid_grant"):
            self.say(f"{what} gets {status} {body.get('error')}")

    def replay(self, families):
        """A code that was exchanged works no more; and takes its tokens along (RFC 6749 §4.1.2)."""
        for family in [f for f in families if f.code_state == "dead" and f.state == "live"][:1]:
            status, body = self.peer.form(
                "/v1/oauth/token", grant_type="authorization_code", client_id="demo",
                code=family.code, redirect_uri=CALLBACK, code_verifier=VERIFIER)
            if (status, body.get("error")) != (400, "invalid_grant"):
                self.say(f"a used code gets {status} {body.get('error')}")
            family.state = "revoked"


def load_until(server, families, answers, seed):
    """Runs the workers until so many answers came; then the server is killed."""
    enough = threading.Semaphore(0)
    workers = [Worker(server.port, families[i], f"{seed}-{i}", enough.release)
               for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    for _ in range(answers):
        enough.acquire()
    server.kill()
    for worker in workers:
        worker.join()
    return [problem for worker in workers for problem in worker.problems]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--store", help="default: sqlite: and a new file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    families = [[] for _ in range(WORKERS)]
    total = {"answers": 0, "unanswered": 0, "happened": 0}
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or "sqlite:" + str(pathlib.Path(folder) / "mock.db")
        for kill in range(options.kills):
            server = Server(options.program, store)
            if kill == 0:
                server.hold_answers()  # and after each restart: faults are kept
            answers = chance.randint(1, 400)
            problems = load_until(server, families, answers, f"{options.seed}-{kill}")
            server = Server(options.program, store)
            check = Check(server)
            check.whole()
            for mine in families:
                for family in mine:
                    check.family(family)
                check.by_use(mine[-6:])
                check.replay(mine)
            server.kill()
            total["answers"] += answers
            for key in ("unanswered", "happened"):
                total[key] += check.counts[key]
            if problems + check.problems:
                sys.exit("after kill %d (--seed %d):\n  %s" % (
                    kill + 1, options.seed, "\n  ".join(sorted(set(problems + check.problems))[:20])))
            if not options.quiet:
                print(f"kill {kill + 1}: after {answers} answers; {check.counts['tokens']} tokens, "
                      f"{check.counts['unanswered']} requests without an answer, "
                      f"{check.counts['happened']} of them done")
    print(f"{options.kills} kills, {total['answers']} answers and more, {sum(map(len, families))} "
          f"logins, {total['unanswered']} requests without an answer ({total['happened']} of them "
          "done): nothing lost, nothing back from the dead, nothing twice")


if __name__ == "__main__":
    main()
