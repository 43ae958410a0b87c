// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/order_encoder.hpp"

#include "gateway/egress/encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::CancelReason;
using engine::Event;
using engine::EventKind;

// ,"flags":["GUIDANCE_BELOW",…]
void append_flags(std::uint8_t flags, Members& m) {
    namespace flag = engine::order_flag;
    static constexpr std::pair<std::uint8_t, std::string_view> names[] = {
        {flag::guidance_below, "GUIDANCE_BELOW"}, {flag::guidance_above, "GUIDANCE_ABOVE"},
        {flag::non_executable, "NON_EXECUTABLE"}, {flag::capped, "CAPPED"},
        {flag::post_only, "POST_ONLY"},           {flag::market, "MARKET"},
        {flag::decremented, "DECREMENTED"},       {flag::standby, "STANDBY"}};
    m.raw(",\"flags\":[");
    bool first = true;
    for (const auto& [bit, name] : names) {
        if ((flags & bit) == 0) continue;
        m.raw(first ? "\"" : ",\"").raw(name).raw("\"");
        first = false;
    }
    m.raw("]");
}

// Hundredths of a percent of G, as "-12.50".
void append_deviation(std::uint8_t flags, std::int32_t deviation, Members& m, std::string& out) {
    if ((flags & (engine::order_flag::guidance_below | engine::order_flag::guidance_above)) == 0) return;
    m.quoted<"deviation">([&] {
        if (deviation < 0) out += '-';
        append_price(engine::Price{deviation < 0 ? -deviation : deviation}, out);
    });
}

void append_family(engine::FamilyId family, const Directory& directory, Members& m) {
    if (family.value < directory.families().size()) m.text<"family">(directory.families()[family.value].name);
}

template <MemberName Name>
void append_hour(engine::FamilyId family, engine::Period period, const Directory& directory, Members& m,
                 std::string& out) {
    if (family.value >= directory.families().size()) return;
    m.quoted<Name>([&] { directory.append_window(engine::instrument(family, period), out); });
}

// From oid to flags, then what only some orders have: why it ended, whether a replace kept its priority.
void append_members(const engine::OrderEvent& order, const Directory& directory, Members& m,
                    std::string& out) {
    const engine::Product product = directory.product(order.instrument.family);
    m.id<"oid">(order.order.value).text<"cid">(order.cid.view());
    m.quoted<"symbol">([&] { directory.append_symbol(order.instrument, out); });
    m.word<"side">(wire_name(order.side))
        .price<"price">(order.price)
        .qty<"qty">(engine::Quantity{order.qty}, product)
        .qty<"leaves">(engine::Quantity{order.leaves}, product)
        .qty<"cum">(engine::Quantity{order.cum}, product)
        .money<"hold">(order.hold)
        .number<"band">(order.band);
    append_flags(order.order_flags, m);
    append_deviation(order.order_flags, order.deviation, m, out);
    if (order.reason != CancelReason::none) m.word<"reason">(engine::code(order.reason));
    if (order.replaced) m.truth<"kept">(order.priority_kept);
}

// A strip tells what it could be had for now, and what stands in its way.
void append_members(const engine::StripEvent& strip, const Directory& directory, Members& m,
                    std::string& out) {
    const engine::FamilyId family = strip.instrument.family;
    m.id<"oid">(strip.order.value).text<"cid">(strip.cid.view());
    append_family(family, directory, m);
    append_hour<"start">(family, strip.instrument.period, directory, m, out);
    m.number<"hours">(strip.hours)
        .word<"side">(wire_name(strip.side))
        .price<"price">(strip.price)
        .qty<"qty">(engine::Quantity{strip.qty}, directory.product(family))
        .money<"hold">(strip.hold)
        .number<"band">(strip.band);
    append_flags(strip.order_flags, m);
    if (strip.best_achievable != engine::Price{}) m.price<"best_achievable">(strip.best_achievable);
    if (strip.missing_by > engine::Price{}) m.price<"missing_by">(strip.missing_by);
    const CancelReason reason = strip.reason != CancelReason::none ? strip.reason : strip.why;
    if (reason != CancelReason::none) m.word<"reason">(engine::code(reason));
    if (strip.hour != engine::Period{}) append_hour<"hour">(family, strip.hour, directory, m, out);
}

