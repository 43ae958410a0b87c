// SPDX-License-Identifier: Apache-2.0
#pragma once
// Packages of tokens in the demo: an issuer buys blocks of the next days, so that it has a reserve, and
// offers a package of each model; a user buys one and draws from it once a minute. One thing is said at a
// time, and the next when it was answered. It knows no connection.

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/client/json.hpp"
#include "gateway/demo/scene.hpp"

namespace gridbook::gateway::demo {

class Packages {
  public:
    enum class Part : std::uint8_t { none, issuer, user };
    struct Saying {
        std::string op, members;
    };

    Packages(Part part, std::string name) : part_(part), name_(std::move(name)) {}

    // What is to be said now.
    std::optional<Saying> due(const std::vector<Family>& models, engine::Time now);
    // The answer to what was said last; `code`: why not, empty: it was done.
    void hear(const JsonDocument& answer, std::string_view code);
    // A new connection: what was not answered never will be.
    void forget();

  private:
    std::optional<Saying> issue(const std::vector<Family>& models);
    std::optional<Saying> use();
    void hear_list(const JsonDocument& answer, std::string_view name);
    std::optional<Saying> say(std::string op, std::string members);

    Part part_;
    std::string name_;
    engine::Time now_{}, quiet_until_{};
    std::string said_;               // the op that is not answered
    std::set<std::string> listed_;   // lists that were asked for on this connection
    std::set<std::string> offered_;  // an issuer's: classes of its packages
    std::int64_t held_day_ = 0;      // blocks were bought for those behind this day
    std::deque<Saying> next_;
    std::string package_, grant_;  // a user's: what it can buy, and what it has
};

}  // namespace gridbook::gateway::demo
