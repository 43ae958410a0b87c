// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/capacity_book.hpp"

#include <algorithm>

#include "engine/delivery/window.hpp"

namespace gridbook::ledger {

using engine::EventKind;
using engine::Quantity;

bool covers(const engine::MaintenanceChanged& told, engine::InstrumentId instrument) {
    return told.family == instrument.family && instrument.period >= told.start &&
           instrument.period.value - told.start.value < told.windows;
}

void CapacityBook::hear(const engine::Event& event) {
    if (event.kind() == EventKind::resource_registered) {
        const auto told = event.as<engine::ResourceRegistered>();
        registered_[{event.header.account, told.family}] += told.count;
    } else if (event.kind() == EventKind::resource_withdrawn) {
        const auto told = event.as<engine::ResourceWithdrawn>();
        registered_[{event.header.account, told.family}] -= told.count;
        std::erase_if(maintenances_, [&](const auto& m) { return m.second.told.resource == told.resource; });
    } else if (event.kind() == EventKind::maintenance) {
        const auto told = event.as<engine::MaintenanceChanged>();
        maintenances_.erase(told.maintenance);
        if (told.state == engine::MaintenanceState::declared)
            maintenances_[told.maintenance] = {event.header.account, told};
    }
}

Quantity CapacityBook::registered(engine::AccountId account, engine::FamilyId family) const {
    const auto found = registered_.find({account, family});
    return found == registered_.end() ? Quantity{} : found->second;
}

Quantity CapacityBook::maintained(engine::AccountId account, engine::InstrumentId instrument) const {
    Quantity sum{};
    for (const auto& [id, m] : maintenances_)
        if (m.account == account && covers(m.told, instrument)) sum += m.told.count;
    return sum;
}

Quantity CapacityBook::capacity(engine::AccountId account, engine::InstrumentId instrument) const {
    return registered(account, instrument.family) - maintained(account, instrument);
}

Quantity CapacityBook::least(engine::AccountId account, const engine::MaintenanceChanged& told,
                             engine::Product product, engine::Time time) const {
    Quantity least = registered(account, told.family);
    for (std::uint32_t w = 0; w < told.windows; ++w) {
        const engine::Period period{told.start.value + w};
        if (engine::window_end(period, product) + engine::final_after > time)
            least = engine::least(least, capacity(account, engine::instrument(told.family, period)));
    }
    return least;
}

}  // namespace gridbook::ledger
