// SPDX-License-Identifier: Apache-2.0
#include "gateway/regulator/commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "gateway/client/terminal.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/regulator/explain.hpp"
#include "gateway/regulator/regulator.hpp"

namespace gridbook::gateway {
namespace {

using Options = std::shared_ptr<RegulatorOptions>;

void add_propose(CLI::App& app, const Options& o, int& status) {
    auto* command = app.add_subcommand(
        "propose",
        "say a change: guidance, bands, factors, phase, dynamic, kill …; without words, what it may say");
    auto kind = std::make_shared<std::string>();
    auto words = std::make_shared<std::vector<std::string>>();
    auto dry = std::make_shared<bool>(false);
    command->add_option("kind", *kind, "which call")->required()->check(CLI::IsMember(kinds()));
    command->add_option("words", *words, "name=value, as many as it needs");
    command->add_flag("--dry-run", *dry, "only tell what it would do, and whom it would meet");
    command->callback([=, &status] {
        if (words->empty()) {
            fmt::print("{}", fields_of(*kind));
            return;
        }
        try {
            status = call(*o, propose(*kind, *words, *dry));
        } catch (const std::runtime_error& error) {
            fmt::print(stderr, "gridbook: {}\n", error.what());
            status = 1;
        }
    });
}

void add_decision(CLI::App& app, const Options& o, const std::string& verdict, const std::string& told,
                  int& status) {
    auto* command = app.add_subcommand(verdict, told);
    auto change = std::make_shared<std::uint32_t>(0);
    auto reason = std::make_shared<std::string>();
    command->add_option("change", *change, "its number")->required();
    command->add_option("--reason", *reason, "kept with the signature");
    command->callback([=, &status] {
        std::string body = "{";
        if (!reason->empty()) {
            body += "\"reason\":";
            append_quoted(*reason, body);
        }
        status = call(*o, {fmt::format("/v1/admin/{}/{}", *change, verdict), body + "}"});
    });
}

void add_dispute(CLI::App& app, const Options& o, int& status) {
    auto* command =
        app.add_subcommand("dispute", "decide a dispute: who claims gets what is at stake, or not");
    auto did = std::make_shared<std::string>();
    auto claimant = std::make_shared<std::string>();
    auto verdict = std::make_shared<std::string>();
    auto reason = std::make_shared<std::string>();
    command->add_option("did", *did, "the delivery")->required();
    command->add_option("claimant", *claimant, "whose dispute: buyer or seller")
        ->required()
        ->check(CLI::IsMember({"buyer", "seller"}));
    command->add_option("verdict", *verdict, "uphold or reject")
        ->required()
        ->check(CLI::IsMember({"uphold", "reject"}));
    command->add_option("--reason", *reason, "kept with the signature");
    command->callback([=, &status] {
        std::string body = "{\"did\":";
        append_quoted(*did, body);
        body += fmt::format(R"(,"claimant":"{}","uphold":{})", *claimant, *verdict == "uphold");
        if (!reason->empty()) {
            body += ",\"reason\":";
            append_quoted(*reason, body);
        }
        status = call(*o, {"/v1/admin/disputes", body + "}"});
    });
}

void add_pages(CLI::App& app, const Options& o, int& status) {
    for (const auto& [page, told] :
         {std::pair{"changes", "changes that were proposed, open and done"},
          std::pair{"disputes", "minutes of deliveries that one side disputes, not decided"},
          std::pair{"audit", "signed admin requests, each with the link of the chain over all of them"},
          std::pair{"surveillance", "alerts, each with the sequences that it was counted from"}}) {
        auto* command = app.add_subcommand(page, told);
        auto after = std::make_shared<std::uint64_t>(0);
        command->add_option("--after", *after, "only those behind this one");
        command->callback([=, &status, target = fmt::format("/v1/admin/{}", page)] {
            const std::string query = *after == 0 ? "" : fmt::format("?after={}", *after);
            status = call(*o, {target + query, {}});
        });
    }
}

// The account's limits, or of all that have some; with words they are set.
void add_limits(CLI::App& app, const Options& o, int& status) {
    auto* command = app.add_subcommand(
        "limits", "what accounts may send; with words they are set, what is left out is as the market's");
    auto account = std::make_shared<std::string>();
    auto words = std::make_shared<std::vector<std::string>>();
    command->add_option("account", *account, "whose; default: of all that have limits of their own");
    command->add_option("words", *words,
                        "qty=, notional=, open_orders=, orders_per_s=, reason=; clear: none");
    command->callback([=, &status] {
        if (words->empty()) {
            const std::string query = account->empty() ? "" : "?account=" + *account;
            status = call(*o, {"/v1/admin/limits" + query, {}});
            return;
        }
        std::vector<std::string> said{"account=" + *account};
        if (*words != std::vector<std::string>{"clear"})
            said.insert(said.end(), words->begin(), words->end());
        try {
            status = call(*o, propose("limits", said, false));
        } catch (const std::runtime_error& error) {
            fmt::print(stderr, "gridbook: {}\n", error.what());
            status = 1;
        }
    });
}

void add_explain_call(CLI::App& app, const Options& o, int& status) {
    auto* command =
        app.add_subcommand("explain", "why an order stands as it stands or was refused, or a family's band");
    auto order = std::make_shared<std::string>();
    auto account = std::make_shared<std::string>();
    auto family = std::make_shared<std::string>();
    auto version = std::make_shared<std::uint32_t>(0);
    auto* by_order = command->add_option("order", *order, "its id; with --account its client order id");
    command->add_option("--account", *account, "whose order it is, of a refused one")->needs(by_order);
    auto* by_family = command->add_option("--family", *family, "its band")->excludes(by_order);
    command->add_option("--version", *version, "of the band; default: the one in force")->needs(by_family);
    command->callback([=, &status] {
        if (order->empty() && family->empty()) {
            fmt::print(stderr, "gridbook: explain: give an order, or --family\n");
            status = 1;
            return;
        }
        if (!family->empty()) {
            const std::string which = *version == 0 ? "" : fmt::format("&version={}", *version);
            status = call(*o, {fmt::format("/v1/admin/explain?family={}{}", *family, which), {}});
            return;
        }
        const std::string query = account->empty() ? "" : "?account=" + *account;
        status = call(*o, {fmt::format("/v1/admin/explain/{}{}", *order, query), {}});
    });
}

// With a day and bands: begins a run. Otherwise: what became of the last one.
void add_sandbox_call(CLI::App& app, const Options& o, int& status) {
    auto* command =
        app.add_subcommand("sandbox",
                           "try draft bands on a past day beside the exchange; without words, what "
                           "became of the last try");
    auto day = std::make_shared<std::string>();
    auto bands = std::make_shared<std::vector<std::string>>();
    auto* of_day = command->add_option("day", *day, "UTC, as 2026-12-01");
    command->add_option("bands", *bands, "FAMILY:FLOOR:CEILING[:GUIDANCE], one or more")->needs(of_day);
    command->callback([=, &status] {
        std::string body;
        if (!day->empty()) {
            body = "{\"day\":";
            append_quoted(*day, body);
            body += ",\"bands\":[";
            for (const std::string& band : *bands) {
                if (body.back() != '[') body += ',';
                append_quoted(band, body);
            }
            body += "]}";
        }
        status = call(*o, {"/v1/admin/sandbox", body});
    });
}

void add_watch(CLI::App& app, const Options& o, int& status) {
    auto* command = app.add_subcommand(
        "watch", "bands, references, limit states, suspensions, phases and alerts as they come");
    auto family = std::make_shared<std::string>("*");
    auto seconds = std::make_shared<std::uint32_t>(0);
    command->add_option("family", *family, "only this one; default: all");
    command->add_option("--seconds", *seconds, "end after this long; 0: at Ctrl-C");
    command->callback([=, &status] {
        TerminalOptions t;
        t.url = o->url;
        t.json = o->json;
        t.seconds = *seconds;
        t.command = {"oversee", *family};
        status = run_terminal(t);
    });
}

void add_regulator(CLI::App& app, int& status) {
    auto* command =
        app.add_subcommand("regulator", "guidance, bands, factors and approvals, by signed requests");
    auto o = std::make_shared<RegulatorOptions>();
    command->add_option("--url", o->url, "http://HOST:PORT of the exchange");
    command->add_option("--key", o->key_name, "name of the key");
    command->add_option("--pem", o->key_file, "file of the private key");
    command->add_flag("--json", o->json, "answers as JSON, one a line");
    command->require_subcommand(1);
    command->fallthrough();
    add_propose(*command, o, status);
    add_decision(*command, o, "approve", "approve a change that another participant proposed", status);
    add_decision(*command, o, "reject", "reject a proposed change, also one's own", status);
    add_dispute(*command, o, status);
    add_pages(*command, o, status);
    add_explain_call(*command, o, status);
    add_limits(*command, o, status);
    add_sandbox_call(*command, o, status);
    add_watch(*command, o, status);
}

void add_explain(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "explain",
        "why an order stands as it stands, or a band, from a copy of the journal that is applied again");
    auto o = std::make_shared<ExplainOptions>();
    command->add_option("--data", o->data, "data folder of a stopped exchange, or a restored backup")
        ->required();
    auto* order = command->add_option("--order", o->order, "by its id");
    auto* cid = command->add_option("--cid", o->cid, "by its client order id, also of a refused order");
    auto* account = command->add_option("--account", o->account, "whose --cid it is");
    auto* family = command->add_option("--family", o->family, "the band of this family");
    command->add_option("--version", o->version, "of the band; default: the one in force")->needs(family);
    family->excludes(order)->excludes(cid);
    cid->needs(account)->excludes(order);
    account->needs(cid);
    command->add_option("--at", o->at, "as of this sequence; default: the last one");
    command->add_flag("--json", o->json, "the answer as the exchange gives it");
    command->callback([=, &status] {
        if (o->order == 0 && o->cid.empty() && o->family.empty()) {
            fmt::print(stderr,
                       "gridbook: explain: give --order ID, --account NAME --cid CID, or --family NAME\n");
            status = 1;
            return;
        }
        status = explain(*o, std::cout);
    });
}

}  // namespace

void add_regulator_subcommands(CLI::App& app, int& status) {
    add_regulator(app, status);
    add_explain(app, status);
}

}  // namespace gridbook::gateway
