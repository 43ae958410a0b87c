// SPDX-License-Identifier: Apache-2.0
// What a flow must make happen to token holdings.
#include <fmt/format.h>

#include "tests/twin/coverage.hpp"

namespace gridbook::twin {

using engine::DeliveryState;
using engine::EventKind;
using engine::HoldingChange;
using engine::RejectField;
using engine::RejectReason;

std::vector<std::string> token_words_in_scope() {
    return {"drawn by holding",
            "drawn by class",
            "drawn from several holdings",
            "drawn from two families",
            "drawn to the last quarter",
            "drawn dup",
            "drawn dup on the day after",
            "usage id of another account",
            "usage id used anew",
            "holding drawn",
            "holding notice",
            "holding notice of what nobody touched",
            "holding expired",
            "holding expired whole",
            "holding used up at its end",
            "token day ends without a word",
            "draw of nothing",
            "draw of another body",
            "draw before its day",
            "draw after its day",
            "draw without anything there",
            "draw of a quarter too much",
            "draw where nothing is drawn",
            "limit of draws",
            "refused draw, field account",
            "refused draw, field holding",
            "refused draw, field class",
            "refused draw, field usage",
            "refused draw, field uncached",
            "refused draw, field cached",
            "refused draw, field output",
            "quota of a holding",
            "quota of a class",
            "holding that is not",
            "class that is not"};
}

// Usage ids and token days are those of one market, which begins with its genesis.
void Coverage::count(const engine::Command& command, const std::vector<engine::Event>& told) {
    if (command.kind() == engine::CommandKind::genesis) {
        token_days_.clear();
        usages_.clear();
        grants_.clear();
        purchases_.clear();
        draws_ = command.as<engine::Genesis>().draws_log2 != 0;
    }
    count(told);
    count_package(command, told);
    count_maintenance(command, told);
    if (command.kind() != engine::CommandKind::draw_tokens) return;
    std::set<engine::FamilyId> families;
    for (const engine::Event& e : told) {
        if (e.kind() == EventKind::refused && e.as<engine::Refused>().command == command.kind())
            count_refused_draw(e.as<engine::Refused>());
        if (e.kind() == EventKind::tokens_drawn) count_draw(command.as<engine::DrawTokens>(), e);
        if (e.kind() != EventKind::holding) continue;
        const auto h = e.as<engine::HoldingChanged>();
        if (h.change == HoldingChange::drawn) families.insert(h.instrument.family);
    }
    if (families.size() > 1) count("drawn from two families");
}

void Coverage::count_draw(const engine::DrawTokens& draw, const engine::Event& event) {
    const auto d = event.as<engine::TokensDrawn>();
    const std::int64_t day = event.header.time.value / engine::day.value;
    auto& days = usages_[std::string(d.usage.view())];  // of the draws, by account
    const auto before = days.find(event.header.account);
    if (event.header.flags & engine::event_flag::duplicate) {
        if (before->second != day) count("drawn dup on the day after");
        return count("drawn dup");
    }
    if (before != days.end()) count("usage id used anew");
    if (before == days.end() && !days.empty()) count("usage id of another account");
    days[event.header.account] = day;
    if (draw.grant.value == 0) count(draw.holding.value != 0 ? "drawn by holding" : "drawn by class");
    if (draw.grant.value != 0 && d.holdings > 1) count("drawn by grant from several holdings");
    if (d.holdings > 1) count("drawn from several holdings");
    if (d.remaining == 0) count("drawn to the last quarter");
}

void Coverage::count_refused_draw(const engine::Refused& r) {
    if (r.pool == engine::Pool::draws && r.limit_high == 0) return count("draw where nothing is drawn");
    if (r.field != RejectField::pool) count(fmt::format("refused draw, field {}", name(r.field)));
    const auto id = engine::DeliveryId{static_cast<std::uint32_t>(r.got)};
    switch (r.reason) {
        case RejectReason::format_value:
            if (r.got == 0) count("draw of nothing");
            return;
        case RejectReason::cid_reused: return count("draw of another body");
        case RejectReason::delivery_unknown: return count("holding that is not");
        case RejectReason::class_unknown: return count("class that is not");
        case RejectReason::delivery_state:
            return count(token_days_[id].state == DeliveryState::gated ? "draw before its day"
                                                                       : "draw after its day");
        case RejectReason::quota_exhausted:
            if (r.limit_high == 0) count("draw without anything there");
            if (r.got == r.limit_high + 1) count("draw of a quarter too much");
            if (r.field == RejectField::grant) return;
            return count(r.field == RejectField::holding ? "quota of a holding" : "quota of a class");
        default: return;
    }
}

// Each is told twice: what the buyer is told is passed over, but for the notice.
void Coverage::count_holding(const engine::HoldingChanged& h) {
    const std::uint64_t all = h.qty * engine::block_quarters;
    if (h.change == HoldingChange::notice) {
        count("holding notice");
        if (h.drawn == 0) count("holding notice of what nobody touched");
    }
    if (h.party == engine::Side::buy) return;
    token_days_[h.holding].drawn = h.drawn;
    if (h.change == HoldingChange::drawn) count("holding drawn");
    if (h.change == HoldingChange::expired) count("holding expired");
    if (h.change == HoldingChange::expired && h.amount == all) count("holding expired whole");
}

void Coverage::count_token_day(const engine::DeliveryChanged& d) {
    if (d.minutes <= 60) return;
    TokenDay& day = token_days_[d.delivery];
    day.state = d.state;
    if (d.state != DeliveryState::delivered) return;
    if (!draws_) return count("token day ends without a word");
    if (day.drawn == d.qty * engine::block_quarters) count("holding used up at its end");
}

}  // namespace gridbook::twin
