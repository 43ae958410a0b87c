// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/engine_checks.hpp"

#include <fmt/format.h>

#include "engine/delivery/window.hpp"

namespace gridbook::ledger {

using engine::Money;

namespace {

constexpr std::uint32_t page = 1000;

}  // namespace

template <class Question, class Row>
bool EngineChecks::ask(const Question& question, engine::AccountId account, Row&& row) {
    engine::EventSink sink = buffer_.sink();
    exchange_.answer(engine::Command::of(question, account), sink);
    GRIDBOOK_CHECK(sink.count() > 0);
    for (std::size_t i = 0; i + 1 < sink.count(); ++i) row(buffer_[i].event());
    return buffer_[sink.count() - 1].event().template as<engine::RowsEnd>().more;
}

engine::BalanceRow EngineChecks::balance(engine::AccountId account) {
    engine::BalanceRow row;
    ask(engine::QueryBalance{}, account, [&](const engine::Event& e) { row = e.as<engine::BalanceRow>(); });
    return row;
}

void EngineChecks::compare_balances(engine::Sequence sequence) {
    for (const engine::AccountId account : market_.accounts()) {
        const engine::BalanceRow told = balance(account);
        const Balances::Participant kept{told.cash, told.hold, told.margin, told.receivable, told.penalty};
        const Balances::Participant posted = market_.balances().of(account);
        balances.expect(kept == posted, sequence, [&] {
            return fmt::format(
                "account {}: the engine has cash {}, hold {}, margin {}, receivable {}, penalty {}, the "
                "postings {}, {}, {}, "
                "{}, {} micro-CNY",
                account.value, kept.cash.value, kept.hold.value, kept.margin.value, kept.receivable.value,
                kept.penalty.value, posted.cash.value, posted.hold.value, posted.margin.value,
                posted.receivable.value, posted.penalty.value);
        });
    }
}

void EngineChecks::compare_all(engine::Sequence sequence) {
    compare_balances(sequence);
    compare_holds(sequence);
    std::map<engine::AccountId, std::size_t> open;
    for (const auto& [id, order] : market_.postings().orders()) ++open[order.account];
    for (const auto& [id, strip] : market_.postings().strips()) ++open[strip.account];
    std::map<engine::AccountId, std::size_t> party;
    for (const auto& [id, delivery] : market_.postings().deliveries()) {
        ++party[delivery.seller];
        if (delivery.buyer != delivery.seller) ++party[delivery.buyer];
    }
    for (const engine::AccountId account : market_.accounts()) {
        compare_positions(sequence, account);
        compare_orders(sequence, account, open[account]);
        compare_deliveries(sequence, account, party[account]);
        compare_grants(sequence, account);
    }
    compare_reserves(sequence);
}

// Not the running sums of the postings, but the formula over the orders that are open now.
void EngineChecks::compare_holds(engine::Sequence sequence) {
    struct Held {
        Money hold{}, margin{};
    };
    std::map<engine::AccountId, Held> held;
    for (const auto& [id, order] : market_.postings().orders())
        (order.side == engine::Side::buy ? held[order.account].hold : held[order.account].margin) +=
            market_.postings().held(order);
    for (const auto& [id, strip] : market_.postings().strips())
        (strip.side == engine::Side::buy ? held[strip.account].hold : held[strip.account].margin) +=
            market_.postings().held(strip);
    for (const auto& [key, sums] : market_.postings().positions()) held[key.first].margin += sums.margin;
    for (const auto& [key, dispute] : market_.postings().disputes())
        held[dispute.payer(key.second)].hold += dispute.held;
    for (const auto& [id, payout] : market_.postings().payouts()) held[payout.account].hold += payout.amount;
    for (const engine::AccountId account : market_.accounts()) {
        const engine::BalanceRow told = balance(account);
        const Held& formula = held[account];
        holds.expect(told.hold == formula.hold && told.margin == formula.margin, sequence, [&] {
            return fmt::format(
                "account {}: the engine holds {} and margin {}, the formula gives {} and {} micro-CNY",
                account.value, told.hold.value, told.margin.value, formula.hold.value, formula.margin.value);
        });
    }
}

// What was declared of a final window may be forgotten.
bool EngineChecks::same_maintenance(const engine::EventHeader& told, const engine::PositionRow& row) const {
    const engine::Product product = market_.postings().product(row.instrument.family);
    if (engine::window_end(row.instrument.period, product) + engine::final_after <= told.time) return true;
    return row.maintenance == market_.capacities().maintained(told.account, row.instrument);
}

void EngineChecks::compare_positions(engine::Sequence sequence, engine::AccountId account) {
    const auto& kept = market_.postings().positions();
    std::size_t told = 0;
    engine::QueryPositions question;
    question.limit = page;
    const auto row = [&](const engine::Event& event) {
        const auto p = event.as<engine::PositionRow>();
        question.after = p.instrument;
        const auto found = kept.find({account, p.instrument});
        const PositionSums sums = found == kept.end() ? PositionSums{} : found->second;
        if (!sums.idle()) ++told;
        const bool same = p.bought == sums.bought && p.sold == sums.sold && p.open_sells == sums.open_sells &&
                          p.margin == sums.margin && p.receivable == sums.receivable &&
                          p.registered == market_.capacities().registered(account, p.instrument.family) &&
                          same_maintenance(event.header, p);
        positions.expect(same, sequence, [&] {
            return fmt::format(
                "account {} in family {} period {}: the engine has bought {}, sold {}, open sells {}, "
                "registered {}, margin {}, "
                "receivable {}; the events give {}, {}, {}, {}, {}, {}",
                account.value, p.instrument.family.value, p.instrument.period.value, p.bought.value,
                p.sold.value, p.open_sells.value, p.registered.value, p.margin.value, p.receivable.value,
                sums.bought.value, sums.sold.value, sums.open_sells.value,
                market_.capacities().registered(account, p.instrument.family).value, sums.margin.value,
                sums.receivable.value);
        });
    };
    while (ask(question, account, row)) {
    }
    std::size_t expected = 0;
    for (auto at = kept.lower_bound({account, {engine::FamilyId{0}, 0, engine::Period{0}}});
         at != kept.end() && at->first.first == account; ++at)
        if (!at->second.idle()) ++expected;
    if (told != expected)
        positions.fail(sequence, fmt::format("account {}: the engine has {} positions, the events give {}",
                                             account.value, told, expected));
}

bool EngineChecks::stands(engine::AccountId account, const engine::OrderEvent& o) const {
    const OpenOrder* kept = market_.postings().order(o.order);
    return kept != nullptr && kept->account == account && kept->instrument == o.instrument &&
           kept->price == o.price && kept->leaves == o.leaves && kept->cum == o.cum && kept->qty == o.qty &&
           kept->side == o.side && kept->state == o.state && market_.postings().held(*kept) == o.hold;
}

// A strip rests untouched: all or none.
bool EngineChecks::stands(engine::AccountId account, const engine::StripEvent& s) const {
    const OpenStrip* kept = market_.postings().strip(s.order);
    return kept != nullptr && kept->account == account && kept->first == s.instrument &&
           kept->price == s.price && kept->qty == s.qty && kept->legs.size() == s.hours &&
           kept->side == s.side && market_.postings().held(*kept) == s.hold;
}

// What counts of a failed one is told when it is settled.
bool EngineChecks::stands(engine::AccountId account, const engine::DeliveryChanged& d) const {
    const auto found = market_.postings().deliveries().find(d.delivery);
    if (found == market_.postings().deliveries().end()) return false;
    const OpenDelivery& kept = found->second;
    const bool failed =
        d.state == engine::DeliveryState::failed || d.state == engine::DeliveryState::replaced;
    const bool metered = market_.postings().product(d.instrument.family) == engine::Product::gpu && !failed;
    return (kept.seller == account || kept.buyer == account) && kept.seller == d.seller &&
           kept.buyer == d.buyer && kept.instrument == d.instrument && kept.price == d.price &&
           kept.qty == d.qty && kept.first_minute == d.first_minute && kept.minutes == d.minutes &&
           kept.replaces == d.replaces && kept.state == d.state &&
           (!metered || kept.metered() == d.delivered);
}

void EngineChecks::compare_deliveries(engine::Sequence sequence, engine::AccountId account,
                                      std::size_t open) {
    std::size_t told = 0;
    engine::QueryDeliveries question;
    question.limit = page;
    const auto row = [&](const engine::Event& event) {
        if (event.kind() == engine::EventKind::holding_row)
            return compare_holding(sequence, event.as<engine::HoldingRow>());
        ++told;
        const auto d = event.as<engine::DeliveryRow>().delivery;
        question.after = d.delivery;
        deliveries.expect(stands(account, d), sequence, [&] {
            return fmt::format("account {}: delivery {} stands otherwise in the engine than it was told",
                               account.value, d.delivery.value);
        });
    };
    while (ask(question, account, row)) {
    }
    if (told != open)
        deliveries.fail(sequence, fmt::format("account {}: the engine has {} deliveries, the events give {}",
                                              account.value, told, open));
}

void EngineChecks::compare_holding(engine::Sequence sequence, const engine::HoldingRow& row) {
    const auto drawn = market_.tokens().drawn(row.holding);
    deliveries.expect(drawn == row.drawn, sequence, [&] {
        return fmt::format("holding {}: the engine has drawn {} quarters of a token, the events tell {}",
                           row.holding.value, row.drawn, drawn.value_or(0));
    });
}

bool EngineChecks::stands(engine::AccountId account, const engine::GrantRow& g) const {
    const auto found = market_.postings().grants().find(g.grant);
    if (found == market_.postings().grants().end()) return false;
    const OpenGrant& kept = found->second;
    const bool sells = kept.issuer == account;
    return (sells || kept.buyer == account) && g.party == (sells ? engine::Side::sell : engine::Side::buy) &&
           kept.issuer == g.issuer && kept.buyer == g.buyer && kept.package == g.package &&
           kept.qty == g.qty && kept.granted == g.granted && kept.balance == g.balance &&
           kept.begin == g.begin && kept.end == g.end && kept.carried == g.carried;
}

void EngineChecks::compare_grants(engine::Sequence sequence, engine::AccountId account) {
    std::size_t told = 0, open = 0;
    engine::QueryGrants question;
    question.limit = page;
    const auto row = [&](const engine::Event& event) {
        const auto g = event.as<engine::GrantRow>();
        question.after = g.grant;
        ++told;
        grants.expect(stands(account, g), sequence, [&] {
            return fmt::format("account {}: grant {} stands otherwise in the engine than it was told",
                               account.value, g.grant.value);
        });
    };
    while (ask(question, account, row)) {
    }
    for (const auto& [id, grant] : market_.postings().grants())
        if (grant.issuer == account || grant.buyer == account) ++open;
    if (told != open)
        grants.fail(sequence, fmt::format("account {}: the engine has {} open grants, the events give {}",
                                          account.value, told, open));
}

// A row for each issuer and class of a package.
void EngineChecks::compare_reserves(engine::Sequence sequence) {
    std::set<std::pair<engine::AccountId, engine::ClassId>> owed;
    for (const auto& [id, package] : market_.postings().packages())
        owed.insert({package.issuer, package.class_id});
    engine::QueryReserves question;
    question.limit = 100;
    const auto row = [&](const engine::Event& event) {
        const auto r = event.as<engine::ReserveRow>();
        question.after_issuer = r.issuer;
        question.after_class = r.class_id;
        const bool due = owed.erase({r.issuer, r.class_id}) != 0;
        const PackageCheck::Reserve told{r.issued, r.outstanding, r.held};
        const PackageCheck::Reserve kept = market_.packages().reserve(r.issuer, r.class_id);
        grants.expect(due && told == kept, sequence, [&] {
            return fmt::format(
                "account {}: its reserve is {} held for {} quarters in the engine, the events "
                "give {} for {}",
                r.issuer.value, r.held, r.outstanding, kept.held, kept.outstanding);
        });
    };
    while (ask(question, engine::no_account, row)) {
    }
    if (!owed.empty()) grants.fail(sequence, fmt::format("{} reserves are not told", owed.size()));
}

void EngineChecks::compare_orders(engine::Sequence sequence, engine::AccountId account, std::size_t open) {
    std::size_t told = 0;
    engine::QueryOrders question;
    question.limit = page;
    const auto row = [&](const engine::Event& event) {
        ++told;
        const bool strip = event.kind() == engine::EventKind::strip_row;
        const engine::OrderId id =
            strip ? event.as<engine::StripRow>().strip.order : event.as<engine::OrderRow>().order.order;
        question.after = id;
        const bool same = strip ? stands(account, event.as<engine::StripRow>().strip)
                                : stands(account, event.as<engine::OrderRow>().order);
        orders.expect(same, sequence, [&] {
            return fmt::format("account {}: order {} stands otherwise in the engine than it was told",
                               account.value, id.value);
        });
    };
    while (ask(question, account, row)) {
    }
    if (told != open)
        orders.fail(sequence, fmt::format("account {}: the engine has {} open orders, the events give {}",
                                          account.value, told, open));
}

}  // namespace gridbook::ledger
