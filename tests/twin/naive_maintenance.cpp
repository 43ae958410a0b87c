// SPDX-License-Identifier: Apache-2.0
// Maintenance in the twin: capacity that is not there for some windows, declared ahead (market-rules
// section 3; engine/README.md, Capacity). What is owed is never taken away.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"
#include "tests/twin/naive_rows.hpp"

namespace gridbook::twin {

using engine::InstrumentId;
using engine::MaintenanceState;
using engine::Period;
using engine::Quantity;
using engine::RejectField;
using engine::RejectReason;

namespace {

constexpr std::ptrdiff_t most_in_all = 16'384, most_in_family = 256;
constexpr std::uint32_t most_rows = 1'000;
constexpr engine::Duration owed_after = engine::minute * 60;  // of a window's end something may still be owed

}  // namespace

// ---- what is there ----

std::int64_t NaiveMarket::registered(engine::AccountId account, engine::FamilyId family) const {
    std::int64_t lots = 0;
    for (const Resource& r : resources_)
        if (r.live && r.account == account && r.family == family) lots += r.lots;
    return lots;
}

std::int64_t NaiveMarket::maintained(engine::AccountId account, InstrumentId window) const {
    std::int64_t lots = 0;
    for (const auto& [id, m] : maintenances_)
        if (m.account == account && m.family == window.family && m.covers(window.period)) lots += m.lots;
    return lots;
}

bool NaiveExchange::over(const Maintenance& m) const {
    return engine::window_end(m.last(), product(m.family)) + owed_after <= now_;
}

const Resource* NaiveExchange::own_resource(std::uint32_t id) const {
    if (id == 0 || id > resources_.size()) return nullptr;  // ids count from 1
    const Resource& r = resources_[id - 1];
    return r.live && r.account == header().account ? &r : nullptr;
}

engine::MaintenanceChanged NaiveExchange::picture(engine::MaintenanceId id, const Maintenance& m,
                                                  MaintenanceState state) const {
    engine::MaintenanceChanged e;
    e.maintenance = id;
    e.resource = m.resource;
    e.family = m.family;
    e.state = state;
    e.start = Period{m.start};
    e.windows = m.windows;
    e.count = Quantity{m.lots};
    e.capacity = Quantity{INT64_MAX};
    for (std::uint32_t k = 0; k < m.windows; ++k) {
        const Period window{m.start + k};
        if (engine::window_end(window, product(m.family)) + owed_after <= now_) continue;
        e.capacity =
            engine::least(e.capacity, Quantity{capacity(m.account, engine::instrument(m.family, window))});
    }
    return e;
}

// ---- refusals ----

engine::Refused NaiveExchange::resource_unknown(std::uint32_t id) const {
    auto unknown = refusal(RejectReason::format_value, RejectField::resource);
    unknown.got = id;
    return unknown;
}

engine::Refused NaiveExchange::owed_refusal(InstrumentId i, std::int64_t left,
                                            const Position& position) const {
    const std::int64_t lot = engine::lot_decimal(product(i.family));
    auto r = refusal(RejectReason::obligation, RejectField::count);
    r.limit_high = left * lot;
    r.got = (position.open_sells + position.sold - position.bought) * lot;
    r.instrument = i;
    return r;
}

// The first window has not begun; the last one begins within the horizon.
NaiveExchange::Refusal NaiveExchange::windows_refusal(const engine::DeclareMaintenance& d,
                                                      engine::Product of) const {
    if (d.windows < 1 || d.windows > engine::most_maintained) {
        auto r = refusal(RejectReason::format_value, RejectField::windows);
        r.limit_low = 1;
        r.limit_high = engine::most_maintained;
        r.got = d.windows;
        return r;
    }
    const engine::Time horizon = now_ + engine::maintenance_horizon;
    const Period first{engine::period_at(now_, of).value + 1};
    const std::int64_t last = std::int64_t{d.start.value} + d.windows - 1;
    if (d.start >= first && last <= std::int64_t{engine::period_at(horizon, of).value}) return std::nullopt;
    auto r = refusal(RejectReason::format_value, RejectField::start);
    r.limit_low = engine::window_start(first, of).value;
    r.limit_high = horizon.value;
    // What no time reaches is told as the last window that one does.
    const Period told = std::min(d.start, engine::period_at(engine::Time{INT64_MAX}, of));
    r.got = engine::window_start(told, of).value;
    return r;
}

// Lots of the resource that are there in all windows.
std::int64_t NaiveExchange::free_of(const Resource& r, const engine::DeclareMaintenance& d) const {
    std::int64_t most = 0;
    for (std::uint32_t k = 0; k < d.windows; ++k) {
        std::int64_t declared = 0;
        for (const auto& [id, m] : maintenances_)
            if (m.resource == d.resource && m.covers(Period{d.start.value + k})) declared += m.lots;
        most = std::max(most, declared);
    }
    return r.lots - most;
}

NaiveExchange::Refusal NaiveExchange::missing_refusal(const engine::DeclareMaintenance& d,
                                                      const Resource& r) const {
    const std::int64_t lot = engine::lot_decimal(product(r.family));
    if (d.count.value % lot != 0) {
        auto off = refusal(RejectReason::lot, RejectField::count);
        off.limit_high = lot;
        off.got = d.count.value;
        return off;
    }
    const std::int64_t count = d.count.value == 0 ? r.lots * lot : d.count.value;
    const std::int64_t most = free_of(r, d) * lot;
    if (count >= lot && count <= most) return std::nullopt;
    auto beyond = refusal(RejectReason::qty_limit, RejectField::count);
    beyond.limit_low = lot;
    beyond.limit_high = most;
    beyond.got = count;
    return beyond;
}

NaiveExchange::Refusal NaiveExchange::crowd_refusal(const Maintenance& m) const {
    const auto beside = std::count_if(maintenances_.begin(), maintenances_.end(), [&](const auto& other) {
        return other.second.account == m.account && other.second.family == m.family;
    });
    if (static_cast<std::ptrdiff_t>(maintenances_.size()) >= most_in_all)
        return pool_full(engine::Pool::maintenance, most_in_all);
    if (beside >= most_in_family) return pool_full(engine::Pool::maintenance, most_in_family);
    return std::nullopt;
}

// The first window in which more is owed than would be left.
NaiveExchange::Refusal NaiveExchange::owed_refusal(const Maintenance& m) const {
    for (const auto& [key, position] : positions_) {
        const InstrumentId i = key.second;
        if (key.first != m.account || i.family != m.family || !m.covers(i.period)) continue;
        const std::int64_t left = capacity(m.account, i) - m.lots;
        if (position.open_sells + position.sold - position.bought > left)
            return owed_refusal(i, left, position);
    }
    return std::nullopt;
}

// ---- commands ----

void NaiveExchange::declare_maintenance(const engine::DeclareMaintenance& d) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const Resource* r = own_resource(d.resource);
    if (r == nullptr) return refuse(resource_unknown(d.resource));
    if (const auto refused = windows_refusal(d, product(r->family))) return refuse(*refused);
    if (const auto refused = missing_refusal(d, *r)) return refuse(*refused);
    // What is over is forgotten now, of everybody.
    std::erase_if(maintenances_, [&](const auto& known) { return over(known.second); });
    const std::int64_t lots =
        d.count.value == 0 ? r->lots : engine::lots_of(d.count, product(r->family)).value;
    const Maintenance m{r->account, r->family, d.resource, d.start.value, d.windows, lots};
    if (const auto refused = crowd_refusal(m)) return refuse(*refused);
    if (const auto refused = owed_refusal(m)) return refuse(*refused);
    const engine::MaintenanceId id{++last_maintenance_};
    maintenances_[id] = m;
    engine::MaintenanceChanged e = picture(id, m, MaintenanceState::declared);
    e.origin = header().origin;
    emit(header().account, e, true, engine::event_flag::reply);
}

