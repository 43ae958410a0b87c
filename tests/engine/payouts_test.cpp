// SPDX-License-Identifier: Apache-2.0
// Payouts: asked once, held, paid or refused once; nobody's money appears or goes (engine README, Payouts).
#include <catch2/catch.hpp>

#include "engine/state.hpp"
#include "tests/engine/setup.hpp"
#include "tests/engine/snapshot_bytes.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert;

Command request(AccountId from, std::int64_t amount, std::string_view reference = "r-1") {
    RequestPayout r;
    r.amount = Money{amount};
    r.reference = Text<32>{reference};
    return Command::of(r, from, no_key, asked);
}
Command decide(std::uint32_t payout, bool paid) {
    DecidePayout d;
    d.payout = PayoutId{payout};
    d.paid = paid;
    return Command::of(d, no_account, no_key, asked);
}
const Account& owner(Market& m, AccountId id) { return m.exchange().state().accounts[id]; }
Refused refused(Market& m, const Command& command) {
    const Events events = m.send(command);
    REQUIRE(events.size() == 1);
    REQUIRE(events[0].kind() == EventKind::refused);
    return events[0].as<Refused>();
}

}  // namespace

TEST_CASE("a payout is held when it is asked, and goes to the bank when it is paid", "[payouts]") {
    Market m;
    const Money cash = owner(m, acme).cash, bank = m.exchange().state().accounts.house.bank;
    const Events events = m.send(request(acme, 500));
    REQUIRE(events.size() == 1);
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.number == owner(m, acme).number);
    const auto told = events[0].as<PayoutChanged>();
    CHECK(told.payout == PayoutId{1});
    CHECK(told.state == PayoutState::requested);
    CHECK(told.cash == cash - Money{500});
    CHECK(owner(m, acme).hold == Money{500});
    const Events decided = m.send(decide(1, true));
    REQUIRE(decided.size() == 2);
    CHECK(decided[0].header.account == no_account);
    CHECK(decided[0].as<PayoutChanged>().origin == asked);
    CHECK(decided[1].header.account == acme);
    CHECK(decided[1].as<PayoutChanged>().state == PayoutState::paid);
    CHECK(owner(m, acme).hold == Money{});
    CHECK(owner(m, acme).cash == cash - Money{500});
    CHECK(m.exchange().state().accounts.house.bank == bank + Money{500});
}

TEST_CASE("a payout that is refused goes back to cash", "[payouts]") {
    Market m;
    const Money cash = owner(m, acme).cash;
    m.send(request(acme, 500));
    CHECK(m.send(decide(1, false))[1].as<PayoutChanged>().state == PayoutState::refused);
    CHECK(owner(m, acme).cash == cash);
    CHECK(owner(m, acme).hold == Money{});
}

TEST_CASE("the same reference asks once while it waits; another amount is refused", "[payouts]") {
    Market m;
    m.send(request(acme, 500));
    const Events again = m.send(request(acme, 500));
    REQUIRE(again.size() == 1);
    CHECK(again[0].header.flags == (event_flag::reply | event_flag::duplicate));
    CHECK(again[0].header.number == StreamNumber{});
    CHECK(owner(m, acme).hold == Money{500});
    CHECK(refused(m, request(acme, 501)).reason == RejectReason::cid_reused);
    CHECK(refused(m, request(acme, 501)).field == RejectField::reference);
    CHECK(m.send(request(bert, 7))[0].as<PayoutChanged>().payout == PayoutId{2});
    m.send(decide(1, true));
    CHECK(m.send(request(acme, 501))[0].as<PayoutChanged>().payout == PayoutId{3});
}

TEST_CASE("what no payout may be", "[payouts]") {
    Market m;
    const Money cash = owner(m, acme).cash;
    for (const std::int64_t amount : {std::int64_t{0}, std::int64_t{-1}}) {
        const Refused r = refused(m, request(acme, amount));
        CHECK(r.reason == RejectReason::format_value);
        CHECK(r.field == RejectField::amount);
        CHECK(r.limit_low == 1);
    }
    const Refused r = refused(m, request(acme, cash.value + 1));
    CHECK(r.reason == RejectReason::funds);
    CHECK(r.limit_high == cash.value);
    CHECK(r.got == cash.value + 1);
    m.send(request(acme, cash.value));
    CHECK(owner(m, acme).cash == Money{});
    CHECK(refused(m, request(acme, 1, "r-2")).reason == RejectReason::funds);
    for (const std::uint32_t id : {0u, 2u})
        CHECK(refused(m, decide(id, true)).reason == RejectReason::payout_unknown);
    m.send(decide(1, true));
    CHECK(refused(m, decide(1, true)).reason == RejectReason::payout_unknown);
    CHECK(refused(m, request(AccountId{99}, 1)).reason == RejectReason::account_unknown);
}

TEST_CASE("4,096 payouts may wait", "[payouts]") {
    Market m;
    for (std::uint32_t i = 0; i < Payouts::limit; ++i) m.send(request(acme, 1, std::to_string(i)));
    const Refused r = refused(m, request(acme, 1, "more"));
    CHECK(r.reason == RejectReason::engine_limit);
    CHECK(r.pool == Pool::payouts);
    CHECK(r.limit_high == 4'096);
}

TEST_CASE("what waits is listed, of an account or of all, in a snapshot and in the hash", "[payouts]") {
    Market m;
    const std::uint64_t before = m.exchange().state_hash();
    m.send(request(acme, 500));
    m.send(request(bert, 7));
    m.send(request(acme, 3, "r-2"));
    m.send(decide(1, false));
    const auto ids = [&](AccountId of) {
        std::vector<std::uint32_t> found;
        for (const Event& e : m.ask(question(QueryPayouts{.after = {}, .limit = 10}, of)))
            if (e.kind() == EventKind::payout_row) found.push_back(e.as<PayoutRow>().payout.payout.value);
        return found;
    };
    CHECK(ids(no_account) == std::vector<std::uint32_t>{2, 3});
    CHECK(ids(acme) == std::vector<std::uint32_t>{3});
    CHECK(m.exchange().state_hash() != before);
    Bytes bytes;
    REQUIRE(m.exchange().save(bytes));
    Exchange restored;
    REQUIRE(restored.restore(bytes) == SnapshotError::none);
    CHECK(restored.state_hash() == m.exchange().state_hash());
    CHECK(restored.state().payouts.last_id() == PayoutId{3});
}
