// SPDX-License-Identifier: Apache-2.0
#pragma once
// The C interface of the public matching-engine yardstick (flash1-dev/matching-engine-benchmark), written
// down here because a shared library that is loaded by name needs no header of its harness. Every message is
// answered by reports pushed into the transport; a push that returns 0 found the transport full and is
// tried again. Prices are ticks, sides 0 buy and 1 sell.

#include <cstdint>

namespace gridbook::bench::yardstick {

struct NewOrder {
    std::uint64_t order_id, sequence;
    std::int64_t price;
    std::uint32_t quantity;
    std::uint8_t side, ioc;
    std::uint8_t reserved[2];
};
struct Cancel {
    std::uint64_t order_id, sequence;
};
// Cancels the order and enters it again.
struct Modify {
    std::uint64_t order_id, sequence;
    std::int64_t price;
    std::uint32_t quantity;
    std::uint8_t side;
    std::uint8_t reserved[3];
};

enum class ReportType : std::uint8_t {
    order_ack = 0,
    trade = 1,       // at the maker's price; sequence is the taker's; only maker and taker name orders
    cancel_ack = 2,  // of a cancel (quantity 0) or of what an immediate-or-cancel order leaves
    modify_ack = 3,  // after the trades of the order entered again
    cancel_reject = 4,
    modify_reject = 5,
};
struct Report {
    ReportType type;
    std::uint8_t side;
    std::uint8_t reserved[6];
    std::uint64_t sequence, order_id;
    std::int64_t price;
    std::uint32_t quantity, reserved_too;
    std::uint64_t maker, taker, reserved_last;
};
static_assert(sizeof(NewOrder) == 32 && sizeof(Cancel) == 16 && sizeof(Modify) == 32 && sizeof(Report) == 64);

struct Transport {
    void* (*create)(std::uint32_t capacity);
    int (*push)(void* sink, const Report* report);
    std::uint32_t (*drain)(void* sink, Report* out, std::uint32_t most);
    void (*flush)(void* sink);
    void (*destroy)(void* sink);
};

}  // namespace gridbook::bench::yardstick
