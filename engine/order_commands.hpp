// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands of those who trade: sessions, orders, strips, any-ofs, and what cancels many of them (market-rules
// section 4). A part of command.hpp, which says how a body is laid out.

#include "engine/command_kind.hpp"

namespace gridbook::engine {

// A session that wants its orders cancelled when its connection is lost. The gateway tells of it at logon;
// other sessions are no business of the engine. A session of the same account and key that opens while the
// grace period of a lost one runs takes its orders over (market-rules section 4, protocol section 2).
enum class CancelOnDisconnect : std::uint8_t { off = 0, connection = 1, account = 2 };

struct OpenSession {
    static constexpr CommandKind kind = CommandKind::open_session;
    std::uint32_t grace_ms = 0;
    CancelOnDisconnect mode = CancelOnDisconnect::connection;
    std::array<std::uint8_t, 91> reserved{};
};

// The connection of `origin` is lost; connection 0: all of them, because the gateway begins anew.
struct CloseSession {
    static constexpr CommandKind kind = CommandKind::close_session;
    std::array<std::uint8_t, 96> reserved{};
};

enum class OrderType : std::uint8_t { limit = 0, market = 1 };
enum class TimeInForce : std::uint8_t { gate = 0, ioc = 1, gtt = 2, fok = 3 };
// Self-trade prevention, keyed by owner group, never off (market-rules section 4).
enum class SelfTrade : std::uint8_t { cancel_taker = 0, cancel_maker, cancel_both, decrement };
// What becomes of a limit beyond the dynamic band.
enum class OnBand : std::uint8_t { reject = 0, cap = 1 };

struct PlaceOrder {
    static constexpr CommandKind kind = CommandKind::place_order;
    Cid cid{};  // everything behind it is what the order asks for
    InstrumentId instrument = no_instrument;
    Decimal price{};  // 0 with type market
    Decimal qty{};
    Decimal min_qty{};  // 0: none
    Time expire{};      // gtt only
    Side side = Side::buy;
    OrderType type = OrderType::limit;
    TimeInForce tif = TimeInForce::gate;
    SelfTrade self_trade = SelfTrade::cancel_taker;
    bool post_only = false;
    OnBand on_band = OnBand::reject;
    bool standby = false;  // kept beside the book, for deliveries that fail (market-rules section 7)
    std::uint8_t reserved = 0;
    Text<16> reason{};  // reason code
};

struct ReplaceOrder {
    static constexpr CommandKind kind = CommandKind::replace_order;
    Cid cid{};  // used when `order` is 0
    OrderId order{};
    Decimal price{};
    Decimal qty{};  // the new total, filled part included
    std::array<std::uint8_t, 40> reserved{};
};

struct CancelOrder {
    static constexpr CommandKind kind = CommandKind::cancel_order;
    Cid cid{};  // used when `order` is 0
    OrderId order{};
    std::array<std::uint8_t, 56> reserved{};
};

// 2 to 168 consecutive hours of one family, the same quantity in each, all or none.
struct PlaceStrip {
    static constexpr CommandKind kind = CommandKind::place_strip;
    Cid cid{};
    FamilyId family = no_family;
    std::uint16_t hours = 0;
    Period start{};
    Decimal price{};  // limit on the average
    Decimal qty{};    // in each hour
    Side side = Side::buy;
    TimeInForce tif = TimeInForce::gate;  // gate or fok
    std::array<std::uint8_t, 38> reserved{};
};

enum class Profile : std::uint8_t { train = 0, infer = 1 };

// A need in benchmark units, bought whole from one of several families: the one with the least total cost.
struct PlaceAnyOf {
    static constexpr CommandKind kind = CommandKind::place_any_of;
    static constexpr std::size_t most_families = 16;
    Cid cid{};
    std::array<FamilyId, most_families> families{};  // in order of preference
    Period start{};
    std::uint16_t hours = 0;  // 1 to 168
    std::uint8_t count = 0;   // of families
    Profile profile = Profile::train;
    Decimal need{};                      // benchmark units in each hour
    Decimal price{};                     // limit a benchmark unit
    TimeInForce tif = TimeInForce::fok;  // ioc means fok
    std::array<std::uint8_t, 7> reserved{};
};

// Which orders a mass cancel takes. A strip belongs to its family and side, not to an instrument.
enum class SideFilter : std::uint8_t { both = 0, buy = 1, sell = 2 };

// Cancels the account's orders and strips in `scope`: no_instrument: everywhere; period 0: the whole family.
struct CancelAll {
    static constexpr CommandKind kind = CommandKind::cancel_all;
    InstrumentId scope = no_instrument;
    SideFilter side = SideFilter::both;
    std::array<std::uint8_t, 87> reserved{};
};

// Dead man's switch of the account: all its orders are cancelled `ms` from now unless it is set again; 0
// disarms.
struct CancelAfter {
    static constexpr CommandKind kind = CommandKind::cancel_after;
    std::uint32_t ms = 0;
    std::array<std::uint8_t, 92> reserved{};
};

}  // namespace gridbook::engine
