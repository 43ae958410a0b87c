// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/token_check.hpp"

#include <fmt/format.h>

namespace gridbook::ledger {

using engine::HoldingChange;

namespace {

std::string key(engine::AccountId account, const engine::Text<32>& usage) {
    std::string text(usage.view());
    text.append(reinterpret_cast<const char*>(&account.value), sizeof account.value);
    return text;
}

// An hour after the end of the UTC day.
engine::Time remembered_until(engine::Time draw) {
    return engine::Time{(draw.value / engine::day.value + 1) * engine::day.value} + engine::hour;
}

}  // namespace

std::optional<std::uint64_t> TokenCheck::drawn(engine::DeliveryId id) const {
    const auto found = holdings_.find(id);
    return found == holdings_.end() ? std::nullopt : std::optional(found->second.drawn);
}

void TokenCheck::begin(const engine::Command& command) { command_ = command; }

void TokenCheck::see(const engine::Event& event) {
    switch (event.kind()) {
        case engine::EventKind::delivery: return see_delivery(event.as<engine::DeliveryChanged>());
        case engine::EventKind::delivery_settled:
            return see_settled(event.header, event.as<engine::DeliverySettled>().delivery);
        case engine::EventKind::tokens_drawn:
            return see_answer(event.header, event.as<engine::TokensDrawn>());
        case engine::EventKind::holding: return see_holding(event.header, event.as<engine::HoldingChanged>());
        default: return;
    }
}

void TokenCheck::see_delivery(const engine::DeliveryChanged& told) {
    if (!drawn_here_ || postings_.product(told.instrument.family) != engine::Product::token) return;
    Holding& holding = holdings_[told.delivery];
    holding.buyer = told.buyer;
    holding.family = told.instrument.family;
    holding.state = told.state;
    holding.blocks = told.qty * engine::block_quarters;
}

// What nobody drew was told to be gone.
void TokenCheck::see_settled(const engine::EventHeader& header, engine::DeliveryId id) {
    const auto found = holdings_.find(id);
    if (found == holdings_.end()) return;
    const Holding& holding = found->second;
    holdings.expect(holding.expired == (holding.left() != 0), header.sequence, [&] {
        return fmt::format("holding {} was settled with {} quarters left, which was {}", id.value,
                           holding.left(), holding.expired ? "told to be gone" : "not told");
    });
    holdings_.erase(found);
}

// The amount is that of the use, and the answer the command's.
bool TokenCheck::by_the_command(const engine::EventHeader& header, const engine::TokensDrawn& told) const {
    if (command_.kind() != engine::CommandKind::draw_tokens || command_.header.account != header.account)
        return false;
    const auto use = command_.as<engine::DrawTokens>();
    return use.usage == told.usage && use.grant == told.grant &&
           (use.grant != engine::GrantId{} || use.holding == engine::DeliveryId{} ||
            use.holding == told.holding) &&
           told.amount == use.uncached * engine::uncached_quarters + use.cached * engine::cached_quarters +
                              use.output * engine::output_quarters;
}

void TokenCheck::see_answer(const engine::EventHeader& header, const engine::TokensDrawn& told) {
    holdings.expect(by_the_command(header, told), header.sequence, [&] {
        return fmt::format("account {}: usage \"{}\" drew {} quarters, which is not what it used",
                           header.account.value, told.usage.view(), told.amount);
    });
    if ((header.flags & engine::event_flag::duplicate) != 0) return see_again(header, told);
    const auto [at, fresh] = known_.try_emplace(key(header.account, told.usage));
    usages.expect(fresh || header.time >= at->second.until, header.sequence, [&] {
        return fmt::format("account {}: usage \"{}\" drew again", header.account.value, told.usage.view());
    });
    at->second = {told, remembered_until(header.time)};
    owed_ = told.amount;
    from_ = told.holdings;
    if (known_.size() > sweep_at_) sweep(header.time);
}

// As it was answered first, and only where it is remembered.
void TokenCheck::see_again(const engine::EventHeader& header, const engine::TokensDrawn& told) {
    const auto found = known_.find(key(header.account, told.usage));
    const bool known = found != known_.end() && header.time < found->second.until;
    const engine::TokensDrawn first = known ? found->second.answer : engine::TokensDrawn{};
    usages.expect(known && first.amount == told.amount && first.remaining == told.remaining &&
                      first.holding == told.holding && first.holdings == told.holdings,
                  header.sequence, [&] {
                      return fmt::format("account {}: usage \"{}\" was told otherwise than it was answered",
                                         header.account.value, told.usage.view());
                  });
}

// Told to the seller, then to the buyer: the first one counts, the second one says the same.
void TokenCheck::see_holding(const engine::EventHeader& header, const engine::HoldingChanged& told) {
    const auto found = holdings_.find(told.holding);
    const auto wrong = [&](std::string_view what) {
        holdings.fail(header.sequence, fmt::format("holding {}: {}", told.holding.value, what));
    };
    holdings.pass();
    if (found == holdings_.end()) return wrong("there is none");
    Holding& holding = found->second;
    if (told.change == HoldingChange::drawn && told.party == engine::Side::sell)
        see_drawn(header, told, holding);
    if (told.change == HoldingChange::expired && told.party == engine::Side::sell) {
        holding.expired = true;
        if (told.amount != holding.left() || holding.state != engine::DeliveryState::delivered)
            wrong("another amount is gone than was left at its end");
    }
    const std::uint64_t remaining = holding.expired ? 0 : holding.left();
    if (told.drawn != holding.drawn || told.remaining != remaining ||
        told.qty * engine::block_quarters != holding.blocks)
        wrong(fmt::format("it is told {} drawn and {} left of {} blocks, its draws sum to {} quarters",
                          told.drawn, told.remaining, told.qty, holding.drawn));
}

engine::AccountId TokenCheck::drawn_from() const {
    const auto grant = postings_.grants().find(command_.as<engine::DrawTokens>().grant);
    return grant == postings_.grants().end() ? command_.header.account : grant->second.issuer;
}

void TokenCheck::see_drawn(const engine::EventHeader& header, const engine::HoldingChanged& told,
                           Holding& holding) {
    const bool due = told.amount <= owed_ && from_ > 0 && holding.buyer == drawn_from() &&
                     told.usage == command_.as<engine::DrawTokens>().usage &&
                     holding.state == engine::DeliveryState::delivering;
    if (!due || told.amount == 0 || told.amount > holding.left())
        return holdings.fail(header.sequence,
                             fmt::format("holding {}: {} quarters were drawn of {} left, {} were due",
                                         told.holding.value, told.amount, holding.left(), owed_));
    holding.drawn += told.amount;
    owed_ -= told.amount;
    from_ -= 1;
}

// A draw is whole.
void TokenCheck::end(engine::Sequence sequence) {
    if (owed_ != 0 || from_ != 0)
        holdings.fail(sequence, fmt::format("a draw lacks {} quarters from {} holdings", owed_, from_));
    owed_ = from_ = 0;
}

void TokenCheck::sweep(engine::Time now) {
    std::erase_if(known_, [&](const auto& entry) { return now >= entry.second.until; });
    sweep_at_ = std::max<std::size_t>(sweep_at_, known_.size() * 2);
}

}  // namespace gridbook::ledger
