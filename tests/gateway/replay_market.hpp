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
#include "gateway/replay/report.hpp"

namespace gridbook::gateway::replay {

class EngineMarket final : public Market {
  public:
    EngineMarket(const Scenario& scenario, const Config& config, Orders& orders, Trades& trades)
        : scenario_(scenario), orders_(orders), trades_(trades) {
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
        const auto first = static_cast<std::uint32_t>(config.accounts.size());
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
        engine::PlaceOrder body;
        body.cid = cid(number);
        body.instrument = engine::instrument(families_[o.family], o.period);
        body.price = engine::decimal_of(o.price);
        body.qty = engine::Decimal{std::int64_t{o.lots} * engine::gpu_lot_decimal};
        body.side = o.side;
        placed.push_back(number);
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
    void advance(engine::Time to) {
        time_ = to;
        apply(engine::Command::of(engine::AdvanceTime{.to = to}));
    }

    std::map<std::string, std::size_t> refused;
    std::vector<std::uint32_t> placed;
    std::size_t replaced = 0;
    std::size_t cancelled = 0;

  private:
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

    const Scenario& scenario_;
    Orders& orders_;
    Trades& trades_;
    engine::Exchange exchange_;
    engine::EventBuffer buffer_;
    std::vector<engine::FamilyId> families_;
    std::vector<engine::AccountId> accounts_;
    engine::Time time_{};
    std::uint64_t sequence_ = 0;
};

// A whole run; `orders` and `market` stay to be looked at.
struct EngineRun {
    EngineRun(const Scenario& s, const Config& config)
        : scenario(s),
          market(scenario, config, orders, trades),
          agenda(scenario),
          broker(scenario, agenda, orders, market) {}

    void run() {
        engine::Time now{};
        while (!agenda.empty()) {
            const Intention intention = agenda.next();
            agenda.pop();
            if (intention.time != now) market.advance(now = intention.time);
            broker.act(intention);
        }
        market.advance(scenario.end);
    }
    Report report() const { return Report::of(scenario, broker.volumes(), orders, trades, {}); }

    Scenario scenario;
    Orders orders;
    Trades trades;
    EngineMarket market;
    Agenda agenda;
    Broker broker;
};

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