void append_members(const engine::AnyOfEvent& any_of, const Directory& directory, Members& m,
                    std::string& out) {
    m.id<"oid">(any_of.order.value).text<"cid">(any_of.cid.view());
    if (any_of.instrument != engine::no_instrument) {
        const engine::FamilyId family = any_of.instrument.family;
        append_family(family, directory, m);
        append_hour<"start">(family, any_of.instrument.period, directory, m, out);
        m.qty<"qty">(engine::Quantity{any_of.qty}, directory.product(family)).money<"cost">(any_of.cost);
    }
    m.number<"hours">(any_of.hours)
        .word<"profile">(any_of.profile == engine::Profile::train ? "train" : "infer")
        .decimal<"need">(any_of.need)
        .price<"price">(any_of.price)
        .money<"hold">(any_of.hold);
    if (any_of.reason != CancelReason::none) m.word<"reason">(engine::code(any_of.reason));
}

template <class Order>
void append_told(const engine::EventHeader& header, const Order& order, const Directory& directory,
                 std::string& out) {
    Members m(out);
    m.raw(R"("ev":"order")").word<"state">(wire_name(order.state));
    append_place(header, m);
    append_members(order, directory, m, out);
    m.time<"ts">(header.time);
}

// Calls `take` with the order, strip or any-of that the event or row is about.
template <class Take>
void with_order(const Event& event, Take&& take) {
    switch (event.kind()) {
        case EventKind::order: return take(event.as<engine::OrderEvent>());
        case EventKind::order_row: return take(event.as<engine::OrderRow>().order);
        case EventKind::strip: return take(event.as<engine::StripEvent>());
        case EventKind::strip_row: return take(event.as<engine::StripRow>().strip);
        case EventKind::any_of: return take(event.as<engine::AnyOfEvent>());
        case EventKind::any_of_row: return take(event.as<engine::AnyOfRow>().any_of);
        default: return;
    }
}

