// SPDX-License-Identifier: Apache-2.0
// A draft band on a past day: what the day was, and what it would have been.
#include <sstream>

#include "following.hpp"
#include "ledger/sandbox/sandbox.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using namespace gridbook::tests;

namespace {

constexpr engine::AccountId acme{0}, bert{1}, carl{2}, prov{3};
constexpr const char* h100 = "H100.CN-EAST.G2";

// The second day: the first has what was there before.
SandboxOptions second_day(DraftBand draft) {
    SandboxOptions options;
    options.from = clock(24);
    options.upto = clock(48);
    options.drafts = {std::move(draft)};
    options.progress = false;
    return options;
}

DraftBand draft(Amount floor, Amount ceiling, std::string family = h100) {
    return {std::move(family), floor.value, ceiling.value, {}};
}

SandboxReport run(const std::filesystem::path& data, const SandboxOptions& options) {
    auto report = run_sandbox(data, options);
    if (!report) FAIL(report.error().text);
    return std::move(*report);
}

// An order that rests from the first day, one trade at 13.00 and one at 14.00 on the second.
void tell_story(Story& story) {
    const auto hour = hour_of(0, 36);
    story.at(clock(23));
    story.send(buy(2).at("12.00").of(hour).from(acme).as("early"));
    story.at(clock(25));
    story.send(sell(10).at("13.00").of(hour).from(prov).as("s-1"));
    story.send(buy(10).at("13.00").of(hour).from(acme).as("b-1"));
    story.at(clock(26));
    story.send(sell(5).at("14.00").of(hour).from(carl).as("s-2"));
    story.send(buy(5).at("14.00").of(hour).from(bert).as("b-2"));
    story.send(sell(3).at("14.50").of(hour).from(carl).as("s-3"));
    story.at(clock(27));
    story.send(cancel("s-3", carl));
    story.flush();
}

std::string json(const SandboxReport& report) {
    std::ostringstream out;
    write_json(out, report);
    return out.str();
}

}  // namespace

