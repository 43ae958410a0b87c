// SPDX-License-Identifier: Apache-2.0
#include "ledger/projection/stream_history.hpp"

#include <algorithm>
#include <cstring>

namespace gridbook::ledger {

using engine::EventKind;

engine::Sequence StreamHistory::applied() const {
    const auto place = projection_.place();
    return place ? place->applied : engine::Sequence{};
}

bool StreamHistory::has(engine::AccountId account, engine::StreamNumber number) const {
    const auto row = projection_.stream_row(account, number);
    return row && *row;
}

std::optional<std::uint64_t> StreamHistory::oldest(engine::AccountId account) const {
    const auto row = projection_.oldest_stream_row(account);
    if (!row || !*row) return std::nullopt;
    return (*row)->number.value;
}

Result<std::vector<StreamHistory::Told>> StreamHistory::from(engine::AccountId account,
                                                             engine::StreamNumber number,
                                                             std::size_t most) const {
    std::vector<Told> told;
    const engine::Sequence end = applied();  // asked first: it moves on meanwhile
    auto row = projection_.stream_row(account, number);
    if (!row) return row.error();
    if (!*row) return told;
    if (auto read = read_block(**row, end, account, told, number.value, most); !read) return read.error();
    return told;
}

// The account's events in the row's block whose numbers follow each other from `next` on. What is behind
// `applied` is in the journal already, but what an order had filled by then is not known yet.
Result<void> StreamHistory::read_block(const StreamRow& row, engine::Sequence applied,
                                       engine::AccountId account, std::vector<Told>& told, std::uint64_t next,
                                       std::size_t most) const {
    auto reader = journal_.read_from(row.sequence);
    if (!reader) return reader.error();
    const std::uint64_t end = std::min((row.block() + 1) * stream_block, applied.value + 1), first = next;
    std::vector<Told> costs;
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) return {};
        const BatchView& batch = reader->batch();
        for (std::size_t i = 0, event = 0; i < batch.header.count; ++i) {
            if (batch.header.first.value + i >= end) return {};
            costs.clear();
            for (std::uint32_t place = 0; place < batch.event_count(i); ++place, ++event) {
                const engine::Event e = batch.event(event);
                if (e.header.account != account) continue;
                if (e.kind() == EventKind::alternative) costs.push_back({e, 0});
                if (e.header.number.value != next) continue;
                auto cum = cum_of(e, place);
                if (!cum) return cum.error();
                if (e.kind() == EventKind::any_of) told.insert(told.end(), costs.begin(), costs.end());
                costs.clear();
                told.push_back({e, *cum});
                if (++next - first == most) return {};
            }
        }
    }
}

Result<std::uint32_t> StreamHistory::cum_of(const engine::Event& event, std::uint32_t place) const {
    if (event.kind() != EventKind::fill) return 0u;
    const RowKey key = fill_key(event.header.account, event.header.sequence, place);
    auto value = projection_.stored(Table::fills, key.key());
    if (!value) return value.error();
    FillRow row;
    if (!*value || (*value)->size() != sizeof row)
        return failure(ErrorCode::corrupt, "the projection misses a fill: run gridbook rebuild",
                       event.header.sequence);
    std::memcpy(static_cast<void*>(&row), (*value)->data(), sizeof row);
    return row.cum;
}

}  // namespace gridbook::ledger