void append_alternative(const engine::Alternative& a, const Directory& directory, std::string& out) {
    Members m(out);
    m.raw("{\"place\":").raw(std::to_string(a.place + 1));
    append_family(a.instrument.family, directory, m);
    if (a.instrument.family.value < directory.families().size())
        m.qty<"units">(engine::Quantity{a.qty}, directory.product(a.instrument.family));
    m.decimal<"k">(engine::Decimal{std::int64_t{a.factor} * 1'000});
    if (a.cost != engine::Money{}) m.money<"cost">(a.cost);
    if (a.why != CancelReason::none) {
        m.word<"reason">(engine::code(a.why));
        if (a.hour != engine::Period{}) append_hour<"hour">(a.instrument.family, a.hour, directory, m, out);
    }
    m.raw("}");
}

// The one rule that decides where the order stands.
std::string_view rule_of(const engine::ExplainRow& row) {
    if (row.refused != engine::RejectReason::none) return engine::code(row.refused);
    if (row.reason != CancelReason::none) return engine::code(row.reason);
    if ((row.order_flags & engine::order_flag::non_executable) != 0) return "NON_EXECUTABLE";
    if (row.state == engine::OrderState::parked) return "PARKED";
    return row.state == engine::OrderState::filled ? "FILLED" : "PRICE_TIME";
}

template <MemberName Name>
void append_range(engine::Price low, engine::Price high, Members& m, std::string& out) {
    m.raw<Name>("[\"");
    append_price(low, out);
    m.raw("\",\"");
    append_price(high, out);
    m.raw("\"]");
}

// What a flag of the soft range was judged by: the range around the guidance at entry, and the deviation from
// it.
void append_flag_grounds(const engine::ExplainRow& row, const Directory& directory, Members& m,
                         std::string& out) {
    constexpr std::uint8_t soft_flags =
        engine::order_flag::guidance_below | engine::order_flag::guidance_above;
    const std::int64_t guidance = row.guidance_then.value;
    if ((row.order_flags & soft_flags) == 0 || guidance == 0) return;
    const std::int64_t soft = directory.rules().soft_range.value, one = engine::basis_points_one;
    append_range<"soft_range">(
        engine::Price{static_cast<std::int32_t>((guidance * (one - soft) + one - 1) / one)},
        engine::Price{static_cast<std::int32_t>(guidance * (one + soft) / one)}, m, out);
    append_deviation(row.order_flags,
                     static_cast<std::int32_t>((row.price.value - guidance) * one / guidance), m, out);
}

void append_row(const engine::ExplainRow& row, const Directory& directory, Members& m, std::string& out) {
    m.raw("\"oid\":\"").raw(std::to_string(row.order.value)).raw("\"").word<"state">(wire_name(row.state));
    m.word<"rule">(rule_of(row));
    if (row.state != engine::OrderState::refused) {
        m.word<"side">(wire_name(row.side)).price<"price">(row.price);
        append_flags(row.order_flags, m);
        m.number<"entered">(row.entered.value).price<"guidance_then">(row.guidance_then);
        append_flag_grounds(row, directory, m, out);
    }
    // What a refused order named may be nothing.
    if (row.instrument.family.value >= directory.families().size()) return;
    m.quoted<"symbol">([&] { directory.append_symbol(row.instrument, out); });
    m.word<"phase">(wire_name(row.phase))
        .number<"band_then">(row.band_then)
        .number<"band">(row.band_now)
        .price<"guidance">(row.guidance_now);
    append_range<"hard">(row.hard_low, row.hard_high, m, out);
    append_range<"effective">(row.low, row.high, m, out);
    if (row.reference == engine::Price{}) return;
    m.price<"reference">(row.reference)
        .time<"reference_since">(row.reference_since)
        .word<"reference_is">(row.taken_over ? "trades" : "guidance");
}

}  // namespace

void append_place(const engine::EventHeader& header, Members& m) {
    m.number<"seq">(header.sequence.value);
    if (header.number.value != 0) m.number<"n">(header.number.value);
}

void append_order(const Event& event, const Directory& directory, std::string& out) {
    with_order(event, [&](const auto& order) { append_told(event.header, order, directory, out); });
}

void append_order_row(const Event& row, const Directory& directory, std::string& out) {
    with_order(row, [&](const auto& order) {
        Members m(out);
        m.raw("\"state\":\"").raw(wire_name(order.state)).raw("\"");
        append_members(order, directory, m, out);
    });
}

void append_alternatives(std::span<const Event> alternatives, const Directory& directory, std::string& out) {
    out += ",\"alternatives\":[";
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
        if (i != 0) out += ',';
        append_alternative(alternatives[i].as<engine::Alternative>(), directory, out);
    }
    out += ']';
}

void append_explanation(std::span<const Event> rows, const Directory& directory, std::string& out) {
    Members m(out);
    append_row(rows[0].as<engine::ExplainRow>(), directory, m, out);
    m.raw(",\"buckets\":[");
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].kind() != EventKind::bucket_row) continue;
        const auto bucket = rows[i].as<engine::BucketRow>();
        if (out.back() != '[') out += ',';
        out += "{\"trades\":";
        append_number(bucket.trades, out);
        m.time<"minute">(bucket.minute)
            .decimal<"sum">(engine::Decimal{bucket.sum * engine::tick_decimal})
            .raw("}");
    }
    m.raw("]");
}

}  // namespace gridbook::gateway
