// SPDX-License-Identifier: Apache-2.0
#include "ledger/surveillance/report.hpp"

#include <fmt/format.h>

#include "ledger/audit/progress.hpp"
#include "ledger/export/export.hpp"
#include "ledger/journal.hpp"

namespace gridbook::ledger {

namespace {

constexpr int done = 0, not_possible = 2;

std::string family_name(const Names& names, engine::FamilyId family) {
    const std::string symbol = names.symbol(engine::instrument(family, engine::Period{}));
    return symbol.substr(0, symbol.rfind('.'));
}

std::string day_text(engine::Time day) { return time_text(day).substr(0, 10); }

// Names come from the configuration and from administrators: no character of them ends a string.
std::string text_member(std::string_view name, const std::string& value) {
    std::string escaped;
    for (const char c : value) {
        if (c == '"' || c == '\\') escaped += '\\';
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return fmt::format("\"{}\":\"{}\",", name, escaped);
}

std::string who_members(const Alert& a, const Names& names, const MarketSight& sight, bool named) {
    std::string out;
    if (named && a.account != engine::no_account) out += text_member("account", names.account(a.account));
    if (a.family != engine::no_family) out += text_member("family", family_name(names, a.family));
    if (!named || a.indicator != Indicator::wash) return out;
    return out + text_member("group", sight.group_name(a.group)) +
           text_member("other", sight.group_name(a.other));
}

std::string spiral_members(const Alert& a) {
    const auto sign = [&](std::uint8_t bit) { return (a.signs & bit) != 0; };
    return fmt::format(
        "\"fell_every_day\":{},\"fell_far\":{},\"sold_under_cost\":{},\"floor_share\":{},\"proposes\":\"{}"
        "\",",
        sign(spiral_sign::fell_every_day), sign(spiral_sign::fell_far), sign(spiral_sign::sold_under_cost),
        a.floor_share, a.proposes_floor_hold ? "floor_hold" : "nothing");
}

std::string spread_members(const Alert& a, const Names& names) {
    const Alert::Prices& p = a.spread;
    return text_member("hours", family_name(names, p.hours)) +
           fmt::format(
               "\"block_price\":\"{}\",\"hour_price\":\"{}\",\"tokens_per_second\":\"{}\","
               "\"by_hours\":\"{}\",\"dearer\":{},",
               money_text(p.block), money_text(p.hour),
               money_text(engine::Money{std::int64_t{p.tokens_per_second} * 1'000}), money_text(p.by_hours),
               p.block > p.by_hours);
}

std::string percent(std::uint64_t basis_points) {
    return fmt::format("{}.{:02} %", basis_points / 100, basis_points % 100);
}

std::string what_text(const Alert& a) {
    switch (a.indicator) {
        case Indicator::cancel_after_fill:
            return fmt::format("{} of its orders cancelled soon after a fill on the other side",
                               percent(a.value));
        case Indicator::layering:
            return fmt::format("showed several levels, was filled opposite and took them back, {} times",
                               a.value);
        case Indicator::wash:
            return a.group == a.other ? "traded with itself"
                                      : fmt::format("{} of their volume with each other", percent(a.value));
        case Indicator::order_to_trade:
            return fmt::format("{} orders, replaces and cancels for each fill", a.value);
        case Indicator::late_withdrawal:
            return fmt::format("{} of what it offered taken back shortly before the gate", percent(a.value));
        case Indicator::ready_missed:
            return fmt::format("{} of what it had to deliver was not ready before its window",
                               percent(a.value));
        case Indicator::hoarding:
            return fmt::format("{} of what was delivered to it stood idle", percent(a.value));
        case Indicator::utilisation_drift:
            return fmt::format("the utilisation it reports lies {} away from that of the days before",
                               percent(a.value));
        case Indicator::floor_hugging:
            return fmt::format("{} of what it sold lies just above the floor", percent(a.value));
        case Indicator::spread:
            return fmt::format("a block was {} {} than its tokens by the hour: {} against {} CNY",
                               percent(a.value), a.spread.block > a.spread.by_hours ? "dearer" : "cheaper",
                               money_text(a.spread.block), money_text(a.spread.by_hours));
        case Indicator::spiral:
        case Indicator::count_: break;
    }
    const bool every_day = (a.signs & spiral_sign::fell_every_day) != 0;
    return fmt::format(
        "fell by {} in the days up to this one, {}every day; {} sold near the floor under declared cost{}",
        percent(a.value), every_day ? "" : "not ", percent(a.floor_share),
        a.proposes_floor_hold ? ": a floor hold is proposed" : "");
}

}  // namespace

std::string alert_members(const Alert& a, const Names& names, const MarketSight& sight, bool named) {
    std::string out = fmt::format("\"number\":{},\"indicator\":\"{}\",\"day\":\"{}\",", a.number,
                                  name(a.indicator), day_text(a.day));
    out += who_members(a, names, sight, named);
    out += fmt::format("\"value\":{},\"threshold\":{},\"unit\":\"{}\",", a.value, a.threshold,
                       unit(a.indicator));
    if (a.indicator == Indicator::spiral) out += spiral_members(a);
    if (a.indicator == Indicator::spread) out += spread_members(a, names);
    out += fmt::format("\"seq\":{},\"first\":{},\"evidence\":[", a.sequence.value, a.first.value);
    for (std::size_t i = 0; i < a.evidence.size(); ++i)
        out += fmt::format("{}{}", i == 0 ? "" : ",", a.evidence[i].value);
    return out + fmt::format("],\"ts\":\"{}\"", a.time.value);
}

std::string alert_sentence(const Alert& a, const Names& names, const MarketSight& sight) {
    std::string who;
    if (a.account != engine::no_account) who = names.account(a.account);
    if (a.indicator == Indicator::wash)
        who = sight.group_name(a.group) +
              (a.group == a.other ? std::string() : " and " + sight.group_name(a.other));
    if (a.family != engine::no_family) who += (who.empty() ? "" : " in ") + family_name(names, a.family);
    return fmt::format("{} {:<17} {}: {} (sequence {}, counted from {})", day_text(a.day), name(a.indicator),
                       who, what_text(a), a.sequence.value, a.first.value);
}

int survey(const std::filesystem::path& data, std::ostream& out, std::ostream& complaints,
           const SurveillanceOptions& options) {
    const auto complain = [&](const std::string& text) {
        complaints << "surveillance: " << text << std::endl;
        return not_possible;
    };
    const auto journal = open_to_read(data);
    if (!journal) return complain(journal.error().text);
    auto reader = (*journal)->read_from(engine::Sequence{1});
    if (!reader) return complain(reader.error().text);
    Names names;
    std::uint64_t told = 0;
    Surveillance* self = nullptr;
    Surveillance surveillance(options.thresholds, [&](Alert&& alert) {
        if (alert.day < options.from || alert.day >= options.upto) return;
        ++told;
        if (options.json)
            out << '{' << alert_members(alert, names, self->sight()) << "}\n";
        else
            out << alert_sentence(alert, names, self->sight()) << '\n';
    });
    self = &surveillance;
    Progress progress("surveillance");
    while (true) {
        auto more = reader->next();
        if (!more) return complain(more.error().text);
        if (!*more) break;
        const BatchView& batch = reader->batch();
        for (std::size_t i = 0, event = 0; i < batch.header.count; ++i)
            for (std::size_t n = batch.event_count(i); n > 0; --n, ++event) {
                names.hear(batch.event(event));
                surveillance.hear(batch.event(event));
            }
        if (options.progress) progress.at(batch.header.last(), (*journal)->last());
    }
    surveillance.finish();
    if (told == 0 && !options.json) out << "no alerts\n";
    out.flush();
    return out.good() ? done : complain("the text could not be written: is the disk full?");
}

}  // namespace gridbook::ledger
