// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/market_checks.hpp"

#include <fmt/format.h>

namespace gridbook::ledger {

using engine::Money;
using engine::Quantity;

namespace {

std::string name(engine::InstrumentId i) {
    return fmt::format("family {} period {}", i.family.value, i.period.value);
}

engine::OrderId order_of(const engine::Event& event) {
    switch (event.kind()) {
        case engine::EventKind::order: return event.as<engine::OrderEvent>().order;
        case engine::EventKind::strip: return event.as<engine::StripEvent>().order;
        case engine::EventKind::any_of: return event.as<engine::AnyOfEvent>().order;
        case engine::EventKind::fill: return event.as<engine::Fill>().order;
        case engine::EventKind::replaced: return event.as<engine::Replaced>().order;
        default: return {};
    }
}

bool told_again(const engine::Event& event) {
    return (event.header.flags & engine::event_flag::duplicate) != 0;
}

}  // namespace

std::vector<Check*> MarketChecks::all() {
    return {&zero_sum,
            &clearing,
            &formulas,
            &not_negative,
            &capacity,
            &pairs,
            &bands,
            &crossed,
            &cids_.once,
            &streams,
            &tokens_.holdings,
            &tokens_.usages,
            &packages_.grants,
            &packages_.purchases,
            &packages_.reserves};
}

void MarketChecks::begin(const engine::Command& command) {
    if (command.header.kind != engine::CommandKind::follow_on) check_crossed(last_);
    tokens_.begin(command);
    packages_.begin(command);
}

void MarketChecks::see(const engine::Event& event) {
    const engine::OrderId id = told_again(event) ? engine::OrderId{} : order_of(event);
    check_stream(event.header);
    learn(event);
    const bool known = postings_.is_open(id);
    move_in_book(id, false);
    touch_strip(id);
    post(event);
    tokens_.see(event);
    packages_.see(event);
    move_in_book(id, true);
    touch_strip(id);
    if (id == engine::OrderId{}) return;
    const auto told = [&](const auto& order) { see_order(event.header, id, order.cid, order.state, known); };
    if (event.kind() == engine::EventKind::order) keep_standby(event.as<engine::OrderEvent>());
    switch (event.kind()) {
        case engine::EventKind::order: return told(event.as<engine::OrderEvent>());
        case engine::EventKind::strip: return told(event.as<engine::StripEvent>());
        case engine::EventKind::any_of: return told(event.as<engine::AnyOfEvent>());
        case engine::EventKind::replaced: return see_taken_over(event, known);
        default: see_fill(event.header, event.as<engine::Fill>());
    }
}

void MarketChecks::check_stream(const engine::EventHeader& header) {
    if (header.number == engine::StreamNumber{}) return;
    engine::StreamNumber& last = streams_[header.account];
    streams.expect(header.number.value == last.value + 1, header.sequence, [&] {
        return fmt::format("account {}: {} follows {}", header.account.value, header.number.value,
                           last.value);
    });
    last = header.number;
}

void MarketChecks::learn(const engine::Event& event) {
    capacities_.hear(event);
    switch (event.kind()) {
        case engine::EventKind::account_opened:
            accounts_.push_back(event.header.account);
            groups_[event.header.account] = event.as<engine::AccountOpened>().group;
            break;
        case engine::EventKind::band_changed: {
            const auto band = event.as<engine::BandChanged>();
            if (band.status != engine::BandStatus::scheduled)
                bands_[band.family] = {band.floor, band.ceiling, band.version};
            break;
        }
        case engine::EventKind::phase_changed: {
            const auto phase = event.as<engine::PhaseChanged>();
            phases_[phase.instrument] = phase.phase;
            if (dynamic_.contains(phase.instrument.family) && phase.low != engine::Price{})
                effective_[phase.instrument] = {phase.low, phase.high};
            break;
        }
        case engine::EventKind::family_defined: {
            const auto family = event.as<engine::FamilyDefined>();
            if (family.dynamic_width > engine::BasisPoints{}) dynamic_.insert(family.id);
            break;
        }
        case engine::EventKind::reference_changed: {
            const auto change = event.as<engine::ReferenceChanged>();
            effective_[change.instrument] = {change.low, change.high};
            break;
        }
        case engine::EventKind::resource_withdrawn:
            touch_owed(event.header.account, event.as<engine::ResourceWithdrawn>().family);
            break;
        case engine::EventKind::maintenance: see_maintenance(event); break;
        default: break;
    }
}

// Capacity changed: nowhere may more be owed than is left, where it is not settled.
void MarketChecks::touch_owed(engine::AccountId account, engine::FamilyId family) {
    for (const auto& [key, sums] : postings_.positions())
        if (key.first == account && key.second.family == family &&
            phases_[key.second] != engine::Phase::settled)
            touched_positions_.insert(key);
}

void MarketChecks::see_maintenance(const engine::Event& event) {
    const auto told = event.as<engine::MaintenanceChanged>();
    touch_owed(event.header.account, told.family);
    const Quantity least =
        capacities_.least(event.header.account, told, postings_.product(told.family), event.header.time);
    capacity.expect(told.capacity == least, event.header.sequence, [&] {
        return fmt::format("maintenance {} tells a capacity of {} lots, the events give {}",
                           told.maintenance.value, told.capacity.value, least.value);
    });
}

void MarketChecks::post(const engine::Event& event) {
    for (const Entry& entry : postings_.of(event)) {
        zero_sum.expect(entry.sum() == Money{}, entry.sequence, [&] {
            return fmt::format("the entry of order {} sums to {} micro-CNY", entry.order.value,
                               entry.sum().value);
        });
        balances_.post(entry);
        for (const Posting& p : entry.postings)
            if (!of_house(p.money)) touched_accounts_.insert(p.account);
    }
    formulas.pass();
    if (const auto& difference = postings_.difference())
        formulas.fail(difference->sequence, difference->text);
}

// Takes an open order out of its book before an event changes it, and puts it back as it is afterwards.
void MarketChecks::move_in_book(engine::OrderId id, bool enter) {
    const OpenOrder* order = postings_.order(id);
    if (order == nullptr) return;
    if (enter) {
        touched_books_.insert(order->instrument);
        touched_positions_.insert({order->account, order->instrument});
    }
    if (order->state != engine::OrderState::open || !order->executable) return;
    Book& book = books_[order->instrument];
    auto& side = order->side == engine::Side::buy ? book.bids : book.asks;
    std::uint64_t& lots = side[order->price];
    lots = enter ? lots + order->leaves : lots - order->leaves;
    if (lots == 0) side.erase(order->price);
    if (book.bids.empty() && book.asks.empty()) books_.erase(order->instrument);
}

void MarketChecks::touch_strip(engine::OrderId id) {
    const OpenStrip* strip = postings_.strip(id);
    if (strip == nullptr) return;
    for (std::size_t i = 0; i < strip->legs.size(); ++i)
        touched_positions_.insert({strip->account, strip->hour(i)});
}

void MarketChecks::see_order(const engine::EventHeader& header, engine::OrderId id, const engine::Cid& cid,
                             engine::OrderState state, bool known) {
    if (!known) cids_.accepted(header, id, cid);
    if (state == engine::OrderState::cancelled) cids_.done(header, cid);
}

// What takes over a delivery is told without its cid.
void MarketChecks::keep_standby(const engine::OrderEvent& told) {
    if ((told.order_flags & engine::order_flag::standby) == 0) return;
    if (told.state == engine::OrderState::open)
        standby_[told.order] = told.cid;
    else
        standby_.erase(told.order);
}

void MarketChecks::see_taken_over(const engine::Event& event, bool was_open) {
    const engine::OrderId id = event.as<engine::Replaced>().order;
    if (!was_open || postings_.is_open(id)) return;
    if (const auto known = standby_.find(id); known != standby_.end()) {
        cids_.done(event.header, known->second);
        standby_.erase(known);
    }
}

void MarketChecks::see_fill(const engine::EventHeader& header, const engine::Fill& fill) {
    if (!postings_.is_open(fill.order)) cids_.done(header, fill.cid);
    touched_positions_.insert({header.account, fill.instrument});
    Volume& volume = volumes_[fill.instrument];
    (fill.side == engine::Side::buy ? volume.bought : volume.sold) += fill.qty;
    // In a call both are makers, the sell's fill first.
    const bool second = fill.call && maker_ && maker_->second.trade == fill.trade;
    if (fill.liquidity == engine::Liquidity::maker && !second) {
        if (maker_)
            pairs.fail(header.sequence, fmt::format("trade {} has no taker", maker_->second.trade.value));
        maker_ = {header, fill};
        return;
    }
    check_pair(header, fill);
    check_band(header, fill);
    maker_.reset();
}

void MarketChecks::check_pair(const engine::EventHeader& header, const engine::Fill& taker) {
    ++trades_;
    const auto differs = [&](std::string_view what) {
        return fmt::format("trade {}: {}", taker.trade.value, what);
    };
    pairs.expect(maker_.has_value(), header.sequence, [&] { return differs("it has no maker"); });
    if (!maker_) return;
    const engine::Fill& maker = maker_->second;
    const bool same = maker.trade == taker.trade && maker.instrument == taker.instrument &&
                      maker.price == taker.price && maker.qty == taker.qty &&
                      maker.side == opposite(taker.side);
    if (!same) pairs.fail(header.sequence, differs("its two fills do not belong together"));
    if (taker.trade.value != trades_)
        pairs.fail(header.sequence, differs(fmt::format("{} was expected", trades_)));
    if (groups_[maker_->first.account] == groups_[header.account])
        pairs.fail(header.sequence, differs("one owner group traded with itself"));
}

void MarketChecks::check_band(const engine::EventHeader& header, const engine::Fill& fill) {
    const Band band = bands_[fill.instrument.family];
    bands.expect(fill.price >= band.floor && fill.price <= band.ceiling, header.sequence, [&] {
        return fmt::format("trade {} at {} ticks outside [{}, {}] of band version {}", fill.trade.value,
                           fill.price.value, band.floor.value, band.ceiling.value, band.version);
    });
    if (const auto found = effective_.find(fill.instrument); found != effective_.end())
        if (fill.price < found->second.low || fill.price > found->second.high)
            bands.fail(
                header.sequence,
                fmt::format("trade {} at {} ticks outside the effective band [{}, {}]", fill.trade.value,
                            fill.price.value, found->second.low.value, found->second.high.value));
    const engine::Phase wanted = fill.call ? engine::Phase::call : engine::Phase::open;
    if (phases_[fill.instrument] != wanted)
        bands.fail(header.sequence, fmt::format("trade {} in {}, which is in another phase", fill.trade.value,
                                                name(fill.instrument)));
}

void MarketChecks::end(engine::Sequence sequence) {
    last_ = sequence;
    tokens_.end(sequence);
    packages_.end(sequence);
    clearing.expect(balances_.house(MoneyAccount::clearing) == Money{}, sequence, [&] {
        return fmt::format("it holds {} micro-CNY", balances_.house(MoneyAccount::clearing).value);
    });
    if (maker_) {
        pairs.fail(sequence, fmt::format("trade {} has no taker", maker_->second.trade.value));
        maker_.reset();
    }
    for (const engine::AccountId account : touched_accounts_) check_balance(sequence, account);
    for (const PositionKey& key : touched_positions_) check_capacity(sequence, key);
    touched_accounts_.clear();
    touched_positions_.clear();
}

void MarketChecks::check_balance(engine::Sequence sequence, engine::AccountId account) {
    const Balances::Participant b = balances_.of(account);
    const Money zero{};
    not_negative.expect(
        b.cash >= zero && b.hold >= zero && b.margin >= zero && b.receivable >= zero && b.penalty <= zero,
        sequence, [&] {
            return fmt::format("account {}: cash {}, hold {}, margin {}, receivable {}, penalty {} micro-CNY",
                               account.value, b.cash.value, b.hold.value, b.margin.value, b.receivable.value,
                               b.penalty.value);
        });
}

void MarketChecks::check_capacity(engine::Sequence sequence, const PositionKey& key) {
    const auto found = postings_.positions().find(key);
    if (found == postings_.positions().end()) return;
    const PositionSums& p = found->second;
    const Quantity has = capacities_.capacity(key.first, key.second);
    capacity.expect(p.open_sells + p.sold - p.bought <= has, sequence, [&] {
        return fmt::format("account {} in {}: sold {} + open sells {} - bought {} lots, capacity {}",
                           key.first.value, name(key.second), p.sold.value, p.open_sells.value,
                           p.bought.value, has.value);
    });
}

void MarketChecks::check_crossed(engine::Sequence sequence) {
    for (const engine::InstrumentId instrument : touched_books_) {
        const auto found = books_.find(instrument);
        const bool continuous = phases_[instrument] == engine::Phase::open;
        if (!continuous || found == books_.end() || found->second.bids.empty() ||
            found->second.asks.empty()) {
            crossed.pass();
            continue;
        }
        const engine::Price bid = found->second.bids.rbegin()->first;
        const engine::Price ask = found->second.asks.begin()->first;
        crossed.expect(bid < ask, sequence, [&] {
            return fmt::format("{}: best bid {}, best ask {} ticks", name(instrument), bid.value, ask.value);
        });
    }
    touched_books_.clear();
}

void MarketChecks::finish(engine::Sequence last, bool unfinished) {
    if (!unfinished) check_crossed(last);
    for (const auto& [instrument, volume] : volumes_)
        if (volume.bought != volume.sold)
            pairs.fail(last, fmt::format("{}: {} lots bought, {} sold", name(instrument), volume.bought,
                                         volume.sold));
    if (balances_.total() != Money{})
        zero_sum.fail(last, fmt::format("all balances sum to {} micro-CNY", balances_.total().value));
    zero_sum.tell(fmt::format("{} entries", zero_sum.examined()));
    clearing.tell(fmt::format("{} commands", clearing.examined()));
    formulas.tell(fmt::format("{} events", formulas.examined()));
    not_negative.tell(fmt::format("{} balances looked at", not_negative.examined()));
    capacity.tell(fmt::format("{} positions looked at", capacity.examined()));
    pairs.tell(fmt::format("{} trades in {} instruments", trades_, volumes_.size()));
    bands.tell(fmt::format("{} trades", bands.examined()));
    crossed.tell(fmt::format("{} books looked at", crossed.examined()));
    cids_.once.tell(fmt::format("{} orders", cids_.once.examined()));
    tokens_.holdings.tell(fmt::format("{} draws and changes of holdings", tokens_.holdings.examined()));
    tokens_.usages.tell(fmt::format("{} usages", tokens_.usages.examined()));
    packages_.finish(last);
    streams.tell(fmt::format("{} events in {} streams", streams.examined(), streams_.size()));
}

}  // namespace gridbook::ledger
