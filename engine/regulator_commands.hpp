// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands of regulators beyond the plain band change: guidance with the inputs of its formula, the factors
// of a class, and the second pair of eyes. A part of command.hpp, which says how a body is laid out.

#include "engine/command_kind.hpp"

namespace gridbook::engine {

// Which formula a guided price comes from. There is one today; a later one gets the next number, and what was
// published under an older one keeps its own.
enum class Formula : std::uint8_t { none = 0, cost_1 = 1 };

// The inputs of a formula in whole numbers, so that everybody computes the same (regulation/guidance.hpp).
struct CostInputs {
    Money capex{};              // of one device
    std::uint32_t life_h = 0;   // hours it is written off over
    BasisPoints utilisation{};  // share of them that is sold
    std::uint32_t power_w = 0;  // drawn by one device
    std::uint32_t pue = 0;      // thousandths
    std::uint32_t tariff = 0;   // micro-CNY a kWh
    std::uint32_t opex_h = 0;   // micro-CNY an hour
    std::uint32_t index = 0;    // thousandths; published beside the inputs, no part of cost_1
};

// A guided price with its rationale (market-rules section 5). Refused when the formula does not give it
// within a tick. It takes a band version as SetBand does, and the exchange names its rationale.
struct SetGuidance {
    static constexpr CommandKind kind = CommandKind::set_guidance;
    FamilyId family = no_family;
    Formula formula = Formula::cost_1;
    bool reasoned = false;  // the signed body gives a reason beside the rationale
    std::uint32_t expect = 0;
    Decimal price{};
    Time effective{};  // 0: at once
    Money capex{};
    std::uint32_t life_h = 0;
    BasisPoints utilisation{};
    std::uint32_t power_w = 0;
    std::uint32_t pue = 0;
    std::uint32_t tariff = 0;
    std::uint32_t opex_h = 0;
    std::uint32_t index = 0;
    std::uint32_t reserved_more = 0;
    Sha256 blob{};

    CostInputs inputs() const { return {capex, life_h, utilisation, power_w, pue, tariff, opex_h, index}; }
};

// Where the factors of a class come from (market-rules section 2).
enum class Provenance : std::uint8_t { nameplate = 0, measured = 1, regulator = 2 };

// New conversion factors of a class. Nameplate and regulator replace the class's own figure; measured is the
// lower bound of a certificate, which counts for 180 days from `issued`.
struct SetFactors {
    static constexpr CommandKind kind = CommandKind::set_factors;
    ClassId class_id{};
    Provenance provenance = Provenance::nameplate;
    std::uint8_t reserved = 0;
    std::uint32_t expect = 0;   // the version of the class's factors that it replaces
    std::uint16_t k_train = 0;  // thousandths
    std::uint16_t k_infer = 0;
    std::uint32_t reserved_more = 0;
    Time issued{};     // of a certificate; 0: none
    Time effective{};  // 0: at once
    std::array<std::uint8_t, 32> reserved_last{};
    Sha256 blob{};
};

// A second regulator's answer to a proposed change.
enum class Verdict : std::uint8_t { approve = 0, reject = 1 };

struct DecideChange {
    static constexpr CommandKind kind = CommandKind::decide_change;
    std::uint32_t change = 0;
    Verdict verdict = Verdict::approve;
    std::array<std::uint8_t, 59> reserved{};
    Sha256 blob{};
};

// What an account may send (market-rules section 8); 0: as the market's own limit. None is wider than that.
struct AccountLimits {
    Decimal qty{};                   // an order (QTY_LIMIT)
    Money notional{};                // an order (NOTIONAL_LIMIT)
    std::uint32_t open_orders = 0;   // at once (ORDERS_LIMIT)
    std::uint32_t orders_per_s = 0;  // RATE_LIMIT; kept by the gateway
    friend constexpr auto operator<=>(const AccountLimits&, const AccountLimits&) = default;
};

// The limits of the account that the header names, from now on. What is open already stays.
struct SetLimits {
    static constexpr CommandKind kind = CommandKind::set_limits;
    AccountLimits limits{};
    std::array<std::uint8_t, 40> reserved{};
    Sha256 blob{};
};

// The proposed changes, open and done, in the order of their ids, above `after`.
struct QueryChanges {
    static constexpr CommandKind kind = CommandKind::query_changes;
    std::uint32_t after = 0;
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 88> reserved{};
};

}  // namespace gridbook::engine
