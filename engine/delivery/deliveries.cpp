// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/deliveries.hpp"

#include <bit>

namespace gridbook::engine {

void Deliveries::reserve(std::size_t limit, std::size_t paired, std::size_t families) {
    limit_ = limit;
    families_.assign(families, OfFamily{});
    if (limit == 0) return;
    places_ = limit + paired;
    slots_.reserve(places_ + 1);
    slots_.emplace_back();
    buckets_.assign(std::bit_ceil(limit), 0);
}

std::uint32_t Deliveries::take() {
    if (free_ == 0) {
        GRIDBOOK_CHECK(slots_.size() <= places_);
        slots_.emplace_back();
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_;
    free_ = slots_[slot].next;
    return slot;
}

std::uint32_t Deliveries::add(Accounts& accounts, const Delivery& delivery) {
    const std::uint32_t slot = take();
    Delivery& d = slots_[slot];
    d = delivery;
    if (d.id == DeliveryId{}) d.id = DeliveryId{last_.value + 1};
    last_ = d.id;
    used_ += 1;
    std::uint32_t& head = buckets_[bucket(d.id)];
    d.next_in_bucket = head;
    head = slot;
    OfFamily& family = families_[d.instrument.family.value];
    d.next = 0;
    d.previous = family.last;
    (family.last == 0 ? family.first : slots_[family.last].next) = slot;
    family.last = slot;
    link(accounts[d.seller], 2 * slot);
    link(accounts[d.buyer], 2 * slot + 1);
    return slot;
}

void Deliveries::remove(Accounts& accounts, std::uint32_t slot) {
    Delivery& d = slots_[slot];
    release(accounts, slot);
    unlink(accounts[d.seller], 2 * slot);
    unlink(accounts[d.buyer], 2 * slot + 1);
    OfFamily& family = families_[d.instrument.family.value];
    (d.previous == 0 ? family.first : slots_[d.previous].next) = d.next;
    (d.next == 0 ? family.last : slots_[d.next].previous) = d.previous;
    std::uint32_t* at = &buckets_[bucket(d.id)];
    while (*at != slot) at = &slots_[*at].next_in_bucket;
    *at = d.next_in_bucket;
    d = Delivery{};
    d.next = free_;
    free_ = slot;
    used_ -= 1;
}

void Deliveries::link(Account& account, std::uint32_t node) {
    links(node) = {.next = 0, .previous = account.last_delivery};
    (account.last_delivery == 0 ? account.first_delivery : links(account.last_delivery).next) = node;
    account.last_delivery = node;
}

void Deliveries::unlink(Account& account, std::uint32_t node) {
    const Delivery::Links gone = links(node);
    (gone.previous == 0 ? account.first_delivery : links(gone.previous).next) = gone.next;
    (gone.next == 0 ? account.last_delivery : links(gone.next).previous) = gone.previous;
}

// The first one's `previous` is the last, so an account needs no more than its first.
void Deliveries::hold(Accounts& accounts, std::uint32_t slot) {
    std::uint32_t& first = accounts[slots_[slot].buyer].first_holding;
    const std::uint32_t last = first == 0 ? slot : slots_[first].of_holder.previous;
    slots_[slot].of_holder = {.next = 0, .previous = last};
    (first == 0 ? first : slots_[last].of_holder.next) = slot;
    slots_[first].of_holder.previous = slot;
    slots_[slot].held = true;
}

void Deliveries::release(Accounts& accounts, std::uint32_t slot) {
    if (!slots_[slot].held) return;
    std::uint32_t& first = accounts[slots_[slot].buyer].first_holding;
    const Delivery::Links gone = slots_[slot].of_holder;
    (slot == first ? first : slots_[gone.previous].of_holder.next) = gone.next;
    if (first != 0) slots_[gone.next == 0 ? first : gone.next].of_holder.previous = gone.previous;
    slots_[slot].held = false;
}

void Deliveries::open(InstrumentId i) {
    OfFamily& family = families_[i.family.value];
    Period& hour = family.hours[i.period.value % most_hours];
    GRIDBOOK_CHECK(hour == Period{});
    hour = i.period;
    family.open += 1;
}

void Deliveries::close(InstrumentId i) {
    OfFamily& family = families_[i.family.value];
    GRIDBOOK_CHECK(is_open(i));
    family.hours[i.period.value % most_hours] = Period{};
    family.open -= 1;
}

}  // namespace gridbook::engine
