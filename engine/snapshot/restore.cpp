// SPDX-License-Identifier: Apache-2.0
// What a snapshot holds of orders: records, books, strips, unfinished work; and the door to all of it.
#include <algorithm>

#include "engine/book/orders.hpp"
#include "engine/book/short_way.hpp"
#include "engine/genesis.hpp"
#include "engine/snapshot/restorer.hpp"
#include "engine/snapshot/state_hash.hpp"

namespace gridbook::engine {

class SnapshotAccess {
  public:
    static std::array<Bucket, Reference::most_buckets>& buckets(Reference& r) { return r.buckets_; }
};

bool Restorer::sound_record(const OrderRecord& r) const {
    const OrderRecord bare = without_links(r);
    if (std::memcmp(&bare, &r, sizeof(r)) != 0 || !state_.accounts.known(r.account)) return false;
    if (static_cast<std::uint8_t>(r.kind) > static_cast<std::uint8_t>(OrderKind::standby)) return false;
    if (r.state < OrderState::open || r.state > OrderState::refused) return false;
    if (r.state == OrderState::refused) return true;
    if (static_cast<std::uint8_t>(r.side) > highest(Side{}) || r.reason >= CancelReason::count_) return false;
    const bool flagged = r.has(order_option::guidance_below | order_option::guidance_above);
    if (flagged && r.guidance < Price{1}) return false;
    if (!r.live()) return true;
    if (!state_.catalogue.known(r.instrument.family) || r.kind == OrderKind::any_of) return false;
    return r.leaves > 0 && r.price >= Price{1} && r.price <= max_price && r.live_slot == 0 &&
           r.hold == Money{};
}

void Restorer::records() {
    OrderRecords& records = state_.records;
    OrderId last;
    in_(last);
    for (std::size_t n = in_.count(records.limit()); n > 0 && good(); --n) {
        OrderRecord record;
        in_(record);
        const std::uint32_t slot = records.slot_of(record.id);
        const bool its_place = record.id != OrderId{} && record.id <= last && records[slot].id == OrderId{};
        if (!in_.expect(its_place && sound_record(record))) return;
        if (record.live()) live_.push_back(slot);
        if (record.live() && record.kind != OrderKind::strip) {
            record.position = state_.positions.find(record.account, record.instrument);
            if (!in_.expect(record.position != no_slot)) return;
        }
        records.put_back(record);
    }
    records.set_last_id(last);
}

void Restorer::books() {
    for (std::size_t n = in_.count(state_.books.size()); n > 0 && good(); --n) book();
    state_.levels.keep_back(pages_kept_);
}

void Restorer::book() {
    std::uint32_t index = 0;
    in_(index);
    if (!known_book(index)) return;
    Book& book = state_.books[index];
    const bool fresh = book.instrument == no_instrument;
    fields(in_, book);
    const InstrumentId i = book.instrument;
    if (!in_.expect(fresh && state_.catalogue.known(i.family)) ||
        !in_.expect(&state_.book(i) == &book && book.band.low <= book.band.high))
        return;
    for (Bucket& bucket : SnapshotAccess::buckets(book.reference)) fields(in_, bucket);
    timer(TimerIds::book(state_, index));
    timer(TimerIds::indicative(state_, index));
    Price base;
    std::uint64_t pages = 0;
    in_(base, pages);
    if (!in_.expect(base >= Price{} && base.value % node_span == 0 && base <= max_price &&
                    pages <= state_.levels.limit()))
        return;
    book.bids.set_base(base);
    book.asks.set_base(base);
    book.pages_kept = static_cast<std::size_t>(pages);
    pages_kept_ += book.pages_kept;
    for (const Place place : {Place::bids, Place::asks, Place::aside}) orders(book, place);
    if (!good()) return;
    book.find_fronts(state_.levels);
    find_easy_prices(state_, book);
}

void Restorer::orders(Book& book, Place place) {
    for (;;) {
        OrderId id;
        in_(id);
        if (id == OrderId{} || !good()) return;
        const std::uint32_t slot = live_record(id, OrderKind::order);
        if (slot == no_slot || !in_.expect(!state_.orders.full())) return;
        order(book, place, state_.records[slot], slot);
    }
}

// The live record that has this id and no place yet; no_slot: there is none, which fails.
std::uint32_t Restorer::live_record(OrderId id, OrderKind kind) {
    const std::uint32_t slot = state_.records.find(id);
    const bool there = slot != no_slot && state_.records[slot].live() && state_.records[slot].kind == kind &&
                       state_.records[slot].live_slot == 0;
    return in_.expect(there) ? slot : no_slot;
}

void Restorer::order(Book& book, Place place, OrderRecord& record, std::uint32_t record_slot) {
    RestingOrder order{.leaves = record.leaves,
                       .price = record.price,
                       .record = record_slot,
                       .group = state_.accounts[record.account].group,
                       .book = state_.book_index(book),
                       .side = record.side};
    std::uint32_t session = 0;
    in_(session, order.parked, order.non_executable);
    const Ladder& ladder = book.side(order.side);
    const bool spans = ladder.spans(order.price);
    const bool in_place =
        place == Place::aside ? !spans : spans && (order.side == Side::buy) == (place == Place::bids);
    if (!in_.expect(record.instrument == book.instrument && in_place)) return;
    if (spans && !in_.expect(!state_.levels.full() || ladder.has_page(state_.levels, order.price))) return;
    const std::uint32_t slot = state_.orders.take();
    state_.orders[slot] = order;
    state_.open.session(slot) = session;
    record.live_slot = slot;
    timer(TimerIds::order(state_, slot));
    if (spans) return book.side(order.side).append(state_.levels, state_.orders, slot);
    RestingOrder& aside = state_.orders[slot];
    aside.where = Where::aside;
    aside.previous = book.aside_last;
    (book.aside_last == 0 ? book.aside_first : state_.orders[book.aside_last].next) = slot;
    book.aside_last = slot;
}

void Restorer::strips() {
    for (std::size_t n = in_.count(state_.strips.limit()); n > 0 && good(); --n) strip();
}

void Restorer::strip() {
    OrderId id;
    RestingStrip strip;
    in_(id, strip.session, strip.crowded);
    const std::uint32_t slot = live_record(id, OrderKind::strip);
    if (slot == no_slot) return;
    OrderRecord& record = state_.records[slot];
    if (!in_.expect(record.hours() >= fewest_hours && record.hours() <= most_hours)) return;
    strip.record = slot;
    strip.family = record.instrument.family;
    strip.hours = static_cast<std::uint16_t>(record.hours());
    strip.start = record.instrument.period;
    strip.account = record.account;
    strip.group = state_.accounts[record.account].group;
    strip.lots = record.qty;
    strip.price = record.price;
    strip.side = record.side;
    for (std::uint32_t h = 0; h < strip.hours; ++h) {
        const InstrumentId i = instrument(strip.family, Period{strip.start.value + h});
        if (!in_.expect(state_.find_book(i) != nullptr)) return;
        state_.book(i).strips += 1;
        if (strip.side == Side::buy) continue;
        in_(strip.legs[h].free);
        strip.legs[h].position = state_.positions.find(record.account, i);
        if (!in_.expect(strip.legs[h].position != no_slot && strip.legs[h].free <= strip.lots)) return;
    }
    record.live_slot = state_.strips.append(strip);
}

// An account's open orders stand in the order of their ids.
void Restorer::link_orders() {
    if (!good()) return;
    OrderRecords& records = state_.records;
    std::sort(live_.begin(), live_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return records[a].id < records[b].id; });
    for (const std::uint32_t slot : live_) {
        OrderRecord& record = records[slot];
        // One that is being matched stands in no book.
        if (record.kind == OrderKind::order && record.live_slot == 0 && !in_.expect(!state_.orders.spent()))
            return;
        if (record.kind == OrderKind::order && record.live_slot == 0) record.live_slot = state_.orders.take();
        if (!in_.expect(record.live_slot != 0)) return;
        const bool strip = record.kind == OrderKind::strip;
        const std::uint32_t node = open_node(state_, record);
        const std::uint32_t session = state_.open.session(node);
        state_.open.add(state_.accounts[record.account], node, slot);
        state_.open.session(node) = session;
        if (!strip) record.hold = held(state_, record);
    }
}

