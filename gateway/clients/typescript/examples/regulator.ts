// SPDX-License-Identifier: Apache-2.0
// A regulator moves the floor of a family: a signed change with compare-and-swap, its impact in the answer, and told to
// everybody who watches. The same change against the old version is refused.
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
  try {
    await http.post("/v1/admin/bands", change);
  } catch (error) {
    must(error instanceof Refused && error.code === "VERSION_CONFLICT", "refused otherwise", String(error));
    console.log(`the same once more: ${String(error)}`);
    return;
  }
  throw new Error("the same change passed twice");
}, "key", "pem", "family");
