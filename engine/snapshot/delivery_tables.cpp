// SPDX-License-Identifier: Apache-2.0
// What a snapshot holds of deliveries, where anything is delivered.
#include <algorithm>

#include "engine/snapshot/restorer.hpp"
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

// Bits of the minutes that are the delivery's own.
std::uint64_t own_minutes(const Delivery& d) {
    std::uint64_t mask = 0;
    for (std::uint32_t m = d.first_minute; m < d.end_minute(); ++m) mask |= std::uint64_t{1} << m;
    return mask;
}

bool sound_readings(const Delivery& d, const Readings& readings) {
    return (readings.said & ~own_minutes(d)) == 0 &&
           std::ranges::all_of(readings.lots, [&](std::uint32_t lots) { return lots <= d.qty; });
}

bool sound_minutes(const Delivery& d, Product product) {
    const std::uint32_t all = Window(d.instrument, product).minutes();
    if (d.minutes == 0 || d.end_minute() != all || d.failed_from > all) return false;
    if (product == Product::token) return d.by_seller.said == 0 && d.by_buyer.said == 0;
    return sound_readings(d, d.by_seller) && sound_readings(d, d.by_buyer);
}

}  // namespace

bool Restorer::sound_delivery(const Delivery& d, DeliveryId last) const {
    if (d.id == DeliveryId{} || d.id > last || !state_.accounts.known(d.seller) ||
        !state_.accounts.known(d.buyer) || !state_.catalogue.known(d.instrument.family))
        return false;
    const Product product = state_.catalogue.family(d.instrument.family).product;
    return state_.deliveries.is_open(d.instrument) && d.state != DeliveryState::none && d.qty > 0 &&
           d.price >= Price{1} && sound_minutes(d, product) && d.counted <= d.promised() &&
           d.replaced <= d.promised();
}

void Restorer::open_hours() {
    for (std::size_t f = 0; f < state_.catalogue.families().size() && good(); ++f)
        for (std::uint32_t place = 0; place < Deliveries::most_hours; ++place) {
            Period period;
            in_(period);
            if (period == Period{}) continue;
            if (!in_.expect(period.value % Deliveries::most_hours == place)) return;
            state_.deliveries.open(instrument(FamilyId{static_cast<std::uint16_t>(f)}, period));
        }
}

// An account's deliveries stand in the order of their ids, whatever their families are.
void Restorer::deliveries() {
    Deliveries& deliveries = state_.deliveries;
    if (!deliveries.kept()) return;
    DeliveryId last;
    in_(last, deliveries.due, deliveries.struck);
    open_hours();
    std::vector<Delivery> all;
    for (std::size_t n = in_.count(deliveries.places()); n > 0 && good(); --n) {
        Delivery& d = all.emplace_back();
        fields(in_, d);
        if (!in_.expect(sound_delivery(d, last))) return;
    }
    std::ranges::sort(all, {}, &Delivery::id);
    for (const Delivery& d : all) {
        if (!in_.expect(deliveries.last_id() < d.id)) return;
        const std::uint32_t slot = deliveries.add(state_.accounts, d);
        if (is_holding(state_, d) && left_of(d) != 0) deliveries.hold(state_.accounts, slot);
    }
    deliveries.set_last_id(last);
    standbys();
}

bool Restorer::sound_dispute(const Dispute& d) const {
    const std::uint32_t slot = state_.deliveries.find(d.delivery);
    return d.delivery != DeliveryId{} && d.delivery <= state_.deliveries.last_id() && d.minutes != 0 &&
           state_.accounts.known(d.seller) && state_.accounts.known(d.buyer) && d.held >= Money{} &&
           d.held <= d.stake && d.suspended == (d.stake > Money{}) && (d.suspended || slot != 0);
}

// By delivery and claimant.
void Restorer::disputes() {
    auto& all = state_.disputes.all();
    for (std::size_t n = in_.count(Disputes::limit); n > 0 && good(); --n) {
        Dispute d;
        fields(in_, d);
        const bool rising = all.empty() || std::pair(all.back().delivery, all.back().claimant) <
                                               std::pair(d.delivery, d.claimant);
        if (in_.expect(rising && sound_dispute(d))) all.push_back(d);
    }
}

// What was drawn of holdings, each of which is among the deliveries already, and under which usage ids.
void Restorer::draws() {
    Deliveries& deliveries = state_.deliveries;
    for (std::size_t n = in_.count(deliveries.places()); n > 0 && good(); --n) {
        DeliveryId id;
        std::uint64_t drawn = 0;
        in_(id, drawn);
        const std::uint32_t slot = deliveries.find(id);
        if (!in_.expect(slot != 0 && is_holding(state_, deliveries[slot]))) return;
        Delivery& d = deliveries[slot];
        if (!in_.expect(d.drawn == 0 && drawn != 0 && drawn <= held_quarters(d))) return;
        d.drawn = drawn;
        if (left_of(d) == 0) deliveries.release(state_.accounts, slot);
    }
    for (std::size_t n = in_.count(state_.usages.limit()); n > 0 && good(); --n) {
        Usage usage;
        in_(usage);
        in_.expect(state_.accounts.known(usage.account) && state_.usages.put_back(usage, state_.time));
    }
}

// What was reported of token days, each of which is among the deliveries already.
void Restorer::requests() {
    const auto sound = [](const Requests& r) {
        return r.served <= r.all && r.all <= most_requests && (r.said() || r.minute == 0);
    };
    for (std::size_t n = in_.count(state_.deliveries.places()); n > 0 && good(); --n) {
        DeliveryId id;
        Requests seller, buyer;
        in_(id), fields(in_, seller), fields(in_, buyer);
        const std::uint32_t slot = state_.deliveries.find(id);
        if (!in_.expect(slot != 0 && sound(seller) && sound(buyer) && (seller.said() || buyer.said())))
            return;
        Delivery& d = state_.deliveries[slot];
        const Product product = state_.catalogue.family(d.instrument.family).product;
        if (!in_.expect(product == Product::token && !d.requests().said())) return;
        d.of_day_by_seller = seller;
        d.of_day_by_buyer = buyer;
    }
}

// In time order.
void Restorer::standbys() {
    for (std::size_t n = in_.count(state_.standbys.limit()); n > 0 && good(); --n) {
        OrderId id;
        std::uint32_t session = 0;
        in_(id, session);
        const std::uint32_t record = live_record(id, OrderKind::standby);
        if (record == no_slot) return;
        const std::uint32_t slot = state_.standbys.append(record);
        state_.records[record].live_slot = slot;
        state_.open.session(state_.open.standby(slot)) = session;
    }
}

}  // namespace gridbook::engine
