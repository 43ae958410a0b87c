// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of bands, references, limit states, calls and kill switches (market-rules sections 5 and 8). A part
// of event.hpp, which says how a body is laid out.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

// `proposed` is only told by dry runs: it would need a second regulator.
enum class BandStatus : std::uint8_t { applied = 0, scheduled = 1, in_force = 2, proposed = 3 };

// A band version was accepted (applied at once, or scheduled), or a scheduled one came into force.
struct BandChanged {
    static constexpr EventKind kind = EventKind::band_changed;
    Origin origin{};
    FamilyId family = no_family;
    BandStatus status = BandStatus::applied;
    bool converted = false;  // from the benchmark's band
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
    std::uint16_t proposer = 0;  // key index + 1 of who proposed it; 0: it needed no second signature
    std::array<std::uint8_t, 6> reserved_last{};
};

// Why the effective band of an instrument moved.
enum class BandCause : std::uint8_t {
    none = 0,
    listed,     // the first reference is G
    takeover,   // the mean of the window took over
    call,       // the price of a call
    reopened,   // the price at which an extended pause ended
    guidance,   // R follows G until the first takeover, or the hard band moved the clamp
    widened,    // before the gate
    paused,     // the collar of a pause
    resumed,    // a pause is over, R unchanged
    suspended,  // the dynamic layer is not in force, or is again
};

// The reference of an instrument or its effective band moved; orders beyond it are told after this.
struct ReferenceChanged {
    static constexpr EventKind kind = EventKind::reference_changed;
    InstrumentId instrument{};
    Price reference{};
    Price low{};  // lo_eff
    Price high{};
    std::uint32_t band = 0;    // hard band version
    std::uint32_t trades = 0;  // in the window, when a mean took over
    BandCause cause = BandCause::none;
    std::array<std::uint8_t, 67> reserved{};
};

enum class LimitKind : std::uint8_t { none = 0, limit_up, limit_down, wall_up, wall_down };

// The best executable bid stands at the upper edge (up), or the best ask at the lower one (down): a limit
// state when the edge is the dynamic band's, a wall when it is the hard band's.
struct LimitState {
    static constexpr EventKind kind = EventKind::limit_state;
    InstrumentId instrument{};
    Time pause{};  // a limit state: when the pause begins if it lasts
    Price edge{};
    LimitKind what = LimitKind::none;
    bool on = false;  // begins or ends
    std::array<std::uint8_t, 74> reserved{};
};

// What a call would give now.
struct Indicative {
    static constexpr EventKind kind = EventKind::indicative;
    InstrumentId instrument{};
    Price price{};             // 0: nothing is executable
    std::int32_t surplus = 0;  // lots of bids above lots of asks at that price
    Quantity qty{};
    std::array<std::uint8_t, 72> reserved{};
};

struct DynamicSuspended {
    static constexpr EventKind kind = EventKind::dynamic_suspended;
    Origin origin{};
    FamilyId family = no_family;
    std::array<std::uint8_t, 6> reserved{};
    Time until{};  // 0: in force again
    std::array<std::uint8_t, 72> reserved_more{};
};

// A kill switch was set or cleared; `orders` were cancelled by it.
struct Killed {
    static constexpr EventKind kind = EventKind::killed;
    Origin origin{};
    InstrumentId instrument = no_instrument;
    AccountId target = no_account;
    std::uint32_t orders = 0;
    KillScope scope = KillScope::market;
    bool on = false;
    std::array<std::uint8_t, 70> reserved{};
};

}  // namespace gridbook::engine
