// SPDX-License-Identifier: Apache-2.0
#pragma once
// A stream of messages as a file and in memory, and what its fills come to. All little-endian:
//
//   header  u64 magic 0xC0FFEE, u32 instruments, u32 initial, u32 total, u32 max_id
//   record  u8 type, u8 side, u16 instrument, u32 id, u32 new_id, i32 price, u32 quantity, u32 account
//
// type is an Act, side 0 buy and 1 sell, price 1..65534 ticks, quantity lots. The first `initial` records
// build the books and are not timed. Ids are the client's. A reader refuses what is not so, in a sentence.

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gridbook::bench {

enum class Act : std::uint8_t {
    add = 0,
    cancel = 1,   // of an id that may be dead: then nothing happens
    reduce = 2,   // by `quantity`, in place; all that is left or more is a cancel
    replace = 3,  // cancels `id` and enters `new_id`
    take = 4,     // an add that meets the other side; what is left rests
};
inline constexpr std::size_t act_count = 5;
inline constexpr const char* act_names[act_count] = {"add", "cancel", "reduce", "replace", "take"};

struct Message {
    Act act = Act::add;
    std::uint8_t side = 0;
    std::uint16_t instrument = 0;
    std::uint32_t id = 0;
    std::uint32_t new_id = 0;
    std::int32_t price = 0;
    std::uint32_t quantity = 0;
    std::uint32_t account = 0;  // the client's; every order counts as an owner group of its own instead

    bool buy() const { return side == 0; }
    bool enters() const { return act == Act::add || act == Act::take || act == Act::replace; }
    std::uint32_t entered() const { return act == Act::replace ? new_id : id; }
};
static_assert(sizeof(Message) == 24 && std::endian::native == std::endian::little);

struct Stream {
    std::uint32_t instruments = 0;
    std::uint32_t initial = 0;  // messages that are not timed
    std::uint32_t max_id = 0;
    std::vector<Message> messages{};

    std::size_t timed() const { return messages.size() - initial; }
};

// Fills in their order, folded into one number that two engines share only when they agree on all of them.
struct Tally {
    std::uint64_t fills = 0, quantity = 0, notional = 0, hash = 0;

    void fill(std::uint64_t maker, std::uint64_t taker, std::int32_t price, std::uint32_t lots) {
        const auto ticks = static_cast<std::uint64_t>(price);
        fills += 1;
        quantity += lots;
        notional += ticks * lots;
        hash = (hash * 0x9E3779B97F4A7C15ull) ^ (maker << 32 | taker) ^
               (static_cast<std::uint64_t>(lots) << 13) ^ ticks;
    }
    friend bool operator==(const Tally&, const Tally&) = default;
};

struct StreamHeader {
    std::uint64_t magic = 0xC0FFEE;
    std::uint32_t instruments = 0, initial = 0, total = 0, max_id = 0;
};
static_assert(sizeof(StreamHeader) == 24);

inline constexpr std::uint32_t most_instruments = 4096;
inline constexpr std::int32_t highest_stream_price = 65'534;
inline constexpr std::uint32_t highest_stream_quantity = INT32_MAX;  // what an order of the engine may have

// Why this record is no message of a stream with this header; empty: it is one.
inline std::string fault_of(const Message& m, const StreamHeader& h) {
    if (static_cast<std::size_t>(m.act) >= act_count) return "its type is not 0 to 4";
    if (m.side > 1) return "its side is neither 0 nor 1";
    if (m.instrument >= h.instruments) return "its instrument is not below the header's count";
    if (m.id > h.max_id) return "its id is above the header's max_id";
    if (m.act == Act::replace && m.new_id > h.max_id) return "its new_id is above the header's max_id";
    if (m.enters() && (m.price < 1 || m.price > highest_stream_price)) return "its price is not 1 to 65534";
    if (m.enters() && (m.quantity < 1 || m.quantity > highest_stream_quantity))
        return "its quantity is not 1 to 2147483647";
    return {};
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

// Throws std::runtime_error with a sentence that names the file.
inline Stream read_stream(const std::string& path) {
    const auto fail = [&](const std::string& why) { throw std::runtime_error(path + ": " + why); };
    const OpenFile file(std::fopen(path.c_str(), "rb"));
    if (!file) fail("cannot be opened");
    StreamHeader h;
    if (std::fread(&h, sizeof h, 1, file.get()) != 1) fail("is truncated: the header has 24 bytes");
    if (h.magic != 0xC0FFEE) fail("is no prepared stream: the magic number is wrong");
    if (h.instruments < 1 || h.instruments > most_instruments) fail("its instruments are not 1 to 4096");
    if (h.initial > h.total) fail("has more initial records than records");
    if (h.initial == h.total) fail("has no records to time");
    // What is there is measured before memory is taken for what the header claims.
    std::fseek(file.get(), 0, SEEK_END);
    const auto there = static_cast<std::uint64_t>(std::ftell(file.get())) - sizeof h;
    const std::uint64_t wanted = std::uint64_t{h.total} * sizeof(Message);
    if (there < wanted)
        fail("is truncated: " + std::to_string(h.total) + " records are announced, " +
             std::to_string(there / sizeof(Message)) + " are there");
    if (there > wanted) fail("goes on after the last record announced");
    std::fseek(file.get(), sizeof h, SEEK_SET);
    Stream stream{h.instruments, h.initial, h.max_id, std::vector<Message>(h.total)};
    if (std::fread(stream.messages.data(), sizeof(Message), h.total, file.get()) != h.total)
        fail("cannot be read to its end");
    for (std::size_t i = 0; i < stream.messages.size(); ++i)
        if (const std::string fault = fault_of(stream.messages[i], h); !fault.empty())
            fail("record " + std::to_string(i) + " is out of range: " + fault);
    return stream;
}

inline void write_stream(const std::string& path, const Stream& stream) {
    const OpenFile file(std::fopen(path.c_str(), "wb"));
    StreamHeader h;
    h.instruments = stream.instruments;
    h.initial = stream.initial;
    h.total = static_cast<std::uint32_t>(stream.messages.size());
    h.max_id = stream.max_id;
    if (!file || std::fwrite(&h, sizeof h, 1, file.get()) != 1 ||
        std::fwrite(stream.messages.data(), sizeof(Message), h.total, file.get()) != h.total ||
        std::fflush(file.get()) != 0)
        throw std::runtime_error(path + ": cannot be written");
}

}  // namespace gridbook::bench
