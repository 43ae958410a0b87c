// SPDX-License-Identifier: Apache-2.0
#include "engine/explain.hpp"

#include <algorithm>

#include "engine/book/orders.hpp"
#include "engine/strips/any_of.hpp"
#include "engine/strips/strip_entry.hpp"

namespace gridbook::engine {
namespace {

// The book of an instrument that has an effective band now; null: it is not open to orders.
const Book* banded(const State& state, InstrumentId i) {
    const Book* book = state.find_book(i);
    if (book == nullptr) return nullptr;
    const bool orders = book->phase == Phase::open || book->phase == Phase::paused;
    return orders ? book : nullptr;
}

// By the calendar where no book is open: books are recycled, instruments are asked for later too.
Phase phase_now(const State& state, InstrumentId i) {
    if (banded(state, i) != nullptr) return state.phase(i);
    if (!state.catalogue.known(i.family)) return Phase::unlisted;
    const Family& family = state.catalogue.family(i.family);
    if (i.period > family.last_listed) return Phase::unlisted;
    if (state.time >= window_end(i.period, family.product)) return Phase::settled;
    if (state.time >= window_start(i.period, family.product)) return Phase::delivering;
    return state.time >= gate_time(i.period, family.product) ? Phase::gated : Phase::unlisted;
}

void tell_reference(const Family& family, const Book& book, ExplainRow& row) {
    row.low = book.band.low;
    row.high = book.band.high;
    if (!family.dynamic()) return;
    row.taken_over = book.reference.taken_over;
    row.reference_since = book.reference.since;
    row.reference = book.reference.taken_over ? book.reference.price : family.band.guidance;
    // R as when the pause began.
    if (book.phase == Phase::paused) row.reference = book.pause.reference;
}

void tell_now(const State& state, ExplainRow& row) {
    row.phase = phase_now(state, row.instrument);
    if (!state.catalogue.known(row.instrument.family)) return;
    const Family& family = state.catalogue.family(row.instrument.family);
    row.band_now = family.band.version;
    row.guidance_now = family.band.guidance;
    row.hard_low = family.band.low;
    row.hard_high = family.band.high;
    if (const Book* book = banded(state, row.instrument)) tell_reference(family, *book, row);
}

std::uint8_t flags_of(const State& state, const OrderRecord& record) {
    if (record.kind == OrderKind::strip) return told_strip(record, Money{}).order_flags;
    if (record.kind == OrderKind::any_of) return 0;
    return told_flags(state, record);
}

}  // namespace

ExplainRow explain_row(const State& state, const OrderRecord& record) {
    ExplainRow row;
    row.order = record.id;
    row.instrument = record.instrument;
    row.band_then = record.band;
    row.state = record.state;
    row.of = record.kind;
    if (record.state == OrderState::refused) {
        row.refused = record.refusal().reason;
    } else {
        row.order_flags = flags_of(state, record);
        row.price = record.price;
        row.side = record.side;
        row.reason = record.reason;
        row.guidance_then = record.guidance;
        row.entered = record.kind == OrderKind::any_of ? entered_any_of(record) : record.priority;
    }
    tell_now(state, row);
    return row;
}

CountingBuckets counting_buckets(const State& state, InstrumentId i) {
    CountingBuckets counting;
    const Book* book = banded(state, i);
    if (book == nullptr) return counting;
    const Time start = state.time - second * state.rules.reference_window_s;
    for (const Bucket& b : book->reference.buckets())
        if (b.trades != 0 && Time{(b.index + 1) * minute.value} > start)
            counting.buckets[counting.size++] = b;
    std::sort(counting.buckets.begin(), counting.buckets.begin() + static_cast<std::ptrdiff_t>(counting.size),
              [](const Bucket& a, const Bucket& b) { return a.index < b.index; });
    return counting;
}

}  // namespace gridbook::engine