void NaiveExchange::cancel_maintenance(const engine::CancelMaintenance& c) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const auto known = maintenances_.find(c.maintenance);
    if (known == maintenances_.end() || known->second.account != header().account || over(known->second)) {
        auto unknown = refusal(RejectReason::format_value, RejectField::maintenance);
        unknown.got = c.maintenance.value;
        return refuse(unknown);
    }
    const Maintenance m = known->second;
    maintenances_.erase(known);
    engine::MaintenanceChanged e = picture(c.maintenance, m, MaintenanceState::cancelled);
    e.origin = header().origin;
    emit(header().account, e, true, engine::event_flag::reply);
}

// ---- the list ----

// True: there are more resources.
bool NaiveExchange::answer_resources(const engine::QueryResources& q, engine::AccountId who,
                                     engine::Origin origin, Rows& rows) const {
    std::uint32_t listed = 0;
    for (std::uint32_t id = q.after + 1; id != 0 && id <= resources_.size(); ++id) {
        const Resource& r = resources_[id - 1];
        if (!r.live || r.account != who) continue;
        if (listed++ == q.limit || rows.count() >= most_rows) return true;
        engine::ResourceRow row{r.told};
        row.resource.origin = origin;
        row.resource.registered = Quantity{registered(who, r.family)};
        rows.add(row);
        for (const auto& [declared, m] : maintenances_) {
            if (m.resource != id || over(m)) continue;
            engine::MaintenanceRow missing{picture(declared, m, MaintenanceState::declared)};
            missing.maintenance.origin = origin;
            rows.add(missing);
        }
    }
    return false;
}

}  // namespace gridbook::twin
