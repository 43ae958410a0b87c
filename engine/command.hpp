// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands in: the closed set of everything that can move the market. With event.hpp this is the
// specification of the exchange: whoever has read both knows what it does.
//
// A command is 128 flat bytes without padding, little-endian, written to the journal as it stands:
//   bytes 0..31 CommandHeader, bytes 32..127 the body named by `kind` (unused bytes are 0).
// The gateway fills account, key, origin, kind and body; the sequencer stamps sequence and time.
// Commands from `first_query` on are questions: they pass through the rings, are answered at a durable
// sequence, and are neither numbered nor journaled.

#include <cstring>
#include <type_traits>

#include "engine/catalogue/instrument.hpp"
#include "engine/reject_reason.hpp"
#include "engine/units/side.hpp"
#include "engine/units/text.hpp"

namespace gridbook::engine {

enum class CommandKind : std::uint8_t {
    none = 0,
    // Time and the engine itself.
    genesis = 1,       // first command of every journal: pool sizes, rates, clock
    advance_time = 2,  // the empty command: timers
    follow_on = 3,     // goes on with what the command before had no room for
    checkpoint = 4,    // asks for the state hash as an event
    // Catalogue.
    define_class = 10,
    define_zone = 11,
    define_tier = 12,
    define_family = 13,
    // Participants.
    open_account = 20,
    set_key = 21,
    credit = 22,
    register_resource = 23,
    withdraw_resource = 24,
    // Orders.
    place_order = 30,
    replace_order = 31,
    cancel_order = 32,
    // Regulator.
    set_band = 40,
    // Questions.
    first_query = 80,
    query_order = 80,
    query_orders = 81,
    query_balance = 82,
    query_positions = 83,
};

// Where the answer goes: the gateway's connection and its request number there. It means nothing to the
// engine.
struct Origin {
    std::uint32_t connection = 0;  // 0: nobody waits for an answer
    std::uint32_t request = 0;
    friend constexpr auto operator<=>(const Origin&, const Origin&) = default;
};

struct CommandHeader {
    Sequence sequence{};
    Time time{};
    Origin origin{};
    AccountId account = no_account;  // for whom
    KeyIndex key = no_key;           // who signed
    CommandKind kind = CommandKind::none;
    std::uint8_t reserved = 0;
    friend constexpr auto operator<=>(const CommandHeader&, const CommandHeader&) = default;
};
static_assert(sizeof(CommandHeader) == 32);

using Sha256 = std::array<std::uint8_t, 32>;

// Which clock stamps commands: the machine's, or only AdvanceTime commands (a replay in its own time).
enum class ClockMode : std::uint8_t { real = 0, replay = 1 };

// First command of a journal. Pool sizes are part of the state machine: ENGINE_LIMIT depends on them.
struct Genesis {
    static constexpr CommandKind kind = CommandKind::genesis;
    std::uint32_t schema = 1;
    std::uint32_t orders = 0;   // resting orders
    std::uint32_t records = 0;  // power of two: orders and refusals kept for their cids
    std::uint32_t pages = 0;    // pages of 64 price levels
    std::uint32_t accounts = 0;
    std::uint32_t keys = 0;
    std::uint32_t families = 0;
    std::uint32_t books = 0;      // instruments listed at once
    std::uint32_t positions = 0;  // power of two
    std::uint32_t resources = 0;
    std::uint32_t account_orders = 0;  // open orders an account may have (ORDERS_LIMIT)
    std::uint32_t retention_s = 0;     // cids are kept this long after the order is done
    BasisPoints taker_fee{};
    BasisPoints maker_fee{};
    BasisPoints tax{};              // on the rounded fee
    BasisPoints margin{};           // of q * max(P, G), sellers
    std::int64_t max_qty = 0;       // Decimal units an order (QTY_LIMIT)
    std::int64_t max_notional = 0;  // Money an order (NOTIONAL_LIMIT)
    ClockMode clock = ClockMode::real;
    std::array<std::uint8_t, 15> reserved{};
};

struct AdvanceTime {
    static constexpr CommandKind kind = CommandKind::advance_time;
    Time to{};  // used with the replay clock; 0 otherwise
    std::array<std::uint8_t, 88> reserved{};
};

struct FollowOn {
    static constexpr CommandKind kind = CommandKind::follow_on;
    std::array<std::uint8_t, 96> reserved{};
};

struct Checkpoint {
    static constexpr CommandKind kind = CommandKind::checkpoint;
    std::array<std::uint8_t, 96> reserved{};
};

// A standard kind of compute: nameplate and conversion factors (market-rules section 2).
struct DefineClass {
    static constexpr CommandKind kind = CommandKind::define_class;
    Text<16> name{};
    std::uint32_t tflops = 0;  // dense FP16/BF16, thousandths
    std::uint32_t memory_gb = 0;
    std::uint32_t bandwidth = 0;  // TB/s, thousandths
    std::uint16_t k_train = 0;    // factor, thousandths
    std::uint16_t k_infer = 0;
    std::uint32_t sparse_tflops = 0;  // the figure of the brochure, refused with a hint; 0: none
    std::array<std::uint8_t, 60> reserved{};
};

struct DefineZone {
    static constexpr CommandKind kind = CommandKind::define_zone;
    Text<16> name{};       // CN-EAST
    Text<32> hub{};        // Yangtze delta
    Text<16> residency{};  // CN
    std::uint16_t latency_ms = 0;
    std::array<std::uint8_t, 30> reserved{};
};

struct DefineTier {
    static constexpr CommandKind kind = CommandKind::define_tier;
    Text<8> name{};
    std::uint32_t availability = 0;  // thousandths of a percent: 99.5 % is 99'500
    std::uint32_t start_by_s = 0;    // 0: none
    BasisPoints penalty{};           // lambda in basis points: 0.50 is 5'000
    Product product = Product::gpu;
    std::array<std::uint8_t, 75> reserved{};
};

struct DefineFamily {
    static constexpr CommandKind kind = CommandKind::define_family;
    ClassId class_id{};
    ZoneId zone_id{};
    TierId tier_id{};
    std::uint16_t horizon = 0;  // periods listed ahead
    Decimal guidance{};
    Decimal floor{};              // 0: 0.70 G
    Decimal ceiling{};            // 0: 1.40 G
    BasisPoints dynamic_width{};  // d; 0 while the dynamic layer is not in force
    Product product = Product::gpu;
    std::array<std::uint8_t, 3> reserved{};
    Text<24> rationale{};
    std::array<std::uint8_t, 32> reserved_more{};
};

// Roles are sets of operations; an account or a key may have several (bits).
namespace role {
inline constexpr std::uint8_t observer = 1, buyer = 2, provider = 4, regulator = 8, operator_ = 16;
}

struct OpenAccount {
    static constexpr CommandKind kind = CommandKind::open_account;
    Text<32> name{};
    Text<24> group{};  // owner group; empty: a group of its own
    std::uint8_t roles = 0;
    std::array<std::uint8_t, 7> reserved{};
    Sha256 blob{};  // the signed body that asked for it; zero when it came from the configuration
};

// Adds a key or changes it. A key without roles is revoked.
struct SetKey {
    static constexpr CommandKind kind = CommandKind::set_key;
    Text<24> name{};
    std::array<std::uint8_t, 32> public_key{};
    std::uint8_t roles = 0;
    bool on_behalf = false;
    std::array<std::uint8_t, 6> reserved{};
    Sha256 blob{};
};

// Operator credit: bank -> cash; a negative amount pays out.
struct Credit {
    static constexpr CommandKind kind = CommandKind::credit;
    Money amount{};
    Sha256 blob{};
    std::array<std::uint8_t, 56> reserved{};
};

// Registered count is the capacity of every hour of that family until withdrawn.
struct RegisterResource {
    static constexpr CommandKind kind = CommandKind::register_resource;
    FamilyId family = no_family;
    std::uint16_t green_share = 0;  // basis points
    std::uint16_t pue = 0;          // thousandths
    bool dense_given = false;
    bool dense = false;
    Decimal count{};
    std::uint32_t tflops = 0;     // claimed, thousandths; 0: not given
    RejectField unknown_field{};  // which of class, zone, tier named nothing; family is no_family then
    std::array<std::uint8_t, 3> reserved_small{};
    Sha256 certificate{};
    std::array<std::uint8_t, 40> reserved{};
};

struct WithdrawResource {
    static constexpr CommandKind kind = CommandKind::withdraw_resource;
    std::uint32_t resource = 0;
    std::array<std::uint8_t, 92> reserved{};
};

enum class TimeInForce : std::uint8_t { gate = 0, ioc = 1 };

struct PlaceOrder {
    static constexpr CommandKind kind = CommandKind::place_order;
    Cid cid{};
    InstrumentId instrument = no_instrument;
    Decimal price{};
    Decimal qty{};
    Side side = Side::buy;
    TimeInForce tif = TimeInForce::gate;
    std::array<std::uint8_t, 6> reserved{};
    std::array<std::uint8_t, 32> reserved_more{};
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

// Guidance, floor and ceiling, each optional (0: unchanged); `expect` is the version it replaces.
struct SetBand {
    static constexpr CommandKind kind = CommandKind::set_band;
    FamilyId family = no_family;
    std::uint16_t reserved = 0;
    std::uint32_t expect = 0;
    Decimal floor{};
    Decimal ceiling{};
    Decimal guidance{};
    Time effective{};  // 0: at once
    Text<24> rationale{};
    Sha256 blob{};
};

struct QueryOrder {
    static constexpr CommandKind kind = CommandKind::query_order;
    Cid cid{};  // used when `order` is 0
    OrderId order{};
    std::array<std::uint8_t, 56> reserved{};
};
// The account's open orders, in the order of their ids, above `after`.
struct QueryOrders {
    static constexpr CommandKind kind = CommandKind::query_orders;
    OrderId after{};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 84> reserved{};
};
struct QueryBalance {
    static constexpr CommandKind kind = CommandKind::query_balance;
    std::array<std::uint8_t, 96> reserved{};
};
// The account's positions in the order of family and period, above `after`.
struct QueryPositions {
    static constexpr CommandKind kind = CommandKind::query_positions;
    InstrumentId after{FamilyId{0}, 0, Period{0}};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 84> reserved{};
};

struct Command {
    CommandHeader header{};
    std::array<std::byte, 96> body{};

    template <class Body>
    static Command of(const Body& b, AccountId account = no_account, KeyIndex key = no_key,
                      Origin origin = {}) {
        static_assert(sizeof(Body) == 96 && std::has_unique_object_representations_v<Body>);
        Command c;
        c.header.kind = Body::kind;
        c.header.account = account;
        c.header.key = key;
        c.header.origin = origin;
        std::memcpy(c.body.data(), &b, sizeof(Body));
        return c;
    }
    template <class Body>
    Body as() const {
        static_assert(sizeof(Body) == 96 && std::is_trivially_copyable_v<Body>);
        Body b;
        std::memcpy(&b, body.data(), sizeof(Body));
        return b;
    }
    bool is_query() const { return header.kind >= CommandKind::first_query; }
    CommandKind kind() const { return header.kind; }
    friend constexpr auto operator<=>(const Command&, const Command&) = default;
};
static_assert(sizeof(Command) == 128 && std::is_trivially_copyable_v<Command>);

}  // namespace gridbook::engine
