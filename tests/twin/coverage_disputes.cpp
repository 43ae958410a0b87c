// SPDX-License-Identifier: Apache-2.0
// What a flow must make happen to disputes.
#include <fmt/format.h>

#include "tests/twin/coverage.hpp"

namespace gridbook::twin {

namespace {
constexpr std::string_view states[] = {"none", "opened", "suspended", "upheld", "rejected", "settled"};
}

std::vector<std::string> dispute_words_in_scope() {
    std::vector<std::string> words{"dispute with less held than at stake", "dispute upheld from the fund",
                                   "disputes of both sides", "refused field minutes"};
    for (std::size_t s = 1; s < std::size(states); ++s)
        for (const std::string_view side : {"buyer", "seller"})
            words.push_back(fmt::format("dispute {} {}", side, states[s]));
    return words;
}

// Told twice, a decision once more: what the buyer is told is counted.
void Coverage::count_dispute(const engine::DisputeChanged& d) {
    using engine::DisputeState;
    if (d.party == engine::Side::sell) return;
    count(fmt::format("dispute {} {}", d.claimant == engine::Side::buy ? "buyer" : "seller",
                      states[static_cast<std::size_t>(d.state)]));
    if (d.state == DisputeState::suspended && d.held < d.stake) count("dispute with less held than at stake");
    if (d.state == DisputeState::upheld && d.held < d.stake) count("dispute upheld from the fund");
    if (d.state == DisputeState::suspended && d.delivery == disputed_) count("disputes of both sides");
    disputed_ = d.delivery;
}

}  // namespace gridbook::twin
