// SPDX-License-Identifier: Apache-2.0
#pragma once
// A draft band tried on a past day (market-rules section 5, "Sandbox"): the flow of the day is taken from the
// journal and applied once more to an exchange of its own, in which the draft is in force from the first
// moment of the day. It reads the data folder, also of a running exchange, and changes nothing in it.
//
// What it cannot know is how people would have behaved: every order comes as it came. What it promises is
// that everything else is the real market: the same engine, the same timers, the same checks.

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "ledger/error.hpp"
#include "ledger/sandbox/day_tally.hpp"

namespace gridbook::ledger {

// Zero leaves a value as it was on that day.
struct DraftBand {
    std::string family;
    engine::Decimal floor{};
    engine::Decimal ceiling{};
    engine::Decimal guidance{};
};

struct SandboxOptions {
    engine::Time from{};  // the first moment of the day, UTC
    engine::Time upto{};  // the first moment behind it
    std::vector<DraftBand> drafts;
    bool progress = true;  // on standard error
};

// A family on that day, as it was and as it would have been.
struct FamilyOutcome {
    std::string family;
    bool drafted = false;
    engine::Product product{};
    engine::Price floor{}, ceiling{}, guidance{};  // in the draft, at the end of the day
    DayTally was, draft;
};

struct SandboxReport {
    engine::Time from{}, upto{};
    engine::Sequence first{}, last{};  // the commands of the day
    std::uint64_t commands = 0;
    std::vector<FamilyOutcome> families;  // the drafted ones, then those that came out otherwise
};

// Errors: no journal, nothing on that day, an unknown family, a draft that the exchange refuses (with its
// reason and limits).
Result<SandboxReport> run_sandbox(const std::filesystem::path& data, const SandboxOptions& options);

// As one JSON object; as a page with pictures that needs nothing from elsewhere.
void write_json(std::ostream& out, const SandboxReport& report);
void write_html(std::ostream& out, const SandboxReport& report);

}  // namespace gridbook::ledger
