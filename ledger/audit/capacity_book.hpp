// SPDX-License-Identifier: Apache-2.0
#pragma once
// What each participant may owe at most in a window: what it registered less what is in maintenance
// (market-rules section 3), from events alone.

#include <map>
#include <utility>

#include "engine/event.hpp"

namespace gridbook::ledger {

class CapacityBook {
  public:
    // Takes in an event; all but those of resources and of maintenance pass by.
    void hear(const engine::Event& event);

    engine::Quantity registered(engine::AccountId account, engine::FamilyId family) const;
    engine::Quantity maintained(engine::AccountId account, engine::InstrumentId instrument) const;
    engine::Quantity capacity(engine::AccountId account, engine::InstrumentId instrument) const;
    // The least of the windows of a maintenance that are not final at `time`.
    engine::Quantity least(engine::AccountId account, const engine::MaintenanceChanged& told,
                           engine::Product product, engine::Time time) const;

  private:
    struct Maintenance {
        engine::AccountId account = engine::no_account;
        engine::MaintenanceChanged told{};
    };
    std::map<std::pair<engine::AccountId, engine::FamilyId>, engine::Quantity> registered_;
    std::map<engine::MaintenanceId, Maintenance> maintenances_;
};

// Does the maintenance take from this window?
bool covers(const engine::MaintenanceChanged& told, engine::InstrumentId instrument);

}  // namespace gridbook::ledger
