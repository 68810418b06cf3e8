#!/usr/bin/env python3
"""Mixed traffic for as long as asked, and what the server holds before and after.

    soak.py HEYGEN-MOCK-SERVER [--minutes N] [--clients N] [--seed N] [--json FILE]

Warms up, lets everything come to rest, looks; goes on for N minutes, lets it come to rest, looks
again: threads and descriptors must be as many as before, memory as much within a twentieth. Exits 1
when they are not, or when there was an error that no fault had ordered.
"""

import argparse
import collections
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

from peer import Place, World
from traffic import live

SLACK_KIB = 4096  # of memory, beside a twentieth: what an allocator holds back differs by that


class Mock:
    def __init__(self, program, folder):
        ready = folder / "ready.json"
        self._log = open(folder / "log", "wb")
        self._process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--https", "127.0.0.1:0", "--proxy", "127.0.0.1:0",
             "--state-dir", str(folder / "state"), "--ready-file", str(ready), "--log", "text"],
            stdout=subprocess.PIPE, stderr=self._log)
        if not self._process.stdout.readline().startswith(b"ready "):
            raise RuntimeError("the server did not start")
        until = time.monotonic() + 10
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.01)
        self.place = Place(json.loads(ready.read_text()))
        self.pid = self._process.pid

    def alive(self):
        return self._process.poll() is None

    def stop(self):
        self._process.terminate()
        status = self._process.wait(timeout=30)
        self._process.stdout.close()
        self._log.close()
        return status

    def look(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        return {"rss_kib": int(fields["VmRSS"].split()[0]), "threads": int(fields["Threads"]),
                "descriptors": len(os.listdir(f"/proc/{self.pid}/fd"))}


def traffic_for(seconds, mock, worlds, seed, done, failed, samples):
    stop = threading.Event()
    threads = [threading.Thread(target=live, args=(mock.place, kept, f"{seed}-{kept}", stop, done, failed))
               for kept in worlds]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and mock.alive() and len(failed) < 20:
        time.sleep(min(left, 5))
        if not mock.alive():
            break
        samples.append({"left_s": round(max(left - 5, 0)), **mock.look()})
        print(f"   {samples[-1]['left_s']:5} s left   {samples[-1]['rss_kib']:7} KiB   "
              f"{samples[-1]['threads']:3} threads   {samples[-1]['descriptors']:4} descriptors   "
              f"{sum(done.values())} lives", flush=True)
    stop.set()
    for thread in threads:
        thread.join()


def at_rest(mock, worlds):
    """What is held when nobody calls and the kept sandboxes are empty. Connections take seconds to
    linger out, and workers to retire: the least of some looks counts."""
    with World(mock.place, "") as world:
        for name in worlds:
            with World(mock.place, name) as kept:
                kept.control("POST", "reset")
        world.control("POST", "reset")
        names = {s["name"] for s in world.control("GET", "sandboxes")["sandboxes"]}
    strays = names - {"default", *worlds}
    looks = []
    for _ in range(24):
        time.sleep(0.5)
        looks.append(mock.look())
    return {key: min(look[key] for look in looks) for key in looks[0]}, sorted(strays)


def verdict(before, after, strays, failed):
    wrong = []
    for what in ("threads", "descriptors"):
        if after[what] > before[what]:
            wrong.append(f"{what}: {before[what]} after the warm-up, {after[what]} at the end")
    if after["rss_kib"] > before["rss_kib"] * 1.05 + SLACK_KIB:
        wrong.append(f"memory: {before['rss_kib']} KiB after the warm-up, {after['rss_kib']} KiB at the end")
    if strays:
        wrong.append(f"sandboxes that were dropped are there: {', '.join(strays[:5])}")
    counted = collections.Counter(failed)
    wrong += [f"{times} x {kind}: {error}" for (kind, error), times in counted.most_common(10)]
    return wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--minutes", type=float, default=60)
    arguments.add_argument("--clients", type=int, default=8)
    arguments.add_argument("--seed", default="1")
    arguments.add_argument("--json", type=pathlib.Path)
    args = arguments.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096) if hard > 0 else soft, hard))

    worlds = [f"kept-{i}" for i in range(args.clients)]
    done, failed, samples = collections.Counter(), [], []
    with tempfile.TemporaryDirectory() as folder:
        mock = Mock(args.program, pathlib.Path(folder))
        with World(mock.place, "") as world:
            for name in worlds:
                world.control("PUT", f"sandboxes/{name}", {}, 201)
        seconds = args.minutes * 60
        print(f"== warming up for {min(seconds / 3, 180):.0f} s", flush=True)
        traffic_for(min(seconds / 3, 180), mock, worlds, args.seed + "-warm", done, failed, [])
        before, _ = at_rest(mock, worlds)
        print(f"== at rest: {before}\n== {args.minutes:g} minutes of traffic", flush=True)
        traffic_for(seconds, mock, worlds, args.seed, done, failed, samples)
        if not mock.alive():
            print(f"the server ended in the midst of it, with {mock.stop()}; the end of its log:", file=sys.stderr)
            print((pathlib.Path(folder) / "log").read_text(errors="replace")[-2000:], file=sys.stderr)
            return 1
        after, strays = at_rest(mock, worlds)
        status = mock.stop()
    wrong = verdict(before, after, strays, failed)
    if status != 0:
        wrong.append(f"the server ended with {status} on SIGTERM")
    report = {"minutes": args.minutes, "clients": args.clients, "lives": dict(done), "before": before,
              "after": after, "peak_rss_kib": max((s["rss_kib"] for s in samples), default=0),
              "peak_threads": max((s["threads"] for s in samples), default=0),
              "peak_descriptors": max((s["descriptors"] for s in samples), default=0), "wrong": wrong}
    if args.json:
        args.json.write_text(json.dumps({**report, "samples": samples}, indent=1) + "\n")
    print(json.dumps(report, indent=1))
    for line in wrong:
        print(f"soak: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
