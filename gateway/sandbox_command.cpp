// SPDX-License-Identifier: Apache-2.0
#include "gateway/sandbox_command.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "gateway/admin/draft_band.hpp"
#include "gateway/ingress/instant.hpp"
#include "ledger/sandbox/sandbox.hpp"

namespace gridbook::gateway {
namespace {

// Only in time that nobody else wants: what wakes up beside it runs at once, which the lowest of the usual
// priorities does not promise. A wish, both.
void go_behind_the_market() {
    (void)::setpriority(PRIO_PROCESS, 0, 19);
    const sched_param none{};
    (void)::sched_setscheduler(0, SCHED_IDLE, &none);
}

constexpr int done = 0, wrong = 2;

struct Flags {
    std::string data, day, json, html;
    std::vector<std::string> bands;
};

int complain(const std::string& what) {
    fmt::print(stderr, "sandbox: {}\n", what);
    return wrong;
}

template <class Write>
bool write_to(const std::string& file, Write&& write) {
    if (file == "-") return write(std::cout), true;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    if (out) write(out);
    out.flush();
    if (!out) complain(fmt::format("{} cannot be written: check the folder and its rights", file));
    return static_cast<bool>(out);
}

int run(const Flags& flags) {
    ledger::SandboxOptions options;
    const auto day = parse_instant(flags.day + "T00:00:00Z");
    if (!day) return complain(fmt::format("--day: a day of UTC, as 2026-12-01, got {}", flags.day));
    options.from = *day;
    options.upto = engine::Time{day->value + engine::day.value};
    for (const std::string& text : flags.bands) {
        auto draft = read_draft(text);
        if (!draft)
            return complain(
                fmt::format("--band: FAMILY:FLOOR:CEILING[:GUIDANCE], prices above 0, an empty one "
                            "leaves what was, got {}",
                            text));
        options.drafts.push_back(std::move(*draft));
    }
    go_behind_the_market();
    const auto report = ledger::run_sandbox(flags.data, options);
    if (!report) return complain(report.error().text);
    const bool written = write_to(flags.json, [&](std::ostream& out) { ledger::write_json(out, *report); }) &&
                         (flags.html.empty() ||
                          write_to(flags.html, [&](std::ostream& out) { ledger::write_html(out, *report); }));
    return written ? done : wrong;
}

}  // namespace

void add_sandbox(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "sandbox", "try a draft band on a past day of a journal, also beside a running exchange");
    auto flags = std::make_shared<Flags>();
    flags->json = "-";
    command->add_option("--data", flags->data, "data folder")->required();
    command->add_option("--day", flags->day, "the day, UTC, as 2026-12-01")->required();
    command
        ->add_option("--band", flags->bands,
                     "FAMILY:FLOOR:CEILING[:GUIDANCE], in force from the first moment of the day; may be "
                     "given several times")
        ->required();
    command->add_option("--json", flags->json, "write the report here as JSON; default -, standard output");
    command->add_option("--html", flags->html, "and here as a page with pictures");
    command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace gridbook::gateway
