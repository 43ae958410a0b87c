// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/invoice_columns.hpp"

#include <fmt/format.h>

#include "gateway/egress/energy_members.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

using engine::Money;
using engine::Product;
using ledger::LineKind;
using Line = const InvoiceLine&;

// A package is of a class, and of no family, zone or hour.
bool of_package(Line l) { return l.line.package != engine::PackageId{}; }
Product product(Line l) {
    return of_package(l) ? Product::token : l.directory.product(l.line.instrument.family);
}
const Directory::Family& family(Line l) { return l.directory.families()[l.line.instrument.family.value]; }
const Directory::Zone& zone(Line l) { return l.directory.zones()[family(l).defined.zone_id.value]; }

// A trade, by its quantity; what is about minutes, by these; fees and taxes have no quantity.
bool traded(Line l) { return l.line.trade != engine::TradeId{} && l.line.price != engine::Price{}; }
bool of_units(Line l) {
    return traded(l) && (l.line.kind == LineKind::usage || l.line.kind == LineKind::sale);
}
bool of_minutes(Line l) { return l.line.lot_minutes != 0; }

std::string_view category(LineKind kind, bool received) {
    switch (kind) {
        case LineKind::usage: return "Usage";
        case LineKind::sale: return "Credit";
        case LineKind::fee: return "Purchase";
        case LineKind::tax: return "Tax";
        case LineKind::advance: return "Credit";
        case LineKind::package: return received ? "Credit" : "Purchase";
        case LineKind::overage: return received ? "Credit" : "Usage";
        default: return received ? "Credit" : "Adjustment";
    }
}

std::string_view description(LineKind kind) {
    switch (kind) {
        case LineKind::usage: return "Compute bought";
        case LineKind::sale: return "Compute sold";
        case LineKind::fee: return "Trading fee";
        case LineKind::tax: return "Tax on the fee";
        case LineKind::refund: return "Refund of minutes not delivered";
        case LineKind::penalty: return "Penalty for minutes not delivered";
        case LineKind::replacement: return "Replacement of a failed delivery";
        case LineKind::dispute: return "Disputed minutes, decided";
        case LineKind::package: return "Packages of tokens";
        case LineKind::overage: return "Tokens drawn beyond the balance";
        default: return "Advanced by the default fund";
    }
}

// What the quantity costs at the guidance of the moment, with the sign of the line.
Money list_cost(Line l) {
    const Money amount = notional(l.line.guidance, engine::Quantity{l.line.qty}, product(l));
    return l.line.kind == LineKind::sale ? -amount : amount;
}

void cost(Line l, std::string& out) { append_money(l.line.cost, out); }
void day(engine::Time time, std::string& out) { append_rfc3339(time, out); }
void number(std::uint64_t id, std::string& out) {
    if (id != 0) append_number(id, out);
}
// Quarters of a token as blocks: a block has four million.
void append_blocks(std::uint64_t quarters, std::string& out) {
    out += fmt::format("{}.{:08}", quarters / engine::block_quarters, quarters % engine::block_quarters * 25);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
}
void quantity(Line l, std::string& out) {
    if (l.line.kind == LineKind::package) append_number(l.line.qty, out);
    if (l.line.kind == LineKind::overage) append_blocks(l.line.quarters, out);
    if (of_units(l)) append_quantity(engine::Quantity{l.line.qty}, product(l), out);
}
void consumed(Line l, std::string& out) {
    if (l.line.kind == LineKind::overage)
        append_tokens(l.line.quarters, out);
    else if (of_minutes(l))
        append_quantity(engine::Quantity{static_cast<std::int64_t>(l.line.lot_minutes)}, product(l), out);
    else if (!of_package(l))
        quantity(l, out);
}
std::string_view unit(Product product) { return product == Product::gpu ? "Unit-Hours" : "Token Blocks"; }
std::string_view pricing_unit(Line l) {
    if (l.line.kind == LineKind::package) return "Packages";
    if (l.line.kind == LineKind::overage) return "Token Blocks";
    return of_units(l) ? unit(product(l)) : "";
}
std::string_view consumed_unit(Line l) {
    if (l.line.kind == LineKind::overage) return "Standard Tokens";
    if (of_minutes(l)) return "Unit-Minutes";
    return of_units(l) ? unit(product(l)) : "";
}
void unit_price(Line l, engine::Price price, std::string& out) {
    if (l.line.unit_price != Money{}) return append_money(l.line.unit_price, out);
    if (l.line.price != engine::Price{}) append_price(price, out);
}

