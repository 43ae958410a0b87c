// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/conflated_books.hpp"

#include <algorithm>

#include "engine/units/hash.hpp"

namespace gridbook::gateway {

std::size_t ConflatedBooks::Hash::operator()(engine::InstrumentId instrument) const noexcept {
    return engine::mix(std::uint64_t{instrument.family.value} << 32 | instrument.period.value);
}

void ConflatedBooks::note(std::span<const LevelChange> changes) {
    const auto book = books_.find(changes.front().instrument);
    if (book == books_.end()) return;
    for (const LevelChange& change : changes) {
        const auto same = [&](const LevelChange& c) {
            return c.side == change.side && c.price == change.price;
        };
        if (std::ranges::none_of(book->second.touched, same)) book->second.touched.push_back(change);
    }
}

ConflatedBooks::Due ConflatedBooks::take(const Market& market) {
    const auto book = books_.find(market.instrument);
    if (book == books_.end() || book->second.touched.empty()) return {};
    Due due{.previous = book->second.last};
    due.changes.swap(book->second.touched);
    std::ranges::sort(due.changes, [](const LevelChange& a, const LevelChange& b) {
        return a.side != b.side ? a.side < b.side : better(a.side, a.price, b.price);
    });
    for (LevelChange& change : due.changes) change.lots = market.side(change.side).lots_at(change.price);
    book->second.last = market.sequence;
    return due;
}

std::vector<engine::InstrumentId> ConflatedBooks::moved() const {
    std::vector<engine::InstrumentId> out;
    for (const auto& [instrument, book] : books_)
        if (!book.touched.empty()) out.push_back(instrument);
    std::ranges::sort(out);
    return out;
}

}  // namespace gridbook::gateway
