// SPDX-License-Identifier: Apache-2.0
// The small exact parts of the replay: draws, tables, windows.
#include <catch2/catch.hpp>

#include "gateway/replay/csv.hpp"
#include "gateway/replay/quantile.hpp"
#include "gateway/replay/scenario.hpp"

using namespace gridbook;
using namespace gridbook::gateway::replay;

TEST_CASE("u(s) is the first 13 hex digits of SHA-256") {
    // SHA-256("abc") = ba7816bf 8f01cfea ...
    CHECK(Quantile::of("abc").value() == 0xba7816bf8f01cULL);
    CHECK(Quantile::of("abc").index(1'000) == 728);
    CHECK(Quantile::of("abc").below(73, 100));
    CHECK_FALSE(Quantile::of("abc").below(72, 100));
    CHECK(Quantile{0}.index(79) == 0);
    CHECK(Quantile{(std::uint64_t{1} << 52) - 1}.index(79) == 78);
    CHECK_FALSE(Quantile{(std::uint64_t{1} << 52) - 1}.below(99, 100));
    CHECK(Quantile{(std::uint64_t{1} << 52) - 1}.below(100, 100));
}

TEST_CASE("a table names what it cannot read") {
    const Table table =
        Table::parse("a,b,when\n1,$2.50,2017-10-01 00:00:05\nx,,2017-13-01 00:00:05\n", "t.csv");
    CHECK(table.rows() == 2);
    CHECK(table.integer(0, table.column("a")) == 1);
    CHECK(table.millionths(0, table.column("b")) == 2'500'000);
    CHECK(table.seconds(0, table.column("when")) == 1'506'816'005);
    CHECK_THROWS_WITH(table.integer(1, 0), Catch::Contains("t.csv:3") && Catch::Contains("'x'"));
    CHECK_THROWS_WITH(table.millionths(1, 1), Catch::Contains("t.csv:3: b"));
    CHECK_THROWS_WITH(table.seconds(1, 2), Catch::Contains("t.csv:3: when"));
    CHECK_THROWS_WITH(table.column("c"), Catch::Contains("no column c"));
    CHECK_THROWS_WITH(Table::parse("a,b\n1\n", "t.csv"), Catch::Contains("t.csv:2"));
    CHECK_THROWS_WITH(Table::parse("", "t.csv"), Catch::Contains("empty"));
    CHECK_THROWS_WITH(Table::read("/nonexistent/t.csv.gz"), Catch::Contains("/nonexistent/t.csv.gz"));
}

TEST_CASE("a window starts at the first full hour whose gate is still open") {
    const auto at = [](int h, int m, int s) {
        return engine::Time{((h * 60LL + m) * 60 + s) * engine::second.value};
    };
    CHECK(first_open_hour(at(12, 0, 0)).value == 13);
    CHECK(first_open_hour(at(12, 44, 59)).value == 13);
    CHECK(first_open_hour(at(12, 45, 0)).value == 14);
    CHECK(first_open_hour(at(12, 59, 59)).value == 14);
    CHECK(gate_open(engine::Period{13}, at(12, 44, 59)));
    CHECK_FALSE(gate_open(engine::Period{13}, at(12, 45, 0)));
}

TEST_CASE("products of prices are rounded half up to the tick") {
    CHECK(to_cny({980'000}, {}).value == 686);
    CHECK(to_cny({2'300'000}, {125, 100}).value == 2'013);          // 20.125
    CHECK(scaled(engine::Price{1'911}, {95, 100}).value == 1'815);  // 18.1545
    CHECK(scaled(engine::Price{10}, {95, 100}).value == 10);        // 0.095
    CHECK(scaled(engine::Price{1'000}, {9, 10 * 3}).value == 300);
}