TEST_CASE("A draft floor refuses the cheap trade, parks what rests below it, and says what that costs") {
    TempFolder folder;
    Story story(folder.path());
    tell_story(story);
    const SandboxReport report = run(folder.path(), second_day(draft("13.50", "19.60")));
    REQUIRE(report.families.size() == 1);
    const FamilyOutcome& o = report.families[0];
    REQUIRE(o.family == h100);
    REQUIRE(o.drafted);
    REQUIRE(o.floor == engine::Price{1'350});
    REQUIRE(o.was.trades == 2);
    REQUIRE(o.was.notional == money("200"));
    REQUIRE(o.was.vwap(engine::Product::gpu) == money("13.333333"));
    // 200 without maker fees 0.065 and 0.035, and taxes 0.0039 and 0.0021.
    REQUIRE(o.was.provider_income == money("199.894"));
    REQUIRE(o.was.unmet == engine::Quantity{0});
    REQUIRE(o.was.waiting == engine::Quantity{20});
    REQUIRE(o.draft.trades == 1);
    REQUIRE(o.draft.notional == money("70"));
    REQUIRE(o.draft.vwap(engine::Product::gpu) == money("14"));
    REQUIRE(o.draft.provider_income == money("69.9629"));
    REQUIRE(o.draft.refused_hard == 2);
    REQUIRE(o.draft.parked == 1);
    REQUIRE(o.draft.unmet == engine::Quantity{100});
    REQUIRE(o.draft.waiting == engine::Quantity{20});
    REQUIRE(o.was.hours[1].trades == 1);
    REQUIRE(o.draft.hours[1].refused == 2);
    REQUIRE(o.draft.hours[2].lots == engine::Quantity{50});
}

TEST_CASE("The band that was in force, as a draft, gives the day as it was") {
    TempFolder folder;
    Story story(folder.path(), 7, 500);
    std::mt19937_64 random(5);
    for (int i = 0; i < 600; ++i) {
        const auto hour = hour_of(0, 36 + static_cast<int>(random() % 4));
        if (i % 20 == 0) story.at(clock(23) + engine::minute * (i / 5));
        const engine::AccountId who{static_cast<std::uint32_t>(random() % 4)};
        const engine::Decimal price{(1'350 + static_cast<std::int64_t>(random() % 100)) *
                                    engine::tick_decimal};
        const engine::Decimal qty{static_cast<std::int64_t>(1 + random() % 50) * engine::gpu_lot_decimal};
        auto order = who.value < 2 ? buy(qty) : sell(qty);
        story.send(order.at(price).of(hour).from(who).as("c" + std::to_string(i)));
        if (i % 7 == 0) story.send(cancel("c" + std::to_string(random() % 600), who));
    }
    story.flush();
    const SandboxReport report = run(folder.path(), second_day(draft("9.80", "19.60")));
    REQUIRE(report.families.size() == 1);
    REQUIRE(report.families[0].was.trades > 50);
    REQUIRE(report.families[0].was == report.families[0].draft);
}

TEST_CASE("From a snapshot it finds the same as from genesis, and changes no file") {
    TempFolder folder;
    Story story(folder.path());
    tell_story(story);
    const std::string from_genesis = json(run(folder.path(), second_day(draft("13.50", "19.60"))));

    TempFolder other;
    Story again(other.path());
    again.at(clock(22));
    again.flush();
    FollowerOptions options;
    options.data = other.path();
    Follower follower(again.journal(), options);
    begin(follower);
    catch_up(follower);
    snapshot(follower);
    tell_story(again);
    catch_up(follower);
    snapshot(follower);  // made after the day began: passed over
    const auto bytes_of = [&] {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(other.path())) {
            if (!entry.is_regular_file() || entry.path().extension() == ".mdb-lock" ||
                entry.path().filename() == "lock.mdb")
                continue;
            std::ifstream in(entry.path(), std::ios::binary);
            files[entry.path().string()] = {std::istreambuf_iterator<char>(in), {}};
        }
        return files;
    };
    const auto before = bytes_of();
    const SandboxReport report = run(other.path(), second_day(draft("13.50", "19.60")));
    // The other journal has one command more, before the day.
    REQUIRE(report.commands == 9);
    const auto families = [](const std::string& text) { return text.substr(text.find("\"families\"")); };
    REQUIRE(families(json(report)) == families(from_genesis));
    REQUIRE((bytes_of() == before));
}

TEST_CASE("On the day on which the journal begins, a draft is in force from the moment its family is there") {
    TempFolder folder;
    Story story(folder.path());
    story.send(sell(10).at("13.00").of(noon).from(prov).as("s-1"));
    story.send(buy(10).at("13.00").of(noon).from(acme).as("b-1"));
    story.flush();
    SandboxOptions first = second_day(draft("13.50", "19.60"));
    first.from = clock(0), first.upto = clock(24);
    const SandboxReport report = run(folder.path(), first);
    REQUIRE(report.families[0].was.trades == 1);
    REQUIRE(report.families[0].draft.refused_hard == 2);
}

TEST_CASE("What cannot be tried is said") {
    TempFolder folder;
    Story story(folder.path());
    tell_story(story);
    const auto error = [&](const SandboxOptions& options) {
        const auto report = run_sandbox(folder.path(), options);
        REQUIRE(!report);
        return report.error().text;
    };
    REQUIRE(error(second_day(draft("13.50", "19.60", "H200.CN-EAST.G2"))) ==
            "there was no family H200.CN-EAST.G2 on that day");
    REQUIRE(error(second_day(draft("20.00", "19.60"))).find("is refused: FORMAT_VALUE") != std::string::npos);
    SandboxOptions later = second_day(draft("13.50", "19.60"));
    later.from = clock(72), later.upto = clock(96);
    REQUIRE(error(later).find("no command between 2026-12-04T00:00:00") == 0);
}

TEST_CASE("The page of a sandbox holds both days, its pictures and nothing from elsewhere") {
    TempFolder folder;
    Story story(folder.path());
    tell_story(story);
    std::ostringstream out;
    write_html(out, run(folder.path(), second_day(draft("13.50", "19.60"))));
    const std::string page = out.str();
    for (const char* wanted : {"<svg", "13.333333", "provider income", "H100.CN-EAST.G2", "unmet demand"})
        REQUIRE(page.find(wanted) != std::string::npos);
    REQUIRE(page.find("http") == std::string::npos);
}
