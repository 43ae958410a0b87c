// SPDX-License-Identifier: Apache-2.0
#pragma once
// Counts what a flow made happen: event kinds, reject and cancel reasons, phases, bands, kill scopes, and the
// features that no single event kind shows. None that is in scope may stay at zero, or the flow proves less
// than it says.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/command.hpp"
#include "engine/event.hpp"

namespace gridbook::twin {

// Of deliveries (coverage_delivery.cpp).
std::vector<std::string> delivery_words_in_scope();
// Of disputes (coverage_disputes.cpp).
std::vector<std::string> dispute_words_in_scope();
// Of token holdings (coverage_tokens.cpp).
std::vector<std::string> token_words_in_scope();
// Of token packages (coverage_packages.cpp).
std::vector<std::string> package_words_in_scope();
// Of capacity that is not there (coverage_maintenance.cpp).
std::vector<std::string> maintenance_words_in_scope();

class Coverage {
  public:
    // What a command told, with what its time told before it.
    void count(const engine::Command& command, const std::vector<engine::Event>& told);
    void count(const std::string& feature, std::size_t times = 1) { seen_[feature] += times; }
    void count(const std::map<engine::SelfTrade, std::size_t>& prevented);
    void print() const;
    // The words that are in scope and were never seen.
    std::vector<std::string> missing() const;

  private:
    void count(const std::vector<engine::Event>& told);
    void count_order(const engine::Event& event);
    void count_strip(const engine::Event& event);
    void count_fill(const engine::Fill& fill);
    void count_band(const engine::Event& event);
    void count_standby(const engine::Event& event);
    void count_delivery(const engine::Event& event);
    void count_settled(const engine::Event& event);
    void count_requests(const engine::Event& event);
    void count_settled_day(const engine::DeliverySettled& d);
    void count_other(const engine::Event& event);
    void count_dispute(const engine::DisputeChanged& dispute);
    void count_draw(const engine::DrawTokens& draw, const engine::Event& event);
    void count_refused_draw(const engine::Refused& refused);
    void count_holding(const engine::HoldingChanged& holding);
    void count_token_day(const engine::DeliveryChanged& delivery);
    void count_package(const engine::Command& command, const std::vector<engine::Event>& told);
    void count_refused_package(engine::CommandKind kind, const engine::Refused& refused);
    void count_grant(const engine::Event& event);
    void count_maintenance(const engine::Command& command, const std::vector<engine::Event>& told);
    void count_capacity(const engine::Event& event);
    void count_declared(const engine::Event& event);
    void count_declaration(const engine::DeclareMaintenance& d, const engine::Event& event);
    void count_cancellation(engine::MaintenanceId id, const engine::Event& event);
    void count_in_the_way(const engine::Command& command, const engine::Event& event);
    void count_withdrawal(const engine::Command& command, const engine::Refused& r);
    bool over(const engine::MaintenanceChanged& m, engine::Time now) const;
    std::map<std::string, std::size_t> seen_;
    engine::OrderId entered_strip_{};  // by the command that is counted
    engine::InstrumentId failed_{};    // of the delivery that failed last
    std::size_t replacements_ = 0;     // since then
    struct TokenDay {
        engine::DeliveryState state = engine::DeliveryState::none;
        std::uint64_t drawn = 0;
    };
    engine::DeliveryId disputed_{};  // last told of
    std::map<engine::DeliveryId, TokenDay> token_days_;
    std::map<std::string, std::map<engine::AccountId, std::int64_t>> usages_;
    struct GrantSeen {
        std::uint64_t granted = 0;
        bool carried = false;
    };
    std::map<engine::GrantId, GrantSeen> grants_;
    std::map<std::string, std::set<engine::AccountId>> purchases_;
    // What is registered, and of it in maintenance: declared, not cancelled, its resource not withdrawn.
    struct ResourceSeen {
        engine::AccountId account{};
        engine::FamilyId family{};
        std::int64_t lots = 0;
    };
    struct MaintenanceSeen {
        engine::AccountId account{};
        engine::MaintenanceChanged told{};
    };
    std::map<engine::FamilyId, engine::Product> products_;
    std::map<std::uint32_t, ResourceSeen> resources_;
    std::map<engine::MaintenanceId, MaintenanceSeen> maintenances_;
    bool delivers_ = false;  // in this market
    bool draws_ = false;     // this market remembers draws
    bool approved_ = false;  // a second regulator entered what is told now
};

}  // namespace gridbook::twin
