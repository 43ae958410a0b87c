// SPDX-License-Identifier: Apache-2.0
#pragma once
// One line of the audit: what is claimed, how much was looked at, and the first place where it does not hold.

#include <optional>
#include <string>

#include "engine/units/named.hpp"

namespace gridbook::ledger {

class Check {
  public:
    Check(std::string name, std::string claim) : name_(std::move(name)), claim_(std::move(claim)) {}

    // Looked at one more.
    void pass() { ++examined_; }
    void fail(engine::Sequence sequence, std::string what) {
        ++failures_;
        if (failures_ == 1) first_ = sequence, what_ = std::move(what);
    }
    // Looked at one more; it either holds or not. `what` is only asked when it does not.
    template <class What>
    void expect(bool holds, engine::Sequence sequence, What&& what) {
        pass();
        if (!holds) fail(sequence, what());
    }
    // What the line says beside the claim: "1,234 trades".
    void tell(std::string numbers) { numbers_ = std::move(numbers); }
    void skip(std::string why) { skipped_ = std::move(why); }

    bool ok() const { return failures_ == 0; }
    bool skipped() const { return !skipped_.empty(); }
    const std::string& name() const { return name_; }
    const std::string& claim() const { return claim_; }
    const std::string& numbers() const { return numbers_; }
    const std::string& why_skipped() const { return skipped_; }
    const std::string& what() const { return what_; }
    engine::Sequence first() const { return first_; }
    std::uint64_t examined() const { return examined_; }
    std::uint64_t failures() const { return failures_; }

  private:
    std::string name_;   // a word for machines
    std::string claim_;  // for people
    std::string numbers_;
    std::string what_;
    std::string skipped_;
    engine::Sequence first_{};
    std::uint64_t examined_ = 0;
    std::uint64_t failures_ = 0;
};

}  // namespace gridbook::ledger
