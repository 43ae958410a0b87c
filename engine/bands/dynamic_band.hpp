// SPDX-License-Identifier: Apache-2.0
#pragma once
// The dynamic band of an instrument around its reference R, inside the hard band (market-rules section 5).
// Every move of an effective band goes through this file's source. When limit states and pauses begin and end
// is told by limit_state.hpp; what the orders are told, by moving.hpp.

#include "engine/step.hpp"

namespace gridbook::engine {

// [lo_eff, hi_eff] by the rule's formula; `width` is d in hundredths of a percent.
EffectiveBand effective_band(const HardBand& hard, Price reference, BasisPoints width);

// d of an instrument by the calendar: the family's, doubled in the last minutes before the gate. A suspension
// does not change it.
BasisPoints width_now(const State& state, const Book& book);

// A book is listed: R = G, its effective band, its span. Tells nothing.
void begin_bands(State& state, Book& book);

// What a move of the band starts from, and what is told of it.
struct Standing {
    Price reference{};
    EffectiveBand band{};
    friend constexpr auto operator<=>(const Standing&, const Standing&) = default;
};
inline Standing standing(const Book& book) { return {book.reference.price, book.band}; }

// Recomputes what a book's reference and effective band are now, and puts them in force; re-bases it when the
// hard band left its span. The caller tells of it, and of the orders.
void renew_band(State& state, Book& book);
// reference_changed, when the book stands otherwise than before.
void tell_reference(Step& step, const Book& book, BandCause cause, const Standing& before,
                    std::uint32_t trades = 0);
// Both. The orders are told by a move of the book.
void refresh_band(Step& step, Book& book, BandCause cause);

// Follow-up (b), and at each whole minute: does the mean take over? Then tells it and leaves a move_book
// task.
void look_at_reference(Step& step, Book& book);

// Sets R to the price of a call or a reopening, buckets emptied.
void set_reference(State& state, Book& book, Price price);

// The calendar: the next instant at which an instrument's d is doubled; the next whole minute, while a trade
// that entered a bucket is in the window. `never`: none.
Time next_widening(const State& state);
Time next_minute(const State& state);

// Timers. False: the sink has no more room.
bool widenings_due(Step& step, Task& task);
bool minutes_due(Step& step, Task& task);

void suspend_dynamic(Step& step, const SuspendDynamic& body);
// The suspension of a family's dynamic layer ends now.
void end_suspension(Step& step, FamilyId family);

}  // namespace gridbook::engine
