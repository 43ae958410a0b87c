// SPDX-License-Identifier: Apache-2.0
// Exchange and twin over seeded flows. GRIDBOOK_TWIN_COMMANDS sets how many commands in all (default
// 200,000), GRIDBOOK_TWIN_SEED the only seed to run, for a failure that was reported, GRIDBOOK_TWIN_APART=1
// beside it when a check stops the process before it can report.
#include <catch2/catch.hpp>
#include <cctype>
#include <cstdlib>

#include "tests/engine/describe.hpp"
#include "tests/twin/alone.hpp"
#include "tests/twin/coverage.hpp"
#include "tests/twin/pair.hpp"
#include "tests/twin/shrink.hpp"

namespace gridbook::twin {

namespace {

constexpr std::size_t flow_length = 10'000;
constexpr std::size_t asked_every = 500;
constexpr std::uint64_t enough_to_see_all = 200'000;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Difference step(Pair& pair, const Sent& sent, bool ask) {
    if (auto difference = pair.send(sent)) return difference;
    if (auto broken = broken_invariant(pair.twin())) return broken;
    return ask ? pair.ask_everything() : std::nullopt;
}

// The commands of a seed. The flow looks at the twin alone, so they can be had without the exchange.
std::vector<Sent> commands_of(std::uint64_t seed, std::size_t commands) {
    Alone alone;
    Flow flow(seed, alone.twin(), regulated(seed), delivering(seed));
    std::vector<Sent> all;
    for (std::size_t i = 0; i < commands; ++i) {
        all.push_back(flow.next());
        alone.send(all.back());
    }
    return all;
}

Difference run(const std::vector<Sent>& commands, Coverage* coverage = nullptr,
               std::size_t* reached = nullptr) {
    Pair pair;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (reached != nullptr) *reached = i + 1;
        const bool ask = coverage != nullptr && i % asked_every == asked_every - 1;
        const auto difference = step(pair, commands[i], ask);
        if (coverage != nullptr) coverage->count(commands[i].command, pair.told());
        if (difference) return difference;
    }
    if (coverage != nullptr) {
        coverage->count("commands", commands.size());
        coverage->count("trades", pair.twin().trades());
        coverage->count("follow-ons", pair.follow_ons());
        coverage->count(pair.twin().prevented());
    }
    return pair.ask_everything();
}

bool differs(const std::vector<Sent>& commands) { return run(commands).has_value(); }

// What both told in the first difference, without the numbers: a shorter list must show the same kind of
// difference, or the search slips from the failure it began with to another one.
std::string shape(const Difference& difference) {
    std::string words;
    for (const char c :
         difference.value_or("nothing").substr(0, difference.value_or("nothing").find("\n        ")))
        if (std::isalpha(static_cast<unsigned char>(c))) words += c;
    return words.substr(words.find("event") == std::string::npos ? 0 : words.find("event"));
}

// The shortest list that still shows it, and what it shows.
void report(std::uint64_t seed, std::vector<Sent> commands) {
    const bool stops = fails_apart([](const auto& list) { return run(list), false; }, commands);
    std::size_t reached = commands.size();
    const std::string first = stops ? "" : shape(run(commands, nullptr, &reached));
    commands.resize(reached);
    const auto same = [&](const auto& list) {
        const Difference d = run(list);
        return !stops && d.has_value() && shape(d) == first;
    };
    const auto shortest = shrink(commands, same);
    fmt::print("seed {}: shortest list that shows it, {} commands:\n", seed, shortest.size());
    for (const Sent& sent : shortest) {
        engine::Command command = sent.command;
        command.header.time = sent.at;
        fmt::print("  {}\n", tests::line_of(command));
    }
    const auto runs_through = [](const auto& list) { return run(list), false; };
    if (fails_apart(runs_through, shortest))
        fmt::print("seed {}: a check inside stops the process\n", seed);
    else
        fmt::print("seed {}: {}\n", seed, run(shortest).value_or("no difference any more"));
}

}  // namespace

TEST_CASE("exchange and twin tell the same story over seeded flows", "[twin]") {
    const std::uint64_t total = number_from("GRIDBOOK_TWIN_COMMANDS", 200'000);
    const std::uint64_t only = number_from("GRIDBOOK_TWIN_SEED", 0);
    Coverage coverage;
    for (std::uint64_t seed = only ? only : 1, done = 0; done < total; ++seed, done += flow_length) {
        const auto commands = commands_of(seed, flow_length);
        // A child first: a check that stops the process must not take the report with it.
        if (only && std::getenv("GRIDBOOK_TWIN_APART") && fails_apart(differs, commands))
            report(seed, commands);
        const Difference difference = run(commands, &coverage);
        if (difference && !only) report(seed, commands);
        INFO("seed " << seed << ": " << difference.value_or(""));
        REQUIRE_FALSE(difference.has_value());
        if (only) return;
    }
    coverage.print();
    for (const auto& word : coverage.missing()) fmt::print("never happened: {}\n", word);
    // A shorter run says what it saw, but does not promise all of it.
    if (total >= enough_to_see_all) CHECK(coverage.missing().empty());
}

}  // namespace gridbook::twin
