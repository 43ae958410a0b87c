// SPDX-License-Identifier: Apache-2.0
#pragma once
// An any-of order that demands instead of naming: class, zone, tier, residency, a least share of green power.
// The families that meet it are chosen here, and the command that enters the journal names them, so that
// whoever runs the journal again needs no demand. The same order sent again under its client order id gets
// the families that it got before, whatever has been registered or withdrawn since: those that were entered,
// and those that durable events tell of, also over a restart; the last 4,096 any-of orders of the market.

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "gateway/directory.hpp"
#include "gateway/ingress/trade_request.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

class FamilyChoice {
  public:
    static constexpr std::size_t kept = 4'096;

    explicit FamilyChoice(const Directory& directory) : directory_(directory) {}

    // How long a client order id is remembered by the engine: an older one may name another order.
    void retain(engine::Duration retention) { retention_ = retention; }

    // Sets the families of an order that demands something; they hold until the next call. An order that only
    // names families stays as it is. Refused: what names nothing, and what no family meets.
    std::optional<WireError> choose(AnyOfRequest& request, engine::AccountId account);

    // Takes in a durable event; all but those of any-of orders pass by.
    void hear(const engine::Event& event);

  private:
    using Families = std::vector<engine::FamilyId>;
    struct Chosen {
        Families families{};
        engine::Time at{};
    };

    std::optional<WireError> find(const AnyOfRequest& request, Families& found) const;
    std::optional<WireError> candidates(const AnyOfRequest& request, Families& found) const;
    std::optional<WireError> check_words(const AnyOfRequest& request) const;
    std::optional<WireError> keep_residency(const AnyOfRequest& request, Families& found) const;
    std::optional<WireError> keep_green(const AnyOfRequest& request, Families& found) const;
    void sort_by_guidance(const AnyOfRequest& request, Families& found) const;
    bool matches(const AnyOfRequest& request, engine::FamilyId family) const;
    const Families* chosen_before(const AnyOfRequest& request, const std::string& name) const;
    void remember(const std::string& name, Families families, engine::Time at);

    const Directory& directory_;
    engine::Duration retention_ = engine::day;
    std::unordered_map<std::string, Chosen> chosen_;  // by account and client order id
    std::deque<std::string> order_;                   // the oldest first
    Families told_;                                   // of the any-of order that is told next
    std::vector<std::string_view> names_;             // of the request being chosen for
};

}  // namespace gridbook::gateway
