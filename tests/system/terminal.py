#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`gridbook client` as a person and as a script would use it, and the exchange behind a certificate that is renewed
without a restart."""

import argparse
import asyncio
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import time

from exchange import Exchange, Folder, Key, check, equal, free_port, source_dir
from two_clients import MARKET, symbol

sys.path.insert(0, str(source_dir() / "gateway" / "clients" / "python"))
from gridbook import Http, MarketClient, TradeClient  # noqa: E402
from gridbook import Key as ClientKey  # noqa: E402


class Terminal:
    def __init__(self, exchange, key, folder):
        self.pem = folder / f"{key.name}.pem"
        key.save(self.pem)
        self.base = [exchange.binary, "client", "--url", exchange.url, "--key", key.name, "--pem", str(self.pem)]

    def run(self, *words, script=None, status=0):
        done = subprocess.run([*self.base, *words], input=script, capture_output=True, text=True, timeout=60)
        equal(done.returncode, status, f"exit status of {words} {script}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr


def by_hand(exchange, keys, folder):
    hour = symbol(5)
    buyer, seller = Terminal(exchange, keys["acme-1"], folder), Terminal(exchange, keys["prov-1"], folder)
    seller.run("register", "H100", "CN-EAST", "G2", "64")
    placed = json.loads(buyer.run("--json", "place", hour, "buy", "16", "13.00", "cid=t-1"))
    equal((placed["state"], placed["cid"]), ("open", "t-1"), "an order placed")
    book = buyer.run("book", hour)
    check("bid qty  bid    ask  ask qty\n16       13.00" in book, f"no table of the book:\n{book}")
    orders = buyer.run("orders").splitlines()
    check(orders[1].split()[:3] == ["state", "oid", "cid"] and "t-1" in orders[2], f"no table of orders: {orders}")
    said = buyer.run("--json", script=f"# a script\nreplace t-1 10 13.10\nstatus t-1\nbalance\ncancel-all\nfills\nlimits\n")
    answers = [message["ok"] for message in map(json.loads, said.splitlines()) if "id" in message]
    equal(answers, [True] * 6, "a script's answers")
    check("refused: PRICE_BAND_HARD" in buyer.run("place", hour, "buy", "1", "1.00", status=1), "no refusal told")
    check("no such command" in buyer.run("plaice", status=1), "no word on a mistake")
    check("place needs symbol side qty price" in buyer.run("place", hour, status=1), "no word on what is missing")
    watched = subprocess.Popen([*buyer.base, "--json", "--seconds", "3", "watch", hour], stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    buyer.run("market", hour, "buy", "1", "tif=ioc")
    seller.run("place", hour, "sell", "2", "15.00")
    events = [json.loads(line)["ev"] for line in watched.communicate(timeout=20)[0].splitlines()]
    check({"book.snapshot", "book", "ticker"} <= set(events), f"watched: {events}")


def certificate(folder, serial):
    where = folder / "tls"
    where.mkdir(exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "1", "-set_serial", str(serial), "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", where / "key.pem", "-out",
                    where / "certificate.pem"], check=True, capture_output=True)
    return where


def serial_of(port):
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    done = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=pem, capture_output=True, text=True, check=True)
    return int(done.stdout.strip().removeprefix("serial="), 16)


def terminal_over_tls(exchange, key, authority, folder):
    """`gridbook client` through TLS, and what it says of a certificate that it does not trust."""
    terminal = Terminal(exchange, key, folder)
    url = f"https://localhost:{exchange.port}"
    terminal.base[terminal.base.index("--url") + 1] = url
    said = terminal.run("balance", status=2)
    check("the certificate is refused: self-signed certificate" in said, f"not refused: {said}")
    terminal.base += ["--ca", str(authority)]
    answers = [json.loads(line) for line in terminal.run("--json", script="balance\nfamilies\n").splitlines()]
    check("cash" in answers[0] and answers[1]["seq"] > 0, f"over TLS: {answers}")
    hour = symbol(6)
    placed = json.loads(terminal.run("--json", "place", hour, "buy", "1", "12.00", "cid=tls-1"))
    equal(placed["state"], "open", "an order over TLS")
    events = terminal.run("--json", "--seconds", "1", "watch", hour)
    check('"ev":"book.snapshot"' in events, f"watched over TLS: {events}")
    terminal.base[terminal.base.index("--ca") + 1] = "/nonexistent.pem"
    check("/nonexistent.pem: not a PEM file" in terminal.run("balance", status=2), "a CA file that is not there")


def node_over_tls(exchange, pem, authority):
    """The TypeScript client's watcher through wss and https, where it is built: Node is told whom to trust."""
    client = source_dir() / "gateway" / "clients" / "typescript"
    if not (client / "node_modules").is_dir():
        return print("the TypeScript client is not installed: not tried over TLS")
    subprocess.run(["npx", "--no-install", "tsc"], cwd=client, stdin=subprocess.DEVNULL, check=True, timeout=120)
    done = subprocess.run(["node", str(client / "build" / "examples" / "watcher.js"), "--url",
                           f"wss://localhost:{exchange.port}", "--key", "acme-1", "--pem", str(pem), "--symbol", symbol(7)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "NODE_EXTRA_CA_CERTS": str(authority)})
    check(done.returncode == 0, f"the watcher over TLS:\n{done.stdout}{done.stderr}")


