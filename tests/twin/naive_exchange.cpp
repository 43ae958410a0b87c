// SPDX-License-Identifier: Apache-2.0
// The door of the twin, the catalogue, participants and resources; and the answers to questions.
#include "tests/twin/naive_exchange.hpp"

#include <algorithm>

namespace gridbook::twin {

using engine::CommandKind;
using engine::RejectField;
using engine::RejectReason;

void NaiveExchange::apply(const engine::Command& command, Events& out) {
    command_ = command;
    out_ = &out;
    sequence_ = command.header.sequence;
    if (command.kind() == CommandKind::advance_time) return advance(command.header.time);
    now_ = std::max(now_, command.header.time);
    switch (command.kind()) {
        case CommandKind::genesis: return start(command.as<engine::Genesis>());
        case CommandKind::checkpoint: {
            engine::StateHashed hashed;
            hashed.origin = header().origin;
            hashed.open_orders = live_.size();
            hashed.trades = trades_;
            return emit(engine::no_account, hashed, false, engine::event_flag::reply);
        }
        case CommandKind::define_class: return define_class(command.as<engine::DefineClass>());
        case CommandKind::define_zone: return define_zone(command.as<engine::DefineZone>());
        case CommandKind::define_tier: return define_tier(command.as<engine::DefineTier>());
        case CommandKind::define_family: return define_family(command.as<engine::DefineFamily>());
        case CommandKind::open_account: return open_account(command.as<engine::OpenAccount>());
        case CommandKind::set_key: return set_key(command.as<engine::SetKey>());
        case CommandKind::credit: return credit(command.as<engine::Credit>());
        case CommandKind::register_resource: return register_resource(command.as<engine::RegisterResource>());
        case CommandKind::withdraw_resource: return withdraw_resource(command.as<engine::WithdrawResource>());
        case CommandKind::place_order: return place(command.as<engine::PlaceOrder>());
        case CommandKind::replace_order: return replace(command.as<engine::ReplaceOrder>());
        case CommandKind::cancel_order: return cancel(command.as<engine::CancelOrder>());
        case CommandKind::set_band: return set_band(command.as<engine::SetBand>());
        default: return;  // follow-ons: the work was done at once
    }
}

engine::Refused NaiveExchange::refusal(RejectReason reason, RejectField field) const {
    engine::Refused refused;
    refused.reason = reason;
    refused.field = field;
    return refused;
}

void NaiveExchange::refuse(engine::Refused refused) {
    refused.origin = header().origin;
    refused.command = command_.kind();
    emit(header().account, refused, false, engine::event_flag::reply);
}

void NaiveExchange::start(const engine::Genesis& g) {
    genesis_ = g;
    started_ = true;
    engine::Started s;
    s.origin = header().origin;
    s.schema = g.schema;
    s.clock = g.clock;
    emit(engine::no_account, s, false, engine::event_flag::reply);
}

engine::Refused NaiveExchange::pool_full(engine::Pool pool, std::int64_t limit) const {
    engine::Refused r = refusal(RejectReason::engine_limit, RejectField::pool);
    r.pool = pool;
    r.limit_high = limit;
    return r;
}

engine::Product NaiveExchange::product(engine::FamilyId family) const {
    return families_.at(family.value).defined.product;
}

void NaiveExchange::define_class(const engine::DefineClass& d) {
    if (d.name.empty() ||
        std::any_of(classes_.begin(), classes_.end(), [&](const auto& x) { return x.name == d.name; }))
        return refuse(refusal(RejectReason::format_value, RejectField::class_name));
    classes_.push_back(d);
    engine::ClassDefined c;
    c.id = engine::ClassId{static_cast<std::uint16_t>(classes_.size() - 1)};
    c.version = 1;
    c.name = d.name;
    c.tflops = d.tflops;
    c.memory_gb = d.memory_gb;
    c.bandwidth = d.bandwidth;
    c.k_train = d.k_train;
    c.k_infer = d.k_infer;
    c.sparse_tflops = d.sparse_tflops;
    emit(engine::no_account, c);
}

void NaiveExchange::define_zone(const engine::DefineZone& d) {
    if (d.name.empty() ||
        std::any_of(zones_.begin(), zones_.end(), [&](const auto& x) { return x.name == d.name; }))
        return refuse(refusal(RejectReason::format_value, RejectField::zone));
    zones_.push_back(d);
    engine::ZoneDefined z;
    z.id = engine::ZoneId{static_cast<std::uint16_t>(zones_.size() - 1)};
    z.latency_ms = d.latency_ms;
    z.name = d.name;
    z.hub = d.hub;
    z.residency = d.residency;
    emit(engine::no_account, z);
}

void NaiveExchange::define_tier(const engine::DefineTier& d) {
    if (d.name.empty() ||
        std::any_of(tiers_.begin(), tiers_.end(), [&](const auto& x) { return x.name == d.name; }))
        return refuse(refusal(RejectReason::format_value, RejectField::tier));
    tiers_.push_back(d);
    engine::TierDefined t;
    t.id = engine::TierId{static_cast<std::uint16_t>(tiers_.size() - 1)};
    t.product = d.product;
    t.name = d.name;
    t.availability = d.availability;
    t.start_by_s = d.start_by_s;
    t.penalty = d.penalty;
    emit(engine::no_account, t);
}

NaiveExchange::Refusal NaiveExchange::family_refusal(const engine::DefineFamily& d) const {
    if (d.class_id.value >= classes_.size())
        return refusal(RejectReason::class_unknown, RejectField::class_name);
    if (d.zone_id.value >= zones_.size()) return refusal(RejectReason::class_unknown, RejectField::zone);
    if (d.tier_id.value >= tiers_.size()) return refusal(RejectReason::class_unknown, RejectField::tier);
    for (const Family& f : families_)
        if (f.defined.class_id == d.class_id && f.defined.zone_id == d.zone_id &&
            f.defined.tier_id == d.tier_id)
            return refusal(RejectReason::format_value, RejectField::family);
    if (families_.size() >= genesis_.families) return pool_full(engine::Pool::families, genesis_.families);
    std::int64_t books = 0;
    for (const Family& f : families_) books += f.defined.horizon;
    if (d.horizon == 0 || books + d.horizon > genesis_.books)
        return pool_full(engine::Pool::books, genesis_.books);
    for (const auto& [value, field] :
         {std::pair{d.guidance, RejectField::guidance}, std::pair{d.floor, RejectField::floor},
          std::pair{d.ceiling, RejectField::ceiling}})
        if (const auto r = band_value_refusal(value, field)) return r;
    return std::nullopt;
}

// A family comes with its first band, and with every period whose gate lies ahead, up to the horizon.
void NaiveExchange::define_family(const engine::DefineFamily& d) {
    if (const auto refused = family_refusal(d)) return refuse(*refused);
    const engine::FamilyId id{static_cast<std::uint16_t>(families_.size())};
    Family family;
    family.defined = d;
    for (const auto part : {classes_[d.class_id.value].name.view(), zones_[d.zone_id.value].name.view(),
                            tiers_[d.tier_id.value].name.view()})
        family.symbol += (family.symbol.empty() ? "" : ".") + std::string(part);
    engine::SetBand first;
    first.guidance = d.guidance;
    first.floor = d.floor;
    first.ceiling = d.ceiling;
    first.rationale = d.rationale;
    family.band = changed(Band{}, {1, first, now_, {}});
    family.last_version = 1;
    if (family.band.lo > family.band.hi || !family.band.inside(family.band.guidance)) {
        auto r = refusal(RejectReason::format_value, RejectField::guidance);
        r.limit_low = family.band.lo * engine::tick_decimal;
        r.limit_high = family.band.hi * engine::tick_decimal;
        r.got = d.guidance.value;
        return refuse(r);
    }
    families_.push_back(family);
    engine::FamilyDefined f;
    f.id = id;
    f.class_id = d.class_id;
    f.zone_id = d.zone_id;
    f.tier_id = d.tier_id;
    f.horizon = d.horizon;
    f.product = d.product;
    f.dynamic_width = d.dynamic_width;
    emit(engine::no_account, f);
    emit(engine::no_account, told(id, family.band, engine::BandStatus::applied));
    const std::uint32_t now = engine::period_at(now_, d.product).value;
    for (std::uint32_t p = now; p <= now + d.horizon; ++p)
        if (engine::gate_time(engine::Period{p}, d.product) > now_)
            list(engine::instrument(id, engine::Period{p}));
}

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

std::int64_t NaiveExchange::registered(engine::AccountId account, engine::FamilyId family) const {
    std::int64_t lots = 0;
    for (const Resource& r : resources_)
        if (r.live && r.account == account && r.family == family) lots += r.lots;
    return lots;
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
    const auto live =
        std::count_if(resources_.begin(), resources_.end(), [](const Resource& x) { return x.live; });
    if (live >= static_cast<std::ptrdiff_t>(genesis_.resources))
        return pool_full(engine::Pool::resources, genesis_.resources);
    return std::nullopt;
}

void NaiveExchange::register_resource(const engine::RegisterResource& r) {
    if (const auto refused = resource_refusal(r)) return refuse(*refused);
    const auto lots = engine::lots_of(r.count, product(r.family));
    resources_.push_back({header().account, r.family, lots.value, true});
    engine::ResourceRegistered done;
    done.origin = header().origin;
    done.resource = static_cast<std::uint32_t>(resources_.size());  // ids count from 1
    done.family = r.family;
    done.factor = classes_[families_[r.family.value].defined.class_id.value].k_train;
    done.factor_version = 1;
    done.green_share = r.green_share;
    done.pue = r.pue;
    done.count = lots;
    done.registered = engine::Quantity{registered(header().account, r.family)};
    emit(header().account, done, true, engine::event_flag::reply);
}

// Refused when in any hour that is not final more would be owed than is left. Deliveries are not settled yet,
// so no hour is final: what was sold stays owed.
void NaiveExchange::withdraw_resource(const engine::WithdrawResource& w) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const std::size_t index = std::size_t{w.resource} - 1;  // ids count from 1; 0 wraps: no such resource
    if (index >= resources_.size() || !resources_[index].live ||
        resources_[index].account != header().account) {
        auto unknown = refusal(RejectReason::format_value, RejectField::order);
        unknown.got = w.resource;
        return refuse(unknown);
    }
    Resource& r = resources_[index];
    const std::int64_t left = registered(r.account, r.family) - r.lots;
    const engine::Product product_ = product(r.family);
    for (const auto& [key, position] : positions_) {
        const engine::InstrumentId i = key.second;
        if (key.first != r.account || i.family != r.family) continue;
        const std::int64_t owed = position.open_sells + position.sold - position.bought;
        if (owed <= left) continue;
        auto obligation = refusal(RejectReason::obligation, RejectField::count);
        obligation.limit_high = left * engine::lot_decimal(product_);
        obligation.got = owed * engine::lot_decimal(product_);
        obligation.instrument = i;
        return refuse(obligation);
    }
    r.live = false;
    engine::ResourceWithdrawn done;
    done.origin = header().origin;
    done.resource = w.resource;
    done.family = r.family;
    done.count = engine::Quantity{r.lots};
    done.registered = engine::Quantity{left};
    emit(header().account, done, true, engine::event_flag::reply);
}

}  // namespace gridbook::twin
