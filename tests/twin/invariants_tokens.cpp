// SPDX-License-Identifier: Apache-2.0
// What must hold of token days: nobody draws more than it holds, and what was told adds up to the quarter of
// a token.
#include <fmt/format.h>

#include <cstring>

#include "tests/twin/invariants.hpp"

namespace gridbook::twin {

using engine::DeliveryState;
using engine::HoldingChange;

// Invariant: what was drawn is at most the blocks, and it is what the remembered uses come to, holder by
// holder: both are forgotten an hour after the day.
Difference broken_holding(const NaiveExchange& m) {
    std::map<engine::AccountId, std::uint64_t> drawn, used;
    for (const auto& [id, d] : m.deliveries()) {
        const bool tokens = m.product(d.instrument.family) == engine::Product::token;
        const std::uint64_t blocks = static_cast<std::uint64_t>(d.qty) * engine::block_quarters;
        if (d.drawn > (tokens ? blocks : 0)) return fmt::format("delivery {} is overdrawn", id.value);
        if (d.drawn != 0 && d.state == DeliveryState::gated)
            return fmt::format("delivery {} is drawn before its day", id.value);
        drawn[d.buyer] += d.drawn;
    }
    std::size_t remembered = 0;
    for (const auto& [usage, draw] : m.draws()) {
        if (draw.forgotten <= m.time()) continue;
        used[draw.holder] += draw.told.amount;
        ++remembered;
    }
    const std::size_t places = std::size_t{1} << m.genesis().draws_log2;
    if (remembered > (m.genesis().draws_log2 == 0 ? 0 : places))
        return fmt::format("{} usage ids are remembered", remembered);
    for (std::uint32_t a = 0; a < m.accounts().size(); ++a)
        if (drawn[engine::AccountId{a}] != used[engine::AccountId{a}])
            return fmt::format("of a{} {} were drawn, the uses come to {}", a, drawn[engine::AccountId{a}],
                               used[engine::AccountId{a}]);
    return std::nullopt;
}

Difference TokenWitness::see(const engine::Event& e) {
    switch (e.kind()) {
        case engine::EventKind::family_defined: {
            const auto f = e.as<engine::FamilyDefined>();
            classes_[f.id] = f.class_id;
            break;
        }
        case engine::EventKind::delivery: {
            const auto d = e.as<engine::DeliveryChanged>();
            if (d.minutes <= 60) break;
            const auto blocks = std::uint64_t{d.qty} * engine::block_quarters;
            holdings_.try_emplace(d.delivery, Holding{d.instrument, d.buyer, d.state, 0, blocks})
                .first->second.state = d.state;
            break;
        }
        case engine::EventKind::tokens_drawn:
            if (e.header.flags & engine::event_flag::duplicate) break;
            if (use_) return fmt::format("use {} is not drawn", use_->usage.view());
            use_ = e.as<engine::TokensDrawn>();
            to_draw_ = use_->amount;
            touched_ = 0;
            break;
        case engine::EventKind::grant: return grants_.see(e, use_);
        case engine::EventKind::holding: return see(e.as<engine::HoldingChanged>(), e.header.time);
        default: break;
    }
    return std::nullopt;
}

// Invariant: the buyer is told what the seller was told; drawn and remaining come to the blocks; a notice
// comes two hours before the end, what is expired at the end, neither where nothing is left.
Difference TokenWitness::see(const engine::HoldingChanged& h, engine::Time now) {
    const auto id = h.holding.value;
    if (holdings_.count(h.holding) == 0) return fmt::format("holding {} is none", id);
    if (h.party == engine::Side::buy && h.change != HoldingChange::notice) {
        engine::HoldingChanged mirror = h;
        mirror.party = engine::Side::sell;
        const bool same = seller_told_ && std::memcmp(&mirror, &*seller_told_, sizeof mirror) == 0;
        seller_told_.reset();
        return same ? std::nullopt : Difference(fmt::format("holding {} is told differently", id));
    }
    Holding& holding = holdings_.at(h.holding);
    const auto end = engine::window_end(holding.instrument.period, engine::Product::token);
    const auto due = h.change == HoldingChange::notice ? end - engine::hour * 2 : end;
    if (h.change == HoldingChange::drawn ? now >= end : now != due)
        return fmt::format("holding {} is told at another time", id);
    if (h.amount > holding.left || (h.amount == 0) != (h.change == HoldingChange::notice) ||
        (h.change == HoldingChange::expired && h.amount != holding.left) || holding.left == 0)
        return fmt::format("holding {} changes by {}", id, h.amount);
    holding.left -= h.amount;
    if (h.change == HoldingChange::drawn) holding.drawn += h.amount;
    if (h.drawn != holding.drawn || h.remaining != holding.left)
        return fmt::format("holding {} drawn {} remaining {}", id, h.drawn, h.remaining);
    if (h.change != HoldingChange::notice) seller_told_ = h;
    return h.change == HoldingChange::drawn ? see_part(h, holding) : std::nullopt;
}

// Invariant: the parts of a use come to its amount; what it says remains is what its holding, or all of its
// class, have left.
Difference TokenWitness::see_part(const engine::HoldingChanged& h, const Holding& holding) {
    if (!use_ || h.amount > to_draw_ || h.usage != use_->usage || holding.state != DeliveryState::delivering)
        return fmt::format("holding {} is drawn by no use", h.holding.value);
    if (++touched_ == 1 && h.holding != use_->holding)
        return fmt::format("use {} does not begin with holding {}", use_->usage.view(), h.holding.value);
    to_draw_ -= h.amount;
    if (to_draw_ != 0) return std::nullopt;
    std::uint64_t in_class = 0;
    for (const auto& [id, other] : holdings_)
        if (other.buyer == h.buyer && other.state == DeliveryState::delivering &&
            classes_.at(other.instrument.family) == use_->class_id)
            in_class += other.left;
    const bool of_one = touched_ == 1 && use_->remaining == holding.left;
    const bool by_grant = use_->grant.value != 0;  // then the grant told what remains
    const bool adds_up = touched_ == use_->holdings && (by_grant || of_one || use_->remaining == in_class);
    const auto usage = use_->usage;
    use_.reset();
    return adds_up ? std::nullopt : Difference(fmt::format("use {} does not add up", usage.view()));
}

Difference TokenWitness::unfinished() const {
    if (use_) return fmt::format("use {} is drawn in part", use_->usage.view());
    if (seller_told_) return fmt::format("the buyer of holding {} is not told", seller_told_->holding.value);
    return grants_.unfinished();
}

}  // namespace gridbook::twin