async def over_tls(exchange, key, pem, tls, renew):
    url = f"https://127.0.0.1:{exchange.port}"
    check(Http(url, tls=tls).get("/v1/rules")["seq"] > 0, "no rules over TLS")
    async with MarketClient(url.replace("https", "wss"), tls=tls) as market:
        await market.subscribe(["book"], [symbol(6)])
        await market.until(lambda: symbol(6) in market.books and market.books[symbol(6)].in_step)
        equal(market.resyncs, 0, "books over TLS with a wrong checksum")
    async with TradeClient(url.replace("https", "wss"), ClientKey.load(key.name, pem), tls=tls) as client:
        check("cash" in await client.request("balance.get"), "no balance over TLS")
        renew()
        check("cash" in await client.request("balance.get"), "the connection did not outlive the renewal")


def behind_tls(binary, folder, keys, config):
    where, port = certificate(folder, 1), free_port()
    text = config.read_text()
    plain = free_port()
    config.write_text(text.replace('clock = "real"\n', 'clock = "real"\n[server]\n'
                                   f'certificate = "{where}/certificate.pem"\nkey = "{where}/key.pem"\n'
                                   f'plain_address = "127.0.0.1"\nplain_port = {plain}\n'))
    exchange = Exchange(binary, folder, config, port)
    exchange.port = plain  # readiness is asked without TLS, on loopback

    def start():
        with open(exchange.log, "ab") as log:
            exchange.process = subprocess.Popen(
                [exchange.binary, "serve", "--config", str(config), "--data", str(exchange.data), "--port", str(port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(600):
            try:
                if exchange.get("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the exchange with TLS did not start")

    exchange.start = start
    with exchange:
        tls = ssl.create_default_context(cafile=where / "certificate.pem")
        equal(serial_of(port), 1, "serial of the first certificate")

        def renew():
            certificate(folder, 2)
            exchange.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 10
            while serial_of(port) != 2:
                check(time.monotonic() < deadline, "the new certificate is not served")
                time.sleep(0.05)

        pem = folder / "acme-1.pem"
        served, exchange.port = exchange.port, port
        terminal_over_tls(exchange, keys["acme-1"], where / "certificate.pem", folder)
        node_over_tls(exchange, pem, where / "certificate.pem")
        asyncio.run(over_tls(exchange, keys["acme-1"], pem, tls, renew))
        (where / "key.pem").write_text("no key")
        exchange.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        equal(serial_of(port), 2, "after a bad key the certificate before it stays")
        exchange.port = served
        exchange.stop()


def main(binary):
    keys = {name: Key(name, account, roles) for name, account, roles in [
        ("op-1", "exchange", ["operator"]), ("prov-1", "prov", ["provider"]), ("acme-1", "acme", ["buyer"])]}
    with Folder() as folder:
        config = folder / "gridbook.toml"
        config.write_text('clock = "real"\n' + MARKET + "".join(key.toml() for key in keys.values()))
        with Exchange(binary, folder, config) as exchange:
            for account in ("prov", "acme"):
                exchange.post(keys["op-1"], "/v1/admin/credits", {"account": account, "amount": "1000000"})
            by_hand(exchange, keys, folder)
            exchange.stop()
        behind_tls(binary, folder, keys, config)
        log = (folder / "serve.log").read_text()
        for secret in [key.sign("x")[:20] for key in keys.values()] + ["BEGIN PRIVATE KEY"]:
            check(secret not in log, "a secret stands in the log")
    print("passed: the terminal, and TLS")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    main(parser.parse_args().binary.resolve())
