// SPDX-License-Identifier: Apache-2.0
#pragma once
// A seeded flow for a market that delivers: the mixed flow of orders, and between them what sellers and
// buyers report of the deliveries that there are. Two families of one class, in two zones of one residency.

#include "tests/engine/delivery_story.hpp"
#include "tests/engine/mixed_flow.hpp"

namespace gridbook::tests {

inline std::vector<engine::Command> delivering_set_up() {
    using engine::Command;
    engine::DefineZone other = east_zone();
    other.name = engine::Text<16>{"CN-NORTH"};
    engine::DefineFamily first = dynamic_family(), second = dynamic_family();
    second.zone_id = engine::ZoneId{1};
    std::vector<Command> all{Command::of(h100_class()), Command::of(east_zone()), Command::of(other),
                             Command::of(g2_tier()),    Command::of(first),       Command::of(second)};
    for (const char* name : {"acme", "bert", "carl", "prov", "twin"})
        all.push_back(Command::of(account(name)));
    for (std::uint32_t a = 0; a < 5; ++a) {
        all.push_back(credit(engine::AccountId{a}, 50'000'000));
        for (std::uint16_t f = 0; f < 2; ++f)
            all.push_back(resource(engine::AccountId{a}, 9'000, engine::FamilyId{f}));
    }
    return all;
}

// Who reports what: mostly of a delivery whose window runs, by one of its sides, of the minute that runs.
class Reports {
  public:
    explicit Reports(std::uint32_t seed) : random_(seed) {}

    engine::Command next(const engine::State& state) {
        const engine::Delivery d = some_delivery(state);
        engine::AccountId who = below(4) == 0 ? d.buyer : d.seller;
        if (below(20) == 0) who = engine::AccountId{below(5)};
        if (below(6) == 0) return ready(d.id.value, who);
        std::int64_t minute = engine::Window(d.instrument, engine::Product::gpu).running(state.time);
        if (below(4) == 0) minute = below(61);
        return meter(d.id.value, who, static_cast<std::uint32_t>(std::max<std::int64_t>(minute, 0)),
                     engine::Decimal{below(d.qty + 2) * engine::gpu_lot_decimal});
    }
    // The seller's reading of the minute that runs, of nearly all deliveries that run; some are silent.
    std::vector<engine::Command> round(const engine::State& state) {
        std::vector<engine::Command> all;
        for (std::uint32_t id = state.deliveries.last_id().value; id > 0 && all.size() < 60; --id) {
            const std::uint32_t slot = state.deliveries.find(engine::DeliveryId{id});
            if (slot == 0) break;
            const engine::Delivery& d = state.deliveries[slot];
            const std::int64_t minute =
                engine::Window(d.instrument, engine::Product::gpu).running(state.time);
            if (minute < 0 || minute > 59 || id % 7 == 0 || below(25) == 0) continue;
            all.push_back(meter(id, d.seller, static_cast<std::uint32_t>(minute),
                                engine::Decimal{d.qty * engine::gpu_lot_decimal}));
        }
        return all;
    }
    // Some minutes of one, disputed by either side.
    engine::Command dispute(const engine::State& state) {
        const engine::Delivery d = some_delivery(state);
        const std::int64_t running = std::clamp<std::int64_t>(
            engine::Window(d.instrument, engine::Product::gpu).running(state.time), 0, 60);
        engine::OpenDispute o;
        o.delivery = d.id;
        for (std::int64_t minute = d.first_minute; minute < running; ++minute)
            if (below(3) > 0) o.minutes |= std::uint64_t{1} << minute;
        return engine::Command::of(o, below(2) == 0 ? d.buyer : d.seller, engine::no_key, {1, 1});
    }
    // Of one of those that are not decided.
    engine::Command decision(const engine::State& state) {
        engine::DecideDispute c;
        if (const auto& all = state.disputes.all(); !all.empty()) {
            const engine::Dispute& d = all[below(static_cast<std::uint32_t>(all.size()))];
            c.delivery = d.delivery;
            c.claimant = d.claimant;
        }
        c.upheld = below(2) == 0;
        return engine::Command::of(c, engine::no_account, engine::no_key, {1, 1});
    }
    // A standby offer in one of the next hours.
    engine::Command offer(const engine::State& state) {
        engine::PlaceOrder o;
        o.cid = engine::Cid{fmt::format("so-{}", ++offers_)};
        const engine::Period first = engine::period_at(state.time + engine::gate_lead, engine::Product::gpu);
        o.instrument = engine::instrument(engine::FamilyId{static_cast<std::uint16_t>(below(2))},
                                          engine::Period{first.value + 1 + below(2)});
        o.price = engine::Decimal{(1'380 + below(400)) * engine::tick_decimal};
        o.qty = engine::Decimal{(1 + below(80)) * engine::gpu_lot_decimal};
        o.side = engine::Side::sell;
        o.standby = true;
        return engine::Command::of(o, engine::AccountId{below(5)}, engine::no_key, {1 + below(9), 1});
    }
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  private:
    engine::Delivery some_delivery(const engine::State& state) {
        engine::Delivery d;
        for (int tries = 0; tries < 12; ++tries) {
            const std::uint32_t last = state.deliveries.last_id().value;
            const std::uint32_t slot =
                state.deliveries.find(engine::DeliveryId{last - below(std::min(last + 1, 60u))});
            if (slot == 0) continue;
            d = state.deliveries[slot];
            const std::int64_t minute =
                engine::Window(d.instrument, engine::Product::gpu).running(state.time);
            if (minute >= 0 && minute < 60 && !d.failed()) return d;
        }
        return d;
    }
    std::mt19937 random_;
    int offers_ = 0;
};

}  // namespace gridbook::tests
