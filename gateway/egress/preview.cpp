// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/preview.hpp"

#include <algorithm>

#include "gateway/decimal.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/ingress/schema.hpp"
#include "ledger/postings.hpp"

namespace gridbook::gateway {

namespace {

using engine::Decimal;
using engine::Money;

// The parameter's text; refused when it is not given.
std::string needed(Target& target, const char* name) {
    const std::string* text = target.parameter(name);
    if (text != nullptr) return *text;
    target.refuse({"FORMAT_FIELD", std::string("a preview needs ") + name, name, "required"});
    return {};
}

template <class Fits>
Decimal decimal(Target& target, const char* name, const char* rule, Fits&& fits) {
    const std::string text = needed(target, name);
    const auto value = parse_decimal(text);
    if (value && value->value > 0 && fits(*value)) return *value;
    target.refuse(bad_value(name, rule, text));
    return {};
}

void append_costs(const char* name, const Preview& p, const ledger::Fees& fees, Money amount,
                  std::string& out) {
    const Money charged = fees.fee + fees.tax;
    Members m(out);
    m.raw(",\"").raw(name).raw("\":{\"fee\":\"");
    append_money(fees.fee, out);
    m.raw("\"").money<"tax">(fees.tax).money<"total">(p.side == engine::Side::buy ? amount + charged
                                                                                  : amount - charged);
    out += '}';
}

}  // namespace

Preview read_preview(Target& target, const Directory& directory, const engine::Genesis& genesis) {
    Preview out;
    const std::string symbol = needed(target, "symbol"), side = needed(target, "side");
    if (target.error() && (symbol.empty() || side.empty())) return out;
    const auto instrument = directory.instrument(symbol);
    if (!instrument)
        return target.refuse(
                   {"SYMBOL_UNKNOWN", "no such instrument: " + symbol, "symbol", "listed", {}, symbol}),
               out;
    if (side != "buy" && side != "sell") target.refuse(bad_value("side", "one of buy, sell", side));
    const engine::Product product = directory.product(instrument->family);
    const Decimal price = decimal(target, "price", "a price in CNY, a multiple of the tick 0.01",
                                  [](Decimal v) { return on_tick(v) && ticks_of(v) <= INT32_MAX; });
    const Decimal qty =
        decimal(target, "qty", "a number of units, a multiple of the lot, at most the largest order",
                [&](Decimal v) { return on_lot(v, product) && v.value <= genesis.max_qty; });
    out = {*instrument, side == "buy" ? engine::Side::buy : engine::Side::sell,
           engine::Price{static_cast<std::int32_t>(ticks_of(price))}, lots_of(qty, product)};
    if (notional_wide(out.price, out.lots, product) > genesis.max_notional)
        target.refuse({"NOTIONAL_LIMIT", "price times qty is above the largest notional of an order", "qty",
                       "notional_limit"});
    return out;
}

void append_preview(const Preview& p, engine::Price guidance, const engine::Genesis& genesis,
                    const Directory& directory, std::string& out) {
    const engine::Product product = directory.product(p.instrument.family);
    const Money amount = notional(p.price, p.lots, product);
    const bool buys = p.side == engine::Side::buy;
    Members m(out);
    m.raw("\"symbol\":\"");
    directory.append_symbol(p.instrument, out);
    m.raw("\"").word<"side">(buys ? "buy" : "sell").price<"price">(p.price).qty<"qty">(p.lots, product);
    m.money<"notional">(amount);
    if (buys)
        m.money<"hold">(ledger::buy_hold(genesis, amount));
    else
        m.money<"margin">(ledger::sell_margin(genesis, std::max(p.price, guidance), p.lots, product));
    append_costs("taker", p, ledger::fees_of(genesis, engine::Liquidity::taker, amount), amount, out);
    append_costs("maker", p, ledger::fees_of(genesis, engine::Liquidity::maker, amount), amount, out);
}

}  // namespace gridbook::gateway
