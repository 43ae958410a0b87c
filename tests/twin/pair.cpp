// SPDX-License-Identifier: Apache-2.0
#include "tests/twin/pair.hpp"

#include "tests/engine/describe.hpp"

namespace gridbook::twin {

using engine::CommandKind;
using engine::Event;
using engine::EventKind;

namespace {

// What the two may tell differently: the state hash, which only the exchange has.
Event comparable(Event event) {
    if (event.kind() == EventKind::state_hashed) {
        auto hashed = event.as<engine::StateHashed>();
        hashed.hash = 0;
        event.set(hashed);
    }
    return event;
}

// A position without anything in it: whether its row is still told is the exchange's own business.
bool says_nothing(const Event& event) {
    if (event.kind() != EventKind::position_row) return false;
    const auto p = event.as<engine::PositionRow>();
    return p.bought.value == 0 && p.sold.value == 0 && p.open_sells.value == 0 && p.margin.value == 0 &&
           p.receivable.value == 0;
}

std::string at(const std::vector<Event>& events, std::size_t i) {
    return i < events.size() ? tests::full_line(events[i]) : "(nothing)";
}

Difference first_difference(const std::vector<Event>& exchange, const std::vector<Event>& twins,
                            const std::string& after) {
    for (std::size_t i = 0; i < std::max(exchange.size(), twins.size()); ++i) {
        if (i < exchange.size() && i < twins.size() && comparable(exchange[i]) == comparable(twins[i]))
            continue;
        return fmt::format("after {}\n  event {} of {} (twin: {})\n  exchange: {}\n  twin:     {}", after, i,
                           exchange.size(), twins.size(), at(exchange, i), at(twins, i));
    }
    return std::nullopt;
}

}  // namespace

Difference Pair::send(const Sent& sent) {
    told_.clear();
    NaiveExchange::Events twins;
    engine::Sequence joined{};
    for (const tests::Step& step : driver_.steps(sent.command, sent.at)) {
        const bool goes_on = step.command.kind() == CommandKind::follow_on;
        if (!goes_on) joined = step.command.header.sequence;
        follow_ons_ += goes_on;
        if (goes_on && step.events.empty())
            return "a follow-on with nothing to tell: " + tests::line_of(step.command);
        for (Event event : step.events) {
            if (event.header.sequence != step.command.header.sequence)
                return "an event does not carry its command's sequence: " + tests::full_line(event);
            event.header.sequence = joined;
            if (goes_on) event.header.key = sent.command.header.key;
            told_.push_back(event);
        }
        twin_.apply(step.command, twins);
    }
    if (auto difference = compare(sent.command, twins)) return difference;
    const engine::Time due = driver_.exchange().next_timer();
    if (due != twin_.next_timer())
        return fmt::format("next timer: exchange {} twin {}, after {}", due.value, twin_.next_timer().value,
                           tests::line_of(sent.command));
    return std::nullopt;
}

Difference Pair::compare(const engine::Command& command, const NaiveExchange::Events& twins) const {
    return first_difference(told_, twins, tests::line_of(command));
}

Difference Pair::ask(const engine::Command& question) {
    NaiveExchange::Events twins;
    twin_.answer(question, twins);
    tests::Events exchange = driver_.ask(question);
    if (question.kind() == CommandKind::query_positions) {
        for (auto* events : {&twins, &exchange}) {
            std::erase_if(*events, says_nothing);
            std::erase_if(*events, [](const Event& e) { return e.kind() == EventKind::rows_end; });
        }
    }
    return first_difference(exchange, twins, "question " + tests::line_of(question));
}

// The proposed changes, and dry runs: of each family a step of its guidance, a wide one, and to follow; of
// each class a smaller factor.
Difference Pair::ask_regulator() {
    const auto of = [](engine::CommandKind kind, const auto& q) {
        engine::Command c = engine::Command::of(q, engine::AccountId{0}, engine::no_key, {1, 1});
        c.header.kind = kind;
        return c;
    };
    std::vector<engine::Command> questions;
    for (const std::uint32_t limit : {3u, 1'000u})
        questions.push_back(of(CommandKind::query_changes, engine::QueryChanges{.after = 1, .limit = limit}));
    for (std::uint16_t i = 0; i <= twin_.families().size(); ++i) {
        engine::SetBand s;
        s.family = engine::FamilyId{i};
        if (i == twin_.families().size()) {
            questions.push_back(of(CommandKind::try_band, s));
            break;
        }
        const Family& f = twin_.families()[i];
        s.expect = f.last_version;
        s.guidance = engine::Decimal{f.band.guidance * 103 / 100 * engine::tick_decimal};
        questions.push_back(of(CommandKind::try_band, s));
        s.floor = engine::Decimal{f.band.guidance * engine::tick_decimal};
        s.ceiling = engine::Decimal{f.band.guidance * 4 * engine::tick_decimal};
        s.effective = twin_.time() + engine::hour;
        questions.push_back(of(CommandKind::try_band, s));
        engine::SetBand follow;
        follow.family = s.family;
        follow.expect = s.expect;
        follow.follow = true;
        questions.push_back(of(CommandKind::try_band, follow));
        engine::SetGuidance g;
        g.family = s.family;
        g.expect = s.expect;
        g.price = engine::Decimal{f.band.guidance * engine::tick_decimal};
        g.life_h = 1;
        g.utilisation = engine::BasisPoints{10'000};
        g.pue = 1'000;
        g.opex_h = static_cast<std::uint32_t>(g.price.value);
        questions.push_back(of(CommandKind::try_guidance, g));
    }
    for (std::uint16_t i = 0; i < twin_.factors().size(); ++i) {
        engine::SetFactors k;
        k.class_id = engine::ClassId{i};
        k.expect = twin_.factors()[i].last_version;
        k.k_train = k.k_infer = static_cast<std::uint16_t>(twin_.factors()[i].own_train * 95 / 100);
        questions.push_back(of(CommandKind::try_factors, k));
    }
    for (const engine::Command& question : questions)
        if (auto difference = ask(question)) return difference;
    return std::nullopt;
}

Difference Pair::ask_everything() {
    if (!twin_.started()) return std::nullopt;
    for (std::uint32_t a = 0; a < twin_.accounts().size(); ++a) {
        const auto of = [&](const auto& q) {
            return engine::Command::of(q, engine::AccountId{a}, engine::no_key, {1, a + 1});
        };
        engine::QueryOrders few;
        few.limit = 7;
        engine::QueryOrders all;
        all.limit = 1'000;
        engine::QueryPositions positions;
        positions.limit = 1'000;
        engine::QueryDeliveries some, deliveries;
        some.limit = 3;
        some.after = engine::DeliveryId{20};
        deliveries.limit = 1'000;
        engine::QueryResources three, resources;
        three.limit = 3;
        three.after = 2;
        resources.limit = 1'000;
        engine::QueryGrants two, grants;
        two.limit = 2;
        two.after = engine::GrantId{3};
        grants.limit = 1'000;
        engine::QueryReserves reserves;
        reserves.limit = 100;
        for (const auto& q : {of(engine::QueryBalance{}), of(few), of(all), of(positions), of(some),
                              of(deliveries), of(three), of(resources), of(two), of(grants), of(reserves)})
            if (auto difference = ask(q)) return difference;
    }
    engine::QueryDisputes disputes, few_disputes;
    disputes.limit = 1'000;
    few_disputes.limit = 2;
    few_disputes.after = engine::DeliveryId{10};
    few_disputes.after_claimant = engine::Side::buy;
    engine::QueryPackages packages, one_package;
    packages.limit = 1'000;
    one_package.limit = 1;
    one_package.after = engine::PackageId{2};
    engine::QueryReserves reserves, two_reserves;
    reserves.limit = 100;
    two_reserves.limit = 2;
    two_reserves.after_issuer = engine::AccountId{3};
    engine::QueryPayouts payouts;
    payouts.limit = 3;
    const auto of_all = [](const auto& q) {
        return engine::Command::of(q, engine::no_account, engine::no_key, {1, 1});
    };
    for (const auto& q : {of_all(disputes), of_all(few_disputes), of_all(packages), of_all(one_package),
                          of_all(reserves), of_all(two_reserves), of_all(payouts)})
        if (auto difference = ask(q)) return difference;
    for (const std::uint32_t whose : {0u, 1u, 2u})
        if (auto difference =
                ask(engine::Command::of(payouts, engine::AccountId{whose}, engine::no_key, {1, 1})))
            return difference;
    if (auto difference = ask_regulator()) return difference;
    // One order at a time: by id and by cid, open or done.
    std::size_t asked = 0;
    const auto ask_of = [&](engine::AccountId account, engine::OrderId id, const engine::Cid& cid) {
        engine::QueryOrder q;
        engine::QueryExplain why;
        if (++asked % 2 == 0)
            q.order = why.order = id;
        else
            q.cid = why.cid = cid;
        Difference d = ask(engine::Command::of(q, account, engine::no_key, {1, 1}));
        if (!d) d = ask(engine::Command::of(why, account, engine::no_key, {1, 1}));
        // An overseer asks by id alone.
        why.order = id;
        return d ? d : ask(engine::Command::of(why, engine::no_account, engine::no_key, {1, 1}));
    };
    for (const auto* orders : {&twin_.live(), &twin_.standbys(), &twin_.done()}) {
        std::size_t last = 100;
        for (auto it = orders->rbegin(); it != orders->rend() && last > 0; ++it, --last)
            if (auto d = ask_of(it->second.account, it->second.id, it->second.cid)) return d;
    }
    for (const auto* strips : {&twin_.strips(), &twin_.done_strips()}) {
        std::size_t last = 20;
        for (auto it = strips->rbegin(); it != strips->rend() && last > 0; ++it, --last)
            if (auto d = ask_of(it->second.account, it->second.id, it->second.cid)) return d;
    }
    std::size_t last = 20;
    for (auto it = twin_.any_ofs().rbegin(); it != twin_.any_ofs().rend() && last > 0; ++it, --last)
        if (auto d = ask_of(it->second.account, it->first, it->second.told.cid)) return d;
    return std::nullopt;
}

}  // namespace gridbook::twin
