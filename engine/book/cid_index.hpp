// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finds the record of an account's client order id: a hash table of chunks, each a cache line of ten places.
// A chunk keeps 16 bits of the hash beside each slot, compared at once, so a new id is known to be new
// without a look at any record, and nearly always by one chunk alone. What finds its chunk full stands in one
// of the next; each chunk counts what has passed it, so a search knows where to end, entries are taken out
// without moving any other, and a place stays what it is. After F14 (Bronson and Shi, 2019). Invariant: at
// most one entry an (account, cid): the newest.

#include <array>
#include <bit>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "engine/accounts/accounts.hpp"
#include "engine/units/hash.hpp"
#include "engine/units/likely.hpp"

namespace gridbook::engine {

class CidIndex {
  public:
    // An entry: where it stands, and the record's slot; no_slot: there is none.
    struct Found {
        std::size_t at = 0;
        std::uint32_t slot = no_slot;
    };

    // For at most `records` entries, in so many cache lines.
    void reserve(std::size_t records) { chunks_.assign(lines(records), Chunk{}); }
    static std::size_t lines(std::size_t records) { return records / usual + 1; }

    static std::uint64_t hash(AccountId account, const Cid& cid) { return hash_of(cid, account.value); }
    [[gnu::always_inline]] void prefetch(std::uint64_t hash) const {
        __builtin_prefetch(&chunks_[home(hash)], 1);
    }

    // The entry under this hash that `is_it` accepts.
    template <class IsIt>
    [[gnu::always_inline]] Found look(std::uint64_t hash, IsIt&& is_it) const {
        std::size_t c = home(hash);
        for (std::size_t n = chunks_.size(); n != 0; --n, c = next(c)) {
            const Chunk& chunk = chunks_[c];
            for (std::uint32_t same = chunk.same(tag(hash)); seldom(same != 0); same &= same - 1) {
                const auto place = static_cast<std::size_t>(std::countr_zero(same));
                if (is_it(chunk.slots[place])) return {c * places + place, chunk.slots[place]};
            }
            if (usually(chunk.passed == 0)) break;
        }
        return {};
    }
    // A new entry. The caller has looked whether there is one already.
    [[gnu::always_inline]] void insert(std::uint64_t hash, std::uint32_t slot) {
        std::size_t c = home(hash);
        while (seldom(chunks_[c].used == all_used)) c = pass(c);
        Chunk& chunk = chunks_[c];
        const auto place = static_cast<std::size_t>(std::countr_one(chunk.used));
        chunk.used = static_cast<std::uint16_t>(chunk.used | 1u << place);
        chunk.tags[place] = tag(hash);
        chunk.slots[place] = slot;
    }
    // The entry stands for another record of the same (account, cid).
    void replace(const Found& entry, std::uint32_t slot) {
        chunks_[entry.at / places].slots[entry.at % places] = slot;
    }
    // Takes the entry out, if `slot` has one.
    [[gnu::always_inline]] void remove(std::uint64_t hash, std::uint32_t slot) {
        const Found entry = look(hash, [slot](std::uint32_t other) { return other == slot; });
        if (entry.slot == no_slot) return;
        const std::size_t stands = entry.at / places;
        Chunk& chunk = chunks_[stands];
        chunk.used = static_cast<std::uint16_t>(chunk.used & ~(1u << entry.at % places));
        for (std::size_t c = home(hash); seldom(c != stands); c = next(c))
            if (chunks_[c].passed != ever_passed) chunks_[c].passed -= 1;
    }

  private:
    static constexpr std::size_t places = 10, usual = 6;  // of a chunk; used in the mean when all are there
    static constexpr std::uint16_t all_used = (1u << places) - 1;
    static constexpr std::uint16_t ever_passed = 0xFFFF;  // too many to be counted: it stays

    struct alignas(64) Chunk {
        std::array<std::uint16_t, places> tags{};
        std::uint16_t used = 0;    // by bit
        std::uint16_t passed = 0;  // entries that would stand here and stand in a later one
        std::array<std::uint32_t, places> slots{};

        // Which of the places have this tag.
        [[gnu::always_inline]] std::uint32_t same(std::uint16_t wanted) const {
#ifdef __SSE2__
            // The second half holds two tags; what else is there falls to `used`.
            const auto* halves = reinterpret_cast<const __m128i*>(this);
            const __m128i all = _mm_set1_epi16(static_cast<std::int16_t>(wanted));
            const __m128i one = _mm_cmpeq_epi16(_mm_load_si128(halves), all);
            const __m128i two = _mm_cmpeq_epi16(_mm_load_si128(halves + 1), all);
            return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(one, two))) & used;
#else
            std::uint32_t bits = 0;
            for (std::size_t i = 0; i < places; ++i) bits |= std::uint32_t{tags[i] == wanted} << i;
            return bits & used;
#endif
        }
    };
    static_assert(sizeof(Chunk) == 64);

    // The top bits of the hash, scaled to the table by a multiplication; its low ones are the tag.
    std::size_t home(std::uint64_t hash) const {
        return static_cast<std::size_t>(static_cast<Wide>(hash) * chunks_.size() >> 64);
    }
    static std::uint16_t tag(std::uint64_t hash) { return static_cast<std::uint16_t>(hash); }
    std::size_t next(std::size_t c) const { return c + 1 == chunks_.size() ? 0 : c + 1; }
    // Counts one more that passes the chunk; the one behind it.
    std::size_t pass(std::size_t c) {
        if (chunks_[c].passed != ever_passed) chunks_[c].passed += 1;
        return next(c);
    }

    PoolVector<Chunk> chunks_;
};

}  // namespace gridbook::engine
