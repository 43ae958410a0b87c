#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The built TypeScript client in a headless browser: it signs in, trades, loses a market message, resyncs and ends with
the exchange's checksum. Skipped where there is no browser or the client's packages are not installed."""

import argparse
import asyncio
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading

from clients import PythonClient
from exchange import Exchange, Folder, Key, check, equal, env_without_proxies, skip, source_dir
from two_clients import MARKET, symbol

CLIENT = source_dir() / "gateway" / "clients" / "typescript"
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
PATIENCE_S = 40


def browser():
    found = os.environ.get("GRIDBOOK_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        skip(f"no browser: none of {', '.join(BROWSERS)}, and GRIDBOOK_BROWSER names none")
    return found


def build():
    if not (CLIENT / "node_modules").is_dir():
        skip("the TypeScript client's packages are not installed: config/setup.sh test")
    done = subprocess.run(["npx", "--no-install", "tsc"], cwd=CLIENT, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    check(done.returncode == 0, f"tsc\n{done.stdout}{done.stderr}")


class Pages(http.server.ThreadingHTTPServer):
    """Serves the client's folder and what the page is to do; hears what it did."""

    def __init__(self, wanted):
        self.wanted, self.told, self.heard = json.dumps(wanted).encode(), None, threading.Event()
        super().__init__(("127.0.0.1", 0), Page)


class Page(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=str(CLIENT))

    def do_GET(self):
        if self.path != "/wanted.json":
            return super().do_GET()
        self.answer(self.server.wanted)

    def do_POST(self):
        self.server.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(b"{}")
        self.server.heard.set()

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


async def offer(exchange, key, hour):
    seller = await PythonClient(exchange.socket_url, key).connect()
    await seller.done("resource.register", **{"class": "H100"}, zone="CN-EAST", tier="G2", count="64")
    await seller.done("order.place", symbol=hour, side="sell", type="limit", price="13.50", qty="5", cid="s-1")
    await seller.close()


def look(program, pages, folder):
    where = f"http://127.0.0.1:{pages.server_address[1]}/examples/page.html"
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--no-proxy-server", f"--user-data-dir={folder / 'browser'}", where]
    log = folder / "browser.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                                   env=env_without_proxies())
    try:
        check(pages.heard.wait(PATIENCE_S), f"the page said nothing in {PATIENCE_S} s:\n{log.read_text()[-2000:]}")
    finally:
        os.killpg(process.pid, 9)
        process.wait()
    for step in pages.told["steps"]:
        print(step)
    equal(pages.told["failure"], "", "what went wrong on the page")
    equal(len(pages.told["steps"]), 4, "steps of the page")


def main(binary):
    program = browser()
    build()
    keys = {name: Key(name, account, roles) for name, account, roles in [
        ("op-1", "exchange", ["operator"]), ("prov-1", "prov", ["provider"]), ("acme-1", "acme", ["buyer"])]}
    with Folder() as folder:
        config, pem, hour = folder / "gridbook.toml", folder / "acme-1.pem", symbol(5)
        config.write_text('clock = "real"\n' + MARKET + "".join(key.toml() for key in keys.values()))
        keys["acme-1"].save(pem)
        with Exchange(binary, folder, config) as exchange:
            for account in ("prov", "acme"):
                exchange.post(keys["op-1"], "/v1/admin/credits", {"account": account, "amount": "1000000"})
            asyncio.run(offer(exchange, keys["prov-1"], hour))
            pages = Pages({"url": exchange.socket_url, "key": "acme-1", "pem": pem.read_text(), "symbol": hour})
            threading.Thread(target=pages.serve_forever, daemon=True).start()
            look(program, pages, folder)
            pages.shutdown()
            exchange.stop()
            exchange.audit()
    print("passed: the client in a browser")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    main(parser.parse_args().binary.resolve())