// The delivery window; of packages the days they were bought for, of what is over the day of its use.
engine::Time charged_from(Line l) {
    if (l.line.kind == LineKind::package) return l.line.time;
    if (l.line.kind == LineKind::overage)
        return engine::Time{l.line.time.value / engine::day.value * engine::day.value};
    return engine::window_start(l.line.instrument.period, product(l));
}
engine::Time charged_until(Line l) {
    if (l.line.kind == LineKind::package) return l.line.time + engine::day * l.line.days;
    if (l.line.kind == LineKind::overage) return charged_from(l) + engine::day;
    return engine::window_end(l.line.instrument.period, product(l));
}
void resource(Line l, std::string& out) {
    if (of_package(l))
        out += fmt::format("grant-{}", l.line.grant.value);
    else
        l.directory.append_symbol(l.line.instrument, out);
}
void sku(Line l, std::string& out) {
    if (of_package(l))
        out += fmt::format("{}.package-{}", l.directory.classes()[l.line.class_id.value].name,
                           l.line.package.value);
    else
        out += family(l).name;
}

// A package has no zone.
std::optional<ledger::Energy> energy(Line l) {
    if (of_package(l)) return std::nullopt;
    return l.directory.energy(l.line.instrument.family, l.line.time);
}

// Lot-minutes that the line buys or gives back; 0: it is about money alone.
std::int64_t lot_minutes(Line l) {
    constexpr std::int64_t minutes_an_hour = 60;
    if (of_units(l)) return std::int64_t{l.line.qty} * minutes_an_hour;
    return l.line.kind == LineKind::penalty ? 0 : static_cast<std::int64_t>(l.line.lot_minutes);
}

void carbon(Line l, std::string& out) {
    if (of_package(l)) return;
    const std::int64_t minutes = lot_minutes(l);
    const auto each = carbon_a_unit_hour(l.line.instrument.family, energy(l), l.directory);
    if (minutes == 0 || !each) return;
    const Money grams{ledger::carbon_of(*each, minutes)};  // millionths, as money is written
    append_money(l.line.cost < Money{} ? -grams : grams, out);
}

