// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/telling.hpp"

namespace gridbook::engine {

DeliveryChanged told_delivery(const Delivery& d, Side party) {
    DeliveryChanged e;
    e.delivery = d.id;
    e.replaces = d.replaces;
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.price = d.price;
    e.qty = d.qty;
    e.delivered = d.counted;
    e.missed = d.missed;
    e.first_minute = d.first_minute;
    e.minutes = d.minutes;
    e.state = d.state;
    e.party = party;
    e.endpoint = d.endpoint;
    return e;
}

void tell_both(Step& step, const Delivery& d) {
    tell_numbered(step, d.seller, told_delivery(d, Side::sell));
    tell_numbered(step, d.buyer, told_delivery(d, Side::buy));
}

void tell_replacement(Step& step, const Delivery& d, std::uint32_t covers) {
    for (const Side party : {Side::sell, Side::buy}) {
        DeliveryChanged e = told_delivery(d, party);
        e.covers = covers;
        tell_numbered(step, party == Side::sell ? d.seller : d.buyer, e);
    }
}

void answer_both(Step& step, const Delivery& d) {
    DeliveryChanged answer = told_delivery(d, Side::sell);
    answer.origin = step.command.origin;
    tell_numbered(step, d.seller, answer, event_flag::reply);
    tell_numbered(step, d.buyer, told_delivery(d, Side::buy));
}

}  // namespace gridbook::engine
