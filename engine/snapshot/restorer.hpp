// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads the tables of a snapshot, in the order in which save.cpp writes them, and rebuilds what
// follows from them: slots, links, levels, sums, timers. Every id and count is checked before it is used.

#include "engine/snapshot/state_fields.hpp"
#include "engine/snapshot/stream.hpp"

namespace gridbook::engine {

class Restorer {
  public:
    Restorer(State& state, SnapshotReader& reader) : state_(state), in_(reader) {}

    void run() {
        fields(in_, state_);
        catalogue();
        accounts();
        positions();
        few();
        records();
        books();
        strips();
        deliveries();
        link_orders();
        unfinished();
        if (in_.more()) additions();
        in_.finish();
    }

  private:
    bool good() const { return in_.good(); }
    bool known_book(std::uint32_t book) { return in_.expect(book < state_.books.size()); }

    void catalogue();
    void family();
    void changes();
    void timer(std::uint32_t id);
    void accounts();
    void positions();
    void few();
    void records();
    bool sound_record(const OrderRecord& record) const;
    void books();
    void book();
    enum class Place { bids, asks, aside };
    void orders(Book& book, Place place);
    void order(Book& book, Place place, OrderRecord& record, std::uint32_t record_slot);
    std::uint32_t live_record(OrderId id, OrderKind kind);
    void strips();
    void strip();
    void deliveries();
    bool sound_delivery(const Delivery& delivery, DeliveryId last) const;
    void open_hours();
    void standbys();
    bool sound_dispute(const Dispute& dispute) const;
    void disputes();
    void link_orders();
    void notes(std::vector<std::uint32_t>& into, bool Book::*flag);
    void improved();
    void unfinished();
    void additions();
    void draws();
    bool sound_package(const Package& package, PackageId last) const;
    bool sound_grant(const Grant& grant, GrantId last) const;
    void packages();
    void grants();
    void requests();
    void payouts();
    void maintenance();

    State& state_;
    SnapshotReader& in_;
    std::vector<std::uint32_t> live_;  // records
    std::size_t pages_kept_ = 0;
};

}  // namespace gridbook::engine
