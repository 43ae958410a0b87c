// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/dispute_encoder.hpp"

#include <bit>

#include "gateway/egress/delivery_encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::DisputeChanged;
using engine::DisputeState;
using engine::Event;

std::string_view wire_name(DisputeState state) {
    static constexpr std::string_view names[] = {"none",   "opened",   "suspended",
                                                 "upheld", "rejected", "settled"};
    return names[static_cast<std::size_t>(state)];
}

void append_minutes(std::uint64_t minutes, std::string& out) {
    out += ",\"minutes\":[";
    for (bool first = true; minutes != 0; minutes &= minutes - 1, first = false) {
        if (!first) out += ',';
        append_number(static_cast<std::uint64_t>(std::countr_zero(minutes)), out);
    }
    out += ']';
}

// From did to what is held; a dispute that is only opened has nothing at stake yet.
void append_members(const DisputeChanged& d, const Directory& directory, Members& m, std::string& out) {
    m.id<"did">(d.delivery.value).word<"claimant">(party_name(d.claimant));
    m.quoted<"symbol">([&] { directory.append_symbol(d.instrument, out); });
    m.text<"seller">(account_name(d.seller, directory)).text<"buyer">(account_name(d.buyer, directory));
    append_minutes(d.minutes, out);
    if (d.state != DisputeState::opened) m.money<"stake">(d.stake).money<"held">(d.held);
}

}  // namespace

void append_dispute(const Event& event, const Directory& directory, std::string& out) {
    const auto d = event.as<DisputeChanged>();
    Members m(out);
    m.raw(R"("ev":"dispute")").word<"state">(wire_name(d.state));
    append_place(event.header, m);
    append_members(d, directory, m, out);
    m.word<"party">(party_name(d.party)).time<"ts">(event.header.time);
}

void append_dispute_answer(const Event& event, const Directory& directory, std::string& out) {
    const auto d = event.as<DisputeChanged>();
    Members m(out);
    m.raw("\"state\":\"").raw(wire_name(d.state)).raw("\"");
    append_members(d, directory, m, out);
}

void append_dispute_row(const Event& row, const Directory& directory, std::string& out) {
    const auto d = row.as<engine::DisputeRow>().dispute;
    Members m(out);
    m.raw("{\"state\":\"").raw(wire_name(d.state)).raw("\"");
    append_members(d, directory, m, out);
    m.raw("}");
}

}  // namespace gridbook::gateway
