// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events out: the closed set of facts. A refusal is an event. Replaying the commands gives the same events,
// byte for byte, on any machine.
//
// An event is 128 flat bytes without padding, little-endian, journaled as it stands:
//   bytes 0..31 EventHeader, bytes 32..127 the body named by `kind` (unused bytes are 0).
// `number` is the place in the account's stream (protocol section 1: n); 0: not in a stream.
// `origin`, where a body has one, names the request that this event answers; connection 0: nobody asked.

#include <cstddef>

#include "engine/command.hpp"

namespace gridbook::engine {

enum class EventKind : std::uint8_t {
    none = 0,
    // The engine itself.
    started = 101,
    time_advanced = 102,
    state_hashed = 103,
    // Catalogue.
    class_defined = 110,
    zone_defined = 111,
    tier_defined = 112,
    family_defined = 113,
    phase_changed = 114,
    // Participants.
    account_opened = 120,
    key_set = 121,
    credited = 122,
    resource_registered = 123,
    resource_withdrawn = 124,
    // Orders.
    order = 130,
    fill = 131,
    refused = 132,
    // Regulator.
    band_changed = 140,
    // Answers to questions: not journaled.
    first_answer = 200,
    order_row = 200,
    balance_row = 201,
    position_row = 202,
    rows_end = 203,
};

namespace event_flag {
inline constexpr std::uint8_t reply = 1;      // this event answers its origin
inline constexpr std::uint8_t duplicate = 2;  // same cid, same body: told again, nothing happened
}  // namespace event_flag

struct EventHeader {
    Sequence sequence{};  // of the command that caused it
    Time time{};          // the market's time when it happened
    StreamNumber number{};
    AccountId account = no_account;
    KeyIndex key = no_key;  // who signed the command
    EventKind kind = EventKind::none;
    std::uint8_t flags = 0;
    friend constexpr auto operator<=>(const EventHeader&, const EventHeader&) = default;
};
static_assert(sizeof(EventHeader) == 32 && offsetof(EventHeader, kind) == offsetof(CommandHeader, kind));

// The journal began: what the genesis command said is now in force.
struct Started {
    static constexpr EventKind kind = EventKind::started;
    Origin origin{};
    std::uint32_t schema = 0;
    ClockMode clock = ClockMode::real;
    std::array<std::uint8_t, 83> reserved{};
};

// An explicit clock.advance is complete: all timers up to `to` have fired.
struct TimeAdvanced {
    static constexpr EventKind kind = EventKind::time_advanced;
    Origin origin{};
    Time to{};
    std::array<std::uint8_t, 80> reserved{};
};

// The canonical hash of the whole state after the command before this one.
struct StateHashed {
    static constexpr EventKind kind = EventKind::state_hashed;
    Origin origin{};
    std::uint64_t hash = 0;
    std::uint64_t open_orders = 0;
    std::uint64_t trades = 0;
    std::array<std::uint8_t, 64> reserved{};
};

struct ClassDefined {
    static constexpr EventKind kind = EventKind::class_defined;
    ClassId id{};
    std::uint16_t reserved = 0;
    std::uint32_t version = 0;
    Text<16> name{};
    std::uint32_t tflops = 0;
    std::uint32_t memory_gb = 0;
    std::uint32_t bandwidth = 0;
    std::uint16_t k_train = 0;
    std::uint16_t k_infer = 0;
    std::uint32_t sparse_tflops = 0;
    std::array<std::uint8_t, 52> reserved_more{};
};

struct ZoneDefined {
    static constexpr EventKind kind = EventKind::zone_defined;
    ZoneId id{};
    std::uint16_t latency_ms = 0;
    Text<16> name{};
    Text<32> hub{};
    Text<16> residency{};
    std::array<std::uint8_t, 28> reserved{};
};

struct TierDefined {
    static constexpr EventKind kind = EventKind::tier_defined;
    TierId id{};
    Product product = Product::gpu;
    std::uint8_t reserved = 0;
    Text<8> name{};
    std::uint32_t availability = 0;
    std::uint32_t start_by_s = 0;
    BasisPoints penalty{};
    std::array<std::uint8_t, 72> reserved_more{};
};

struct FamilyDefined {
    static constexpr EventKind kind = EventKind::family_defined;
    FamilyId id{};
    ClassId class_id{};
    ZoneId zone_id{};
    TierId tier_id{};
    std::uint16_t horizon = 0;
    Product product = Product::gpu;
    std::array<std::uint8_t, 5> reserved{};
    BasisPoints dynamic_width{};
    std::array<std::uint8_t, 76> reserved_more{};
};

// An instrument enters a phase: listed and open, gated, delivering.
struct PhaseChanged {
    static constexpr EventKind kind = EventKind::phase_changed;
    InstrumentId instrument{};
    Phase phase = Phase::unlisted;
    std::array<std::uint8_t, 7> reserved{};
    Time until{};  // when the next phase begins
    std::array<std::uint8_t, 72> reserved_more{};
};

struct AccountOpened {
    static constexpr EventKind kind = EventKind::account_opened;
    Origin origin{};
    Text<32> name{};
    Text<24> group_name{};
    GroupId group{};
    std::uint8_t roles = 0;
    std::array<std::uint8_t, 27> reserved{};
};

struct KeySet {
    static constexpr EventKind kind = EventKind::key_set;
    Origin origin{};
    Text<24> name{};
    std::array<std::uint8_t, 32> public_key{};
    KeyIndex id{};
    std::uint8_t roles = 0;
    bool on_behalf = false;
    std::array<std::uint8_t, 28> reserved{};
};

struct Credited {
    static constexpr EventKind kind = EventKind::credited;
    Origin origin{};
    Money amount{};
    Money cash{};  // after it
    std::array<std::uint8_t, 72> reserved{};
};

struct ResourceRegistered {
    static constexpr EventKind kind = EventKind::resource_registered;
    Origin origin{};
    std::uint32_t resource = 0;
    FamilyId family = no_family;
    std::uint16_t factor = 0;  // k train, thousandths
    std::uint32_t factor_version = 0;
    std::uint16_t green_share = 0;
    std::uint16_t pue = 0;
    Quantity count{};
    Quantity registered{};  // of that account in that family, after it
    std::array<std::uint8_t, 56> reserved{};
};

struct ResourceWithdrawn {
    static constexpr EventKind kind = EventKind::resource_withdrawn;
    Origin origin{};
    std::uint32_t resource = 0;
    FamilyId family = no_family;
    std::uint16_t reserved = 0;
    Quantity count{};
    Quantity registered{};
    std::array<std::uint8_t, 64> reserved_more{};
};

enum class OrderState : std::uint8_t { none = 0, open, parked, filled, cancelled, refused };

// The state of an order, after it was entered (before matching), replaced, parked, woken or ended.
struct OrderEvent {
    static constexpr EventKind kind = EventKind::order;
    Origin origin{};
    OrderId order{};
    Cid cid{};
    Money hold{};  // buy: money held for what is left; sell: margin of what is left
    InstrumentId instrument{};
    Price price{};
    std::uint32_t qty = 0;     // lots, total
    std::uint32_t leaves = 0;  // lots, 0 when cancelled
    std::uint32_t cum = 0;     // lots filled
    std::uint32_t band = 0;    // hard band version
    Side side = Side::buy;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    TimeInForce tif = TimeInForce::gate;
    bool replaced = false;  // a replace left it live; `priority_kept` tells whether it kept its place
    bool priority_kept = false;
    bool moved = false;  // a new place in the queue: entered, or replaced without priority
    std::array<std::uint8_t, 5> reserved{};
};

enum class Liquidity : std::uint8_t { maker = 0, taker = 1 };

// One order's view of a match. Each match emits two: the maker's, then the taker's, with the same trade id.
struct Fill {
    static constexpr EventKind kind = EventKind::fill;
    OrderId order{};
    Cid cid{};
    TradeId trade{};
    Money fee{};
    Money tax{};
    Money released{};  // buy: what the hold gives back; sell: 0
    InstrumentId instrument{};
    Price price{};
    std::uint32_t qty = 0;     // lots of this match
    std::uint32_t leaves = 0;  // lots left afterwards
    Side side = Side::buy;
    Liquidity liquidity = Liquidity::maker;
    std::array<std::uint8_t, 2> reserved{};
};

// A command was refused; nothing changed. `limit` and `got` are in the unit of `field` (reject_reason.hpp).
struct Refused {
    static constexpr EventKind kind = EventKind::refused;
    Origin origin{};
    Cid cid{};
    std::int64_t limit_low = 0;
    std::int64_t limit_high = 0;
    std::int64_t got = 0;
    InstrumentId instrument{};  // or only its family; no_instrument: none
    std::uint32_t band = 0;
    RejectReason reason = RejectReason::none;
    RejectField field = RejectField::none;
    Pool pool = Pool::none;
    CommandKind command = CommandKind::none;
    std::array<std::uint8_t, 16> reserved{};
};

enum class BandStatus : std::uint8_t { applied = 0, scheduled = 1, in_force = 2 };

// A band version was accepted (applied at once, or scheduled), or a scheduled one came into force.
struct BandChanged {
    static constexpr EventKind kind = EventKind::band_changed;
    Origin origin{};
    FamilyId family = no_family;
    BandStatus status = BandStatus::applied;
    std::uint8_t reserved = 0;
    std::uint32_t version = 0;
    Price floor{};  // rounded inward
    Price ceiling{};
    Price guidance{};
    std::uint32_t orders_parked = 0;
    std::uint32_t participants = 0;
    std::uint32_t reserved_more = 0;
    Quantity qty_parked{};
    Time effective{};
    Sequence blob{};  // sequence of the command whose signed body is the reason; 0: none
    Text<24> rationale{};
    std::array<std::uint8_t, 8> reserved_last{};
};

// Answers to questions. Each answer is rows, then one rows_end, all with the origin of the question.
struct OrderRow {
    static constexpr EventKind kind = EventKind::order_row;
    OrderEvent order{};
};

struct BalanceRow {
    static constexpr EventKind kind = EventKind::balance_row;
    Origin origin{};
    Money cash{};
    Money hold{};
    Money margin{};
    Money receivable{};
    Money penalty{};
    std::array<std::uint8_t, 48> reserved{};
};

struct PositionRow {
    static constexpr EventKind kind = EventKind::position_row;
    Origin origin{};
    InstrumentId instrument{};
    Quantity bought{};
    Quantity sold{};
    Quantity open_sells{};
    Quantity registered{};
    Money margin{};
    Money receivable{};
    std::array<std::uint8_t, 32> reserved{};
};

struct RowsEnd {
    static constexpr EventKind kind = EventKind::rows_end;
    Origin origin{};
    std::uint32_t rows = 0;
    bool more = false;
    CommandKind question = CommandKind::none;
    std::array<std::uint8_t, 82> reserved{};
};

struct Event {
    EventHeader header{};
    std::array<std::byte, 96> body{};

    template <class Body>
    Body as() const {
        static_assert(sizeof(Body) == 96 && std::is_trivially_copyable_v<Body>);
        Body b;
        std::memcpy(&b, body.data(), sizeof(Body));
        return b;
    }
    template <class Body>
    void set(const Body& b) {
        static_assert(sizeof(Body) == 96 && std::has_unique_object_representations_v<Body>);
        header.kind = Body::kind;
        std::memcpy(body.data(), &b, sizeof(Body));
    }
    bool is_answer() const { return header.kind >= EventKind::first_answer; }
    EventKind kind() const { return header.kind; }
    friend constexpr auto operator<=>(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 128 && std::is_trivially_copyable_v<Event>);

}  // namespace gridbook::engine