void Restorer::notes(std::vector<std::uint32_t>& into, bool Book::*flag) {
    for (std::size_t n = in_.count(state_.books.size()); n > 0 && good(); --n) {
        std::uint32_t book = 0;
        in_(book);
        if (!known_book(book)) return;
        into.push_back(book);
        if (flag != nullptr) state_.books[book].*flag = true;
    }
}

void Restorer::improved() {
    for (std::size_t n = in_.count(state_.books.size()); n > 0 && good(); --n) {
        std::uint32_t book = 0;
        in_(book);
        if (!known_book(book)) return;
        in_(state_.books[book].improved[0], state_.books[book].improved[1]);
        state_.follow.improved.push_back(book);
    }
}

void Restorer::unfinished() {
    FollowUp& follow = state_.follow;
    notes(follow.touched, &Book::touched);
    notes(follow.traded, &Book::traded);
    notes(follow.round, nullptr);
    improved();
    std::uint64_t looked = 0;
    in_(looked, follow.strips);
    if (!in_.expect(looked <= follow.round.size())) return;
    follow.looked = static_cast<std::size_t>(looked);
    follow.pending();
    fields(in_, state_.advance);
    for (std::size_t n = in_.count(state_.agenda.limit()); n > 0 && good(); --n) {
        Task task;
        fields(in_, task);
        if (in_.expect(task.book < state_.books.size())) state_.agenda.push(task);
    }
}

namespace {

SnapshotError read_head(SnapshotSource& source, SnapshotHead& head) {
    const SnapshotHead expected;
    const std::size_t bytes = source.read(std::as_writable_bytes(std::span(&head, 1)));
    if (bytes >= sizeof(head.magic) && head.magic != expected.magic) return SnapshotError::magic;
    if (bytes != sizeof(head)) return SnapshotError::truncated;
    if (head.version != expected.version) return SnapshotError::version;
    if (head.checksum != checksum_of(head)) return SnapshotError::checksum;
    return sound(head.genesis) ? SnapshotError::none : SnapshotError::contents;
}

}  // namespace

SnapshotError restore_state(State& state, SnapshotSource& source) {
    GRIDBOOK_CHECK(!state.started);
    SnapshotHead head;
    if (const SnapshotError error = read_head(source, head); error != SnapshotError::none) return error;
    reserve_all(state, head.genesis);
    SnapshotReader reader(source);
    Restorer(state, reader).run();
    if (!reader.good()) return reader.error();
    const bool same = hash_state(state) == head.hash && state.sequence == head.sequence;
    return same ? SnapshotError::none : SnapshotError::hash;
}

}  // namespace gridbook::engine
