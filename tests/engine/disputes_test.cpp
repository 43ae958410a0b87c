// SPDX-License-Identifier: Apache-2.0
// Disputes: only what the disputed minutes would change is held back, and it goes to who is right.
#include "tests/engine/delivery_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, prov = Market::prov;
constexpr std::uint64_t three = 0b111;  // the first minutes

Command dispute(std::uint32_t id, AccountId from, std::uint64_t minutes) {
    OpenDispute o;
    o.delivery = DeliveryId{id};
    o.minutes = minutes;
    return Command::of(o, from, no_key, asked);
}
Command decide(std::uint32_t id, Side claimant, bool upheld) {
    DecideDispute d;
    d.delivery = DeliveryId{id};
    d.claimant = claimant;
    d.upheld = upheld;
    return Command::of(d, no_account, no_key, asked);
}

std::string dispute_line(const Event& e) {
    constexpr std::array<std::string_view, 6> words{"none",   "opened",   "suspended",
                                                    "upheld", "rejected", "settled"};
    const auto d = e.as<DisputeChanged>();
    return fmt::format("{} {} {} {} {:x}, stake {}, held {}{}", who(e.header.account), d.delivery.value,
                       d.claimant == Side::sell ? "seller" : "buyer",
                       words[static_cast<std::size_t>(d.state)], d.minutes, text_of(d.stake), text_of(d.held),
                       (e.header.flags & event_flag::reply) != 0 ? ", reply" : "");
}
Lines disputes(const Events& events) {
    Lines lines;
    for (const Event& e : events) {
        if (e.kind() == EventKind::dispute) lines.push_back(dispute_line(e));
        if (e.kind() == EventKind::refused) {
            const auto r = e.as<Refused>();
            lines.push_back(fmt::format("refused {} {} {}..{} got {}", code(r.reason), name(r.field),
                                        r.limit_low, r.limit_high, r.got));
        }
    }
    return lines;
}

// 16 units at 13.50 in noon's hour, all of it reported by the seller.
void deliver(Delivering& d) {
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.run_hour(12, 1, prov, [](std::uint32_t) { return "16"; });
}

}  // namespace

TEST_CASE("The buyer disputes three minutes: the hour is settled but for 16.20", "[delivery]") {
    Delivering d;
    deliver(d);
    d.at(clock(13, 10));
    CHECK(disputes(d.send(dispute(1, acme, three))) ==
          Lines{"prov 1 buyer opened 7, stake 0, held 0", "acme 1 buyer opened 7, stake 0, held 0, reply"});
    const Money buyer = d.cash(acme), seller = d.cash(prov);
    CHECK(disputes(d.at(clock(14))) == Lines{"prov 1 buyer suspended 7, stake 16.2, held 16.2",
                                             "acme 1 buyer suspended 7, stake 16.2, held 16.2"});
    CHECK(d.cash(acme) == buyer);
    CHECK(d.cash(prov) - seller == money("215.88552") + money("44.8") - money("16.2"));
    CHECK(d.m.balance(prov).hold == money("16.2"));
    SECTION("upheld") {
        CHECK(disputes(d.send(decide(1, Side::buy, true))) ==
              Lines{"? 1 buyer upheld 7, stake 16.2, held 16.2, reply",
                    "prov 1 buyer upheld 7, stake 16.2, held 16.2",
                    "acme 1 buyer upheld 7, stake 16.2, held 16.2"});
        CHECK(d.cash(acme) == buyer + money("16.2"));
        CHECK(d.m.balance(prov).hold == Money{});
    }
    SECTION("rejected") {
        d.send(decide(1, Side::buy, false));
        CHECK(d.cash(acme) == buyer);
        CHECK(d.cash(prov) - seller == money("260.68552"));
        CHECK(d.m.balance(prov).hold == Money{});
    }
    CHECK(d.fund() == Money{});
    CHECK(disputes(d.send(decide(1, Side::buy, true))) == Lines{"refused DELIVERY_UNKNOWN did 0..0 got 1"});
}

