// SPDX-License-Identifier: Apache-2.0
// The index of client order ids against a map, on hashes that meet in few chunks.
#include "engine/book/cid_index.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace gridbook::engine;

namespace {

// Chunk by the top bits, tag by the low ones.
std::uint64_t hash_at(std::uint64_t chunk, std::uint64_t tag) { return chunk << 60 | tag; }

auto slot_is(std::uint32_t wanted) {
    return [wanted](std::uint32_t slot) { return slot == wanted; };
}

}  // namespace

TEST_CASE("index of client order ids: found, replaced, taken out, as a map says", "[records]") {
    constexpr std::size_t most = 96;  // 17 chunks
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CidIndex index;
        index.reserve(most);
        std::map<std::uint64_t, std::uint32_t> model;  // one entry a hash
        std::mt19937_64 draw(seed);
        const std::uint64_t homes = 1 + seed % 4;
        std::uint32_t next = 0;
        std::size_t fullest = 0;
        for (int step = 0; step < 5'000; ++step) {
            const std::uint64_t hash = hash_at(14 + draw() % homes, draw() % 60);
            const auto known = model.find(hash);
            const auto found = index.look(
                hash, [&](std::uint32_t slot) { return known != model.end() && known->second == slot; });
            REQUIRE(found.slot == (known == model.end() ? no_slot : known->second));
            if (known != model.end() && draw() % 3 == 0) {
                index.replace(found, ++next);
                known->second = next;
            } else if (known != model.end()) {
                index.remove(hash, next + 1);  // not its slot: nothing happens
                index.remove(hash, known->second);
                model.erase(known);
            } else if (model.size() < most) {
                index.insert(hash, ++next);
                model[hash] = next;
            }
            fullest = std::max(fullest, model.size());
        }
        CHECK(fullest > 20);  // two chunks and more
        for (const auto& [hash, slot] : model) {
            CHECK(index.look(hash, slot_is(slot)).slot == slot);
            index.remove(hash, slot);
            CHECK(index.look(hash, slot_is(slot)).slot == no_slot);
        }
    }
}

TEST_CASE("index of client order ids: as many as there may be under one hash", "[records]") {
    constexpr std::uint32_t most = 600;
    CidIndex index;
    index.reserve(most);
    const std::uint64_t hash = hash_at(15, 7);  // goes on at the first chunk behind the last one
    for (int round = 0; round < 3; ++round) {
        for (std::uint32_t slot = 0; slot < most; ++slot) index.insert(hash, slot);
        for (std::uint32_t slot = 0; slot < most; ++slot)
            REQUIRE(index.look(hash, slot_is(slot)).slot == slot);
        CHECK(index.look(hash, slot_is(most)).slot == no_slot);
        CHECK(index.look(hash_at(15, 8), [](std::uint32_t) { return true; }).slot == no_slot);
        for (std::uint32_t slot = 0; slot < most; slot += 2) index.remove(hash, slot);
        for (std::uint32_t slot = 0; slot < most; ++slot)
            REQUIRE(index.look(hash, slot_is(slot)).slot == (slot % 2 == 0 ? no_slot : slot));
        for (std::uint32_t slot = 1; slot < most; slot += 2) index.remove(hash, slot);
    }
    CHECK(index.look(hash, [](std::uint32_t) { return true; }).slot == no_slot);
}

TEST_CASE("index of client order ids: none that was never reserved", "[records]") {
    const CidIndex index;
    CHECK(index.look(hash_at(3, 4), [](std::uint32_t) { return true; }).slot == no_slot);
}
