// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger_stage.hpp"

#include <thread>

#include "support.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

constexpr std::size_t large = 1 << 15;

// The stage between two rings, the engine played by hand.
struct Bench {
    explicit Bench(std::size_t out_records = large) : out(out_records) {}

    TempFolder folder;
    std::unique_ptr<Journal> journal = open_journal(folder.path());
    LedgerStage::Ring in{large};
    LedgerStage::Ring out;
    BlobQueue blobs{16};
    LedgerStage stage{*journal, in, out, blobs};
    std::uint64_t next = 1;

    void publish(const engine::Record& command, std::size_t events) {
        in.slot(0) = command;
        const std::uint64_t sequence = command.command().header.sequence.value;
        for (std::size_t i = 0; i < events; ++i) in.slot(1 + i) = event_record(sequence, i + 1);
        in.publish(1 + events);
    }
    void command(std::size_t events) { publish(command_record(next++), events); }
    bool step() {
        auto done = stage.step();
        if (!done) FAIL(done.error().text);
        return *done;
    }
    std::vector<engine::Event> delivered() {
        std::vector<engine::Event> all;
        for (std::size_t n = out.refresh(); n > 0; --n) {
            all.push_back(out.peek(0).event());
            out.release(1);
        }
        return all;
    }
};

std::string story(const std::vector<engine::Event>& events) {
    std::string text;
    for (const auto& e : events) {
        if (!text.empty()) text += ' ';
        text += e.is_answer()
                    ? "?" + std::to_string(e.as<engine::RowsEnd>().origin.request)
                    : std::to_string(e.header.sequence.value) + "." + std::to_string(e.header.number.value);
    }
    return text;
}

engine::Record band_record(std::uint64_t sequence, const engine::Sha256& sha) {
    engine::SetBand band;
    band.blob = sha;
    auto command = engine::Command::of(band);
    command.header.sequence = engine::Sequence{sequence};
    return engine::Record(command);
}

Blob* text_blob(const std::string& text) {
    return new Blob{sha256(std::as_bytes(std::span(text.data(), text.size()))), text};
}

}  // namespace

TEST_CASE("events come out in order, without their commands, and only after the commit", "[stage]") {
    Bench bench;
    bench.command(2);
    bench.command(0);
    bench.command(1);
    CHECK(bench.journal->last().value == 0);
    CHECK(bench.step());
    CHECK(story(bench.delivered()) == "1.1 1.2 3.1");
    CHECK(bench.journal->last().value == 3);
    CHECK(bench.in.used() == 0);
    CHECK_FALSE(bench.step());
    CHECK(bench.stage.stats().commits == 1);
    CHECK(bench.stage.stats().commands == 3);
    CHECK(bench.stage.stats().durable == 3);
}

TEST_CASE("answers keep their place among the events", "[stage]") {
    Bench bench;
    bench.in.push(answer_record(1));
    bench.command(1);
    bench.in.push(answer_record(2));
    bench.in.push(answer_record(3));
    bench.command(2);
    bench.in.push(answer_record(4));
    CHECK(bench.step());
    CHECK(story(bench.delivered()) == "?1 1.1 ?2 ?3 2.1 2.2 ?4");
    CHECK(bench.stage.stats().commits == 1);
}

TEST_CASE("answers alone need no commit", "[stage]") {
    Bench bench;
    bench.in.push(answer_record(1));
    CHECK(bench.step());
    CHECK(story(bench.delivered()) == "?1");
    CHECK(bench.stage.stats().commits == 0);
}

