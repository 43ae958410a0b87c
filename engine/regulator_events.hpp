// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of guidance, factors and proposed changes (market-rules sections 2 and 5), and the rows that answer
// a regulator's questions. A part of event.hpp, which says how a body is laid out.

#include "engine/band_events.hpp"

namespace gridbook::engine {

// What a guided price was computed from. Comes just before the band_changed of the same family and version,
// which tells prices, dates and impact.
struct GuidanceSet {
    static constexpr EventKind kind = EventKind::guidance_set;
    FamilyId family = no_family;
    Formula formula = Formula::none;
    std::uint8_t reserved = 0;
    std::uint32_t version = 0;  // of the band
    Price price{};
    std::uint32_t life_h = 0;
    Money cost{};  // what the formula gives, half to even to the micro-CNY
    Money capex{};
    BasisPoints utilisation{};
    std::uint32_t power_w = 0;
    std::uint32_t pue = 0;
    std::uint32_t tariff = 0;
    std::uint32_t opex_h = 0;
    std::uint32_t index = 0;
    std::array<std::uint8_t, 16> reserved_more{};
    Text<24> rationale{};
};

// The factors of a class were accepted (applied at once, or scheduled), came into force, or changed because a
// certificate grew too old (in_force). `k_*` is what is traded with: the lesser of own figure and
// certificate.
struct FactorsChanged {
    static constexpr EventKind kind = EventKind::factors_changed;
    Origin origin{};
    ClassId class_id{};
    Provenance provenance = Provenance::nameplate;  // of the class's own figure
    BandStatus status = BandStatus::applied;
    std::uint32_t version = 0;
    std::uint16_t k_train = 0;
    std::uint16_t k_infer = 0;
    std::uint16_t own_train = 0;
    std::uint16_t own_infer = 0;
    std::uint16_t certified_train = 0;  // 0: no certificate
    std::uint16_t certified_infer = 0;
    std::uint32_t families = 0;  // that follow the benchmark with these factors
    Time issued{};               // of the certificate
    Time effective{};
    Sequence blob{};
    std::uint32_t orders_parked = 0;
    std::uint32_t participants = 0;
    Quantity qty_parked{};
    std::uint16_t proposer = 0;  // key index + 1 of who proposed it; 0: it needed no second signature
    std::array<std::uint8_t, 22> reserved{};
};

// The limits of an account, which are in force from now on.
struct LimitsSet {
    static constexpr EventKind kind = EventKind::limits_set;
    Origin origin{};
    AccountLimits limits{};
    Sequence blob{};  // sequence of the command whose signed body asked for it; 0: none
    std::array<std::uint8_t, 56> reserved{};
};

// What became of a proposed change.
enum class ChangeState : std::uint8_t { none = 0, open, approved, rejected, expired, refused };

// A change that needs a second regulator: proposed, or what became of it. As a row it answers QueryChanges.
struct Change {
    Origin origin{};
    std::uint32_t change = 0;
    ChangeState state = ChangeState::none;
    CommandKind what = CommandKind::none;       // of the command that proposed it
    RejectReason refused = RejectReason::none;  // why the approved change was refused after all
    std::uint8_t reserved = 0;
    FamilyId family = no_family;  // of a band change
    ClassId class_id{};           // of a change of factors
    KeyIndex proposed_by = no_key;
    KeyIndex decided_by = no_key;
    Sequence proposed{};  // sequence of the proposal; its signed body is kept there
    Time expires{};
    Time effective{};  // asked for; 0: at once
    Price floor{};     // what the band would be
    Price ceiling{};
    Price guidance{};
    std::uint32_t orders_parked = 0;  // as of the proposal
    Quantity qty_parked{};
    std::uint32_t participants = 0;
    std::uint16_t k_train = 0;  // what the factors would be
    std::uint16_t k_infer = 0;
    Sequence decided{};  // sequence of the decision; 0: open
    std::array<std::uint8_t, 8> reserved_more{};
};

struct ChangeProposed {
    static constexpr EventKind kind = EventKind::change_proposed;
    Change change{};
};

struct ChangeClosed {
    static constexpr EventKind kind = EventKind::change_closed;
    Change change{};
};

struct ChangeRow {
    static constexpr EventKind kind = EventKind::change_row;
    Change change{};
};

// What a band change would do, were it entered now: the answer to a dry run. First what the command would
// answer, which counts everybody once; then the family asked for and those that follow it, one by one. After
// a row of factors only the families.
struct ImpactRow {
    static constexpr EventKind kind = EventKind::impact_row;
    BandChanged band{};
};

// What the factors of a class would be: the answer to a dry run, before the bands of the families that
// follow.
struct FactorsRow {
    static constexpr EventKind kind = EventKind::factors_row;
    FactorsChanged factors{};
};

// Why a change would be refused: the answer to a dry run.
struct RefusalRow {
    static constexpr EventKind kind = EventKind::refusal_row;
    Origin origin{};
    std::int64_t limit_low = 0;
    std::int64_t limit_high = 0;
    std::int64_t got = 0;
    InstrumentId instrument{};
    std::uint32_t band = 0;
    RejectReason reason = RejectReason::none;
    RejectField field = RejectField::none;
    Pool pool = Pool::none;
    CommandKind command = CommandKind::none;
    std::array<std::uint8_t, 48> reserved{};
};

}  // namespace gridbook::engine
