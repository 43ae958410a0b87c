// SPDX-License-Identifier: Apache-2.0
// Invoices of an exchange that traded for days: gap-free numbers and lines, days and months, and the same
// sums as the entries of the journal. Those of deliveries are in postings_deliveries_test.cpp.
#include "following.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::Money;

namespace {

// Two providers sell to two buyers, partly filled and at several prices, in hours of the present day.
void trade(Story& story, int trades) {
    using namespace tests;
    const auto day = static_cast<int>((story.now().value - day_one.value) / engine::day.value);
    for (int n = 0; n < trades; ++n) {
        const std::string cid = std::to_string(day) + "-" + std::to_string(n);
        const auto hour = hour_of(0, day * 24 + 2 + n % 20);
        const engine::Decimal price{(1'350 + n) * engine::tick_decimal};
        const auto lots = [&](int count) { return engine::Decimal{count * engine::gpu_lot_decimal}; };
        const engine::AccountId provider{2 + static_cast<std::uint32_t>(n % 2)};
        const engine::AccountId consumer{static_cast<std::uint32_t>(n / 2 % 2)};
        story.send(sell(lots(10 + n)).at(price).of(hour).from(provider).as("s" + cid));
        story.send(buy(lots(7 + n)).at(price).of(hour).from(consumer).as("b" + cid));
    }
}

// Four accounts trade on some days, idle on others, over the end of two months. The projection is written in
// between, so that what is not invoiced yet is read again.
struct Traded {
    TempFolder folder;
    Story story{folder.path(), 5};
    std::unique_ptr<Projection> projection = open_projection(folder.path());

    Traded() {
        FollowerOptions options;
        options.data = folder.path();
        options.projection = projection.get();
        for (int days : {1, 1, 12, 20, 31}) {
            Follower follower(story.journal(), options);
            begin(follower);
            trade(story, 60);
            story.flush();
            catch_up(follower);
            snapshot(follower);
            for (int day = 0; day < days; ++day) story.at(story.now() + engine::day);
        }
        story.flush();
        Follower follower(story.journal(), options);
        begin(follower);
        catch_up(follower);
        snapshot(follower);
    }
    std::vector<LineRow> lines(engine::AccountId account) const {
        std::vector<LineRow> all;
        while (true) {
            const auto page = projection->lines(account, all.size() + 1, 700);
            if (!page) FAIL(page.error().text);
            all.insert(all.end(), page->rows.begin(), page->rows.end());
            if (!page->more) return all;
        }
    }
    std::vector<InvoiceRow> invoices(engine::AccountId account, InvoicePeriod period) const {
        const auto page = projection->invoices(account, period, 1, 1'000);
        if (!page) FAIL(page.error().text);
        REQUIRE_FALSE(page->more);
        return page->rows;
    }
};

}  // namespace

TEST_CASE("days and months of the calendar", "[billing]") {
    const engine::Time leap{1'709'208'000'000'000'000};  // 2024-02-29T12:00:00Z
    CHECK(span_of(InvoicePeriod::day, leap).start == engine::Time{1'709'164'800'000'000'000});
    CHECK(span_of(InvoicePeriod::day, leap).end == engine::Time{1'709'251'200'000'000'000});
    CHECK(span_of(InvoicePeriod::month, leap).start == engine::Time{1'706'745'600'000'000'000});
    CHECK(span_of(InvoicePeriod::month, leap).end == engine::Time{1'709'251'200'000'000'000});
    const engine::Time last{1'704'067'199'999'999'999};  // the last nanosecond of 2023
    CHECK(span_of(InvoicePeriod::month, last).end == engine::Time{last.value + 1});
    CHECK(span_of(InvoicePeriod::month, engine::Time{last.value + 1}).start == engine::Time{last.value + 1});
}

TEST_CASE("lines are numbered without gaps and sum to what the entries took", "[billing]") {
    const Traded t;
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        const auto lines = t.lines(account);
        REQUIRE(lines.size() >= 5 * 30);
        Money sum{};
        for (std::size_t i = 0; i < lines.size(); ++i) {
            REQUIRE(lines[i].number == i + 1);
            REQUIRE(lines[i].cost != Money{});
            sum += lines[i].cost;
        }
        const auto b = t.projection->balance(account)->rows.at(0);
        CHECK(sum == tests::money("1000000") - (b.cash + b.hold + b.margin + b.receivable + b.penalty));
        const auto fills = t.projection->fills(account, engine::Sequence{}, 1)->rows;
        CHECK(fills.at(0).event.header.sequence == lines[0].sequence);
    }
}

TEST_CASE("every line is on one invoice of a day and one of a month, numbered without gaps", "[billing]") {
    const Traded t;
    for (std::uint32_t a = 0; a < 4; ++a) {
        const engine::AccountId account{a};
        const auto lines = t.lines(account);
        for (const InvoicePeriod period : {InvoicePeriod::day, InvoicePeriod::month}) {
            const auto invoices = t.invoices(account, period);
            CHECK(invoices.size() == (period == InvoicePeriod::day ? 5 : 2));
            std::uint64_t line = 1;
            for (std::size_t i = 0; i < invoices.size(); ++i) {
                const InvoiceRow& invoice = invoices[i];
                CHECK(invoice.number == i + 1);
                CHECK(invoice.first_line == line);
                CHECK(invoice.issued >= invoice.end);
                CostsByKind costs{};
                for (; line <= invoice.last_line; ++line) {
                    const LineRow& l = lines.at(line - 1);
                    REQUIRE((l.time >= invoice.start && l.time < invoice.end));
                    costs[static_cast<std::size_t>(l.kind)] += l.cost;
                }
                CHECK(costs == invoice.costs);
            }
            CHECK(line == lines.size() + 1);
            const auto open = t.projection->bill(account)->rows.at(0).open[static_cast<std::size_t>(period)];
            CHECK(open.first_line == 0);
            CHECK(open.invoices == invoices.size());
        }
    }
}

TEST_CASE("what is not invoiced yet is told, and an exchange that stood still invoices it later",
          "[billing]") {
    TempFolder folder;
    Story story(folder.path(), 5);
    const auto projection = open_projection(folder.path());
    FollowerOptions options;
    options.data = folder.path();
    options.projection = projection.get();
    {
        Follower follower(story.journal(), options);
        begin(follower);
        trade(story, 20);
        story.flush();
        catch_up(follower);
        snapshot(follower);
    }
    const engine::AccountId account{3};
    const auto open = projection->bill(account)->rows.at(0).open[0];
    CHECK(open.first_line == 1);
    CHECK(open.start == tests::day_one);
    CHECK(projection->invoices(account, InvoicePeriod::day, 1, 10)->rows.empty());
    story.at(tests::day_one + engine::day * 3);
    story.flush();
    Follower follower(story.journal(), options);
    begin(follower);
    catch_up(follower);
    snapshot(follower);
    const auto made = projection->invoices(account, InvoicePeriod::day, 1, 10)->rows;
    REQUIRE(made.size() == 1);
    CHECK(made[0].costs == open.costs);
    // With what the market did first behind midnight, not when somebody looked.
    CHECK(made[0].end == tests::day_one + engine::day);
    CHECK(made[0].issued >= made[0].end);
    CHECK(made[0].issued < made[0].end + engine::hour);
    CHECK(projection->invoices(account, InvoicePeriod::month, 1, 10)->rows.empty());
}
