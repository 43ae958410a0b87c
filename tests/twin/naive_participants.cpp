// SPDX-License-Identifier: Apache-2.0
// Participants of the twin: accounts, keys, money, resources.
#include <algorithm>
#include <tuple>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::RejectField;
using engine::RejectReason;

void NaiveExchange::open_account(const engine::OpenAccount& o) {
    const auto same = [&](const Account& a) { return a.name == o.name.view(); };
    if (o.name.empty() || std::any_of(accounts_.begin(), accounts_.end(), same))
        return refuse(refusal(RejectReason::format_value, RejectField::account));
    if (accounts_.size() >= genesis_.accounts)
        return refuse(pool_full(engine::Pool::accounts, genesis_.accounts));
    Account a;
    a.name = o.name.view();
    // An empty group is a group of its own; a named one is shared by all who name it.
    a.group_name = o.group.view();
    const auto known = std::find(groups_.begin(), groups_.end(), a.group_name);
    if (!a.group_name.empty() && known != groups_.end()) {
        a.group = engine::GroupId{static_cast<std::uint32_t>(known - groups_.begin())};
    } else {
        a.group = engine::GroupId{static_cast<std::uint32_t>(groups_.size())};
        groups_.push_back(a.group_name);
    }
    a.roles = o.roles;
    accounts_.push_back(a);
    engine::AccountOpened opened;
    opened.origin = header().origin;
    opened.name = o.name;
    opened.group_name = o.group;
    opened.group = a.group;
    opened.roles = o.roles;
    emit(engine::AccountId{static_cast<std::uint32_t>(accounts_.size() - 1)}, opened, false,
         engine::event_flag::reply);
}

void NaiveExchange::set_key(const engine::SetKey& s) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const auto known =
        std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.set.name == s.name; });
    const auto index = known - keys_.begin();
    if (known == keys_.end() && keys_.size() >= genesis_.keys)
        return refuse(pool_full(engine::Pool::keys, genesis_.keys));
    if (known == keys_.end()) keys_.push_back({});
    keys_[static_cast<std::size_t>(index)] = {std::string(s.name.view()), header().account, s};
    engine::KeySet k;
    k.origin = header().origin;
    k.name = s.name;
    k.public_key = s.public_key;
    k.id = engine::KeyIndex{static_cast<std::uint16_t>(index)};
    k.roles = s.roles;
    k.on_behalf = s.on_behalf;
    emit(header().account, k, false, engine::event_flag::reply);
}

void NaiveExchange::credit(const engine::Credit& c) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    Account& a = accounts_[header().account.value];
    constexpr std::int64_t most = INT64_MAX / 1000;
    if (c.amount.value > most || c.amount.value < -most || a.cash + c.amount.value > most) {
        auto r = refusal(RejectReason::format_value, RejectField::amount);
        r.limit_high = most;
        r.got = c.amount.value;
        return refuse(r);
    }
    if (a.cash + c.amount.value < 0) {
        auto r = refusal(RejectReason::funds, RejectField::cash);
        r.limit_high = a.cash;
        r.got = -c.amount.value;
        return refuse(r);
    }
    bank_ -= c.amount.value;
    a.cash += c.amount.value;
    engine::Credited credited;
    credited.origin = header().origin;
    credited.amount = c.amount;
    credited.cash = engine::Money{a.cash};
    emit(header().account, credited, true, engine::event_flag::reply);
}

NaiveExchange::Refusal NaiveExchange::resource_refusal(const engine::RegisterResource& r) const {
    if (!account_known(header().account)) return refusal(RejectReason::account_unknown, RejectField::account);
    if (r.family.value >= families_.size())
        return refusal(RejectReason::class_unknown,
                       r.unknown_field == RejectField::none ? RejectField::class_name : r.unknown_field);
    const std::int64_t lot_ = engine::lot_decimal(product(r.family));
    if (r.count.value % lot_ != 0) {
        auto lot = refusal(RejectReason::lot, RejectField::count);
        lot.limit_high = lot_;
        lot.got = r.count.value;
        return lot;
    }
    if (r.count.value < lot_ || r.count.value > genesis_.max_qty) {
        auto count = refusal(RejectReason::qty_limit, RejectField::count);
        count.limit_low = lot_;
        count.limit_high = genesis_.max_qty;
        count.got = r.count.value;
        return count;
    }
    // The brochure's sparse figure, or more than the nameplate.
    const auto& c = classes_[families_[r.family.value].defined.class_id.value];
    if (r.tflops != 0 &&
        ((r.dense_given && !r.dense) || r.tflops == c.sparse_tflops || r.tflops > c.tflops)) {
        auto mismatch = refusal(RejectReason::spec_mismatch, RejectField::tflops);
        mismatch.limit_high = c.tflops;
        mismatch.got = r.tflops;
        return mismatch;
    }
    constexpr std::int64_t dearest = ((1 << 30) - 1) * engine::tick_decimal;
    if (r.cost.value < 0 || r.cost.value > dearest) {
        auto cost = refusal(RejectReason::format_value, RejectField::cost);
        cost.limit_high = dearest;
        cost.got = r.cost.value;
        return cost;
    }
    const auto live =
        std::count_if(resources_.begin(), resources_.end(), [](const Resource& x) { return x.live; });
    if (live >= static_cast<std::ptrdiff_t>(genesis_.resources))
        return pool_full(engine::Pool::resources, genesis_.resources);
    return std::nullopt;
}

