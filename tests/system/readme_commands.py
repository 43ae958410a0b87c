#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does the README keep its word? Its first command is run in a fresh clone, with the compiler cache of this machine and a
port of its own, until the market has traded; it is stopped as Ctrl-C would and started again. The second must be the
line that CI executes; it is compared and never run, because it runs this."""

import argparse
import http.client
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

from exchange import Folder, check, equal, free_port, skip, source_dir


def commands(root):
    block = re.search(r"^```sh\n(.*?)^```", (root / "README.md").read_text(), re.S | re.M)
    check(block, "README.md has no ```sh block")
    lines = [line.split(" #")[0].strip() for line in block.group(1).splitlines() if line.strip()]
    equal(len(lines), 2, "commands in the first ```sh block of README.md")
    return lines


def get_json(port, target):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return json.loads(answer.read()) if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


class Demo:
    """The first command with a port and a data folder of this test, in its own process group like a shell's job."""

    def __init__(self, command, clone, port):
        self.port, self.log = port, clone.parent / "demo.log"
        words = shlex.split(command) + ["--port", str(port), "--data", str(clone / "data" / "demo")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, cwd=clone, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)

    def tail(self):
        return self.log.read_text(errors="replace")[-3000:]

    def trades(self, deadline):
        """Waits for a trade, telling now and then that it still does. Returns the newest."""
        told = time.monotonic()
        while time.monotonic() < deadline:
            check(self.process.poll() is None, f"the demo ended with {self.process.returncode}:\n{self.tail()}")
            page = get_json(self.port, "/v1/trades?limit=1")
            if page and page["trades"]:
                return page["trades"][0]
            if time.monotonic() - told > 30:
                told = time.monotonic()
                last = self.tail().strip().splitlines()
                print("waiting; last line:", last[-1][-120:] if last else "none")
                sys.stdout.flush()
            time.sleep(0.2)
        raise AssertionError(f"no trade in time:\n{self.tail()}")

    def stop(self):
        os.killpg(self.process.pid, signal.SIGINT)
        equal(self.process.wait(timeout=60), 0, f"exit status of the demo after Ctrl-C; it said:\n{self.tail()}\n")

    def abandon(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run(limit):
    root = source_dir()
    first, second = commands(root)
    equal((root / ".ci" / "run").read_text().splitlines()[-1], second, "the line that .ci/run executes")
    if not (root / ".git").exists() or not shutil.which("git"):
        skip("this is no git checkout, so there is nothing to clone")
    with Folder() as folder:
        clone, port, begun = folder / "clone", free_port(), time.monotonic()
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(root), str(clone)], check=True)
        changed = subprocess.run(["git", "-C", str(root), "status", "--porcelain"], capture_output=True, text=True)
        if changed.stdout.strip():
            print("note: the clone has the last commit, not what is uncommitted here")
        demo = Demo(first, clone, port)
        try:
            trade = demo.trades(begun + limit)
            print(f"{first}: first trade seen after {time.monotonic() - begun:.0f} s, {trade['symbol']} at {trade['price']}")
            demo.stop()
            demo = Demo(first, clone, port)
            newer = demo.trades(time.monotonic() + 120)
            check(newer["seq"] >= trade["seq"], f"started again, but not where it ended: {trade} then {newer}")
            print("stopped, started again, went on")
            demo.stop()
        finally:
            demo.abandon()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=1200, help="seconds until the market must have traded (1200)")
    run(parser.parse_args().limit)
    print("passed: the README's commands")
