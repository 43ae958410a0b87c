// SPDX-License-Identifier: Apache-2.0
// Token holdings in the twin: what their buyers draw from them, and what runs out unused (market-rules
// sections 2, 7).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::DeliveryId;
using engine::DeliveryState;
using engine::HoldingChange;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;

namespace {

constexpr std::size_t most_holdings = 256;  // that one draw looks at
constexpr engine::Duration remembered_after{engine::minute.value * 60};

}  // namespace

std::uint64_t NaiveExchange::needed(const engine::DrawTokens& d) {
    return d.uncached * engine::uncached_quarters + d.cached * engine::cached_quarters +
           d.output * engine::output_quarters;
}

// Whole or refused.
void NaiveExchange::draw(const engine::DrawTokens& d) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    if (genesis_.draws_log2 == 0) return refuse(pool_full(engine::Pool::draws, 0));
    std::erase_if(draws_, [&](const auto& known) { return known.second.forgotten <= now_; });
    if (drawn_before(d)) return;
    if (const auto refused = draw_refusal(d)) return refuse(*refused);
    if (d.grant.value != 0) return draw_by_grant(d);
    draw_from(holdings_for(d), d);
}

// The same usage id again, while it is remembered.
bool NaiveExchange::drawn_before(const engine::DrawTokens& d) {
    const auto known = draws_.find({header().account, d.usage});
    if (known == draws_.end()) return false;
    if (known->second.body != command_.body) {
        refuse(refusal(RejectReason::cid_reused, RejectField::usage));
        return true;
    }
    engine::TokensDrawn again = known->second.told;
    again.origin = header().origin;
    emit(header().account, again, false, engine::event_flag::reply | engine::event_flag::duplicate);
    return true;
}

// Each holding as far as it goes, in their order; by a grant it is told what that has left.
void NaiveExchange::draw_from(const std::vector<DeliveryId>& ids, const engine::DrawTokens& d,
                              const GrantUse* use) {
    std::uint64_t left = needed(d);
    engine::TokensDrawn told;
    told.origin = header().origin;
    told.holding = ids.front();
    told.class_id = family(deliveries_.at(ids.front()).instrument).defined.class_id;
    told.amount = left;
    told.remaining = use == nullptr ? left_in(ids) - left : use->grant->balance;
    told.usage = d.usage;
    told.grant = d.grant;
    std::vector<std::pair<DeliveryId, std::uint64_t>> parts;
    for (const DeliveryId id : ids) {
        const std::uint64_t part = std::min(left, deliveries_.at(id).remaining());
        if (part != 0) parts.push_back({id, part});
        left -= part;
    }
    told.holdings = static_cast<std::uint16_t>(parts.size());
    emit(header().account, told, false, engine::event_flag::reply);
    if (use != nullptr)
        tell(*use->grant, engine::GrantChange::drawn, told.amount, use->excess, narrow(use->cost), d.usage);
    const engine::AccountId holder = deliveries_.at(ids.front()).buyer;
    for (const auto& [id, part] : parts) {
        deliveries_.at(id).drawn += part;
        tell(deliveries_.at(id), HoldingChange::drawn, part, d.usage);
    }
    const engine::Time day_over{(now_.value / engine::day.value + 1) * engine::day.value};
    draws_[{header().account, d.usage}] = {command_.body, told, day_over + remembered_after, holder};
}

// What a draw may be taken from: the holding it names, or the account's of the class that run now and have
// something left.
std::vector<DeliveryId> NaiveExchange::holdings_for(const engine::DrawTokens& d) const {
    if (d.holding.value != 0) return {d.holding};
    return holdings_of(header().account, d.class_id);
}

// Soonest end first.
std::vector<DeliveryId> NaiveExchange::holdings_of(engine::AccountId holder, engine::ClassId of) const {
    std::vector<DeliveryId> ids;
    for (const auto& [id, holding] : deliveries_)
        if (of_tokens(holding) && holding.buyer == holder &&
            family(holding.instrument).defined.class_id == of && holding.state == DeliveryState::delivering &&
            holding.remaining() != 0)
            ids.push_back(id);
    std::stable_sort(ids.begin(), ids.end(), [&](DeliveryId a, DeliveryId b) {
        return end_of(deliveries_.at(a)) < end_of(deliveries_.at(b));
    });
    if (ids.size() > most_holdings) ids.resize(most_holdings);
    return ids;
}

