// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/package_encoder.hpp"

#include "gateway/egress/delivery_encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventKind;
using engine::GrantChange;
using engine::Side;

std::string_view wire_name(engine::PackageChange change) {
    static constexpr std::string_view names[] = {"none", "offered", "withdrawn"};
    return names[static_cast<std::size_t>(change)];
}

std::string_view wire_name(GrantChange change) {
    static constexpr std::string_view names[] = {"none", "bought", "drawn", "notice", "carried", "expired"};
    return names[static_cast<std::size_t>(change)];
}

std::string_view side_name(Side party) { return party == Side::sell ? "issuer" : "buyer"; }

std::string_view class_name(engine::ClassId id, const Directory& directory) {
    return directory.classes()[id.value].name;
}

// What an event and a row say alike, from issuer to overage.
template <class Package>
void append_terms(const Package& p, const Directory& directory, Members& m) {
    m.text<"issuer">(account_name(p.issuer, directory));
    m.text<"class">(class_name(p.class_id, directory));
    m.number<"blocks">(p.blocks);
    m.number<"days">(p.days);
    m.number<"carry">(p.carry);
    m.money<"price">(p.price);
    m.money<"overage">(p.overage);
}

void append_package(const Event& event, const Directory& directory, std::string& out) {
    const auto p = event.as<engine::PackageChanged>();
    Members m(out);
    m.raw(R"("ev":"package")").word<"change">(wire_name(p.change));
    append_place(event.header, m);
    m.id<"package">(p.package.value);
    append_terms(p, directory, m);
    m.time<"ts">(event.header.time);
}

// What was bought or drawn has a cost, and of a draw how much of it was beyond the balance; a notice has no
// amount.
void append_amounts(const engine::GrantChanged& g, Members& m) {
    if (g.change != GrantChange::notice) m.tokens<"amount">(g.amount);
    if (g.change == GrantChange::drawn) m.tokens<"excess">(g.excess);
    if (g.change == GrantChange::bought || g.change == GrantChange::drawn) m.money<"cost">(g.cost);
    if (g.change == GrantChange::bought) m.text<"purchase">(g.reference.view());
    if (g.change == GrantChange::drawn) m.text<"usage">(g.reference.view());
}

void append_grant(const Event& event, const Directory& directory, std::string& out) {
    const auto g = event.as<engine::GrantChanged>();
    const engine::AccountId told = event.header.account;
    Members m(out);
    m.raw(R"("ev":"grant")").word<"change">(wire_name(g.change));
    append_place(event.header, m);
    m.id<"grant">(g.grant.value)
        .id<"package">(g.package.value)
        .text<"class">(class_name(g.class_id, directory))
        .word<"party">(side_name(g.party))
        .text<"issuer">(account_name(g.party == Side::sell ? told : g.other, directory))
        .text<"buyer">(account_name(g.party == Side::sell ? g.other : told, directory))
        .tokens<"balance">(g.balance);
    append_amounts(g, m);
    m.rfc3339<"end">(g.end).time<"ts">(event.header.time);
}

}  // namespace

void append_package_event(const Event& event, const Directory& directory, std::string& out) {
    if (event.kind() == EventKind::package) return append_package(event, directory, out);
    append_grant(event, directory, out);
}

void append_package_row(const Event& row, const Directory& directory, std::string& out) {
    const auto p = row.as<engine::PackageRow>();
    Members m(out);
    m.raw("{\"package\":\"");
    append_number(p.package.value, out);
    m.raw("\"").word<"state">(p.withdrawn ? "withdrawn" : "open");
    append_terms(p, directory, m);
    m.number<"grants">(p.grants).raw("}");
}

void append_grant_row(const Event& row, const Directory& directory, std::string& out) {
    const auto g = row.as<engine::GrantRow>();
    Members m(out);
    m.raw("{\"grant\":\"");
    append_number(g.grant.value, out);
    m.raw("\"")
        .id<"package">(g.package.value)
        .text<"class">(class_name(g.class_id, directory))
        .word<"party">(side_name(g.party))
        .text<"issuer">(account_name(g.issuer, directory))
        .text<"buyer">(account_name(g.buyer, directory))
        .number<"qty">(g.qty)
        .tokens<"granted">(g.granted)
        .tokens<"balance">(g.balance)
        .truth<"carried">(g.carried)
        .rfc3339<"begin">(g.begin)
        .rfc3339<"end">(g.end)
        .text<"purchase">(g.purchase.view())
        .raw("}");
}

void append_reserve_row(const Event& row, const Directory& directory, std::string& out) {
    const auto r = row.as<engine::ReserveRow>();
    Members m(out);
    m.raw("{\"issuer\":");
    append_quoted(account_name(r.issuer, directory), out);
    m.text<"class">(class_name(r.class_id, directory))
        .number<"packages">(r.packages)
        .number<"grants">(r.grants)
        .tokens<"issued">(r.issued)
        .tokens<"outstanding">(r.outstanding)
        .tokens<"held">(r.held)
        .tokens<"needed">(r.needed)
        .number<"ratio_bp">(r.ratio)
        .word<"state">(r.is_short ? "short" : "ok")
        .raw("}");
}

}  // namespace gridbook::gateway
