// SPDX-License-Identifier: Apache-2.0
// A regulator moves the floor of a family: a signed change with compare-and-swap, its impact in the answer, and told to
// everybody who watches. The same change against the old version is refused. A large step of the guidance only becomes a
// proposal, until a second regulator signs it, too.
import { Http, MarketClient, Refused } from "../src/index.js";
import { httpOf, load, must, run } from "./common.js";

await run(async (o) => {
  const http = new Http(httpOf(o.url!), await load(o.key!, o.pem!));
  const market = await new MarketClient(o.url!).connect();
  await market.subscribe(["band"], [o.family!]);
  const now = (await new Http(httpOf(o.url!)).get(`/v1/bands?family=${o.family}`)).bands[0];
  console.log(`version ${now.version}: ${now.floor} to ${now.ceiling} around ${now.guidance}`);
  const floor = (Number(now.floor) + 0.1).toFixed(2);
  const change = { family: o.family, floor, expect: now.version, reason: "cost survey" };
  const answer = await http.post("/v1/admin/bands", change);
  const told = await market.events.take();
  must(told.version === answer.version && told.by === o.key, "not what was told", told);
  console.log(`version ${answer.version} ${answer.status}; told to the market by ${told.by}`);
  await refused("VERSION_CONFLICT", http.post("/v1/admin/bands", change));

  const guidance = (Number(now.guidance) * 1.25).toFixed(2);
  const large = { family: o.family, guidance, expect: answer.version, reason: "new survey" };
  const proposed = await http.post("/v1/admin/bands", large);
  must(proposed.status === "proposed", "a large step passed alone", proposed);
  console.log(`guidance ${guidance}: proposed, change ${proposed.change}`);
  const second = new Http(httpOf(o.url!), await load(o["second-key"]!, o["second-pem"]!));
  const approve = `/v1/admin/${proposed.change}/approve`;
  await refused("AUTH_ROLE", http.post(approve, { reason: "my own" }));
  const done = await second.post(approve, { reason: "seen" });
  const last = await market.events.take();
  must(last.version === done.version && last.approved_by === o["second-key"], "not what was told", last);
  console.log(`version ${done.version}: proposed by ${last.by}, approved by ${last.approved_by}`);
}, "key", "pem", "second-key", "second-pem", "family");

async function refused(code: string, call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    must(error instanceof Refused && error.code === code, "refused otherwise", String(error));
    console.log(`refused: ${String(error)}`);
    return;
  }
  throw new Error(`it passed, and should have been refused: ${code}`);
}
