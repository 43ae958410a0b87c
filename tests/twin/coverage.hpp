// SPDX-License-Identifier: Apache-2.0
#pragma once
// Counts what a flow made happen: event kinds, reject and cancel reasons, phases, bands, kill scopes, and the
// features that no single event kind shows. None that is in scope may stay at zero, or the flow proves less
// than it says.

#include <map>
#include <string>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::twin {

// Of deliveries (coverage_delivery.cpp).
std::vector<std::string> delivery_words_in_scope();

class Coverage {
  public:
    void count(const std::vector<engine::Event>& told);
    void count(const std::string& feature, std::size_t times = 1) { seen_[feature] += times; }
    void count(const std::map<engine::SelfTrade, std::size_t>& prevented);
    void print() const;
    // The words that are in scope and were never seen.
    std::vector<std::string> missing() const;

  private:
    void count_order(const engine::Event& event);
    void count_strip(const engine::Event& event);
    void count_fill(const engine::Fill& fill);
    void count_band(const engine::Event& event);
    void count_standby(const engine::Event& event);
    void count_delivery(const engine::Event& event);
    void count_settled(const engine::Event& event);
    void count_other(const engine::Event& event);
    std::map<std::string, std::size_t> seen_;
    engine::OrderId entered_strip_{};  // by the command that is counted
    engine::InstrumentId failed_{};    // of the delivery that failed last
    std::size_t replacements_ = 0;     // since then
    bool approved_ = false;            // a second regulator entered what is told now
};

}  // namespace gridbook::twin
