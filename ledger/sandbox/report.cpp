// SPDX-License-Identifier: Apache-2.0
// What a sandbox found, as JSON for programs and as a page for people. The page holds its pictures itself
// (SVG), so it can be sent and kept as one file.
#include <fmt/format.h>

#include <functional>
#include <ostream>

#include "ledger/export/names.hpp"
#include "ledger/export/picture.hpp"
#include "ledger/sandbox/sandbox.hpp"

namespace gridbook::ledger {

using engine::Decimal;
using engine::decimal_of;
using engine::decimal_one;
using engine::Money;
using engine::notional;
using engine::Product;
using engine::Quantity;

namespace {

std::string qty_text(Quantity lots, Product product) {
    const Decimal units = decimal_of(lots, product);
    return money_text(Money{units.value});  // the same six decimals
}

std::string json_of(const DayTally& day, Product product) {
    std::string hours;
    for (const HourTally& h : day.hours) {
        hours += fmt::format(R"({}{{"trades":{},"qty":"{}","notional":"{}","refused":{}}})",
                             hours.empty() ? "" : ",", h.trades, qty_text(h.lots, product),
                             money_text(h.notional), h.refused);
    }
    return fmt::format(
        R"({{"trades":{},"qty":"{}","notional":"{}","vwap":"{}","provider_income":"{}","refused_hard":{},)"
        R"("refused_dynamic":{},"parked":{},"unmet_qty":"{}","waiting_qty":"{}","hours":[{}]}})",
        day.trades, qty_text(day.lots, product), money_text(day.notional), money_text(day.vwap(product)),
        money_text(day.provider_income), day.refused_hard, day.refused_dynamic, day.parked,
        qty_text(day.unmet, product), qty_text(day.waiting, product), hours);
}

// Two bars an hour: as it was, and with the draft.
std::string hourly(const std::string& title, const FamilyOutcome& o,
                   const std::function<double(const HourTally&)>& value) {
    Picture picture{.title = title, .series = {{"was"}, {"draft"}}};
    for (std::size_t i = 0; i < o.was.hours.size(); ++i) {
        picture.labels.push_back(fmt::format("{:02}", i));
        picture.series[0].values.push_back(value(o.was.hours[i]));
        picture.series[1].values.push_back(value(o.draft.hours[i]));
    }
    return bars(picture);
}

std::string row(std::string_view what, const std::string& was, const std::string& draft) {
    return fmt::format("<tr><th>{}</th><td>{}</td><td>{}</td></tr>\n", what, was, draft);
}

std::string table(const FamilyOutcome& o) {
    const auto& [was, draft] = std::tie(o.was, o.draft);
    const auto count = [](std::uint64_t n) { return fmt::format("{}", n); };
    const auto qty = [&](Quantity q) { return qty_text(q, o.product); };
    std::string rows = "<table><tr><th></th><th>as it was</th><th>with the draft</th></tr>\n";
    rows += row("trades", count(was.trades), count(draft.trades));
    rows += row("quantity traded", qty(was.lots), qty(draft.lots));
    rows += row("notional, CNY", money_text(was.notional), money_text(draft.notional));
    rows += row("VWAP, CNY a unit", money_text(was.vwap(o.product)), money_text(draft.vwap(o.product)));
    rows += row("provider income, CNY", money_text(was.provider_income), money_text(draft.provider_income));
    rows += row("refused, hard band", count(was.refused_hard), count(draft.refused_hard));
    rows += row("refused, dynamic band", count(was.refused_dynamic), count(draft.refused_dynamic));
    rows += row("times parked", count(was.parked), count(draft.parked));
    rows += row("unmet demand", qty(was.unmet), qty(draft.unmet));
    rows += row("still waiting", qty(was.waiting), qty(draft.waiting));
    return rows + "</table>\n";
}

}  // namespace

void write_json(std::ostream& out, const SandboxReport& report) {
    std::string families;
    for (const FamilyOutcome& o : report.families)
        families += fmt::format(
            R"({}{{"family":"{}","drafted":{},"floor":"{}","ceiling":"{}","guidance":"{}","trades_lost":{},)"
            R"("was":{},"draft":{}}})",
            families.empty() ? "" : ",", o.family, o.drafted, price_text(o.floor), price_text(o.ceiling),
            price_text(o.guidance),
            static_cast<std::int64_t>(o.was.trades) - static_cast<std::int64_t>(o.draft.trades),
            json_of(o.was, o.product), json_of(o.draft, o.product));
    out << fmt::format(
               R"({{"from":"{}","upto":"{}","first_sequence":{},"last_sequence":{},"commands":{},"families":[{}]}})",
               time_text(report.from), time_text(report.upto), report.first.value, report.last.value,
               report.commands, families)
        << '\n';
}

void write_html(std::ostream& out, const SandboxReport& report) {
    out << page_head("Gridbook sandbox")
        << fmt::format(
               "<h1>Sandbox: a draft band on {}</h1>\n<p>{} commands, sequences {} to {}. Every order "
               "came as it came on that day; nobody could react to the draft.</p>\n",
               time_text(report.from).substr(0, 10), report.commands, report.first.value, report.last.value)
        << colour_key("as it was", "with the draft");
    for (const FamilyOutcome& o : report.families) {
        out << fmt::format("<h2>{}{}</h2>\n<p>Floor {}, ceiling {}, guidance {} CNY.</p>\n", o.family,
                           o.drafted ? "" : " (not drafted, but it came out otherwise)", price_text(o.floor),
                           price_text(o.ceiling), price_text(o.guidance))
            << table(o)
            << hourly("Quantity traded, by hour (UTC)", o,
                      [&](const HourTally& h) {
                          return static_cast<double>(decimal_of(h.lots, o.product).value) / decimal_one;
                      })
            << hourly("VWAP, CNY a unit", o,
                      [&](const HourTally& h) {
                          DayTally one;
                          one.lots = h.lots;
                          one.notional = h.notional;
                          return static_cast<double>(one.vwap(o.product).value) / decimal_one;
                      })
            << hourly("Orders refused for a band", o,
                      [](const HourTally& h) { return static_cast<double>(h.refused); });
    }
    out << "</html>\n";
}

}  // namespace gridbook::ledger
