#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The walk-throughs of the four personas, after the clients' own tests: told by the example programs of our Python and TypeScript clients against a
fresh exchange each: a buyer resumes, a watcher resyncs, a provider's bot obeys its rate, a regulator moves a band and gets a second signature for a large step."""

import argparse
import datetime
import pathlib
import subprocess

from exchange import Exchange, Folder, Key, check, env_without_proxies, skip, source_dir
from two_clients import FAMILY, MARKET

CLIENTS = source_dir() / "gateway" / "clients"
REGULATED = '[rules]\nfour_eyes_bp = 1000\n[[accounts]]\nname = "ministry"\nroles = "regulator"\n'
RATES = '[key_rates]\norders_per_s = 100\norders_burst = 150\n'


def symbol(hours_ahead):
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours_ahead)
    return f"{FAMILY}.{start:%Y%m%dT%H}Z"


def commands(language):
    if language == "python":
        return lambda name: ["/usr/bin/python3", "-B", str(CLIENTS / "python" / "examples" / f"{name}.py")]
    return lambda name: ["node", str(CLIENTS / "typescript" / "build" / "examples" / f"{name}.js")]


def own_tests(language):
    """Compiles what has to be compiled, and runs the client's own tests."""
    folder = CLIENTS / language
    steps = [["/usr/bin/python3", "-B", "tests/test_book.py"]]
    if language == "typescript":
        if not (folder / "node_modules").is_dir():
            skip("the TypeScript client's packages are not installed: config/setup.sh test")
        steps = [["npx", "--no-install", "tsc"], ["node", "--test", "build/tests/book.test.js"]]
    for step in steps:
        done = subprocess.run(step, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, f"{' '.join(step)}\n{done.stdout}{done.stderr}")


def tell(command, exchange, **options):
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    command += ["--url", exchange.socket_url]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env=env_without_proxies())
    print(done.stdout, end="")
    check(done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def walk(binary, folder, language):
    print(f"-- {language}")
    own_tests(language)
    folder.mkdir()
    keys = {name: Key(name, account, roles) for name, account, roles in [
        ("op-1", "exchange", ["operator"]), ("reg-1", "regulator", ["regulator"]),
        ("reg-2", "ministry", ["regulator"]),
        ("prov-1", "prov", ["provider"]), ("acme-1", "acme", ["buyer"])]}
    pems = {}
    for name, key in keys.items():
        pems[name] = folder / f"{name}.pem"
        key.save(pems[name])
    config = folder / "gridbook.toml"
    config.write_text('clock = "real"\n' + RATES + MARKET + REGULATED + "".join(key.toml() for key in keys.values()))
    program = commands(language)
    with Exchange(binary, folder, config) as exchange:
        for account in ("prov", "acme"):
            exchange.post(keys["op-1"], "/v1/admin/credits", {"account": account, "amount": "1000000"})
        tell(program("buyer"), exchange, key="acme-1", pem=pems["acme-1"], seller_key="prov-1",
             seller_pem=pems["prov-1"], symbol=symbol(5))
        tell(program("watcher"), exchange, key="acme-1", pem=pems["acme-1"], symbol=symbol(6))
        tell(program("provider_bot"), exchange, key="prov-1", pem=pems["prov-1"], symbol=symbol(7))
        tell(program("regulator"), exchange, key="reg-1", pem=pems["reg-1"], second_key="reg-2",
             second_pem=pems["reg-2"], family=FAMILY)
        exchange.stop()
        exchange.audit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--language", choices=["python", "typescript"], action="append")
    arguments = parser.parse_args()
    with Folder() as temporary:
        for spoken in arguments.language or ["python", "typescript"]:
            walk(arguments.binary.resolve(), temporary / spoken, spoken)
    print("every walk-through was walked")
