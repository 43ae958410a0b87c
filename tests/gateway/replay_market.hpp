// SPDX-License-Identifier: Apache-2.0
#pragma once
// A replay without a network: the broker's orders go straight into an engine that the shipped configuration
// has set up, and what the engine says goes straight into Orders and Trades. What a socket run must give,
// this gives.

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "engine/exchange.hpp"
#include "gateway/bootstrap.hpp"
#include "gateway/replay/broker.hpp"
#include "gateway/replay/month_broker.hpp"
#include "gateway/replay/report.hpp"

namespace gridbook::gateway::replay {

class EngineMarket final : public Market {
  public:
    EngineMarket(const Scenario& scenario, const Config& config, Orders& orders, Trades& trades,
                 Deliveries& deliveries)
        : scenario_(scenario), orders_(orders), trades_(trades), deliveries_(deliveries) {
        std::string error;
        for (const auto& command : bootstrap(config, Directory{}, nullptr, error)) {
            if (command.kind() == engine::CommandKind::advance_time)
                advance(command.as<engine::AdvanceTime>().to);
            else
                apply(command);
        }
        if (!error.empty()) throw std::runtime_error(error);
        for (std::size_t f = 0; f < scenario.families.size(); ++f)
            families_.push_back(family_id(config, scenario.families[f].name()));
        const auto first = first_account_ = static_cast<std::uint32_t>(config.accounts.size());
        for (std::uint32_t i = 0; i < scenario.accounts.size(); ++i) {
            accounts_.push_back(engine::AccountId{first + i});
            apply(engine::Command::of(
                engine::OpenAccount{.name = engine::Text<32>(scenario.accounts[i]),
                                    .roles = engine::role::buyer | engine::role::provider}));
            apply(engine::Command::of(engine::Credit{.amount = engine::Money{1'000'000'000'000'000}},
                                      accounts_[i]));
        }
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> lots;
        for (const Node& node : scenario.nodes) lots[{node.account, node.family}] += node.lots;
        for (const auto& [owner, count] : lots)
            apply(engine::Command::of(
                engine::RegisterResource{.family = families_[owner.second],
                                         .count = engine::Decimal{count * engine::gpu_lot_decimal}},
                accounts_[owner.first]));
        CAPTURE(refused);
        REQUIRE(refused.empty());
    }

    void place(std::uint32_t number) override {
        const Order& o = orders_[number];
        placed.push_back(number);
        if (o.strip()) return place_strip(number, o);
        engine::PlaceOrder body;
        body.cid = cid(number);
        body.instrument = engine::instrument(families_[o.family], o.period);
        body.price = engine::decimal_of(o.price);
        body.qty = engine::Decimal{std::int64_t{o.lots} * engine::gpu_lot_decimal};
        body.side = o.side;
        body.standby = o.purpose == Order::Purpose::standby;
        apply(engine::Command::of(body, accounts_[o.account]));
    }
    void replace(std::uint32_t number) override {
        engine::ReplaceOrder body;
        body.cid = cid(number);
        body.price = engine::decimal_of(orders_[number].price);
        body.qty = engine::Decimal{std::int64_t{orders_[number].lots} * engine::gpu_lot_decimal};
        ++replaced;
        apply(engine::Command::of(body, accounts_[orders_[number].account]));
    }
    void cancel(std::uint32_t number) override {
        engine::CancelOrder body;
        body.cid = cid(number);
        ++cancelled;
        apply(engine::Command::of(body, accounts_[orders_[number].account]));
    }
    void ready(std::uint32_t did) override {
        ++readies;
        apply(engine::Command::of(engine::ReportReady{.delivery = engine::DeliveryId{did},
                                                      .endpoint = engine::Text<32>("replay://")},
                                  accounts_[deliveries_[did].seller]));
    }
    void meter(std::uint32_t did, std::uint32_t minute) override {
        ++meters;
        engine::ReportMeter body;
        body.delivery = engine::DeliveryId{did};
        body.minute = minute;
        body.available = engine::Decimal{std::int64_t{deliveries_[did].lots} * engine::gpu_lot_decimal};
        apply(engine::Command::of(body, accounts_[deliveries_[did].seller]));
    }
    void advance(engine::Time to) {
        time_ = to;
        apply(engine::Command::of(engine::AdvanceTime{.to = to}));
    }

    std::map<std::string, std::size_t> refused;
    std::vector<std::uint32_t> placed;
    std::size_t replaced = 0;
    std::size_t cancelled = 0;
    std::size_t readies = 0;
    std::size_t meters = 0;

    std::uint64_t state_hash() const { return exchange_.state_hash(); }

  private:
    void place_strip(std::uint32_t number, const Order& o) {
        engine::PlaceStrip body;
        body.cid = cid(number);
        body.family = families_[o.family];
        body.hours = o.hours;
        body.start = o.period;
        body.price = engine::decimal_of(o.price);
        body.qty = engine::Decimal{std::int64_t{o.lots} * engine::gpu_lot_decimal};
        body.side = o.side;
        apply(engine::Command::of(body, accounts_[o.account]));
    }

    static engine::Cid cid(std::uint32_t number) { return engine::Cid("o-" + std::to_string(number)); }

    static engine::FamilyId family_id(const Config& config, const std::string& name) {
        for (std::uint16_t i = 0; i < config.families.size(); ++i)
            if (config.families[i].name() == name) return engine::FamilyId{i};
        throw std::runtime_error("no family " + name);
    }

    void apply(engine::Command command) {
        do {
            command.header.sequence = engine::Sequence{++sequence_};
            command.header.time = time_;
            engine::EventSink sink = buffer_.sink();
            exchange_.apply(command, sink);
            for (std::size_t i = 0; i < sink.count(); ++i) take(buffer_[i].event());
            command = engine::Command::of(engine::FollowOn{});
        } while (exchange_.unfinished());
    }

    void take(const engine::Event& event) {
        if (event.kind() == engine::EventKind::refused)
            ++refused[std::string(engine::code(event.as<engine::Refused>().reason))];
        if (event.kind() == engine::EventKind::order) {
            const auto o = event.as<engine::OrderEvent>();
            if (o.state == engine::OrderState::cancelled) orders_[orders_.of_cid(o.cid.view())].ended = true;
        }
        if (event.kind() == engine::EventKind::strip) {
            const auto s = event.as<engine::StripEvent>();
            if (s.state == engine::OrderState::cancelled) orders_[orders_.of_cid(s.cid.view())].ended = true;
        }
        take_delivery(event);
        if (event.kind() != engine::EventKind::fill) return;
        const auto f = event.as<engine::Fill>();
        const std::uint32_t number = orders_.of_cid(f.cid.view());
        const bool taker = f.liquidity == engine::Liquidity::taker;
        orders_.filled(number, f.qty, f.price);
        trades_.add({.tid = f.trade.value,
                     .family = orders_[number].family,
                     .period = f.instrument.period,
                     .price = f.price,
                     .lots = f.qty,
                     .aggressor = taker ? f.side : engine::opposite(f.side)});
    }

    std::uint32_t place(engine::AccountId account) const { return account.value - first_account_; }

    void take_delivery(const engine::Event& event) {
        switch (event.kind()) {
            case engine::EventKind::delivery: {
                const auto d = event.as<engine::DeliveryChanged>();
                if (d.party != engine::Side::sell) return;
                Delivery told;
                told.seller = place(d.seller);
                told.buyer = place(d.buyer);
                told.replaces = static_cast<std::uint32_t>(d.replaces.value);
                told.lots = d.qty;
                told.period = d.instrument.period;
                told.price = d.price;
                told.first_minute = d.first_minute;
                told.minutes = d.minutes;
                told.state = d.state;
                return deliveries_.hear(static_cast<std::uint32_t>(d.delivery.value), told);
            }
            case engine::EventKind::metered: {
                if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
                ++deliveries_[static_cast<std::uint32_t>(event.as<engine::Metered>().delivery.value)]
                      .reported;
                return;
            }
            case engine::EventKind::replaced: {
                const auto r = event.as<engine::Replaced>();
                if (r.party == engine::Side::sell) deliveries_.hear_replacement(r.cost);
                return;
            }
            case engine::EventKind::delivery_settled: {
                const auto s = event.as<engine::DeliverySettled>();
                Delivery& d = deliveries_[static_cast<std::uint32_t>(s.delivery.value)];
                ++d.settled_told;
                d.promised = s.promised;
                d.delivered = s.delivered;
                d.short_of = s.short_of;
                d.refund = s.refund;
                d.penalty = s.penalty;
                return;
            }
            case engine::EventKind::position_settled: {
                const auto p = event.as<engine::PositionSettled>();
                return deliveries_.hear_position(
                    place(event.header.account), p.instrument.period,
                    {.sold = p.sold, .receivable = p.receivable, .owed = p.owed, .paid = p.paid});
            }
            default: return;
        }
    }

    const Scenario& scenario_;
    Orders& orders_;
    Trades& trades_;
    Deliveries& deliveries_;
    std::uint32_t first_account_ = 0;
    engine::Exchange exchange_;
    engine::EventBuffer buffer_;
    std::vector<engine::FamilyId> families_;
    std::vector<engine::AccountId> accounts_;
    engine::Time time_{};
    std::uint64_t sequence_ = 0;
};

// A whole run; `orders` and `market` stay to be looked at.
template <class Who>
struct RunOf {
    RunOf(const Scenario& s, const Config& config)
        : scenario(s),
          market(scenario, config, orders, trades, deliveries),
          agenda(scenario),
          broker(make()) {}

    void run() {
        engine::Time now{};
        while (!agenda.empty()) {
            const Intention intention = agenda.next();
            agenda.pop();
            if (intention.time != now) market.advance(now = intention.time);
            broker.act(intention);
        }
        market.advance(scenario.run_end());
    }
    Report report() const { return Report::of(scenario, broker.volumes(), orders, trades, {}); }

    Scenario scenario;
    Orders orders;
    Trades trades;
    Deliveries deliveries;
    EngineMarket market;
    Agenda agenda;
    Who broker;

  private:
    Who make() {
        if constexpr (std::is_same_v<Who, MonthBroker>)
            return MonthBroker(scenario, agenda, orders, deliveries, market);
        else
            return Broker(scenario, agenda, orders, market);
    }
};
using EngineRun = RunOf<Broker>;
using MonthRun = RunOf<MonthBroker>;

inline Config replay_config(const std::string& trace) {
    std::string error;
    auto config = read_config(std::string(GRIDBOOK_SOURCE_DIR) + "/config/replay-" + trace + ".toml", error);
    INFO(error);
    REQUIRE(config.has_value());
    config->data.folder =
        (std::filesystem::temp_directory_path() / ("gridbook-replay-test-" + trace)).string();
    return *config;
}

}  // namespace gridbook::gateway::replay
