// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names and numbers as people read them, for what leaves the ledger as text: accounts and symbols from the
// events that gave them, decimals as on the wire (market-rules section 1).

#include <map>
#include <string>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::ledger {

class Names {
  public:
    void hear(const engine::Event& event);

    std::string account(engine::AccountId id) const;
    std::string symbol(engine::InstrumentId instrument) const;
    std::string qty(engine::Quantity lots, engine::FamilyId family) const;  // units, no trailing zeros
    // The class and the zone of a family, and where data stays there; "?" when it is not known.
    std::string class_name(engine::FamilyId family) const;
    std::string zone(engine::FamilyId family) const;
    std::string residency(engine::FamilyId family) const;
    engine::Product product(engine::FamilyId family) const;

  private:
    std::map<engine::ClassId, std::string> classes_;
    std::map<engine::ZoneId, std::string> zones_, residencies_;
    std::map<engine::TierId, std::string> tiers_;
    struct Family {
        std::string name;
        engine::Product product = engine::Product::gpu;
        engine::ClassId of{};
        engine::ZoneId zone{};
    };
    const Family* family(engine::FamilyId id) const;
    std::map<engine::FamilyId, Family> families_;
    std::vector<std::string> accounts_;
};

std::string money_text(engine::Money money);  // CNY, no trailing zeros
std::string price_text(engine::Price price);  // CNY a unit, two decimals
std::string time_text(engine::Time time);     // 2026-12-01T00:00:00.000000001Z

}  // namespace gridbook::ledger
