// SPDX-License-Identifier: Apache-2.0
#pragma once
// Under whose signatures a change is made: one regulator's, or a second one's on what the first proposed.

#include "engine/step.hpp"

namespace gridbook::engine {

struct Sanction {
    Sequence proposed{};  // of the proposal; 0: the command speaks for itself
    KeyIndex proposer = no_key;

    bool approved() const { return proposed != Sequence{}; }
    // Where the signed text of the change is kept; 0: nowhere.
    Sequence text(const Step& step, const Sha256& blob) const {
        if (blob == Sha256{}) return Sequence{};
        return approved() ? proposed : step.command.sequence;
    }
    // Key index + 1, as events tell it.
    std::uint16_t told() const {
        return approved() ? static_cast<std::uint16_t>(proposer.value + 1) : std::uint16_t{0};
    }
};

}  // namespace gridbook::engine
