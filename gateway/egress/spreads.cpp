// SPDX-License-Identifier: Apache-2.0
// Of Discovery: tokens by the block beside tokens by the hour, in the same zone, of the classes that the
// configuration says serve them. Each side is at the price that its meter runs on.
#include "gateway/decimal.hpp"
#include "gateway/egress/discovery.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

engine::Money unit_price(const Discovery::Meter& meter) {
    return engine::Money{decimal_of(meter.price).value};
}

// Basis points as a share: -0.25 is a quarter cheaper.
void append_share(std::int64_t basis_points, Members& m, std::string& out) {
    m.quoted<"spread">([&] { append_money(engine::Money{basis_points * 100}, out); });
}

}  // namespace

std::vector<std::pair<engine::FamilyId, const ledger::Serving*>> Discovery::other_side(
    engine::FamilyId family) const {
    std::vector<std::pair<engine::FamilyId, const ledger::Serving*>> found;
    const auto& families = directory_.families();
    const auto class_of = [&](const Directory::Family& f) -> const std::string& {
        return directory_.classes()[f.defined.class_id.value].name;
    };
    const Directory::Family& one = families[family.value];
    const bool block = one.defined.product == engine::Product::token;
    for (const ledger::Serving& serving : directory_.serving()) {
        if (class_of(one) != (block ? serving.tokens : serving.gpu)) continue;
        for (const Directory::Family& f : families)
            if (f.defined.zone_id == one.defined.zone_id && f.defined.product != one.defined.product &&
                class_of(f) == (block ? serving.gpu : serving.tokens))
                found.emplace_back(f.defined.id, &serving);
    }
    return found;
}

void Discovery::append_spread(const Meter& block, const Meter& hour, const ledger::Serving& serving,
                              std::string& out) const {
    const engine::Money by_hours = ledger::tokens_by_hours(unit_price(hour), serving.tokens_per_second);
    Members m(out);
    m.raw("{\"tokens\":\"");
    directory_.append_symbol(block.instrument, out);
    m.raw("\"").price<"block_price">(block.price).word<"block_is">(block.is);
    m.quoted<"hours">([&] { directory_.append_symbol(hour.instrument, out); });
    m.price<"hour_price">(hour.price)
        .word<"hour_is">(hour.is)
        .decimal<"tokens_per_second">(engine::Decimal{std::int64_t{serving.tokens_per_second} * 1'000})
        .money<"by_hours">(by_hours);
    append_share(ledger::spread_of(unit_price(block), by_hours), m, out);
    m.raw("}");
}

void Discovery::append_spreads(const Meter& meter, std::string& out) const {
    const bool block = directory_.product(meter.instrument.family) == engine::Product::token;
    bool first = true;
    for (const auto& [family, serving] : other_side(meter.instrument.family)) {
        const auto other = this->meter(family);
        if (!other || other->price == engine::Price{} || meter.price == engine::Price{}) continue;
        out += first ? ",\"spreads\":[" : ",";
        first = false;
        append_spread(block ? meter : *other, block ? *other : meter, *serving, out);
    }
    if (!first) out += ']';
}

}  // namespace gridbook::gateway
