// SPDX-License-Identifier: Apache-2.0
#include "gateway/client/words.hpp"

#include <fmt/format.h>

#include <chrono>
#include <sstream>

#include "gateway/client/json.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

namespace {

using Words = std::vector<std::string>;

// A command of the trade socket: its arguments are these fields, in this order; `fixed` are members besides.
struct TradeCommand {
    std::string_view name;
    std::string_view op;
    std::string_view arguments;
    std::string_view fixed;
    std::string_view help;
    bool names_order = false;  // a cid is made up when none is given
};
constexpr TradeCommand trade_commands[] = {
    {"place", "order.place", "symbol side qty price", R"("type":"limit")", "place a limit order", true},
    {"market", "order.place", "symbol side qty", R"("type":"market")", "place a market order", true},
    {"strip", "strip.place", "family start hours side qty price", "", "consecutive hours, all or none", true},
    {"anyof", "anyof.place", "families start hours need price profile", "",
     "the cheapest of several families", true},
    {"anyof-by", "anyof.place", "start hours need price profile", "",
     "the same of families that are: class=, zone=, tier=, residency=, green_share_min=", true},
    {"replace", "order.replace", "cid qty price", "", "amend an order"},
    {"cancel", "order.cancel", "cid", "", "cancel an order"},
    {"cancel-all", "order.cancel_all", "", "", "cancel all, or by symbol=, family=, side="},
    {"cancel-after", "cancel.after", "ms", "", "cancel all when nothing is heard for so long; 0 disarms"},
    {"status", "order.status", "cid", "", "an order as it is now"},
    {"orders", "orders.open", "", "", "open orders"},
    {"explain", "quote.explain", "cid", "", "why an order stands where it does"},
    {"balance", "balance.get", "", "", "money"},
    {"positions", "positions.get", "", "", "what was bought, sold and registered"},
    {"fills", "fills.get", "", "", "recent fills; after=N"},
    {"limits", "limits.get", "", "", "rates and how much of them is used"},
    {"register", "resource.register", "class zone tier count", "", "offer capacity"},
    {"withdraw", "resource.withdraw", "resource", "", "take capacity back"},
    {"maintain", "maintenance.declare", "resource start windows", "",
     "say ahead that it is not there from START for so many hours or days; count="},
    {"cancel-maintenance", "maintenance.cancel", "maintenance", "", "it is there after all"},
    {"resources", "resources.get", "", "", "what is registered, and when it is not there; after=RESOURCE"},
    {"deliveries", "deliveries.get", "", "", "deliveries that are not settled; after=DID"},
    {"ready", "delivery.ready", "did endpoint_ref", "", "say where the buyer finds its units"},
    {"meter", "meter.report", "did minute available", "", "what was available in a minute; util=, power_w="},
    {"served", "meter.report", "did minute requests served", "",
     "requests of a token day since it began, and how many were served"},
    {"dispute", "dispute.open", "did minutes", "", "minutes that were metered wrongly, as 3,4,5; evidence="},
    {"payout", "payout.request", "amount reference", "",
     "ask money back; the reference is your own id of it"},
    {"payouts", "payouts.get", "", "", "payouts that no operator has decided; after=ID"},
    {"draw", "token.draw", "usage", "",
     "use tokens: class=, holding= or grant=, uncached=, cached=, output="},
    {"offer", "package.offer", "class blocks days price", "", "sell packages of tokens: carry=, overage="},
    {"take-back", "package.withdraw", "package", "", "sell a package no more"},
    {"buy", "package.buy", "package qty purchase", "", "buy packages, once under each purchase id"},
    {"packages", "packages.get", "", "", "packages of tokens; after=PACKAGE"},
    {"grants", "grants.get", "", "", "what was bought of packages, and what is left; after=GRANT"},
    {"reserves", "reserves.get", "", "", "what you hold for what you sold"},
};

// A question by HTTP: the first argument goes to the path or to a parameter.
struct HttpCommand {
    std::string_view name;
    std::string_view target;
    std::string_view argument;
    bool needed = false;
    std::string_view help;
};
constexpr HttpCommand http_commands[] = {
    {"book", "/v1/book/", "SYMBOL", true, "an order book"},
    {"instruments", "/v1/instruments?limit=50&family=", "FAMILY", true, "what is listed of a family"},
    {"families", "/v1/families", "", false, "all families and their bands"},
    {"trades", "/v1/trades?symbol=", "SYMBOL", true, "recent trades"},
    {"candles", "/v1/candles?interval=1h&symbol=", "SYMBOL", true, "candles of an hour"},
    {"bands", "/v1/bands?family=", "FAMILY", true, "the price band of a family"},
};

Words split(std::string_view line) {
    std::istringstream stream{std::string(line)};
    Words words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

const Field* field_of(const OpSpec& op, std::string_view name) {
    for (const Field& field : op.fields)
        if (field.name == name) return &field;
    return nullptr;
}

// The value as the field's form wants it in JSON.
void append_member(std::string_view name, std::string_view value, const Field* field, std::string& out) {
    if (!out.empty()) out += ',';
    append_json_string(out, name);
    out += ':';
    const Form form = field == nullptr ? Form::text : field->form;
    if (form == Form::integer || form == Form::whole || form == Form::truth) {
        out += value;
    } else if (form == Form::wholes) {
        out += fmt::format("[{}]", value);
    } else if (form == Form::texts || form == Form::words) {
        out += '[';
        for (std::size_t at = 0; at <= value.size();) {
            const std::size_t end = std::min(value.find(',', at), value.size());
            if (at != 0) out += ',';
            append_json_string(out, value.substr(at, end - at));
            at = end + 1;
        }
        out += ']';
    } else {
        append_json_string(out, value);
    }
}

std::string fresh_cid() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return fmt::format("c-{}", std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

// The words behind `taken` are name=value.
Said with_fields(const OpSpec& op, const Words& words, std::size_t taken, std::string members,
                 bool names_order) {
    bool has_cid = false;
    for (std::size_t i = taken; i < words.size(); ++i) {
        const std::size_t equals = words[i].find('=');
        if (equals == std::string::npos || equals == 0)
            return Misunderstood{fmt::format("{}: further fields are said as name=value", words[i])};
        const std::string name = words[i].substr(0, equals);
        has_cid |= name == "cid";
        append_member(name, std::string_view(words[i]).substr(equals + 1), field_of(op, name), members);
    }
    if (names_order && !has_cid) append_member("cid", fresh_cid(), nullptr, members);
    return TradeWords{std::string(op.name), std::move(members)};
}

Said trade(const TradeCommand& command, const Words& words) {
    const OpSpec& op = *find_op(command.op);
    std::string members(command.fixed);
    std::size_t taken = 1;
    for (const std::string& argument : split(command.arguments)) {
        if (taken == words.size())
            return Misunderstood{fmt::format("{} needs {}", command.name, command.arguments)};
        append_member(argument, words[taken++], field_of(op, argument), members);
    }
    return with_fields(op, words, taken, std::move(members), command.names_order);
}

}  // namespace

Said understand(std::string_view line) {
    const Words words = split(line);
    if (words.empty() || words[0].starts_with('#')) return LocalWords::nothing;
    const std::string& name = words[0];
    if (name == "help" || name == "?") return LocalWords::help;
    if (name == "events") return LocalWords::events;
    if (name == "quit" || name == "exit") return LocalWords::quit;
    for (const TradeCommand& command : trade_commands)
        if (command.name == name) return trade(command, words);
    for (const HttpCommand& command : http_commands) {
        if (command.name != name) continue;
        if (words.size() != (command.needed ? 2u : 1u))
            return Misunderstood{
                fmt::format("{} takes {}", name, command.needed ? command.argument : "nothing else")};
        return HttpWords{std::string(command.target) + (command.needed ? words[1] : "")};
    }
    if (name == "watch") {
        if (words.size() != 2) return Misunderstood{"watch takes SYMBOL"};
        return MarketWords{R"(["book","trades","ticker","phase"])", words[1]};
    }
    if (name == "oversee") {
        if (words.size() != 2) return Misunderstood{"oversee takes FAMILY, or * for all"};
        return MarketWords{R"(["band","phase","alerts"])", words[1]};
    }
    if (name == "send" && words.size() > 1) {
        const OpSpec* op = find_op(words[1]);
        if (op == nullptr || op->endpoint != Endpoint::trade)
            return Misunderstood{words[1] + " is no op of /v1/trade"};
        return with_fields(*op, words, 2, {}, false);
    }
    return Misunderstood{fmt::format("{}: no such command; help tells all of them", name)};
}

std::string help_text() {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view arguments, std::string_view help) {
        fmt::format_to(std::back_inserter(out), "  {:<52}{}\n", fmt::format("{} {}", name, arguments), help);
    };
    for (const TradeCommand& command : trade_commands) line(command.name, command.arguments, command.help);
    for (const HttpCommand& command : http_commands) line(command.name, command.argument, command.help);
    line("watch", "SYMBOL", "book, trades, ticker and phase as they change");
    line("oversee", "FAMILY", "bands, references, limit states, phases and alerts as they come; * for all");
    line("events", "", "what happens to the account, as it happens");
    line("send", "OP name=value ...", "any op of the protocol");
    line("quit", "", "end");
    out += "  Further fields of an op follow as name=value: place SYMBOL buy 16 14.20 tif=ioc cid=b-1\n";
    return out;
}

}  // namespace gridbook::gateway
