// SPDX-License-Identifier: Apache-2.0
#include "engine/tokens/draw.hpp"

#include <algorithm>
#include <array>

#include "engine/packages/granting.hpp"
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

// A draw by class goes through so many holdings: they and the answer fit one command's events.
constexpr std::size_t most_holdings = 256;

// What it can be drawn from, soonest end first.
struct Sources {
    std::array<std::uint32_t, most_holdings> slots{};
    std::size_t size = 0;
    std::uint64_t left = 0;  // in all of them

    void add(std::uint32_t slot, const Delivery& d) {
        slots[size++] = slot;
        left += left_of(d);
    }
};

std::uint64_t quarters(const DrawTokens& b) {
    return b.uncached * uncached_quarters + b.cached * cached_quarters + b.output * output_quarters;
}

Refused too_many(RejectField field, std::uint64_t got) {
    return refusal(RejectReason::format_value, field, static_cast<std::int64_t>(most_drawn),
                   static_cast<std::int64_t>(got));
}
Refused check_amounts(const DrawTokens& b) {
    if (b.uncached > most_drawn) return too_many(RejectField::uncached, b.uncached);
    if (b.cached > most_drawn) return too_many(RejectField::cached, b.cached);
    if (b.output > most_drawn) return too_many(RejectField::output, b.output);
    if (quarters(b) != 0) return {};
    Refused r = refusal(RejectReason::format_value, RejectField::uncached);
    r.limit_low = 1;
    return r;
}

Refused find_named(const State& state, AccountId account, DeliveryId id, Sources& sources) {
    const std::uint32_t slot = state.deliveries.find(id);
    const auto no = [&](RejectReason reason) { return refusal(reason, RejectField::holding, 0, id.value); };
    if (slot == 0) return no(RejectReason::delivery_unknown);
    const Delivery& d = state.deliveries[slot];
    if (d.buyer != account || !is_holding(state, d)) return no(RejectReason::delivery_unknown);
    if (d.state != DeliveryState::delivering) return no(RejectReason::delivery_state);
    sources.add(slot, d);
    return {};
}

// All that are delivering end with the same UTC day, so their ids are their order.
Refused find_of_class(const State& state, AccountId account, ClassId id, Sources& sources) {
    if (!class_has_tokens(state, id)) return refusal(RejectReason::class_unknown, RejectField::class_name);
    const Deliveries& deliveries = state.deliveries;
    std::uint32_t slot = deliveries.first_holding(state.accounts[account]);
    for (; slot != 0 && sources.size < most_holdings; slot = deliveries.next_holding(slot)) {
        const Delivery& d = deliveries[slot];
        const bool of_class = state.catalogue.family(d.instrument.family).defined.class_id == id;
        if (of_class && d.state == DeliveryState::delivering) sources.add(slot, d);
    }
    return {};
}

// By a grant it is drawn from what its issuer holds of the class.
Refused find_granted(const State& state, AccountId account, const DrawTokens& b, Sources& sources,
                     Charge& charge) {
    if (const Refused r = check_charge(state, account, b.grant, quarters(b), charge); !passed(r)) return r;
    const Grant& grant = state.grants[charge.grant];
    const Package& package = state.packages[state.packages.find(grant.package)];
    return find_of_class(state, grant.issuer, package.class_id, sources);
}

Refused check(const State& state, AccountId account, const DrawTokens& b, Sources& sources, Charge& charge) {
    if (const Refused r = check_amounts(b); !passed(r)) return r;
    const bool named = b.grant == GrantId{} && b.holding != DeliveryId{};
    const Refused r = b.grant != GrantId{} ? find_granted(state, account, b, sources, charge)
                      : named              ? find_named(state, account, b.holding, sources)
                                           : find_of_class(state, account, b.class_id, sources);
    if (!passed(r)) return r;
    if (quarters(b) > sources.left)
        return refusal(RejectReason::quota_exhausted, named ? RejectField::holding : RejectField::class_name,
                       static_cast<std::int64_t>(sources.left), static_cast<std::int64_t>(quarters(b)));
    return state.usages.full(state.time) ? pool_full(Pool::draws, state.usages.limit()) : Refused{};
}

// The same usage has the same body, so it names the same grant.
void tell_drawn(Step& step, const Usage& u, GrantId grant, std::uint8_t flags) {
    TokensDrawn& e = next_event<TokensDrawn>(step, step.command.account, flags);
    e.origin = step.command.origin;
    e.holding = u.holding;
    e.class_id = u.class_id;
    e.holdings = u.holdings;
    e.amount = u.amount;
    e.remaining = u.remaining;
    e.usage = u.id;
    e.grant = grant;
}

void tell_again(Step& step, const Usage& known, const DrawTokens& body, std::uint64_t body_hash) {
    if (known.body_hash != body_hash)
        return refuse(step, refusal(RejectReason::cid_reused, RejectField::usage));
    tell_drawn(step, known, body.grant, event_flag::reply | event_flag::duplicate);
}

// How many of the sources it takes, each as far as it goes.
std::uint16_t count_taken(const State& state, const Sources& sources, std::uint64_t amount) {
    std::uint16_t taken = 0;
    while (amount > 0) {
        const std::uint64_t left = left_of(state.deliveries[sources.slots[taken]]);
        amount -= std::min(amount, left);
        ++taken;
    }
    return taken;
}

void take(Step& step, const Sources& sources, const Usage& usage) {
    std::uint64_t amount = usage.amount;
    for (std::size_t i = 0; i < usage.holdings; ++i) {
        const std::uint32_t slot = sources.slots[i];
        const std::uint64_t part = std::min(amount, left_of(step.state.deliveries[slot]));
        draw_from(step, slot, part, usage.id);
        amount -= part;
    }
}

}  // namespace

void draw_tokens(Step& step, const DrawTokens& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    if (!state.usages.kept()) return refuse(step, pool_full(Pool::draws, 0));
    const std::uint64_t body_hash = hash_of(body);
    if (const Usage* known = state.usages.find(account, body.usage, state.time))
        return tell_again(step, *known, body, body_hash);
    Sources sources;
    Charge charge;
    if (const Refused r = check(state, account, body, sources, charge); !passed(r)) return refuse(step, r);
    const Delivery& first = state.deliveries[sources.slots[0]];
    Usage usage{.id = body.usage, .account = account, .body_hash = body_hash, .holding = first.id};
    usage.class_id = state.catalogue.family(first.instrument.family).defined.class_id;
    usage.amount = quarters(body);
    const bool granted = body.grant != GrantId{};
    usage.remaining = granted ? charge.left(state, usage.amount) : sources.left - usage.amount;
    usage.holdings = count_taken(state, sources, usage.amount);
    state.usages.add(usage, state.time);
    tell_drawn(step, usage, body.grant, event_flag::reply);
    if (granted) charge_grant(step, charge, usage.amount, usage.id);
    take(step, sources, usage);
}

}  // namespace gridbook::engine
