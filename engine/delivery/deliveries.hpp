// SPDX-License-Identifier: Apache-2.0
#pragma once
// The deliveries that are not settled, in a pool of fixed size: found by id, and linked in the order of their
// ids in their family, for the clock, and in their seller's and buyer's account; token days that have
// something left to draw besides in their buyer's account. Beside them the hours (of tokens: days) whose gate
// is closed and which are not settled yet. It knows nothing of money or of events.

#include <array>
#include <vector>

#include "engine/accounts/accounts.hpp"
#include "engine/delivery/window.hpp"

namespace gridbook::engine {

// What one side said of each minute of the window.
struct Readings {
    static constexpr std::uint32_t most_minutes = 60;
    std::uint64_t said = 0;  // bit m: minute m was reported
    std::array<std::uint32_t, most_minutes> lots{};

    bool has(std::uint32_t m) const { return (said >> m & 1) != 0; }
    void set(std::uint32_t m, std::uint32_t n) {
        said |= std::uint64_t{1} << m;
        lots[m] = n;
    }
};

// What one side said of a token day: how many requests there were from its beginning up to a minute, and how
// many of them were served. Its last word counts.
struct Requests {
    std::uint64_t all = 0;  // 0: it said nothing
    std::uint64_t served = 0;
    std::uint32_t minute = 0;

    bool said() const { return all != 0; }
};

struct Delivery {
    DeliveryId id{};        // 0: a free place
    DeliveryId replaces{};  // the failed one it stands in for; 0: none
    InstrumentId instrument{};
    AccountId seller = no_account;
    AccountId buyer = no_account;
    Price price{};
    std::uint32_t qty = 0;           // lots
    std::uint32_t missed = 0;        // minutes without the seller's report, in a row
    std::uint16_t first_minute = 0;  // of the window
    std::uint16_t minutes = 0;
    std::uint16_t failed_from = 0;  // the minute that began when it failed
    DeliveryState state = DeliveryState::none;
    std::uint64_t counted = 0;   // lot-minutes delivered
    std::uint64_t replaced = 0;  // lot-minutes that others deliver instead
    std::uint64_t drawn = 0;     // quarters of a standard token, of a token day
    Text<32> endpoint{};
    Readings by_seller{};
    Readings by_buyer{};
    Requests of_day_by_seller{};
    Requests of_day_by_buyer{};

    std::uint32_t next_in_bucket = 0;  // slots; 0: none
    std::uint32_t next = 0;            // in its family
    std::uint32_t previous = 0;
    struct Links {
        std::uint32_t next = 0;
        std::uint32_t previous = 0;
    };
    Links of_seller{}, of_buyer{};  // nodes of their accounts
    Links of_holder{};              // slots, among the buyer's holdings
    bool held = false;              // it stands there

    std::uint32_t end_minute() const { return std::uint32_t{first_minute} + minutes; }
    std::uint64_t promised() const { return std::uint64_t{qty} * minutes; }
    bool failed() const { return state == DeliveryState::failed || state == DeliveryState::replaced; }
    // Lots of a minute that count: the lesser of what both said, nothing without the seller.
    std::uint32_t counts(std::uint32_t m) const {
        if (!by_seller.has(m)) return 0;
        const std::uint32_t lots = by_seller.lots[m];
        return by_buyer.has(m) && by_buyer.lots[m] < lots ? by_buyer.lots[m] : lots;
    }
    // Of a token day: what was said by the side that says the lesser share was served, the seller's when both
    // say the same; nothing when nobody reported.
    const Requests& requests() const {
        const Requests &a = of_day_by_seller, &b = of_day_by_buyer;
        if (!a.said()) return b;
        return b.said() && Wide{b.served} * a.all < Wide{a.served} * b.all ? b : a;
    }
};

class Deliveries {
  public:
    // `limit` of them at once, `paired` more for those that a gate makes: they are never too many. The places
    // are reserved and not touched before they are used, because most markets need few at a time.
    void reserve(std::size_t limit, std::size_t paired, std::size_t families);
    bool kept() const { return limit_ != 0; }  // is anything delivered in this market?
    bool full() const { return used_ >= limit_; }
    std::size_t used() const { return used_; }
    std::size_t places() const { return places_; }
    DeliveryId last_id() const { return last_; }

