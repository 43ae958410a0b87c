// SPDX-License-Identifier: Apache-2.0
// What PublicApi answers about what could be bought: capacity, cost, previews.
#include "gateway/decimal.hpp"
#include "gateway/egress/family_filter.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/preview.hpp"
#include "gateway/egress/public_api.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

// qty, price, from, to, hours: a window is written as symbols write it, 20261201T01Z.
Wanted PublicApi::wanted(Target& target, engine::Product product) const {
    Wanted out;
    const auto decimal = [&](const char* name, auto&& take, const char* rule) {
        const std::string* text = target.parameter(name);
        const auto value = text == nullptr ? std::nullopt : parse_decimal(*text);
        if (text != nullptr && (!value || value->value <= 0 || !take(*value)))
            target.refuse(bad_value(name, rule, *text));
    };
    const auto window = [&](const char* name, engine::Period& period) {
        const std::string* text = target.parameter(name);
        if (text == nullptr) return;
        if (const auto at = Directory::window(*text, product))
            period = *at;
        else
            target.refuse(
                bad_value(name, "a window as symbols write it: 20261201T01Z, of tokens 20261201", *text));
    };
    decimal(
        "qty",
        [&](engine::Decimal v) {
            out.lots = lots_of(v, product);
            return on_lot(v, product) && v.value <= genesis_.max_qty;
        },
        "a number of units, a multiple of the lot, at most the largest order");
    decimal(
        "price",
        [&](engine::Decimal v) {
            out.limit =
                engine::Price{static_cast<std::int32_t>(std::min<std::int64_t>(ticks_of(v), INT32_MAX))};
            return on_tick(v);
        },
        "a price in CNY, a multiple of the tick 0.01");
    window("from", out.from);
    window("to", out.to);
    out.hours = target.count("hours", 1, 168);
    return out;
}

// By family all windows are told, else each family in one line.
void PublicApi::capacity(Target& target, std::string& out) const {
    const auto family = family_parameter(target);
    const FamilyFilter filter(target);
    const auto product = family ? directory_.product(*family) : engine::Product::gpu;
    const Wanted what = wanted(target, product);
    if (target.error()) return;
    const Discovery discovery(directory_, bands_, market_);
    out += "{\"capacity\":[";
    for (const Directory::Family& f : directory_.families()) {
        if ((family && f.defined.id != *family) || !filter.takes(f, directory_)) continue;
        if (directory_.product(f.defined.id) != product) continue;
        if (out.back() != '[') out += ',';
        discovery.append_capacity(f.defined.id, what, family.has_value(), out);
    }
    append_end(out);
}

void PublicApi::cost(Target& target, std::string& out) const {
    const std::string* symbol = target.parameter("symbol");
    const auto family = family_parameter(target);
    const FamilyFilter filter(target);
    const Discovery discovery(directory_, bands_, market_);
    std::vector<Discovery::Meter> meters;
    if (symbol != nullptr) {
        if (const auto instrument = instrument_of(target, *symbol))
            meters.push_back(discovery.meter(*instrument));
    } else {
        for (const Directory::Family& f : directory_.families())
            if ((!family || f.defined.id == *family) && filter.takes(f, directory_))
                if (const auto meter = discovery.meter(f.defined.id)) meters.push_back(*meter);
    }
    const CostOf of = cost_of(target);
    if (target.error()) return;
    out += "{\"cost\":[";
    for (const Discovery::Meter& meter : meters) {
        if (out.back() != '[') out += ',';
        discovery.append_cost(meter, of, out);
    }
    append_end(out);
}

void PublicApi::preview(Target& target, std::string& out) const {
    const Preview preview = read_preview(target, directory_, genesis_);
    if (target.error()) return;
    const Bands::Version* band = bands_.in_force(preview.instrument.family);
    out += '{';
    append_preview(preview, band == nullptr ? engine::Price{} : band->band.guidance, genesis_, directory_,
                   out);
    append_place(out);
}

}  // namespace gridbook::gateway