void NaiveExchange::register_resource(const engine::RegisterResource& r) {
    if (const auto refused = resource_refusal(r)) return refuse(*refused);
    const auto lots = engine::lots_of(r.count, product(r.family));
    resources_.push_back({header().account, r.family, lots.value, true, r.cost.value, {}});
    engine::ResourceRegistered done;
    done.origin = header().origin;
    done.resource = static_cast<std::uint32_t>(resources_.size());  // ids count from 1
    done.family = r.family;
    done.factor = classes_[families_[r.family.value].defined.class_id.value].k_train;
    done.factor_version = factors_[families_[r.family.value].defined.class_id.value].version;
    done.green_share = r.green_share;
    done.pue = r.pue;
    done.count = lots;
    done.registered = engine::Quantity{registered(header().account, r.family)};
    done.cost = r.cost;
    resources_.back().told = done;
    emit(header().account, done, true, engine::event_flag::reply);
}

// Refused when in any hour that is not final more would be owed than is left: of what others of the account
// offer there, less their maintenance. What is settled is gone.
NaiveExchange::Refusal NaiveExchange::withdrawal_refusal(const Resource& r, std::uint32_t id) const {
    for (const auto& [key, position] : positions_) {
        const engine::InstrumentId i = key.second;
        if (key.first != r.account || i.family != r.family) continue;
        std::int64_t left = capacity(r.account, i) - r.lots;
        for (const auto& [known, m] : maintenances_)
            if (m.resource == id && m.covers(i.period)) left += m.lots;
        if (position.open_sells + position.sold - position.bought > left)
            return owed_refusal(i, left, position);
    }
    return std::nullopt;
}

void NaiveExchange::withdraw_resource(const engine::WithdrawResource& w) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    if (own_resource(w.resource) == nullptr) {
        auto unknown = resource_unknown(w.resource);
        unknown.field = RejectField::order;
        return refuse(unknown);
    }
    Resource& r = resources_[w.resource - 1];
    if (const auto refused = withdrawal_refusal(r, w.resource)) return refuse(*refused);
    r.live = false;
    std::erase_if(maintenances_, [&](const auto& m) { return m.second.resource == w.resource; });
    engine::ResourceWithdrawn done;
    done.origin = header().origin;
    done.resource = w.resource;
    done.family = r.family;
    done.count = engine::Quantity{r.lots};
    done.registered = engine::Quantity{registered(r.account, r.family)};
    emit(header().account, done, true, engine::event_flag::reply);
}

// ---- limits of an account ----

void NaiveExchange::set_limits(const engine::SetLimits& s) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const auto& l = s.limits;
    for (const auto& [got, most, field] :
         {std::tuple{l.qty.value, genesis_.max_qty, RejectField::qty},
          std::tuple{l.notional.value, genesis_.max_notional, RejectField::notional},
          std::tuple{std::int64_t{l.open_orders}, std::int64_t{genesis_.account_orders},
                     RejectField::open_orders}}) {
        if (got >= 0 && got <= most) continue;
        auto r = refusal(RejectReason::format_value, field);
        r.limit_high = most;
        r.got = got;
        return refuse(r);
    }
    accounts_[header().account.value].limits = l;
    engine::LimitsSet done;
    done.origin = header().origin;
    done.limits = l;
    if (s.blob != engine::Sha256{}) done.blob = sequence_;
    emit(header().account, done, false, engine::event_flag::reply);
}

// The account's own limit, else the market's.
std::int64_t NaiveExchange::most_qty() const {
    const std::int64_t own = accounts_[header().account.value].limits.qty.value;
    return own == 0 ? genesis_.max_qty : own;
}
std::int64_t NaiveExchange::most_notional() const {
    const std::int64_t own = accounts_[header().account.value].limits.notional.value;
    return own == 0 ? genesis_.max_notional : own;
}
std::int64_t NaiveExchange::most_orders() const {
    const std::int64_t own = accounts_[header().account.value].limits.open_orders;
    return own == 0 ? genesis_.account_orders : own;
}

}  // namespace gridbook::twin
