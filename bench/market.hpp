// SPDX-License-Identifier: Apache-2.0
#pragma once
// An exchange as one thread of the real pipeline has it, set up for a bench: one family whose hours are the
// books, one hard band, accounts with money and capacity that never refuse, events written into a ring and
// read from it. All checks of the market are on. It knows nothing of where the commands come from.
//
// Accounts are owner groups of their own. The first half buys and the other half sells, so two orders that
// meet are never of one group, and self-trade prevention stays on without ever striking: it is as if every
// order were a group of its own.

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <stdexcept>

#include "engine/pipeline/lookahead.hpp"
#include "engine/pipeline/ring.hpp"
#include "engine/state.hpp"

namespace gridbook::bench {

struct MarketSize {
    std::uint32_t books = 1;
    std::uint32_t accounts = 64;      // even
    std::uint32_t orders = 1u << 18;  // resting at once
    std::uint32_t records = 1u << 20;
    std::uint32_t pages = 1u << 15;
    std::uint32_t resources = 2;  // of each seller, of as many lots as one may have
    engine::Price floor{1};
    engine::Price ceiling{65'534};
    engine::Price guidance{20'000};
};

class Market {
  public:
    static constexpr engine::Time start{1'796'083'200'000'000'000};  // 2026-12-01T00:00:00Z
    static constexpr engine::FamilyId family{0};
    static constexpr std::int64_t most_lots = INT32_MAX;  // of an order or a resource

    explicit Market(const MarketSize& size)
        : accounts_(size.accounts),
          first_(engine::period_at(start, engine::Product::gpu).value + 2),
          ring_(std::make_unique<engine::Ring<engine::Record>>(ring_records)) {
        set_up(size);
    }

    // Applies the command and what follows on from it; read(record) sees each event in its order.
    template <class Read>
    void apply(engine::Command& command, Read&& read) {
        apply_one(command, read);
        while (exchange_.unfinished()) {
            auto rest = engine::Command::of(engine::FollowOn{});
            apply_one(rest, read);
        }
    }
    template <class Read>
    void apply(engine::Command&& command, Read&& read) {
        apply(command, read);
    }
    engine::InstrumentId instrument(std::uint32_t book) const {
        return engine::instrument(family, engine::Period{first_ + book});
    }
    // Any number spreads the orders of a side over its accounts.
    engine::AccountId account(bool buys, std::uint64_t number) const {
        const std::uint32_t half = accounts_ / 2;
        return engine::AccountId{static_cast<std::uint32_t>(number % half) + (buys ? 0 : half)};
    }
    const engine::Exchange& exchange() const { return exchange_; }

    engine::Command place(std::uint64_t cid, std::uint64_t owner, std::uint32_t book, bool buy,
                          std::int32_t ticks, std::uint32_t lots) const {
        engine::PlaceOrder p;
        p.cid = cid_of(cid);
        p.instrument = instrument(book);
        p.price = engine::decimal_of(engine::Price{ticks});
        p.qty = engine::Decimal{lots * engine::gpu_lot_decimal};
        p.side = buy ? engine::Side::buy : engine::Side::sell;
        return engine::Command::of(p, account(buy, owner));
    }
    static engine::Command cancel(engine::OrderId order, engine::AccountId owner) {
        engine::CancelOrder c;
        c.order = order;
        return engine::Command::of(c, owner);
    }
    // `total` lots count the filled ones.
    static engine::Command replace(engine::OrderId order, engine::AccountId owner, std::int32_t ticks,
                                   std::uint32_t total) {
        engine::ReplaceOrder r;
        r.order = order;
        r.price = engine::decimal_of(engine::Price{ticks});
        r.qty = engine::Decimal{total * engine::gpu_lot_decimal};
        return engine::Command::of(r, owner);
    }
    // Sixteen hexadecimal digits, the lowest first. They are made in registers: the yardstick makes them
    // while it is timed, and what is written byte by byte is read before it has arrived.
    static engine::Cid cid_of(std::uint64_t number) {
        const std::array<std::uint64_t, 2> words{digits(static_cast<std::uint32_t>(number)),
                                                 digits(static_cast<std::uint32_t>(number >> 32))};
        engine::Cid cid;
        static_assert(sizeof cid.bytes >= sizeof words);
        std::memcpy(cid.bytes.data(), words.data(), sizeof words);
        return cid;
    }

  private:
    // As much as one command may say, because the ring is read after each: half a mebibyte, which stays in a
    // second-level cache beside the book.
    static constexpr std::size_t ring_records = engine::max_events;

    // Eight digits as the bytes of a word: the nibbles are spread, one a byte, and those above 9 are moved on
    // to the letters.
    static std::uint64_t digits(std::uint32_t number) {
        std::uint64_t n = number;
        n = (n | n << 16) & 0x0000'FFFF'0000'FFFF;
        n = (n | n << 8) & 0x00FF'00FF'00FF'00FF;
        n = (n | n << 4) & 0x0F0F'0F0F'0F0F'0F0F;
        const std::uint64_t letters = (n + 0x0606'0606'0606'0606) >> 4 & 0x0101'0101'0101'0101;
        return n + 0x3030'3030'3030'3030 + letters * ('a' - '0' - 10);
    }
    template <class Read>
    void apply_one(engine::Command& command, Read&& read) {
        command.header.sequence = engine::Sequence{++sequence_};
        command.header.time = start;
        engine::EventSink sink(ring_->slots(), ring_->position(0), ring_->mask());
        exchange_.apply(command, sink);
        ring_->publish(sink.count());
        ring_->refresh();
        for (std::size_t i = 0; i < sink.count(); ++i) read(ring_->peek(i));
        ring_->release(sink.count());
    }
    template <class Body>
    void tell(const Body& body, engine::AccountId account = engine::no_account) {
        apply(engine::Command::of(body, account), [](const engine::Record& record) {
            if (record.event().kind() == engine::EventKind::refused)
                throw std::runtime_error("the market of the bench could not be set up");
        });
    }
    void set_up(const MarketSize& size);
    void found(const MarketSize& size);

    std::uint32_t accounts_;
    std::uint32_t first_;  // period of book 0
    std::unique_ptr<engine::Ring<engine::Record>> ring_;
    engine::Exchange exchange_;
    std::uint64_t sequence_ = 0;
};

// Rates as a real market has them, so that holds, fees and taxes are worked out in full.
inline void Market::found(const MarketSize& size) {
    engine::Genesis g;
    g.orders = size.orders;
    g.records = size.records;
    g.pages = size.pages;
    g.accounts = size.accounts;
    g.keys = 1;
    g.families = 1;
    g.books = size.books + 8;
    g.positions = std::bit_ceil(size.accounts * size.books + 1);
    g.resources = size.accounts / 2 * size.resources;
    g.account_orders = size.orders;
    g.retention_s = 86'400;
    g.strips = 16;
    g.sessions = 16;
    g.taker_fee = engine::BasisPoints{20};
    g.maker_fee = engine::BasisPoints{5};
    g.tax = engine::BasisPoints{600};
    g.margin = engine::BasisPoints{2'000};
    g.max_qty = most_lots * engine::gpu_lot_decimal;
    g.max_notional = INT64_MAX / 4;
    tell(g);
}

inline void Market::set_up(const MarketSize& size) {
    found(size);
    engine::DefineClass c;
    c.name = engine::Text<16>{"H100"};
    c.k_train = 1'000;
    tell(c);
    engine::DefineZone z;
    z.name = engine::Text<16>{"CN-EAST"};
    tell(z);
    engine::DefineTier t;
    t.name = engine::Text<8>{"G2"};
    tell(t);
    engine::DefineFamily f;
    f.horizon = static_cast<std::uint16_t>(size.books + 4);
    f.guidance = engine::decimal_of(size.guidance);
    f.floor = engine::decimal_of(size.floor);
    f.ceiling = engine::decimal_of(size.ceiling);
    tell(f);
    for (std::uint32_t a = 0; a < size.accounts; ++a) {
        engine::OpenAccount o;
        o.name = engine::Text<32>{fmt::format("account-{}", a)};
        o.roles = engine::role::buyer | engine::role::provider;
        tell(o);
        engine::Credit credit;
        credit.amount = engine::Money{INT64_MAX / 1000};  // the most that an account may have
        tell(credit, engine::AccountId{a});
        engine::RegisterResource r;
        r.family = family;
        r.count = engine::Decimal{most_lots * engine::gpu_lot_decimal};
        for (std::uint32_t i = 0; a >= size.accounts / 2 && i < size.resources; ++i)
            tell(r, engine::AccountId{a});
    }
}

}  // namespace gridbook::bench