TEST_CASE("a failed commit delivers nothing and stays failed", "[stage]") {
    Bench bench;
    bench.command(1);
    CHECK(bench.step());
    CHECK(bench.delivered().size() == 1);
    for (int i = 0; i < 8'000; ++i) bench.command(1);
    bench.in.push(answer_record(9));
    {
        const FileSizeLimit limit(
            std::filesystem::file_size(bench.folder.path() / "journal" / "00000000000000000001.mdb"));
        const auto done = bench.stage.step();
        REQUIRE_FALSE(done);
        CHECK(done.error().text.find(".mdb") != std::string::npos);
    }
    CHECK(bench.out.used() == 0);
    CHECK_FALSE(bench.stage.step());  // also when the disk has room again: a write may have been lost
    CHECK(bench.out.used() == 0);
    CHECK(bench.stage.stats().durable == 1);
    CHECK(bench.journal->last().value == 1);
}

TEST_CASE("a batch holds at most 8192 commands and always whole ones", "[stage]") {
    Bench bench;
    for (int i = 0; i < 10'000; ++i) bench.command(i % 2 == 0 ? 1 : 2);
    CHECK(bench.step());
    CHECK(bench.journal->last().value == 8'192);
    bench.delivered();
    CHECK(bench.step());
    CHECK(bench.journal->last().value == 10'000);
    CHECK(bench.stage.stats().largest_batch == 8'192);
}

TEST_CASE("a small outgoing ring is filled with whole commands and emptied in turns", "[stage]") {
    Bench bench(2 * engine::max_events);
    for (int i = 0; i < 8; ++i) bench.command(3'000);
    CHECK(bench.step());
    CHECK(bench.out.used() == 6'000);  // a third command's events would not fit whole
    CHECK(bench.stage.blocked());
    CHECK_FALSE(bench.step());
    CHECK(bench.stage.stats().commits == 1);
    for (std::uint64_t sequence = 1; sequence <= 7; sequence += 2) {
        const auto events = bench.delivered();
        REQUIRE(events.size() == 6'000);
        CHECK(events.front().header.sequence.value == sequence);
        CHECK(events.back().header.sequence.value == sequence + 1);
        CHECK(events.back().header.number.value == 3'000);
        CHECK(bench.step() == (sequence < 7));
    }
    CHECK_FALSE(bench.stage.blocked());
    CHECK(bench.in.used() == 0);
}

TEST_CASE("random pieces through rings of random room keep every event in its order", "[stage]") {
    std::mt19937_64 random(7);
    Bench bench(2 * engine::max_events);
    std::string expected, got;
    std::uint32_t request = 0;
    const auto take = [&](std::size_t most) {
        std::vector<engine::Event> some;
        for (std::size_t n = std::min(bench.out.refresh(), most); n > 0; --n) {
            some.push_back(bench.out.peek(0).event());
            bench.out.release(1);
        }
        if (!some.empty()) got += story(some) + ' ';
    };
    for (int round = 0; round < 300; ++round) {
        for (std::size_t n = random() % 20; n > 0; --n) {
            if (random() % 4 == 0) {
                bench.in.push(answer_record(++request));
                expected += "?" + std::to_string(request) + ' ';
                continue;
            }
            const std::size_t events = random() % 50 == 0 ? 4'096 : random() % 6;
            if (bench.in.room(events + 1) < events + 1) break;
            for (std::size_t i = 1; i <= events; ++i)
                expected += std::to_string(bench.next) + "." + std::to_string(i) + ' ';
            bench.command(events);
        }
        bench.step();
        take(random() % 5'000);
    }
    while (bench.in.used() > 0 || bench.out.used() > 0) {
        bench.step();
        take(large);
    }
    CHECK(got == expected);
    CHECK(bench.journal->last().value == bench.next - 1);
}

TEST_CASE("a text becomes durable with its command, and an orphaned text is passed over", "[stage]") {
    Bench bench;
    Blob* orphan = text_blob("its command met BUSY");
    Blob* wanted = text_blob("guidance");
    const auto sha = wanted->sha256;
    bench.blobs.push(orphan);
    bench.blobs.push(wanted);
    bench.publish(command_record(1), 1);
    bench.publish(band_record(2, sha), 1);
    CHECK(bench.step());
    CHECK(**bench.journal->blob(engine::Sequence{2}) == "guidance");
    CHECK(bench.delivered().size() == 2);
}

TEST_CASE("a command whose text did not come stops the stage before it is durable", "[stage]") {
    Bench bench;
    bench.publish(band_record(1, engine::Sha256{1}), 1);
    const auto done = bench.stage.step();
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::blob_missing);
    CHECK(bench.journal->last().value == 0);
    CHECK(bench.out.used() == 0);
}

TEST_CASE("the stage on its own thread passes on everything in order while the other side writes and reads",
          "[stage]") {
    Bench bench(2 * engine::max_events);
    constexpr std::uint64_t commands = 20'000;
    std::atomic<bool> stop{false};
    std::string failure;
    std::thread ledger([&] {
        while (!stop.load(std::memory_order_relaxed)) {
            const auto done = bench.stage.step();
            if (!done) failure = done.error().text;
            if (!done || !*done) std::this_thread::yield();
        }
    });
    std::uint64_t expected = 1;
    while (expected <= commands) {
        while (bench.next <= commands && bench.in.room(2) >= 2) bench.command(1);
        const auto events = bench.delivered();
        for (const auto& e : events) {
            REQUIRE(e.header.sequence.value == expected);
            ++expected;
        }
        if (events.empty()) std::this_thread::yield();
    }
    stop = true;
    ledger.join();
    CHECK(failure.empty());
    CHECK(bench.stage.stats().durable == commands);
}
