#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A compressed month in small: two days of made-up jobs, as files of the shape of the real trace, lived through by
`gridbook replay --trace philly-month` over a real socket. Windows are strips, every minute is metered, providers fail and
are replaced, all is settled and invoiced. Twice, each on an empty exchange: the same trades, the same numbers, the same
state; the audit is green."""

import argparse
import datetime
import json
import re
import shutil
import subprocess

from exchange import Exchange, Folder, check, equal, source_dir

BEGIN = datetime.datetime(2017, 10, 1)
MARKET = source_dir() / "config" / "replay-philly-month.toml"


def write_traces(folder):
    """Ten nodes of eight GPUs, two of them on standby; forty jobs of one to thirty hours, one of eight days."""
    for name in ("philly-2017", "alibaba-gpu-nodes-2026", "gpu-prices"):
        (folder / name).mkdir(parents=True)
    jobs = ["timestamp,duration,num_gpus,gpu_time,cluster"]
    for i in range(40):
        at = BEGIN + datetime.timedelta(minutes=7 + 61 * i)
        hours, gpus = 1 + i * i % 30, (1, 2, 4, 8)[i % 4]
        if i == 3:
            hours = 8 * 24
        seconds = hours * 3600 - 10
        jobs.append(f"{at:%Y-%m-%d %H:%M:%S},{seconds}.0,{gpus},{seconds * gpus}.0,tenant{i % 3}")
    # Plain text under the name of the packed file: it is read as it stands.
    (folder / "philly-2017" / "jobs_2017-09_2017-10.csv.gz").write_text("\n".join(jobs) + "\n")
    nodes = ["gpu_model,gpu_capacity_num,cpu_num,node_name"]
    nodes += [f"A100-SXM4-80GB,8,128,{row}" for row in range(40)]
    (folder / "alibaba-gpu-nodes-2026" / "nodes.csv").write_text("\n".join(nodes) + "\n")
    prices = ["as_of,gpu,per_gpu_usd_h,on_demand_usd_h,spot_usd_h"]
    prices += [f"2024-05-20,A100 (80 GB),{usd},{usd},{spot}" for usd, spot in
               (("1.85", ""), ("2.21", "0.80"), ("2.55", ""), ("2.73", "1.10"), ("3.18", ""), ("3.40", ""))]
    (folder / "gpu-prices" / "cloud_gpus_2022_2024.csv.gz").write_text("\n".join(prices) + "\n")


def lived_through(arguments, folder, traces):
    """The report, and what the audit says, of one run on an empty exchange."""
    report, page = folder / "report.json", folder / "report.html"
    with Exchange(arguments.binary, folder, MARKET) as exchange:
        done = subprocess.run(
            [arguments.binary, "replay", "--trace", "philly-month", "--data-dir", str(traces), "--connect",
             exchange.socket_url, "--days", "2", "--waiting-h", "24", "--failing-bp", "800", "--standby-every", "5",
             "--key", str(exchange.data / "replay.pem"), "--report", str(report), "--page", str(page)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        check(done.returncode == 0, f"the replay ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        exchange.stop()
        audit = exchange.audit()
    check("<svg" in page.read_text(), "the page has no picture")
    return json.loads(report.read_text()), audit


def state_of(audit):
    found = re.search(r"recorded; ([0-9a-f]{16}) at sequence", "\n".join(audit))
    check(found, f"the audit tells no state: {audit}")
    return found.group(1)


def run(arguments):
    with Folder() as folder:
        write_traces(folder / "traces")
        (folder / "first").mkdir()
        first, audit = lived_through(arguments, folder / "first", folder / "traces")
        month = first["month"]
        equal((first["refused"], first["cuts"], month["wrong"]), (0, 0, 0), "refusals, cuts, checks that do not hold")
        equal((month["jobs"], month["gpus"], month["gpus_standby"]), (40, 80, 16), "jobs, GPUs, GPUs on standby")
        check(month["granted"] > 30, f"only {month['granted']} of 40 jobs were granted")
        check(month["failed"] > 0 and month["replacements"] > 0, "nobody failed, or nobody was replaced")
        equal(month["readies"], month["deliveries"], "deliveries of which was said that they are ready")
        promised, refunded = (float(month["gpu_minutes"][k]) for k in ("promised", "refunded"))
        equal(month["gpu_minutes"]["undelivered"], month["gpu_minutes"]["refunded"], "minutes refunded")
        check(0 < refunded < promised / 10, f"{refunded} of {promised} GPU-minutes were refunded")
        check(float(month["refunds"]) > 0 and float(month["replacement_cost"]) > 0, "nothing was paid for failures")
        # Both are rounded to the micro-CNY, delivery by delivery.
        twice = 2 * float(month["penalties"])
        check(abs(twice - float(month["refunds"])) < 0.01, f"penalties {twice / 2} of refunds {month['refunds']}")
        check(month["invoices"] > 0, "nobody was invoiced")
        # The key is a part of the state, so the second exchange gets the same one.
        (folder / "second" / "data").mkdir(parents=True)
        shutil.copy(folder / "first" / "data" / "replay.pem", folder / "second" / "data")
        second, again = lived_through(arguments, folder / "second", folder / "traces")
        for report in (first, second):
            for name in [n for n in report if n.endswith(("_ms", "_us", "_per_s"))]:
                del report[name]
            for name in ("meters_per_s", "commands_per_s"):
                del report["month"][name]
        equal(second, first, "the second run")
        equal(state_of(again), state_of(audit), "state after the second run")
        print(f"passed: a month in small, twice: {month['granted']} of 40 jobs, {month['failed']} deliveries failed, "
              f"{month['replacements']} replaced, {month['meters']} meter reports; {audit[-1]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the gridbook binary")
    run(parser.parse_args())
