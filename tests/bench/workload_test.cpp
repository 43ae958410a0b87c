// SPDX-License-Identifier: Apache-2.0
// The prepared streams of bench_book: written and read again, refused with a sentence where they are wrong,
// and filled by the engine exactly as the plain book fills them.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "bench/book_workload.hpp"
#include "bench/prepared.hpp"

namespace gridbook::tests {

namespace {

using bench::Act;
using bench::Message;
using bench::Stream;
using bench::Tally;

// A file of this process that is gone when the test is over.
struct Scratch {
    std::string path =
        (std::filesystem::temp_directory_path() / ("gridbook-workload-" + std::to_string(::getpid())))
            .string();
    ~Scratch() { std::filesystem::remove(path); }
};

Tally plain_tally(const Stream& stream) {
    Tally tally;
    bench::shape_of(stream, tally);
    return tally;
}

// The prepared commands once more, as a timed run has them: the same state at the end.
std::uint64_t state_of_run(bench::Prepared& prepared) {
    bench::Market market(prepared.size);
    for (engine::Command& command : prepared.commands) market.apply(command, [](const auto&) {});
    return market.exchange().state_hash();
}

Message message(Act act, bool buy, std::uint32_t id, std::int32_t price, std::uint32_t quantity,
                std::uint32_t new_id = 0) {
    return {act, static_cast<std::uint8_t>(buy ? 0 : 1), 0, id, new_id, price, quantity, 1};
}

// Why a file of these bytes is refused.
std::string refusal(const std::string& bytes) {
    const Scratch file;
    const bench::OpenFile out(std::fopen(file.path.c_str(), "wb"));
    std::fwrite(bytes.data(), 1, bytes.size(), out.get());
    std::fflush(out.get());
    try {
        bench::read_stream(file.path);
    } catch (const std::runtime_error& error) {
        return std::string(error.what()).substr(file.path.size());
    }
    return "read";
}

// A stream of two records as bytes, its first record changed.
std::string bytes_with(const Message& first) {
    const Scratch file;
    bench::write_stream(file.path, {1, 1, 9, {first, message(Act::add, true, 2, 100, 5)}});
    std::string bytes(std::filesystem::file_size(file.path), '\0');
    const bench::OpenFile in(std::fopen(file.path.c_str(), "rb"));
    REQUIRE(std::fread(bytes.data(), 1, bytes.size(), in.get()) == bytes.size());
    return bytes;
}

}  // namespace

TEST_CASE("every variant, written to a file and read again, fills in the engine as in the plain book") {
    for (bench::Variant variant : bench::variants) {
        // Smaller books than the bench has: the shares and the kinds of messages are what counts here.
        variant.resting = std::min(variant.resting, 1'000u);
        variant.books = std::min<std::uint16_t>(variant.books, 5);
        const Stream made = bench::Generator(variant, 7).make(10'000);
        const Scratch file;
        bench::write_stream(file.path, made);
        const Stream stream = bench::read_stream(file.path);
        REQUIRE(stream.messages.size() == variant.resting * variant.books + 10'000u);
        bench::Prepared prepared = bench::prepare(stream);
        INFO(variant.name);
        CHECK(prepared.tally.fills > 2'000);
        CHECK(prepared.tally == plain_tally(stream));
        CHECK(prepared.refused == 0);
        CHECK(state_of_run(prepared) == prepared.state);
    }
}

TEST_CASE("dead ids, reductions to nothing, crossing replaces: the engine and the plain book agree") {
    const Stream stream{1,
                        2,
                        20,
                        {
                            message(Act::add, false, 1, 100, 10), message(Act::add, false, 2, 100, 10),
                            message(Act::take, true, 3, 101, 4),        // meets 1
                            message(Act::reduce, false, 1, 0, 2),       // 4 left, in their place
                            message(Act::take, true, 4, 100, 5),        // meets 1, then 2
                            message(Act::cancel, false, 1, 0, 0),       // dead: filled
                            message(Act::cancel, false, 19, 0, 0),      // never lived
                            message(Act::reduce, false, 2, 0, 9),       // all that is left
                            message(Act::cancel, false, 2, 0, 0),       // dead: cancelled
                            message(Act::add, true, 5, 90, 7),          //
                            message(Act::add, false, 6, 110, 3),        //
                            message(Act::replace, false, 6, 90, 9, 7),  // meets 5, rests 2
                            message(Act::replace, true, 5, 90, 1, 8),   // 5 is dead; 8 meets 7
                            message(Act::reduce, true, 18, 0, 1),       // never lived
                        }};
    bench::Prepared prepared = bench::prepare(stream);
    Tally expected;
    expected.fill(1, 3, 100, 4);
    expected.fill(1, 4, 100, 4);
    expected.fill(2, 4, 100, 1);
    expected.fill(5, 7, 90, 7);
    expected.fill(7, 8, 90, 1);
    CHECK(prepared.tally == expected);
    CHECK(plain_tally(stream) == expected);
    CHECK(prepared.tally.notional == 100 * 9 + 90 * 8);
    CHECK(prepared.refused == 5);
    CHECK(prepared.messages() == stream.messages.size());
    CHECK(state_of_run(prepared) == prepared.state);
}

TEST_CASE("the hash of the fills is the one that the format promises") {
    Tally tally;
    tally.fill(3, 5, 700, 11);
    std::uint64_t h = (3ull << 32 | 5) ^ (11ull << 13) ^ 700;
    CHECK(tally.hash == h);
    tally.fill(4, 5, 701, 1);
    h = (h * 0x9E3779B97F4A7C15ull) ^ (4ull << 32 | 5) ^ (1ull << 13) ^ 701;
    CHECK(tally.hash == h);
}

TEST_CASE("a wrong stream is refused with a sentence") {
    const Message good = message(Act::add, false, 1, 100, 5);
    const std::string bytes = bytes_with(good);
    CHECK(refusal(bytes) == "read");
    CHECK(refusal(bytes.substr(0, 20)) == ": is truncated: the header has 24 bytes");
    CHECK(refusal("x" + bytes) == ": is no prepared stream: the magic number is wrong");
    CHECK(refusal(bytes.substr(0, 60)) == ": is truncated: 2 records are announced, 1 are there");
    CHECK(refusal(bytes + "x") == ": goes on after the last record announced");
    const auto with = [&](auto change) {
        Message m = good;
        change(m);
        return refusal(bytes_with(m));
    };
    const std::string first = ": record 0 is out of range: ";
    CHECK(with([](Message& m) { m.act = static_cast<Act>(5); }) == first + "its type is not 0 to 4");
    CHECK(with([](Message& m) { m.side = 2; }) == first + "its side is neither 0 nor 1");
    CHECK(with([](Message& m) { m.instrument = 1; }) ==
          first + "its instrument is not below the header's count");
    CHECK(with([](Message& m) { m.id = 10; }) == first + "its id is above the header's max_id");
    CHECK(with([](Message& m) { m.price = 0; }) == first + "its price is not 1 to 65534");
    CHECK(with([](Message& m) { m.price = 65'535; }) == first + "its price is not 1 to 65534");
    CHECK(with([](Message& m) { m.quantity = 0; }) == first + "its quantity is not 1 to 2147483647");
    CHECK_THROWS_WITH(bench::read_stream("no/such/file"), "no/such/file: cannot be opened");
}

}  // namespace gridbook::tests
