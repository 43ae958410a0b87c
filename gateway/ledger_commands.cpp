// SPDX-License-Identifier: Apache-2.0
#include "gateway/ledger_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "gateway/config.hpp"
#include "gateway/ingress/instant.hpp"
#include "ledger/backup.hpp"
#include "ledger/export/export.hpp"
#include "ledger/projection/rebuild.hpp"
#include "ledger/segment_check.hpp"
#include "ledger/surveillance/report.hpp"

namespace gridbook::gateway {
namespace {

void add_rebuild(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("rebuild",
                                       "write the projection anew from the journal of a stopped exchange, "
                                       "and compare it with what was there");
    auto data = std::make_shared<std::string>();
    auto options = std::make_shared<ledger::RebuildOptions>();
    command->add_option("--data", *data, "data folder")->required();
    command->add_flag("--check", options->check, "compare only; exit status 1 when it differs");
    command->callback([=, &status] { status = ledger::rebuild(*data, std::cout, *options); });
}

int run_export(const std::string& data, const std::string& file, const ledger::ExportOptions& options) {
    if (file.empty()) return ledger::export_journal(data, std::cout, std::cerr, options);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    if (!out) {
        fmt::print(stderr, "export: {} cannot be written: check the folder and its rights\n", file);
        return 2;
    }
    return ledger::export_journal(data, out, std::cerr, options);
}

ledger::ExportOf export_of(std::string_view what) {
    if (what == "fills") return ledger::ExportOf::fills;
    if (what == "hashes") return ledger::ExportOf::hashes;
    if (what == "deliveries") return ledger::ExportOf::deliveries;
    return what == "postings" ? ledger::ExportOf::postings : ledger::ExportOf::statements;
}

// False: there is a configuration, and it cannot be read.
bool read_energy(const std::string& file, ledger::EnergyRates& energy) {
    if (file.empty()) return true;
    std::string error;
    const auto config = read_config(file, error);
    if (!config) fmt::print(stderr, "export: {}\n", error);
    if (config) energy = config->energy;
    return config.has_value();
}

void add_export(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("export",
                                       "write fills, postings, statements, settled deliveries or state "
                                       "hashes as text; also beside a running "
                                       "exchange");
    auto data = std::make_shared<std::string>();
    auto what = std::make_shared<std::string>();
    auto format = std::make_shared<std::string>("csv");
    auto file = std::make_shared<std::string>();
    auto options = std::make_shared<ledger::ExportOptions>();
    auto config = std::make_shared<std::string>();
    command->add_option("what", *what, "fills, postings, statements, deliveries or hashes")
        ->required()
        ->check(CLI::IsMember({"fills", "postings", "statements", "deliveries", "hashes"}));
    command->add_option("--data", *data, "data folder")->required();
    command->add_option("--format", *format, "csv, or jsonl: one JSON object a line")
        ->check(CLI::IsMember({"csv", "jsonl"}));
    command->add_option("--out", *file, "file to write; default: standard output");
    command->add_option("--account", options->account, "only this account; default: all");
    command->add_option("--config", *config,
                        "power of classes and carbon of zones: grams of CO2 of deliveries");
    command->add_option("--from-sequence", options->from.value, "first sequence told; default: 1");
    command->add_option("--to-sequence", options->to.value, "last sequence told; default: all");
    command->callback([=, &status] {
        options->of = export_of(*what);
        options->as = *format == "csv" ? ledger::ExportAs::csv : ledger::ExportAs::json_lines;
        status = read_energy(*config, options->energy) ? run_export(*data, *file, *options) : 2;
    });
}

void add_backup(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "backup", "copy journal and snapshots as of one commit, also of a running exchange; no private keys");
    auto data = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();
    command->add_option("--data", *data, "data folder")->required();
    command->add_option("--to", *to, "folder of the backup, empty or not there yet")->required();
    command->callback([=, &status] { status = ledger::backup(*data, *to, std::cout); });
}

void add_restore(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "restore",
        "make a data folder of a backup, up to a sequence, and prove it by its recorded state hashes");
    auto from = std::make_shared<std::string>();
    auto data = std::make_shared<std::string>();
    auto options = std::make_shared<ledger::RestoreOptions>();
    command->add_option("--from", *from, "folder of the backup")->required();
    command->add_option("--data", *data, "data folder, empty or not there yet")->required();
    command->add_option("--to-sequence", options->to.value, "last sequence restored; default: all");
    command->callback([=, &status] { status = ledger::restore(*from, *data, std::cout, *options); });
}

void add_segments(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "segments", "list the files of a journal, or prove one that was copied away, by itself");
    auto data = std::make_shared<std::string>();
    auto file = std::make_shared<std::string>();
    auto check = std::make_shared<bool>(false);
    auto* of_folder = command->add_option("--data", *data, "data folder, also of a running exchange");
    auto* of_file = command->add_option("--file", *file, "one segment, proven byte by byte");
    command->add_flag("--check", *check, "prove every byte of every segment")->needs(of_folder);
    of_folder->excludes(of_file);
    command->require_option(1, 2);
    command->callback([=, &status] {
        status = file->empty() ? ledger::list_segments(*data, std::cout, *check)
                               : ledger::check_segment(*file, std::cout);
    });
}

// A day of UTC, as 2026-12-01; empty: none was given. False: it is no day.
bool read_day(const std::string& text, engine::Time& day) {
    if (text.empty()) return true;
    const auto read = parse_instant(text + "T00:00:00Z");
    if (!read) fmt::print(stderr, "surveillance: a day of UTC, as 2026-12-01, not {}\n", text);
    if (read) day = *read;
    return read.has_value();
}

struct SurveillanceFlags {
    std::string data, config, from, to;
    bool json = false;
};

int run_surveillance(const SurveillanceFlags& flags) {
    constexpr int wrong = 2;
    ledger::SurveillanceOptions options;
    options.json = flags.json;
    if (!flags.config.empty()) {
        std::string error;
        const auto config = read_config(flags.config, error);
        if (!config) {
            fmt::print(stderr, "surveillance: {}\n", error);
            return wrong;
        }
        options.thresholds = config->surveillance.thresholds;
    }
    if (!read_day(flags.from, options.from) || !read_day(flags.to, options.upto)) return wrong;
    if (!flags.to.empty()) options.upto = options.upto + engine::day;
    return ledger::survey(flags.data, std::cout, std::cerr, options);
}

void add_surveillance(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "surveillance",
        "alerts of a journal, each with the sequences it was counted from; also beside a running exchange");
    auto flags = std::make_shared<SurveillanceFlags>();
    command->add_option("--data", flags->data, "data folder")->required();
    command->add_option("--config", flags->config,
                        "thresholds of its [surveillance]; default: those of the rules");
    command->add_option("--from", flags->from, "first day told, UTC, as 2026-12-01; default: the first");
    command->add_option("--to", flags->to, "last day told; default: the last");
    command->add_flag("--json", flags->json, "one object a line");
    command->callback([flags, &status] { status = run_surveillance(*flags); });
}

}  // namespace

void add_ledger_subcommands(CLI::App& app, int& status) {
    add_rebuild(app, status);
    add_export(app, status);
    add_backup(app, status);
    add_restore(app, status);
    add_segments(app, status);
    add_surveillance(app, status);
}

}  // namespace gridbook::gateway
