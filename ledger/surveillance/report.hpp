// SPDX-License-Identifier: Apache-2.0
#pragma once
// The alerts of a whole journal as text: `gridbook surveillance`. It reads, also beside a running exchange,
// and changes nothing.

#include <filesystem>
#include <iosfwd>
#include <string>

#include "ledger/export/names.hpp"
#include "ledger/surveillance/surveillance.hpp"

namespace gridbook::ledger {

struct SurveillanceOptions {
    Thresholds thresholds{};
    engine::Time from{};                // alerts of days before are not told
    engine::Time upto = engine::never;  // nor of this day and later ones
    bool json = false;                  // one object a line, in place of a sentence
    bool progress = true;               // on standard error
};

// The members of an alert as JSON, without the braces around them: names in place of ids, sequences as
// numbers. `named`: with the participants.
std::string alert_members(const Alert& alert, const Names& names, const MarketSight& sight,
                          bool named = true);
// What it says, for a person.
std::string alert_sentence(const Alert& alert, const Names& names, const MarketSight& sight);

// 0: told what there is; 2: the journal cannot be read.
int survey(const std::filesystem::path& data, std::ostream& out, std::ostream& complaints,
           const SurveillanceOptions& options);

}  // namespace gridbook::ledger
