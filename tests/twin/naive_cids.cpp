// SPDX-License-Identifier: Apache-2.0
// Client order ids in the twin: what is remembered for how long, and what is told when it comes again.
// Orders, strips and any-ofs share one space of ids and of cids.
#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::RejectField;
using engine::RejectReason;

// Ids count up. What is remembered stands in a circle of `records` places, an id in the place of its low
// bits: places of live orders are passed over, so the oldest that is done is displaced.
engine::OrderId NaiveExchange::next_id(const CidKey& key) {
    const auto place = [&] { return records_ % genesis_.records; };
    const auto live = [&](engine::OrderId id) {
        return live_.count(id) + strips_.count(id) + standbys_.count(id) != 0;
    };
    do ++records_;
    while (circle_.count(place()) != 0 && live(circle_[place()].first));
    auto& [id, owner] = circle_[place()];
    done_.erase(id);
    done_strips_.erase(id);
    any_ofs_.erase(id);
    if (const auto it = remembered_.find(owner); it != remembered_.end() && it->second.id == id)
        remembered_.erase(it);
    id = engine::OrderId{records_};
    owner = key;
    return id;
}

const Remembered* NaiveExchange::remembered(const CidKey& key) const {
    const auto it = remembered_.find(key);
    if (it == remembered_.end()) return nullptr;
    // Kept until the order is done and the retention more.
    const engine::Duration retention = engine::second * genesis_.retention_s;
    if (it->second.done != engine::never && it->second.done + retention <= now_) return nullptr;
    return &it->second;
}

// The command of now is remembered under a new id.
engine::OrderId NaiveExchange::remember(const engine::Cid& cid) {
    Remembered r;
    r.body = command_;
    r.body.header = {};
    r.body.header.kind = command_.kind();
    r.id = next_id({header().account, cid});
    remembered_[{header().account, cid}] = r;
    return r.id;
}

void NaiveExchange::refuse_order(engine::Refused refused, const engine::Cid& cid) {
    refused.cid = cid;
    remember(cid);
    Remembered& r = remembered_.at({header().account, cid});
    r.refusal = true;
    r.refused = refused;
    r.done = now_;
    refuse(refused);
}

// The check before all others: the account and its cid.
bool NaiveExchange::told_before(const engine::Cid& cid) {
    if (!account_known(header().account)) {
        refuse(refusal(RejectReason::account_unknown, RejectField::account));
        return true;
    }
    const Remembered* r = remembered({header().account, cid});
    if (r == nullptr) return false;
    if (r->body.kind() == command_.kind() && r->body.body == command_.body) {
        tell_again(*r);
        return true;
    }
    auto reused = refusal(RejectReason::cid_reused, RejectField::cid);
    reused.cid = cid;
    refuse(reused);
    return true;
}

void NaiveExchange::tell_again(const Remembered& r) {
    const std::uint8_t flags = engine::event_flag::reply | engine::event_flag::duplicate;
    if (r.refusal) {
        engine::Refused again = r.refused;
        again.origin = header().origin;
        again.command = command_.kind();
        return emit(header().account, again, false, flags);
    }
    if (const Order* order = find(r.id)) return tell(*order, flags);
    if (const auto it = strips_.find(r.id); it != strips_.end()) return tell(it->second, flags);
    if (const auto it = done_strips_.find(r.id); it != done_strips_.end()) return tell(it->second, flags);
    engine::AnyOfEvent again = any_ofs_.at(r.id).told;
    again.origin = header().origin;
    emit(header().account, again, false, flags);
}

engine::OrderId NaiveExchange::named(engine::AccountId account, engine::OrderId id,
                                     const engine::Cid& cid) const {
    if (id.value != 0) return id;
    const Remembered* r = remembered({account, cid});
    return r == nullptr || r->refusal ? engine::OrderId{} : r->id;
}

// By its id a done order is known longer than by its cid.
const Order* NaiveExchange::find(engine::OrderId id) const {
    for (const auto* orders : {&live_, &standbys_})
        if (const auto it = orders->find(id); it != orders->end()) return &it->second;
    const auto it = done_.find(id);
    return it == done_.end() ? nullptr : &it->second;
}

}  // namespace gridbook::twin
