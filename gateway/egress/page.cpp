// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/page.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

namespace gridbook::gateway {

std::string first_page(std::size_t families, engine::Sequence sequence) {
    return fmt::format(FMT_COMPILE(R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Gridbook</title></head><body>
<h1>Gridbook</h1>
<p>An exchange for compute: GPU-hours by class, zone and tier, traded inside guided price bands.
It lists {} families and stands at sequence {}. There is no console yet; this is where to look:</p>
<ul>
<li><a href="/v1/families">/v1/families</a>, <a href="/v1/classes">/v1/classes</a>: what is traded</li>
<li><a href="/v1/instruments?limit=50">/v1/instruments</a>: every listed hour with its best prices</li>
<li>/v1/book/SYMBOL: one book &middot; <a href="/v1/trades">/v1/trades</a>: the last trades</li>
<li><a href="/v1/bands">/v1/bands</a>: the price bands &middot; <a href="/v1/rules">/v1/rules</a>: fees, steps, limits</li>
<li><a href="/metrics">/metrics</a>, <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>: how it is</li>
<li>WebSocket /v1/market: public data as it happens &middot; WebSocket /v1/trade: orders, signed in with a key</li>
</ul>
</body></html>
)"),
                       families, sequence.value);
}

}  // namespace gridbook::gateway