TEST_CASE("The seller disputes what the buyer metered: its refund and penalty are at stake", "[delivery]") {
    Delivering d;
    deliver(d);
    for (std::uint32_t m = 0; m < 3; ++m) d.send(meter(1, acme, m, 0));
    d.send(dispute(1, prov, three));
    const Money buyer = d.cash(acme), seller = d.cash(prov);
    CHECK(disputes(d.at(clock(14))).front() == "prov 1 seller suspended 7, stake 16.2, held 16.2");
    CHECK(d.cash(acme) == buyer);  // 16.2 came and is held
    d.send(decide(1, Side::sell, true));
    CHECK(d.cash(acme) == buyer);
    CHECK(d.cash(prov) - seller == money("215.88552") + money("44.8"));
}

TEST_CASE("Who cannot pay the stake is advanced what is missing, if the claimant is right", "[delivery]") {
    Delivering d;
    deliver(d);
    d.at(clock(13));
    d.send(dispute(1, acme, (std::uint64_t{1} << 60) - 1));  // refund 216.00, penalty 108.00
    Credit all;
    all.amount = -d.cash(prov);
    d.send(Command::of(all, prov));
    const Money buyer = d.cash(acme);
    CHECK(disputes(d.at(clock(14))).front() ==
          "prov 1 buyer suspended fffffffffffffff, stake 324, held 260.68552");
    CHECK(d.cash(prov) == Money{});
    SECTION("right") {
        d.send(decide(1, Side::buy, true));
        CHECK(d.cash(acme) - buyer == money("324"));
        CHECK(d.fund() == -money("63.31448"));
        CHECK(d.cash(prov) == Money{});
    }
    SECTION("wrong") {
        d.send(decide(1, Side::buy, false));
        CHECK(d.cash(prov) == money("260.68552"));
        CHECK(d.fund() == Money{});
    }
    CHECK(d.m.balance(prov).hold == Money{});
}

TEST_CASE("Minutes that change nothing leave nothing to decide", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.run_hour(12, 1, prov, [](std::uint32_t m) { return m == 5 ? nullptr : "16"; });
    d.send(dispute(1, acme, 1 << 5));
    CHECK(disputes(d.at(clock(14))) ==
          Lines{"prov 1 buyer settled 20, stake 0, held 0", "acme 1 buyer settled 20, stake 0, held 0"});
    CHECK(d.m.balance(prov).hold == Money{});
    CHECK(disputes(d.send(decide(1, Side::buy, true))) == Lines{"refused DELIVERY_UNKNOWN did 0..0 got 1"});
}

TEST_CASE("Disputes of both sides stand beside each other, and minutes are added", "[delivery]") {
    Delivering d;
    deliver(d);
    for (std::uint32_t m = 0; m < 3; ++m) d.send(meter(1, acme, m, 0));
    d.send(dispute(1, prov, 1));
    d.send(dispute(1, prov, 6));
    d.send(dispute(1, acme, 1 << 10));
    CHECK(disputes(d.at(clock(14))) == Lines{"prov 1 buyer suspended 400, stake 5.4, held 5.4",
                                             "acme 1 buyer suspended 400, stake 5.4, held 5.4",
                                             "prov 1 seller suspended 7, stake 16.2, held 16.2",
                                             "acme 1 seller suspended 7, stake 16.2, held 16.2"});
}

TEST_CASE("What may not be disputed is refused, and says why", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    CHECK(disputes(d.send(dispute(2, acme, 1))) == Lines{"refused DELIVERY_UNKNOWN did 0..0 got 2"});
    CHECK(disputes(d.send(dispute(1, bert, 1))) == Lines{"refused DELIVERY_UNKNOWN did 0..0 got 1"});
    CHECK(disputes(d.send(dispute(1, acme, 1))) == Lines{"refused FORMAT_VALUE minutes 0..-1 got 0"});
    d.at(clock(12, 3));
    CHECK(disputes(d.send(dispute(1, acme, 0))) == Lines{"refused FORMAT_VALUE minutes 0..2 got -1"});
    CHECK(disputes(d.send(dispute(1, acme, 0b11'000'000'101))) ==
          Lines{"refused FORMAT_VALUE minutes 0..2 got 9"});
    CHECK(disputes(d.send(decide(1, Side::buy, true))) == Lines{"refused DELIVERY_UNKNOWN did 0..0 got 1"});
    d.send(dispute(1, acme, 0b11));
    CHECK(disputes(d.send(decide(1, Side::buy, true))) == Lines{"refused DELIVERY_STATE did 0..0 got 1"});
}
