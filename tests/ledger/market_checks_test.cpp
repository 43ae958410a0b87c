// SPDX-License-Identifier: Apache-2.0
// Each check of the audit fails on the one wrong that it is there for, and on nothing else.
#include "ledger/audit/market_checks.hpp"

#include "told.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::Liquidity;
using engine::Side;

namespace {

struct Market {
    Market() {
        for (const auto& e :
             {told.family(), told.band("9.80", "14.00", "19.60"), told.phase(engine::Phase::open)})
            see(e);
        for (const auto account : {buyer, seller, other}) {
            see(told.opened(account));
            see(told.credited(account, "1000"));
        }
        see(told.resource(seller, 1'000));
        end();
    }
    void see(const engine::Event& event) { checks.see(event); }
    // The command ends, another one begins.
    void end(engine::CommandKind next = engine::CommandKind::place_order) {
        checks.end(told.sequence);
        told.sequence.value += 1;
        engine::Command command;
        command.header.kind = next;
        checks.begin(command);
    }
    void enter(const Told::Order& order) {
        see(told.order(order));
        end();
    }
    std::string failed() {
        checks.finish(told.sequence, false);
        std::string names;
        for (const Check* c : checks.all())
            if (!c->ok()) names += c->name() + "@" + std::to_string(c->first().value) + " ";
        return names;
    }

    Told told;
    MarketChecks checks{tests::small_genesis()};
};

const Told::Order bid{1, buyer, Side::buy, "14.20", 160, "227.681664"};
const Told::Order ask{2, seller, Side::sell, "13.50", 160, "44.80"};

Told::Match maker(const char* price = "13.50") {
    return {1, 2, seller, Side::sell, Liquidity::maker, price, 160, 0, "0.108", "0.00648", "0"};
}
Told::Match taker(const char* price = "13.50") {
    return {1, 1, buyer, Side::buy, Liquidity::taker, price, 160, 0, "0.432", "0.02592", "11.223744"};
}

void trade(Market& m) {
    m.enter(ask);
    m.see(m.told.order(bid));
    m.see(m.told.fill(maker()));
    m.see(m.told.fill(taker()));
    m.end();
}

}  // namespace

TEST_CASE("a right trade fails nothing", "[checks]") {
    Market m;
    trade(m);
    CHECK(m.failed() == "");
    CHECK(m.checks.trades() == 1);
}

TEST_CASE("a fill without its other side is no trade", "[checks]") {
    Market m;
    m.enter(ask);
    m.see(m.told.order(bid));
    m.see(m.told.fill(maker()));
    m.end();
    CHECK(m.failed() == "clearing@3 pairs@3 ");
}

TEST_CASE("fills of two sizes do not belong together", "[checks]") {
    Market m;
    m.enter(ask);
    m.see(m.told.order(bid));
    m.see(m.told.fill(maker()));
    m.see(m.told.fill(
        {1, 1, buyer, Side::buy, Liquidity::taker, "13.50", 150, 10, "0.405", "0.0243", "10.52226"}));
    m.end();
    CHECK(m.failed() == "clearing@3 pairs@3 ");
}

TEST_CASE("a missing trade id is seen", "[checks]") {
    Market m;
    m.enter(ask);
    m.see(m.told.order(bid));
    auto first = maker();
    auto second = taker();
    first.trade = second.trade = 2;
    m.see(m.told.fill(first));
    m.see(m.told.fill(second));
    m.end();
    CHECK(m.failed() == "pairs@3 ");
}

TEST_CASE("an owner group does not trade with itself", "[checks]") {
    Market m;
    auto same = m.told.opened(seller);
    auto body = same.as<engine::AccountOpened>();
    body.group = engine::GroupId{buyer.value};
    same.set(body);
    m.see(same);
    trade(m);
    CHECK(m.failed() == "pairs@3 ");
}

TEST_CASE("a trade outside the band in force is named, whatever a scheduled band says", "[checks]") {
    Market m;
    m.enter(ask);
    m.see(m.told.band("9.80", "14.00", "13.49", engine::BandStatus::scheduled));
    m.see(m.told.order(bid));
    m.see(m.told.fill(maker()));
    m.see(m.told.fill(taker()));
    m.end();
    CHECK(m.failed() == "");
    Market late;
    late.enter(ask);
    late.see(late.told.band("9.80", "14.00", "13.49", engine::BandStatus::in_force));
    late.see(late.told.order(bid));
    late.see(late.told.fill(maker()));
    late.see(late.told.fill(taker()));
    late.end();
    CHECK(late.failed() == "bands@3 ");
}

TEST_CASE("a trade behind the gate is named", "[checks]") {
    Market m;
    m.see(m.told.phase(engine::Phase::gated));
    trade(m);
    CHECK(m.failed() == "bands@3 ");
}

TEST_CASE("a crossed book is named, but not while follow-ons go on, and not for parked orders", "[checks]") {
    Market crossed;
    crossed.enter(ask);
    crossed.enter(bid);
    CHECK(crossed.failed() == "crossed@3 ");

    Market unfinished;
    unfinished.enter(ask);
    unfinished.see(unfinished.told.order(bid));
    unfinished.end(engine::CommandKind::follow_on);
    unfinished.see(unfinished.told.fill(maker()));
    unfinished.see(unfinished.told.fill(taker()));
    unfinished.end();
    CHECK(unfinished.failed() == "");

    Market parked;
    parked.enter(ask);
    parked.see(parked.told.parked(ask));
    parked.end();
    parked.enter(bid);
    CHECK(parked.failed() == "");
}

TEST_CASE("non-executable orders cross nothing, and a pause may hold a crossed book", "[checks]") {
    Market m;
    m.enter(ask);
    auto flagged = m.told.body(bid);
    flagged.order_flags = engine::order_flag::non_executable;
    m.see(m.told.event(flagged, buyer, true));
    m.end();
    CHECK(m.failed().empty());
    Market paused;
    paused.see(paused.told.phase(engine::Phase::paused));
    paused.enter(ask);
    paused.enter(bid);
    CHECK(paused.failed().empty());
}

TEST_CASE("a trade outside the effective band is named, of families that have one", "[checks]") {
    for (const std::int32_t width : {0, 500}) {
        Market m;
        engine::FamilyDefined family;
        family.dynamic_width = engine::BasisPoints{width};
        m.see(m.told.event(family, engine::no_account));
        engine::PhaseChanged open;
        open.instrument = tests::noon;
        open.phase = engine::Phase::open;
        open.low = engine::Price{1'360};
        open.high = engine::Price{1'470};
        m.see(m.told.event(open, engine::no_account));
        m.enter(ask);
        m.see(m.told.order(bid));
        m.see(m.told.fill(maker()));
        m.see(m.told.fill(taker()));
        m.end();
        INFO("width " << width);
        CHECK(m.failed().starts_with("bands") == (width != 0));
    }
}

TEST_CASE("both fills of a call are makers, the sell's first, and belong into the phase call", "[checks]") {
    for (const engine::Phase phase : {engine::Phase::call, engine::Phase::open}) {
        Market m;
        m.enter(ask);
        m.see(m.told.order(bid));
        m.see(m.told.phase(phase));
        for (auto fill :
             {m.told.fill(maker()), m.told.fill({1, 1, buyer, Side::buy, Liquidity::maker, "13.50", 160, 0,
                                                 "0.108", "0.00648", "11.567184"})}) {
            auto body = fill.as<engine::Fill>();
            body.call = true;
            fill.set(body);
            m.see(fill);
        }
        m.end();
        CHECK(m.failed().starts_with("bands") == (phase == engine::Phase::open));
        CHECK(m.checks.trades() == 1);
    }
}

TEST_CASE("selling more than is registered is named", "[checks]") {
    Market m;
    m.enter({2, seller, Side::sell, "15.00", 1'000, "300"});
    CHECK(m.checks.capacity.ok());
    m.enter({3, seller, Side::sell, "15.00", 1, "0.3"});
    CHECK(m.failed() == "capacity@3 ");
}

TEST_CASE("withdrawing what is offered is named", "[checks]") {
    Market m;
    m.enter(ask);
    engine::ResourceWithdrawn w;
    w.family = engine::FamilyId{0};
    w.count = engine::Quantity{900};
    m.see(m.told.event(w, seller, true));
    m.end();
    CHECK(m.failed() == "capacity@3 ");
}

namespace {

// Of the seller's, the hour of the orders and the one after it.
engine::MaintenanceChanged maintenance(std::int64_t lots, std::int64_t capacity) {
    engine::MaintenanceChanged told;
    told.maintenance = engine::MaintenanceId{1};
    told.family = engine::FamilyId{0};
    told.state = engine::MaintenanceState::declared;
    told.start = tests::noon.period;
    told.windows = 2;
    told.count = engine::Quantity{lots};
    told.capacity = engine::Quantity{capacity};
    return told;
}

}  // namespace

TEST_CASE("maintenance of what is offered, or an offer of what is in maintenance, is named", "[checks]") {
    Market right;
    right.enter(ask);
    right.see(right.told.event(maintenance(840, 160), seller, true));
    right.end();
    CHECK(right.failed() == "");

    Market owed;
    owed.enter(ask);
    owed.see(owed.told.event(maintenance(841, 159), seller, true));
    owed.end();
    CHECK(owed.failed() == "capacity@3 ");

    Market offered;
    offered.see(offered.told.event(maintenance(841, 159), seller, true));
    offered.end();
    offered.enter(ask);
    CHECK(offered.failed() == "capacity@3 ");

    // Elsewhere, or not any more, it takes nothing away.
    Market past;
    auto told = maintenance(841, 159);
    past.see(past.told.event(told, seller, true));
    past.end();
    told.state = engine::MaintenanceState::cancelled;
    told.capacity = engine::Quantity{1'000};
    past.see(past.told.event(told, seller, true));
    past.end();
    told.state = engine::MaintenanceState::declared;
    told.start.value += 1;
    told.capacity = engine::Quantity{159};
    past.see(past.told.event(told, seller, true));
    past.end();
    past.enter(ask);
    CHECK(past.failed() == "");
}

TEST_CASE("a maintenance that tells another capacity is named", "[checks]") {
    Market m;
    m.see(m.told.event(maintenance(400, 601), seller, true));
    m.end();
    CHECK(m.failed() == "capacity@2 ");
}

TEST_CASE("spending more than there is is named", "[checks]") {
    Market m;
    m.enter({1, buyer, Side::buy, "14.20", 800, "1138.40832"});
    CHECK(m.failed() == "not_negative@2 ");
}

TEST_CASE("a fee of another amount is named", "[checks]") {
    Market m;
    m.enter(ask);
    m.see(m.told.order(bid));
    m.see(m.told.fill(maker()));
    auto wrong = taker();
    wrong.fee = "0.433";
    m.see(m.told.fill(wrong));
    m.end();
    CHECK(m.failed() == "formulas@3 ");
}

TEST_CASE("a client order id accepted twice is named; after its retention it is free", "[checks]") {
    const auto again = [](engine::Duration later) {
        Market m;
        m.enter(bid);
        m.see(m.told.cancelled(bid));
        m.end();
        auto second = m.told.order({3, buyer, Side::buy, "14.20", 160, "227.681664"});
        auto body = second.as<engine::OrderEvent>();
        body.cid = engine::Cid{"cid-1"};
        second.set(body);
        second.header.time = tests::day_one + later;
        m.see(second);
        m.end();
        return m.failed();
    };
    CHECK(again(engine::hour * 23) == "cid_once@4 ");
    CHECK(again(engine::hour * 24) == "");
}

TEST_CASE("a hole in an account's stream is named", "[checks]") {
    Market m;
    m.told.numbers[buyer] += 1;
    m.enter(bid);
    CHECK(m.failed() == "streams@2 ");
}
