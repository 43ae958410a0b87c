// SPDX-License-Identifier: Apache-2.0
#include "ledger/snapshots/recollection.hpp"

#include <algorithm>
#include <utility>

#include "ledger/energy/resource_book.hpp"
#include "ledger/snapshots/pack.hpp"

namespace gridbook::ledger {

using engine::Event;
using engine::EventKind;

namespace {

// Bands of a family that are kept: more than any mirror keeps of the past.
constexpr std::size_t bands_kept = 128;

// Told again, an event has no place in a stream and answers nobody.
Event again(Event event) {
    event.header.number = {};
    event.header.flags = 0;
    return event;
}

template <class Body, class Change>
void amend(Event& event, Change&& change) {
    Body body = event.as<Body>();
    change(body);
    event.set(body);
}

}  // namespace

void Recollection::hear(const Event& event) {
    sequence_ = event.header.sequence;
    time_ = std::max(time_, event.header.time);
    switch (event.kind()) {
        case EventKind::started:
        case EventKind::class_defined:
        case EventKind::zone_defined:
        case EventKind::tier_defined:
        case EventKind::factors_changed:
        case EventKind::family_defined: lasting_.push_back(again(event)); break;
        case EventKind::account_opened:
            lasting_.push_back(again(event));
            numbers_.resize(event.header.account.value + std::size_t{1});
            break;
        case EventKind::key_set: hear_key(event); break;
        case EventKind::limits_set: hear_limits(event); break;
        case EventKind::rules_set: rules_ = again(event); break;
        case EventKind::guidance_set: hear_band(event.as<engine::GuidanceSet>().family, event); break;
        case EventKind::band_changed: hear_band(event.as<engine::BandChanged>().family, event); break;
        case EventKind::phase_changed: hear_phase(event); break;
        case EventKind::reference_changed: hear_reference(event); break;
        case EventKind::order: hear_order(event); break;
        case EventKind::strip: hear_strip<engine::StripEvent>(event); break;
        case EventKind::alternative: alternatives_.push_back(again(event)); break;
        case EventKind::any_of:
            hear_strip<engine::AnyOfEvent>(event);
            hear_choice(event);
            break;
        case EventKind::resource_registered:
            resources_.emplace(event.as<engine::ResourceRegistered>().resource, again(event));
            break;
        case EventKind::resource_withdrawn: hear_withdrawn(event); break;
        case EventKind::fill: hear_fill(event); break;
        case EventKind::replaced: hear_replaced(event.as<engine::Replaced>()); break;
        default: break;
    }
    if (event.header.number.value != 0 && event.header.account.value < numbers_.size())
        numbers_[event.header.account.value] = event.header.number;
}

// The account's last ones take the place of those before.
void Recollection::hear_limits(const Event& event) {
    std::erase_if(lasting_, [&](const Event& e) {
        return e.kind() == EventKind::limits_set && e.header.account == event.header.account;
    });
    lasting_.push_back(again(event));
}

void Recollection::hear_key(const Event& event) {
    const std::size_t id = event.as<engine::KeySet>().id.value;
    if (id >= keys_.size()) keys_.resize(id + 1);
    keys_[id] = again(event);
}

// The oldest goes that is neither in force nor still to come. The inputs of a guidance stand before its band
// and go by the same version.
void Recollection::hear_band(engine::FamilyId family, const Event& event) {
    if (family.value >= bands_.size()) bands_.resize(family.value + std::size_t{1});
    std::vector<Event>& bands = bands_[family.value];
    bands.push_back(again(event));
    if (bands.size() <= bands_kept) return;
    const auto version_of = [](const Event& e) {
        return e.kind() == EventKind::guidance_set ? e.as<engine::GuidanceSet>().version
                                                   : e.as<engine::BandChanged>().version;
    };
    const auto in_force = std::find_if(bands.rbegin(), bands.rend(), [](const Event& e) {
        return e.kind() == EventKind::band_changed &&
               e.as<engine::BandChanged>().status != engine::BandStatus::scheduled;
    });
    const std::uint32_t current = in_force == bands.rend() ? 0 : version_of(*in_force);
    const auto past =
        std::find_if(bands.begin(), bands.end(), [&](const Event& e) { return version_of(e) < current; });
    if (past != bands.end()) bands.erase(past);
}

void Recollection::hear_phase(const Event& event) {
    auto told = event.as<engine::PhaseChanged>();
    Instrument& instrument = instruments_[told.instrument];
    if (instrument.phase.kind() == EventKind::none) instrument.totals.sequence = event.header.sequence;
    instrument.totals.instrument = told.instrument;
    const bool moves_band = told.low != engine::Price{};
    if (!moves_band && instrument.phase.kind() != EventKind::none) {
        const auto before = instrument.phase.as<engine::PhaseChanged>();
        told.low = before.low;
        told.high = before.high;
    }
    instrument.phase = again(event);
    instrument.phase.set(told);
    if (moves_band && instrument.reference.kind() != EventKind::none)
        amend<engine::ReferenceChanged>(instrument.reference, [&](engine::ReferenceChanged& r) {
            r.low = told.low;
            r.high = told.high;
        });
    // A delivered hour stays until the next one of its family delivers.
    if (told.phase != engine::Phase::delivering) return;
    const auto first =
        instruments_.lower_bound(engine::instrument(told.instrument.family, engine::Period{0}));
    instruments_.erase(first, instruments_.find(told.instrument));
}

Recollection::Instrument* Recollection::listed(engine::InstrumentId instrument) {
    const auto found = instruments_.find(instrument);
    return found == instruments_.end() ? nullptr : &found->second;
}

void Recollection::hear_reference(const Event& event) {
    if (Instrument* i = listed(event.as<engine::ReferenceChanged>().instrument)) i->reference = again(event);
}

void Recollection::hear_order(const Event& event) {
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
    const auto told = event.as<engine::OrderEvent>();
    if (Instrument* i = listed(told.instrument)) i->totals.sequence = event.header.sequence;
    if (told.state == engine::OrderState::open || told.state == engine::OrderState::parked)
        orders_[told.order] = again(event);
    else
        orders_.erase(told.order);
}

template <class Body>
void Recollection::hear_strip(const Event& event) {
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
    const auto told = event.as<Body>();
    if (told.state == engine::OrderState::open)
        strips_.try_emplace(told.order, again(event));
    else
        strips_.erase(told.order);
}

// A strip is filled within its command, hour by hour: with its first fill it rests no more, and until the
// last one nobody asks.
void Recollection::hear_fill(const Event& event) {
    const auto fill = event.as<engine::Fill>();
    if (fill.of != engine::OrderKind::order) {
        strips_.erase(fill.order);
    } else if (const auto found = orders_.find(fill.order); found != orders_.end()) {
        if (fill.leaves == 0)
            orders_.erase(found);
        else
            amend<engine::OrderEvent>(found->second, [&](engine::OrderEvent& o) {
                o.leaves = fill.leaves;
                o.cum += fill.qty;
            });
    }
    Instrument* instrument = listed(fill.instrument);
    if (instrument != nullptr) instrument->totals.sequence = event.header.sequence;
    if (!completes_trade(fill)) return;
    trades_.push_back(again(event));
    if (trades_.size() > recent_trades) trades_.pop_front();
    if (instrument == nullptr) return;
    instrument->totals.last_price = fill.price;
    instrument->totals.traded += engine::Quantity{fill.qty};
    ++instrument->totals.trades;
}

// Told twice: a standby offer has fewer lots left, or none.
void Recollection::hear_replaced(const engine::Replaced& told) {
    const auto found = orders_.find(told.order);
    if (told.party != engine::Side::sell || found == orders_.end()) return;
    if (told.leaves == 0)
        orders_.erase(found);
    else
        amend<engine::OrderEvent>(found->second, [&](engine::OrderEvent& o) {
            o.leaves = told.leaves;
            o.cum += told.qty;
        });
}

// What was delivered or invoiced under a resource is asked about after it is gone.
void Recollection::hear_withdrawn(const Event& event) {
    const auto found = resources_.find(event.as<engine::ResourceWithdrawn>().resource);
    if (found == resources_.end()) return;
    withdrawn_.push_back(found->second);
    withdrawn_.push_back(again(event));
    resources_.erase(found);
    if (withdrawn_.size() <= 2 * ResourceBook::withdrawn_kept) return;
    withdrawn_.erase(withdrawn_.begin(), withdrawn_.begin() + 2);
}

// An any-of order is done when it is told; what is kept is which families it named.
void Recollection::hear_choice(const Event& any_of) {
    std::vector<Event> families = std::exchange(alternatives_, {});
    if (families.empty()) return;
    choices_.insert(choices_.end(), families.begin(), families.end());
    choices_.push_back(again(any_of));
    amend<engine::AnyOfEvent>(choices_.back(), [](engine::AnyOfEvent& order) {
        if (order.state == engine::OrderState::open) order.state = engine::OrderState::filled;
    });
    if (++any_ofs_ <= recent_choices) return;
    while (choices_.front().kind() != EventKind::any_of) choices_.pop_front();
    choices_.pop_front();
    --any_ofs_;
}

// The catalogue first, because all others name it; the account's newest number with its opening; then the
// books. The last event is an empty one at the place reached.
void Recollection::retell(Mirror& mirror) const {
    for (Event event : lasting_) {
        if (event.kind() == EventKind::account_opened)
            event.header.number = numbers_[event.header.account.value];
        mirror.remember(event);
    }
    for (const Event& key : keys_) mirror.remember(key);
    for (const Event& resource : withdrawn_) mirror.remember(resource);
    for (const auto& [id, resource] : resources_) mirror.remember(resource);
    for (const Event& choice : choices_) mirror.remember(choice);
    if (rules_) mirror.remember(*rules_);
    for (const auto& family : bands_)
        for (const Event& band : family) mirror.remember(band);
    for (const auto& [id, instrument] : instruments_) {
        mirror.remember(instrument.phase);
        if (instrument.reference.kind() != EventKind::none) mirror.remember(instrument.reference);
    }
    for (const auto& [id, order] : orders_) mirror.remember(order);
    for (const auto& [id, strip] : strips_) mirror.remember(strip);
    for (const Event& trade : trades_) mirror.past_trade(trade);
    Event place;
    place.set(engine::TimeAdvanced{});
    place.header.sequence = sequence_;
    place.header.time = time_;
    mirror.remember(place);
    for (const auto& [id, instrument] : instruments_) mirror.totals(instrument.totals);
}

namespace {

template <class Events>
void save_all(Packer& out, const Events& events) {
    out(std::uint64_t{events.size()});
    for (const Event& event : events) out(event);
}

void save_by_id(Packer& out, const std::unordered_map<engine::OrderId, Event>& events) {
    std::vector<std::pair<engine::OrderId, const Event*>> rows;
    for (const auto& [id, event] : events) rows.emplace_back(id, &event);
    std::sort(rows.begin(), rows.end());
    out(std::uint64_t{rows.size()});
    for (const auto& [id, event] : rows) out(*event);
}

template <class Events>
void load_all(Unpacker& in, Events& events) {
    for (std::size_t n = in.count(sizeof(Event)); n > 0; --n) in(events.emplace_back());
}

template <class Body>
void load_by_id(Unpacker& in, std::unordered_map<engine::OrderId, Event>& events) {
    for (std::size_t n = in.count(sizeof(Event)); n > 0; --n) {
        Event event;
        in(event);
        const engine::OrderId id = event.as<Body>().order;
        if (!in.expect(events.try_emplace(id, event).second)) return;
    }
}

}  // namespace

void Recollection::save(Packer& out) const {
    save_all(out, lasting_);
    save_all(out, keys_);
    out(std::uint64_t{rules_ ? 1u : 0u});
    if (rules_) out(*rules_);
    out(std::uint64_t{bands_.size()});
    for (const auto& family : bands_) save_all(out, family);
    out(std::uint64_t{instruments_.size()});
    for (const auto& [id, i] : instruments_) out(i.phase, i.reference, i.totals);
    save_by_id(out, orders_);
    save_by_id(out, strips_);
    save_all(out, trades_);
    out(std::uint64_t{numbers_.size()});
    for (const engine::StreamNumber n : numbers_) out(n);
    save_all(out, withdrawn_);
    out(std::uint64_t{resources_.size()});
    for (const auto& [id, resource] : resources_) out(resource);
    save_all(out, choices_);
    out(sequence_, time_);
}

bool Recollection::load(Unpacker& in) {
    load_all(in, lasting_);
    load_all(in, keys_);
    const std::size_t rules = in.count(sizeof(Event));
    if (!in.expect(rules <= 1)) return false;
    if (rules == 1) in(rules_.emplace());
    bands_.resize(in.count(sizeof(std::uint64_t)));
    for (auto& family : bands_) load_all(in, family);
    for (std::size_t n = in.count(2 * sizeof(Event) + sizeof(InstrumentTotals)); n > 0; --n) {
        Instrument i;
        in(i.phase, i.reference, i.totals);
        if (!in.expect(i.phase.kind() == EventKind::phase_changed)) return false;
        instruments_[i.totals.instrument] = i;
    }
    load_by_id<engine::OrderEvent>(in, orders_);
    static_assert(offsetof(engine::StripEvent, order) == offsetof(engine::AnyOfEvent, order));
    load_by_id<engine::StripEvent>(in, strips_);
    load_all(in, trades_);
    numbers_.resize(in.count(sizeof(engine::StreamNumber)));
    for (engine::StreamNumber& n : numbers_) in(n);
    load_all(in, withdrawn_);
    for (std::size_t n = in.count(sizeof(Event)); n > 0; --n) {
        Event event;
        in(event);
        resources_.emplace(event.as<engine::ResourceRegistered>().resource, event);
    }
    load_all(in, choices_);
    any_ofs_ = static_cast<std::size_t>(
        std::ranges::count(choices_, EventKind::any_of, [](const Event& e) { return e.kind(); }));
    in(sequence_, time_);
    in.expect(withdrawn_.size() % 2 == 0);
    in.expect(choices_.empty() || choices_.back().kind() == EventKind::any_of);
    for (const Event& e : lasting_)
        in.expect(e.kind() != EventKind::account_opened || e.header.account.value < numbers_.size());
    return in.good();
}

}  // namespace gridbook::ledger
