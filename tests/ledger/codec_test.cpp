// SPDX-License-Identifier: Apache-2.0
#include "ledger/codec.hpp"

#include "support.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

struct Encoded {
    std::vector<std::byte> commands;
    std::vector<std::byte> events;
    BatchHeader header;
};

Encoded encoded(const BatchDraft& draft, const ChainPlace& place = {}) {
    Encoded e{
        std::vector<std::byte>(draft.commands_bytes()), std::vector<std::byte>(draft.events_bytes()), {}};
    const EventsSeal seal = encode_events(draft, e.events);
    e.header = encode_commands(draft, place, seal, e.commands);
    return e;
}

Result<BatchView> decoded(const Encoded& e, Proof proof = Proof::hashes) {
    return decode(engine::Sequence{5}, e.commands, e.events, proof);
}

void set_version(std::vector<std::byte>& value, std::uint16_t version) {
    std::memcpy(value.data() + 4, &version, sizeof version);
}

}  // namespace

TEST_CASE("a batch comes back as it was written", "[codec]") {
    for (const std::size_t count : {1u, 2u, 3u, 4u, 100u, 8192u}) {
        DraftBuilder builder;
        builder.commands(5, count);
        const Encoded e = encoded(builder.draft(), {3, engine::Sha256{9}});
        const auto batch = decoded(e);
        REQUIRE(batch);
        CHECK(batch->header.epoch == 3);
        CHECK(batch->header.previous == engine::Sha256{9});
        CHECK(batch->header.last().value == 5 + count - 1);
        CHECK(batch->header.time.value == static_cast<std::int64_t>(5 + count - 1) * 1'000);
        std::size_t event = 0;
        for (std::size_t i = 0; i < count; ++i) {
            REQUIRE(engine::Record(batch->command(i)).bytes == builder.draft().commands[i]->bytes);
            REQUIRE(batch->event_count(i) == (5 + i) % 3);
            for (std::size_t n = batch->event_count(i); n > 0; --n, ++event)
                REQUIRE(engine::Record(batch->event(event)).bytes == builder.draft().events[event]->bytes);
        }
        CHECK(event == builder.draft().events.size());
    }
}

TEST_CASE("every flipped bit of a batch is detected by the checksums alone", "[codec]") {
    DraftBuilder builder;
    builder.commands(5, 4);
    const Encoded good = encoded(builder.draft());
    REQUIRE(decoded(good, Proof::checksums));
    std::size_t undetected = 0;
    for (auto value : {&Encoded::commands, &Encoded::events}) {
        Encoded bad = good;
        for (std::byte& b : bad.*value)
            for (unsigned bit = 0; bit < 8; ++bit) {
                b ^= static_cast<std::byte>(1u << bit);
                const auto batch = decoded(bad, Proof::checksums);
                if (batch || batch.error().sequence.value == 0) ++undetected;
                b ^= static_cast<std::byte>(1u << bit);
            }
    }
    CHECK(undetected == 0);
}

TEST_CASE("every cut of a batch is detected", "[codec]") {
    DraftBuilder builder;
    builder.commands(5, 3);
    const Encoded good = encoded(builder.draft());
    for (auto value : {&Encoded::commands, &Encoded::events}) {
        for (std::size_t length = 0; length < (good.*value).size(); ++length) {
            Encoded bad = good;
            (bad.*value).resize(length);
            REQUIRE_FALSE(decoded(bad));
        }
        Encoded longer = good;
        (longer.*value).push_back(std::byte{0});
        REQUIRE_FALSE(decoded(longer));
    }
}

TEST_CASE("an unknown version is refused with the sequence and what to do", "[codec]") {
    DraftBuilder builder;
    builder.commands(5, 1);
    for (auto value : {&Encoded::commands, &Encoded::events}) {
        Encoded e = encoded(builder.draft());
        set_version(e.*value, 2);
        const auto batch = decoded(e);
        REQUIRE_FALSE(batch);
        CHECK(batch.error().code == ErrorCode::version);
        CHECK(batch.error().sequence == engine::Sequence{5});
        CHECK(batch.error().text.find("sequence 5 has format version 2") != std::string::npos);
    }
}

TEST_CASE("a batch under another key, or events of another batch, are refused", "[codec]") {
    DraftBuilder builder, other;
    builder.commands(5, 3);
    other.commands(8, 3);
    const Encoded e = encoded(builder.draft());
    const auto moved = decode(engine::Sequence{6}, e.commands, e.events, Proof::hashes);
    REQUIRE_FALSE(moved);
    CHECK(moved.error().code == ErrorCode::corrupt);
    const auto mixed = decode(engine::Sequence{5}, e.commands, encoded(other.draft()).events, Proof::hashes);
    REQUIRE_FALSE(mixed);
}

TEST_CASE("a batch whose commands are not numbered one after the other is refused at the first", "[codec]") {
    DraftBuilder builder;
    builder.command(5, 1).command(7, 1);
    const auto batch = decoded(encoded(builder.draft()));
    REQUIRE_FALSE(batch);
    CHECK(batch.error().code == ErrorCode::gap);
    CHECK(batch.error().sequence == engine::Sequence{6});
}

TEST_CASE("the link changes with every byte of a batch", "[codec]") {
    DraftBuilder a, b;
    a.command(5, 2);
    b.command(5, 1);
    CHECK(link_hash(encoded(a.draft()).header) == link_hash(encoded(a.draft()).header));
    CHECK(link_hash(encoded(a.draft()).header) != link_hash(encoded(b.draft()).header));
    CHECK(link_hash(encoded(a.draft(), {1, engine::Sha256{1}}).header) !=
          link_hash(encoded(a.draft()).header));
}

TEST_CASE("a text comes back, and a changed one does not", "[codec]") {
    const std::string text = "guidance 14.00: capex 30000";
    const auto sha = sha256(std::as_bytes(std::span(text.data(), text.size())));
    auto value = encode_blob(sha, text);
    const auto back = decode_blob(engine::Sequence{4}, value);
    REQUIRE(back);
    CHECK(*back == text);
    for (std::byte& b : value) {
        b ^= std::byte{4};
        const auto bad = decode_blob(engine::Sequence{4}, value);
        // Bytes 6 and 7 are zero and unused: a change there is harmless.
        if (&b - value.data() != 6 && &b - value.data() != 7) REQUIRE_FALSE(bad);
        b ^= std::byte{4};
    }
}
