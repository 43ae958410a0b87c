// SPDX-License-Identifier: Apache-2.0
#include "engine/regulation/guidance.hpp"

#include <array>

namespace gridbook::engine {
namespace {

// Bounds that no device of this world meets, and whose products fit 128 bits.
struct InputLimits {
    RejectField field;
    std::int64_t low;
    std::int64_t high;
};
constexpr InputLimits capex_limits{RejectField::capex, 0, 100'000'000 * decimal_one};
constexpr InputLimits life_limits{RejectField::life_h, 1, 1'000'000};
constexpr InputLimits utilisation_limits{RejectField::utilisation, 1, basis_points_one};
constexpr InputLimits power_limits{RejectField::power_w, 0, 100'000'000};
constexpr InputLimits pue_limits{RejectField::pue, 1'000, 10'000};
constexpr InputLimits tariff_limits{RejectField::tariff, 0, 1'000 * decimal_one};
constexpr InputLimits opex_limits{RejectField::opex_h, 0, 4'000 * decimal_one};

Refused check_input(const InputLimits& limits, std::int64_t value) {
    if (value >= limits.low && value <= limits.high) return {};
    Refused r = refusal(RejectReason::format_value, limits.field, limits.high, value);
    r.limit_low = limits.low;
    return r;
}

void append_digits(std::int64_t value, int width, Text<24>& text, std::size_t& at) {
    char digits[20];
    int n = 0;
    for (; value > 0 || n < width; value /= 10) digits[n++] = static_cast<char>('0' + value % 10);
    while (n > 0 && at < text.bytes.size()) text.bytes[at++] = digits[--n];
}

// The civil date of a day since the epoch, by the days of four-hundred-year cycles that begin in March.
struct Date {
    std::int64_t year, month, day;
};
Date date_of(std::int64_t days) {
    days += 719'468;
    const std::int64_t cycle = days / 146'097;
    const std::int64_t of_cycle = days % 146'097;
    const std::int64_t year = (of_cycle - of_cycle / 1'460 + of_cycle / 36'524 - of_cycle / 146'096) / 365;
    const std::int64_t of_year = of_cycle - (365 * year + year / 4 - year / 100);
    const std::int64_t month = (5 * of_year + 2) / 153;
    return {year + cycle * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            of_year - (153 * month + 2) / 5 + 1};
}

}  // namespace

Money cost_of(const CostInputs& in) {
    // capex / (life · utilisation / 10,000) + power / 1,000 · pue / 1,000 · tariff + opex, over one
    // denominator.
    constexpr Wide million = 1'000'000;
    const Wide sold = static_cast<Wide>(in.life_h) * in.utilisation.value;   // hours · 10,000
    const Wide energy = static_cast<Wide>(in.power_w) * in.pue * in.tariff;  // micro-CNY · 1,000,000
    const Wide numerator = static_cast<Wide>(in.capex.value) * basis_points_one * million + energy * sold +
                           static_cast<Wide>(in.opex_h) * sold * million;
    const Wide denominator = sold * million;
    Wide cost = numerator / denominator;
    const Wide rest = numerator % denominator * 2;
    if (rest > denominator || (rest == denominator && cost % 2 == 1)) ++cost;
    return Money{static_cast<std::int64_t>(cost)};
}

Refused check_formula(const SetGuidance& body) {
    if (body.formula != Formula::cost_1)
        return refusal(RejectReason::format_value, RejectField::formula,
                       static_cast<std::int64_t>(Formula::cost_1), static_cast<std::int64_t>(body.formula));
    const std::array<Refused, 7> inputs{check_input(capex_limits, body.capex.value),
                                        check_input(life_limits, body.life_h),
                                        check_input(utilisation_limits, body.utilisation.value),
                                        check_input(power_limits, body.power_w),
                                        check_input(pue_limits, body.pue),
                                        check_input(tariff_limits, body.tariff),
                                        check_input(opex_limits, body.opex_h)};
    for (const Refused& r : inputs)
        if (!passed(r)) return r;
    const Money cost = cost_of(body.inputs());
    const std::int64_t off = body.price.value - cost.value;
    if (off <= tick_decimal && off >= -tick_decimal) return {};
    return refusal(RejectReason::guidance_formula, RejectField::guidance, cost.value, body.price.value);
}

Text<24> rationale_name(Time effective, std::uint32_t version) {
    const Date date = date_of(effective.value / day.value);
    Text<24> name{"G-"};
    std::size_t at = 2;
    append_digits(date.year, 4, name, at);
    name.bytes[at++] = '-';
    append_digits(date.month, 2, name, at);
    name.bytes[at++] = '-';
    append_digits(date.day, 2, name, at);
    name.bytes[at++] = '/';
    append_digits(version, 1, name, at);
    return name;
}

}  // namespace gridbook::engine
