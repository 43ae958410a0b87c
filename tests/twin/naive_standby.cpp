// SPDX-License-Identifier: Apache-2.0
// Standby offers in the twin: sells that stand beside the book until a delivery fails (market-rules section
// 7). They can be taken back until the gate; from then on they are firm.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::OrderState;
using engine::RejectField;
using engine::RejectReason;

NaiveExchange::Refusal NaiveExchange::standby_refusal(const engine::PlaceOrder& p) const {
    if (!p.standby) return std::nullopt;
    const bool known = p.instrument.family.value < families_.size();
    const bool fits = p.side == engine::Side::sell && p.type == engine::OrderType::limit &&
                      p.tif == engine::TimeInForce::gate && !p.post_only && p.min_qty.value == 0 &&
                      !(known && product(p.instrument.family) == engine::Product::token);
    if (fits && genesis_.deliveries != 0) return std::nullopt;
    return refusal(RejectReason::format_value, RejectField::standby);
}

void NaiveExchange::place_standby(Order order) {
    order.standby = true;
    order.id = remember(order.cid);
    order.priority = ++priorities_;
    Order& offer = standbys_[order.id] = order;
    reserve(offer);
    tell(offer, engine::event_flag::reply);
}

void NaiveExchange::end_standby(engine::OrderId id, OrderState state, engine::CancelReason reason) {
    Order& offer = standbys_.at(id);
    give_back(offer);
    offer.state = state;
    offer.reason = reason;
    remembered_.at({offer.account, offer.cid}).done = now_;
    done_[id] = offer;
    standbys_.erase(id);
}

bool NaiveExchange::firm(engine::OrderId id) const {
    const auto offer = standbys_.find(id);
    if (offer == standbys_.end()) return false;
    const engine::InstrumentId i = offer->second.instrument;
    return engine::gate_time(i.period, product(i.family)) <= now_;
}

bool NaiveExchange::refuse_firm(engine::OrderId found, const engine::CancelOrder& c) {
    if (!firm(found)) return false;
    auto r = refusal(RejectReason::gate_closed, RejectField::order);
    r.cid = c.cid;
    r.got = static_cast<std::int64_t>(c.order.value);
    refuse(r);
    return true;
}

// Ids count up and an offer is never replaced, so their order is that of time.
std::vector<engine::OrderId> NaiveExchange::standbys_of(engine::FamilyId f) const {
    std::vector<engine::OrderId> ids;
    for (const auto& [id, offer] : standbys_)
        if (offer.instrument.family == f) ids.push_back(id);
    return ids;
}

// Lots of another class that do the work of one lot of the failed class, as numerator and denominator; no
// denominator: that class cannot stand in.
NaiveExchange::Worth NaiveExchange::worth(const Delivery& d, const Order& offer) const {
    const engine::ClassId mine = family(d.instrument).defined.class_id;
    const engine::ClassId other = family(offer.instrument).defined.class_id;
    if (mine == other) return {1, 1};
    const std::int64_t k = classes_[mine.value].k_train;
    return {k, k == 0 ? 0 : classes_[other.value].k_train};
}

// Lots of the failed delivery that the offer is enough for.
std::int64_t NaiveExchange::enough_for(const Delivery& d, const Order& offer) const {
    const Worth w = worth(d, offer);
    return w.per == 0 ? 0 : offer.left * w.per / w.lots;
}

// Same tier and residency, same hour, another owner group, enough for a lot at least, and a price that may be
// charged for its work: the cheapest first, then those of the same class, then the oldest.
std::vector<engine::OrderId> NaiveExchange::offers_for(const Delivery& d) const {
    const Family& mine = family(d.instrument);
    const auto residency = [&](const Family& f) { return zones_[f.defined.zone_id.value].residency; };
    const std::int64_t most = std::min(mine.band.hi, d.price * 3 / 2);
    std::vector<const Order*> fit;
    for (const auto& [id, offer] : standbys_) {
        const Family& f = family(offer.instrument);
        const bool same = f.defined.tier_id == mine.defined.tier_id &&
                          f.defined.product == mine.defined.product && residency(f) == residency(mine);
        const Worth w = worth(d, offer);
        if (same && offer.instrument.period == d.instrument.period && enough_for(d, offer) != 0 &&
            offer.price * w.lots <= most * w.per && !same_group(offer.account, d.seller))
            fit.push_back(&offer);
    }
    std::sort(fit.begin(), fit.end(), [&](const Order* a, const Order* b) {
        const Worth x = worth(d, *a), y = worth(d, *b);
        const engine::Wide dear = engine::Wide{a->price} * x.lots * y.per;
        const engine::Wide other = engine::Wide{b->price} * y.lots * x.per;
        const auto of_another = [&](const Order* o) {
            return family(o->instrument).defined.class_id != mine.defined.class_id;
        };
        return std::tuple{dear, of_another(a), a->priority} < std::tuple{other, of_another(b), b->priority};
    });
    std::vector<engine::OrderId> ids;
    for (const Order* offer : fit) ids.push_back(offer->id);
    return ids;
}

}  // namespace gridbook::twin