    Delivery& operator[](std::uint32_t slot) { return slots_[slot]; }
    const Delivery& operator[](std::uint32_t slot) const { return slots_[slot]; }
    std::uint32_t find(DeliveryId id) const {  // 0: settled, or never made
        if (buckets_.empty()) return 0;
        std::uint32_t slot = buckets_[bucket(id)];
        while (slot != 0 && slots_[slot].id != id) slot = slots_[slot].next_in_bucket;
        return slot;
    }

    // Gives it the next id, or keeps the one it has (restoring), and links it behind all others.
    std::uint32_t add(Accounts& accounts, const Delivery& delivery);
    void remove(Accounts& accounts, std::uint32_t slot);
    void set_last_id(DeliveryId id) { last_ = id; }

    // By rising ids: of a family, slots; 0: no more.
    std::uint32_t first(FamilyId family) const { return families_[family.value].first; }

    // By rising ids: of an account, as seller or buyer. A node is a slot and a side; 0: no more.
    std::uint32_t first_node(const Account& account) const { return account.first_delivery; }
    std::uint32_t next_node(std::uint32_t node) const { return links(node).next; }
    static std::uint32_t slot_of(std::uint32_t node) { return node / 2; }
    static Side side_of(std::uint32_t node) { return node % 2 == 0 ? Side::sell : Side::buy; }

    // Token days of a buyer that have something left, by rising ids: slots; 0: no more.
    std::uint32_t first_holding(const Account& account) const { return account.first_holding; }
    std::uint32_t next_holding(std::uint32_t slot) const { return slots_[slot].of_holder.next; }
    // A new token day, behind the buyer's others; one that is used up or over leaves.
    void hold(Accounts& accounts, std::uint32_t slot);
    void release(Accounts& accounts, std::uint32_t slot);

    // Periods of a family that are gated and not settled: at most three at a time, by their number.
    static constexpr std::uint32_t most_hours = 4;
    bool is_open(InstrumentId i) const { return hour(i) == i.period; }
    const std::array<Period, most_hours>& hours(FamilyId f) const { return families_[f.value].hours; }
    bool any_hour(FamilyId f) const { return families_[f.value].open != 0; }
    void open(InstrumentId i);
    void close(InstrumentId i);

    // Scratch of the pairing: slots of positions, reserved so that nothing is allocated; no part of the
    // state.
    std::vector<std::uint32_t> sellers, buyers;

    // When the clock has something to do next, and the instant that it did last (clock.hpp).
    Time due = never;
    Time struck{};

  private:
    struct OfFamily {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::uint32_t open = 0;  // of hours
        std::array<Period, most_hours> hours{};
    };
    std::size_t bucket(DeliveryId id) const { return id.value & (buckets_.size() - 1); }
    Period hour(InstrumentId i) const { return families_[i.family.value].hours[i.period.value % most_hours]; }
    Delivery::Links& links(std::uint32_t node) {
        Delivery& d = slots_[slot_of(node)];
        return side_of(node) == Side::sell ? d.of_seller : d.of_buyer;
    }
    const Delivery::Links& links(std::uint32_t node) const {
        return const_cast<Deliveries*>(this)->links(node);
    }
    std::uint32_t take();
    void link(Account& account, std::uint32_t node);
    void unlink(Account& account, std::uint32_t node);

    PoolVector<Delivery> slots_;         // slot 0 is "none"
    PoolVector<std::uint32_t> buckets_;  // by the low bits of the id
    std::vector<OfFamily> families_;
    std::uint32_t free_ = 0;  // first of the free places that were used before, linked by `next`
    std::size_t used_ = 0;
    std::size_t limit_ = 0;
    std::size_t places_ = 0;
    DeliveryId last_{};
};

}  // namespace gridbook::engine
