// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events out: the closed set of facts. A refusal is an event. Replaying the commands gives the same events,
// byte for byte, on any machine. Kinds and header are in event_kind.hpp, the bodies of those who trade in
// order_events.hpp, of bands in band_events.hpp, of guidance, factors and proposed changes in
// regulator_events.hpp, of deliveries in delivery_events.hpp, of token holdings in token_events.hpp, of
// packages in package_events.hpp, of payouts in payout_events.hpp, of capacity in resource_events.hpp,
// answers to questions in answers.hpp, all others here.
//
// An event is 128 flat bytes without padding, little-endian, journaled as it stands:
//   bytes 0..31 EventHeader, bytes 32..127 the body named by `kind` (unused bytes are 0).
// `number` is the place in the account's stream (protocol section 1: n); 0: not in a stream.
// `origin`, where a body has one, names the request that this event answers; connection 0: nobody asked.

#include "engine/answers.hpp"
#include "engine/delivery_events.hpp"
#include "engine/package_events.hpp"
#include "engine/payout_events.hpp"
#include "engine/regulator_events.hpp"
#include "engine/resource_events.hpp"
#include "engine/token_events.hpp"

namespace gridbook::engine {

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

struct RulesSet {
    static constexpr EventKind kind = EventKind::rules_set;
    SetRules rules{};
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
    bool benchmark = false;
    std::array<std::uint8_t, 51> reserved_more{};
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

// What brought an instrument into its phase.
enum class PhaseReason : std::uint8_t {
    none = 0,
    listed,       // open
    gate,         // gated
    window,       // delivering
    limit_state,  // paused
    operator_,    // paused, or open again, by SetPhase
    extended,     // paused on
    called,       // call, and open after it
    reopened,     // open after a pause without a call
};

// An instrument enters a phase (or its pause is extended).
struct PhaseChanged {
    static constexpr EventKind kind = EventKind::phase_changed;
    Origin origin{};  // of the SetPhase that asked for it
    InstrumentId instrument{};
    Time until{};  // when the next phase begins
    Phase phase = Phase::unlisted;
    PhaseReason reason = PhaseReason::none;
    std::uint8_t extension = 0;  // of a pause, from 1
    std::array<std::uint8_t, 5> reserved{};
    Price low{};  // the effective band in it
    Price high{};
    std::array<std::uint8_t, 56> reserved_more{};
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
