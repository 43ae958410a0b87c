// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands in: the closed set of everything that can move the market. With event.hpp this is the
// specification of the exchange: whoever has read both knows what it does. Kinds and header are in
// command_kind.hpp, the bodies of those who trade in order_commands.hpp, of guidance, factors and second
// signatures in regulator_commands.hpp, of deliveries in delivery_commands.hpp, of token holdings in
// token_commands.hpp, of packages in package_commands.hpp, of payouts in payout_commands.hpp, of capacity in
// resource_commands.hpp, all others here.
//
// A command is 128 flat bytes without padding, little-endian, written to the journal as it stands:
//   bytes 0..31 CommandHeader, bytes 32..127 the body named by `kind` (unused bytes are 0).
// The gateway fills account, key, origin, kind and body; the sequencer stamps sequence and time.
// Commands from `first_query` on are questions: they pass through the rings, are answered at a durable
// sequence, and are neither numbered nor journaled.

#include <cstring>
#include <new>

#include "engine/delivery_commands.hpp"
#include "engine/order_commands.hpp"
#include "engine/package_commands.hpp"
#include "engine/payout_commands.hpp"
#include "engine/regulator_commands.hpp"
#include "engine/resource_commands.hpp"
#include "engine/token_commands.hpp"

namespace gridbook::engine {

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
    // Usage ids of draws that are remembered at once, as a power of two: 20 is 1,048,576. 0: nothing is
    // drawn, and token days end without a word about what remained.
    std::uint8_t draws_log2 = 0;
    // Token packages that are offered, or withdrawn with open grants, at once; 16 times as many grants may be
    // open. 0: there are none. Otherwise draws_log2 is not 0.
    std::uint16_t packages = 0;
    // Deliveries that are not settled, at least as many as positions. 0: nothing is delivered, and what was
    // sold and bought stays as it is (journals from before deliveries existed).
    std::uint32_t deliveries = 0;
    std::uint32_t strips = 0;    // strips resting at once
    std::uint32_t sessions = 0;  // sessions with cancel on disconnect, and their grace periods
};

// The numbers of market-rules section 5 that are configuration. In force from this command on; without it the
// defaults of this struct are.
struct SetRules {
    static constexpr CommandKind kind = CommandKind::set_rules;
    std::uint32_t reference_window_s = 300;  // trades that count, whole minutes
    std::uint32_t reference_age_s = 30;      // a reference is at least so old before another takes over
    BasisPoints takeover{100};               // |mean - R| / R from which the mean takes over
    std::uint32_t limit_state_ms = 15'000;   // how long a limit state lasts until the pause
    std::uint32_t pause_s = 300;             // length of a pause and of each extension
    std::uint32_t extensions = 3;
    BasisPoints collar_step{500};         // added to d while paused, once and once for each extension
    std::uint32_t widen_s = 1'500;        // before the gate: d is doubled
    BasisPoints soft_range{1'000};        // around G: flags GUIDANCE_BELOW, GUIDANCE_ABOVE
    std::uint32_t suspend_s = 14'400;     // longest suspension of a dynamic layer
    std::uint32_t indicative_ms = 1'000;  // how often the indicative price is told
    BasisPoints four_eyes{};              // changes above this share need a second regulator; 0: none does
    std::uint32_t approval_s = 0;         // how long a proposed change may be approved; 0: a day
    std::array<std::uint8_t, 44> reserved{};
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
    bool benchmark = false;           // its families' bands are those that others are converted from
    std::array<std::uint8_t, 59> reserved{};
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
    std::uint16_t horizon = 0;    // periods listed ahead
    Decimal guidance{};           // 0: follows the benchmark's family of its zone and tier
    Decimal floor{};              // 0: 0.70 G
    Decimal ceiling{};            // 0: 1.40 G
    BasisPoints dynamic_width{};  // d; 0: the family has no dynamic layer
    Product product = Product::gpu;
    bool require_reason = false;  // outside the soft range an order needs a reason code
    std::array<std::uint8_t, 2> reserved{};
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

// The operator or regulator moves the phase of an instrument (period 0: of every open one of the family).
enum class PhaseAction : std::uint8_t { pause = 0, resume = 1, call = 2 };

struct SetPhase {
    static constexpr CommandKind kind = CommandKind::set_phase;
    InstrumentId scope{};
    Time until{};  // pause: when it ends by itself; 0: the rules' length
    PhaseAction action = PhaseAction::pause;
    std::array<std::uint8_t, 47> reserved{};
    Sha256 blob{};
};

// The dynamic layer of a family is not in force until then (emergency, section 5); 0: in force again.
struct SuspendDynamic {
    static constexpr CommandKind kind = CommandKind::suspend_dynamic;
    FamilyId family = no_family;
    std::array<std::uint8_t, 6> reserved{};
    Time until{};
    std::array<std::uint8_t, 48> reserved_more{};
    Sha256 blob{};
};

// Blocks new orders in a scope and cancels the resting ones; clearing restores nothing by itself (section 8).
enum class KillScope : std::uint8_t { account = 0, group, instrument, family, market };

struct Kill {
    static constexpr CommandKind kind = CommandKind::kill;
    InstrumentId instrument = no_instrument;  // instrument, family
    AccountId target = no_account;            // account; group: any account of it
    KillScope scope = KillScope::market;
    bool on = true;
    std::array<std::uint8_t, 50> reserved{};
    Sha256 blob{};
};

// Guidance, floor and ceiling, each optional (0: unchanged); `expect` is the version it replaces.
struct SetBand {
    static constexpr CommandKind kind = CommandKind::set_band;
    FamilyId family = no_family;
    bool follow = false;    // converted from the benchmark from then on; the three values are 0
    bool reasoned = false;  // the signed body gives a reason
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

// Why an order stands as it stands: its inputs at entry and the bands now (market-rules section 8).
struct QueryExplain {
    static constexpr CommandKind kind = CommandKind::query_explain;
    Cid cid{};  // used when `order` is 0
    OrderId order{};
    std::array<std::uint8_t, 56> reserved{};
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
    // The body where it stands. A command is flat bytes from the journal or a ring, at home on eight bytes,
    // and a body is any of the implicit-lifetime structs above.
    template <class Body>
    const Body& view() const {
        static_assert(sizeof(Body) == 96 && alignof(Body) <= 8 && std::is_trivially_copyable_v<Body>);
        return *std::launder(reinterpret_cast<const Body*>(body.data()));
    }
    bool is_query() const { return header.kind >= CommandKind::first_query; }
    CommandKind kind() const { return header.kind; }
    friend constexpr auto operator<=>(const Command&, const Command&) = default;
};
static_assert(sizeof(Command) == 128 && std::is_trivially_copyable_v<Command>);

}  // namespace gridbook::engine