constexpr InvoiceColumn table[] = {
    {"InvoiceId", [](Line l, std::string& out) { out += l.name; }},
    {"InvoiceIssuerName", [](Line, std::string& out) { out += "Gridbook"; }},
    {"BillingAccountId",
     [](Line l, std::string& out) { out += l.directory.accounts()[l.account.value].name; }},
    {"BillingCurrency", [](Line, std::string& out) { out += "CNY"; }},
    {"BillingPeriodStart", [](Line l, std::string& out) { day(l.invoice.start, out); }},
    {"BillingPeriodEnd", [](Line l, std::string& out) { day(l.invoice.end, out); }},
    {"ChargeCategory", [](Line l, std::string& out) { out += category(l.line.kind, l.line.cost < Money{}); }},
    {"ChargeDescription", [](Line l, std::string& out) { out += description(l.line.kind); }},
    {"ChargeFrequency", [](Line, std::string& out) { out += "One-Time"; }},
    {"ChargePeriodStart", [](Line l, std::string& out) { day(charged_from(l), out); }},
    {"ChargePeriodEnd", [](Line l, std::string& out) { day(charged_until(l), out); }},
    {"BilledCost", cost},
    {"EffectiveCost", cost},
    {"ContractedCost", cost},
    {"ListCost",
     [](Line l, std::string& out) { append_money(of_units(l) ? list_cost(l) : l.line.cost, out); }},
    {"ListUnitPrice", [](Line l, std::string& out) { unit_price(l, l.line.guidance, out); }},
    {"ContractedUnitPrice", [](Line l, std::string& out) { unit_price(l, l.line.price, out); }},
    {"PricingQuantity", quantity},
    {"PricingUnit", [](Line l, std::string& out) { out += pricing_unit(l); }},
    {"ConsumedQuantity", consumed},
    {"ConsumedUnit", [](Line l, std::string& out) { out += consumed_unit(l); }},
    {"ProviderName", [](Line, std::string& out) { out += "Gridbook"; }},
    {"PublisherName", [](Line, std::string& out) { out += "Gridbook"; }},
    {"RegionId",
     [](Line l, std::string& out) {
         if (!of_package(l)) out += zone(l).name;
     }},
    {"RegionName",
     [](Line l, std::string& out) {
         if (!of_package(l)) out += zone(l).defined.hub.view();
     }},
    {"ResourceId", resource},
    {"ServiceCategory",
     [](Line l, std::string& out) {
         out += product(l) == Product::gpu ? "Compute" : "AI and Machine Learning";
     }},
    {"ServiceName",
     [](Line l, std::string& out) { out += product(l) == Product::gpu ? "Accelerator hours" : "Tokens"; }},
    {"SkuId", sku},
    {"x_Residency",
     [](Line l, std::string& out) {
         if (!of_package(l)) out += zone(l).defined.residency.view();
     }},
    {"x_GreenShare",
     [](Line l, std::string& out) {
         if (const auto e = energy(l))
             append_decimal(engine::Decimal{std::int64_t{e->green_least} * 100}, out);
     }},
    {"x_Pue",
     [](Line l, std::string& out) {
         if (const auto e = energy(l))
             append_decimal(engine::Decimal{std::int64_t{e->pue_most} * 1'000}, out);
     }},
    {"x_CarbonGrams", carbon},
    {"x_Line", [](Line l, std::string& out) { number(l.line.number, out); }},
    {"x_Sequence", [](Line l, std::string& out) { number(l.line.sequence.value, out); }},
    {"x_Time", [](Line l, std::string& out) { append_rfc3339(l.line.time, out); }},
    {"x_OrderId", [](Line l, std::string& out) { number(l.line.order.value, out); }},
    {"x_TradeId", [](Line l, std::string& out) { number(l.line.trade.value, out); }},
    {"x_DeliveryId", [](Line l, std::string& out) { number(l.line.delivery.value, out); }},
    {"x_PackageId", [](Line l, std::string& out) { number(l.line.package.value, out); }},
    {"x_GrantId", [](Line l, std::string& out) { number(l.line.grant.value, out); }},
};

// Quoted where it needs to be (RFC 4180).
void append_csv_value(std::string_view value, std::string& out) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += value;
        return;
    }
    out += '"';
    for (const char c : value) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace

std::span<const InvoiceColumn> invoice_columns() { return table; }

void append_csv_header(std::string& out) {
    for (const InvoiceColumn& column : table) {
        out += column.name;
        out += &column == std::end(table) - 1 ? "\r\n" : ",";
    }
}

void append_csv_line(const InvoiceLine& line, std::string& out) {
    std::string value;
    for (const InvoiceColumn& column : table) {
        value.clear();
        column.append(line, value);
        append_csv_value(value, out);
        out += &column == std::end(table) - 1 ? "\r\n" : ",";
    }
}

void append_json_line(const InvoiceLine& line, std::string& out) {
    out += '{';
    std::string value;
    for (const InvoiceColumn& column : table) {
        value.clear();
        column.append(line, value);
        if (&column != std::begin(table)) out += ',';
        append_quoted(column.name, out);
        out += ':';
        append_quoted(value, out);
    }
    out += '}';
}

}  // namespace gridbook::gateway
