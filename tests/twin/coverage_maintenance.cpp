// SPDX-License-Identifier: Apache-2.0
// What a flow must make happen to capacity that is not there.
#include <fmt/format.h>

#include "tests/twin/coverage.hpp"

namespace gridbook::twin {

using engine::CommandKind;
using engine::EventKind;
using engine::Product;
using engine::RejectField;
using engine::RejectReason;

std::vector<std::string> maintenance_words_in_scope() {
    return {"maintenance declared",
            "maintenance where nothing is delivered",
            "maintenance of token days",
            "maintenance of a whole resource",
            "maintenance beside another of its resource",
            "maintenance that leaves nothing",
            "maintenance cancelled",
            "maintenance cancelled while it runs",
            "maintenance cancelled behind its windows",
            "maintenance gone with its resource",
            "maintenance in the way of an order",
            "maintenance in the way of a replace",
            "maintenance in the way of a strip",
            "maintenance in the way of an offer that stands by",
            "maintenance in the way of a withdrawal",
            "declaration ACCOUNT_UNKNOWN account",
            "declaration FORMAT_VALUE resource",
            "declaration FORMAT_VALUE windows",
            "declaration FORMAT_VALUE start",
            "declaration LOT count",
            "declaration QTY_LIMIT count",
            "declaration ENGINE_LIMIT pool",
            "declaration OBLIGATION count",
            "declaration of another's resource",
            "declaration of a resource that was withdrawn",
            "declaration of a window that has begun",
            "declaration beyond the horizon",
            "declaration of less than a lot",
            "declaration of more than is free beside others",
            "declaration of the whole where something is gone",
            "cancellation ACCOUNT_UNKNOWN account",
            "cancellation FORMAT_VALUE maintenance",
            "cancellation of another's",
            "cancellation of what is over",
            "withdrawal of no resource"};
}

// Capacity is that of one market, which begins with its genesis.
void Coverage::count_maintenance(const engine::Command& command, const std::vector<engine::Event>& told) {
    if (command.kind() == CommandKind::genesis) {
        products_.clear();
        resources_.clear();
        maintenances_.clear();
        delivers_ = command.as<engine::Genesis>().deliveries != 0;
    }
    for (const engine::Event& e : told) {
        count_capacity(e);
        if (e.kind() != EventKind::refused || (e.header.flags & engine::event_flag::duplicate)) continue;
        const auto r = e.as<engine::Refused>();
        if (r.command != command.kind()) continue;
        if (command.kind() == CommandKind::declare_maintenance)
            count_declaration(command.as<engine::DeclareMaintenance>(), e);
        if (command.kind() == CommandKind::cancel_maintenance)
            count_cancellation(command.as<engine::CancelMaintenance>().maintenance, e);
        if (command.kind() == CommandKind::withdraw_resource) count_withdrawal(command, r);
        if (r.reason == RejectReason::capacity) count_in_the_way(command, e);
    }
}

void Coverage::count_capacity(const engine::Event& e) {
    if (e.kind() == EventKind::family_defined) {
        const auto f = e.as<engine::FamilyDefined>();
        products_[f.id] = f.product;
    } else if (e.kind() == EventKind::resource_registered) {
        const auto r = e.as<engine::ResourceRegistered>();
        resources_[r.resource] = {e.header.account, r.family, r.count.value};
    } else if (e.kind() == EventKind::resource_withdrawn) {
        const auto w = e.as<engine::ResourceWithdrawn>();
        resources_.erase(w.resource);
        for (auto it = maintenances_.begin(); it != maintenances_.end();) {
            const engine::MaintenanceChanged& m = it->second.told;
            if (m.resource == w.resource && !over(m, e.header.time))
                count("maintenance gone with its resource");
            it = m.resource == w.resource ? maintenances_.erase(it) : std::next(it);
        }
    } else if (e.kind() == EventKind::maintenance) {
        count_declared(e);
    }
}

void Coverage::count_declared(const engine::Event& e) {
    const auto m = e.as<engine::MaintenanceChanged>();
    const Product product = products_[m.family];
    if (m.state == engine::MaintenanceState::cancelled) {
        maintenances_.erase(m.maintenance);
        const engine::Period last{m.start.value + m.windows - 1};
        const bool begun = engine::window_start(m.start, product) <= e.header.time;
        if (engine::window_end(last, product) <= e.header.time)
            count("maintenance cancelled behind its windows");
        else if (begun)
            count("maintenance cancelled while it runs");
        return count("maintenance cancelled");
    }
    count("maintenance declared");
    if (!delivers_) count("maintenance where nothing is delivered");
    if (product == Product::token) count("maintenance of token days");
    if (m.count.value == resources_[m.resource].lots) count("maintenance of a whole resource");
    if (m.capacity.value == 0) count("maintenance that leaves nothing");
    for (const auto& [id, other] : maintenances_) {
        const engine::MaintenanceChanged& t = other.told;
        const bool meet =
            t.start.value < m.start.value + m.windows && m.start.value < t.start.value + t.windows;
        if (t.resource != m.resource || !meet) continue;
        count("maintenance beside another of its resource");
        break;
    }
    maintenances_[m.maintenance] = {e.header.account, m};
}

bool Coverage::over(const engine::MaintenanceChanged& m, engine::Time now) const {
    const engine::Period last{m.start.value + m.windows - 1};
    return engine::window_end(last, products_.at(m.family)) + engine::hour <= now;
}

void Coverage::count_declaration(const engine::DeclareMaintenance& d, const engine::Event& e) {
    const auto r = e.as<engine::Refused>();
    count(fmt::format("declaration {} {}", code(r.reason), name(r.field)));
    const auto known = resources_.find(d.resource);
    if (r.field == RejectField::resource && known != resources_.end())
        count("declaration of another's resource");
    if (r.field == RejectField::resource && known == resources_.end() && d.resource != 0)
        count("declaration of a resource that was withdrawn");
    if (r.field == RejectField::start)
        count(r.got < r.limit_low ? "declaration of a window that has begun"
                                  : "declaration beyond the horizon");
    if (r.reason != RejectReason::qty_limit) return;
    if (r.got < r.limit_low) return count("declaration of less than a lot");
    const std::int64_t all = known->second.lots * engine::lot_decimal(products_[known->second.family]);
    if (r.limit_high == all || r.got > all) return;
    count(d.count.value == 0 ? "declaration of the whole where something is gone"
                             : "declaration of more than is free beside others");
}

void Coverage::count_cancellation(engine::MaintenanceId id, const engine::Event& e) {
    const auto r = e.as<engine::Refused>();
    count(fmt::format("cancellation {} {}", code(r.reason), name(r.field)));
    const auto known = maintenances_.find(id);
    if (r.field != RejectField::maintenance || known == maintenances_.end()) return;
    if (known->second.account != e.header.account) return count("cancellation of another's");
    count("cancellation of what is over");
}

// What would have had its capacity but for maintenance. Its window lies ahead.
void Coverage::count_in_the_way(const engine::Command& command, const engine::Event& e) {
    const auto r = e.as<engine::Refused>();
    const engine::InstrumentId i = r.instrument;
    std::int64_t lots = 0;
    for (const auto& [id, m] : maintenances_) {
        const engine::Period start = m.told.start;
        if (m.account == e.header.account && m.told.family == i.family && start <= i.period &&
            i.period.value - start.value < m.told.windows)
            lots += m.told.count.value;
    }
    if (r.got - r.limit_high > lots * engine::lot_decimal(products_[i.family])) return;
    const bool offer = command.kind() == CommandKind::place_order && command.as<engine::PlaceOrder>().standby;
    if (offer) return count("maintenance in the way of an offer that stands by");
    if (command.kind() == CommandKind::place_order) return count("maintenance in the way of an order");
    count(command.kind() == CommandKind::place_strip ? "maintenance in the way of a strip"
                                                     : "maintenance in the way of a replace");
}

// What the others of the account would have been enough for, were they all there.
void Coverage::count_withdrawal(const engine::Command& command, const engine::Refused& r) {
    if (r.field == RejectField::order) count("withdrawal of no resource");
    if (r.reason != RejectReason::obligation) return;
    const std::uint32_t gone = command.as<engine::WithdrawResource>().resource;
    const ResourceSeen& of = resources_.at(gone);
    std::int64_t lots = 0;
    for (const auto& [id, other] : resources_)
        if (id != gone && other.account == of.account && other.family == of.family) lots += other.lots;
    if (r.got <= lots * engine::lot_decimal(products_[of.family]))
        count("maintenance in the way of a withdrawal");
}

}  // namespace gridbook::twin
