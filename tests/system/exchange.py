# SPDX-License-Identifier: Apache-2.0
"""A real exchange to test against: its configuration, its process, its signed HTTP, its audit.

Written against the protocol alone. It knows nothing of the inside of the binary that it starts.
"""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SKIPPED = 77  # what ctest takes as skipped


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def check(condition, sentence):
    """A failed check ends the test with a sentence, and the exchange is stopped on the way out."""
    if not condition:
        raise AssertionError(sentence)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


class Key:
    """An Ed25519 key pair, made for this run."""

    def __init__(self, name, account, roles, on_behalf=False):
        self.name, self.account, self.roles, self.on_behalf = name, account, roles, on_behalf
        self.private = Ed25519PrivateKey.generate()

    @classmethod
    def load(cls, name, path):
        key = cls(name, "", [])
        key.private = serialization.load_pem_private_key(pathlib.Path(path).read_bytes(), password=None)
        return key

    def public(self):
        raw = self.private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    def save(self, path):
        path.write_bytes(self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    def sign(self, text):
        return base64.b64encode(self.private.sign(text.encode())).decode()

    def toml(self):
        return (f'[[keys]]\nname = "{self.name}"\naccount = "{self.account}"\nroles = {json.dumps(self.roles)}\n'
                f'public_key = "{self.public()}"\non_behalf = {str(self.on_behalf).lower()}\n')


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Folder:
    """A temporary folder that is kept when the test fails, so that one can look."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="gridbook-system-"))
        return self.path

    def __exit__(self, kind, *_):
        if kind is None:
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            print(f"kept for a look: {self.path}", file=sys.stderr)


class Exchange:
    """One `gridbook serve` process on one data folder. It may be killed and started again."""

    def __init__(self, binary, folder, config, port=None):
        self.binary, self.folder, self.config = str(binary), folder, config
        self.data = folder / "data"
        self.port = port or free_port()
        self.process = None
        self.log = folder / "serve.log"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind is not None and self.log.exists():
            sys.stderr.write(f"--- what the exchange said last ---\n{self.log.read_text()[-4000:]}\n")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self):
        return f"ws://127.0.0.1:{self.port}"

    def start(self, patience=120):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--config", str(self.config), "--data", str(self.data),
                 "--port", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            check(self.process.poll() is None, f"the exchange ended at its start with {self.process.returncode}")
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the exchange did not answer within {patience} s")

    def kill(self):
        """As a power switch would: no chance to say anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience=60):
        self.process.send_signal(signal.SIGINT)
        equal(self.process.wait(timeout=patience), 0, "exit status after SIGINT")

    def get(self, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def get_json(self, target):
        status, text = self.get(target)
        equal(status, 200, f"status of GET {target}")
        return json.loads(text)

    def signed(self, key, method, target, body=None, sig=None, ts=None):
        """A signed call (protocol section 2): status and JSON."""
        text = "" if body is None else json.dumps(body)
        ts = ts or str(time.time_ns())
        signed = f"{method}\n{target}\n{ts}\n{hashlib.sha256(text.encode()).hexdigest()}"
        headers = {"Gb-Key": key.name, "Gb-Timestamp": ts, "Gb-Signature": sig or key.sign(signed),
                   "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, target, body=text or None, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def signed_text(self, key, method, target):
        """As signed, of an answer that is no JSON."""
        ts = str(time.time_ns())
        signed = f"{method}\n{target}\n{ts}\n{hashlib.sha256(b'').hexdigest()}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, target, headers={
                "Gb-Key": key.name, "Gb-Timestamp": ts, "Gb-Signature": key.sign(signed)})
            answer = connection.getresponse()
            equal(answer.status, 200, f"status of {target}")
            return answer.read().decode()
        finally:
            connection.close()

    def post(self, key, target, body):
        status, answer = self.signed(key, "POST", target, body)
        check(status == 200 and answer.get("ok"), f"POST {target}: {status} {answer}")
        return answer

    def audit(self):
        """Offline, on a stopped exchange: every line it printed, and it must have found nothing."""
        done = subprocess.run([self.binary, "audit", "--data", str(self.data)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=600)
        check(done.returncode == 0, f"the audit failed:\n{done.stdout}{done.stderr}")
        return done.stdout.splitlines()


SMALL_POOLS = """
[rings]
commands = 4096
records = 16384
durable = 16384
[pools]
orders = 65536
records = 262144
pages = 16384
accounts = 256
keys = 64
families = 16
books = 2048
positions = 65536
resources = 1024
strips = 256
sessions = 64
[snapshots]
every_s = 1
commands = 1000
[log]
level = "info"
"""


def source_dir():
    return pathlib.Path(__file__).resolve().parents[2]


def shared_data():
    """The traces, which lie beside the checkout where they are there at all."""
    path = source_dir().parent / "shared" / "data"
    return path if path.is_dir() else None


def env_without_proxies():
    return {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