std::uint64_t NaiveExchange::left_in(const std::vector<DeliveryId>& ids) const {
    std::uint64_t sum = 0;
    for (const DeliveryId id : ids) sum += deliveries_.at(id).remaining();
    return sum;
}

// ---- what is refused, in its order ----

NaiveExchange::Refusal NaiveExchange::draw_refusal(const engine::DrawTokens& d) const {
    if (const auto r = amount_refusal(d)) return r;
    if (const auto r = by_whom_refusal(d)) return r;
    const std::int64_t places = std::int64_t{1} << genesis_.draws_log2;
    if (static_cast<std::int64_t>(draws_.size()) >= places) return pool_full(engine::Pool::draws, places);
    return std::nullopt;
}

// By a grant, or from what the account holds itself.
NaiveExchange::Refusal NaiveExchange::by_whom_refusal(const engine::DrawTokens& d) const {
    if (d.grant.value != 0) return grant_refusal(d);
    if (const auto r = d.holding.value != 0 ? holding_refusal(d.holding) : class_refusal(d.class_id))
        return r;
    return quota_refusal(left_in(holdings_for(d)), needed(d),
                         d.holding.value != 0 ? RejectField::holding : RejectField::class_name);
}

NaiveExchange::Refusal NaiveExchange::quota_refusal(std::uint64_t left, std::uint64_t needs,
                                                    RejectField field) const {
    if (needs <= left) return std::nullopt;
    auto r = refusal(RejectReason::quota_exhausted, field);
    r.limit_high = static_cast<std::int64_t>(left);
    r.got = static_cast<std::int64_t>(needs);
    return r;
}

NaiveExchange::Refusal NaiveExchange::amount_refusal(const engine::DrawTokens& d) const {
    for (const auto& [tokens, field] :
         {std::pair{d.uncached, RejectField::uncached}, std::pair{d.cached, RejectField::cached},
          std::pair{d.output, RejectField::output}}) {
        if (tokens <= engine::most_drawn) continue;
        auto r = refusal(RejectReason::format_value, field);
        r.limit_high = static_cast<std::int64_t>(engine::most_drawn);
        r.got = static_cast<std::int64_t>(tokens);
        return r;
    }
    if (needed(d) != 0) return std::nullopt;
    auto r = refusal(RejectReason::format_value, RejectField::uncached);
    r.limit_low = 1;
    return r;
}

NaiveExchange::Refusal NaiveExchange::holding_refusal(DeliveryId id) const {
    const auto d = deliveries_.find(id);
    const bool holds = d != deliveries_.end() && of_tokens(d->second) && d->second.buyer == header().account;
    if (holds && d->second.state == DeliveryState::delivering) return std::nullopt;
    auto r =
        refusal(holds ? RejectReason::delivery_state : RejectReason::delivery_unknown, RejectField::holding);
    r.got = id.value;
    return r;
}

NaiveExchange::Refusal NaiveExchange::class_refusal(engine::ClassId of) const {
    for (const Family& f : families_)
        if (f.defined.product == engine::Product::token && f.defined.class_id == of) return std::nullopt;
    return refusal(RejectReason::class_unknown, RejectField::class_name);
}

// ---- telling ----

engine::HoldingChanged NaiveExchange::picture(const Delivery& d, HoldingChange change,
                                              std::uint64_t amount) const {
    engine::HoldingChanged e;
    e.holding = d.id;
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.qty = static_cast<std::uint32_t>(d.qty);
    e.change = change;
    e.amount = amount;
    e.drawn = d.drawn;
    e.remaining = d.remaining();
    return e;
}

// To the seller, then to the buyer; that it ends soon is the buyer's business alone.
void NaiveExchange::tell(const Delivery& d, HoldingChange change, std::uint64_t amount,
                         const engine::Text<32>& usage) {
    engine::HoldingChanged e = picture(d, change, amount);
    e.usage = usage;
    if (change != HoldingChange::notice) emit(d.seller, e, true);
    e.party = Side::buy;
    emit(d.buyer, e, true);
}

}  // namespace gridbook::twin
