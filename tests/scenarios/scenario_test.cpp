// SPDX-License-Identifier: Apache-2.0
// Runs every *.scenario of this folder. With GRIDBOOK_ACCEPT=1 expectations are rewritten instead of
// compared; the difference is then reviewed like any other change.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/scenarios/story.hpp"

namespace gridbook::tests {

namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// The first line that differs, with its number.
std::string first_difference(const std::string& expected, const std::string& actual) {
    std::istringstream a(expected), b(actual);
    std::string wanted, got;
    for (int number = 1;; ++number) {
        const bool more_wanted = static_cast<bool>(std::getline(a, wanted));
        const bool more_got = static_cast<bool>(std::getline(b, got));
        if (!more_wanted && !more_got) return "";
        if (!more_wanted) wanted = "(end)";
        if (!more_got) got = "(end)";
        if (wanted != got) return fmt::format("line {}\n  expected: {}\n  told:     {}", number, wanted, got);
    }
}

}  // namespace

TEST_CASE("every scenario is told as it is written", "[scenario]") {
    const bool accept = std::getenv("GRIDBOOK_ACCEPT") != nullptr;
    std::set<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(GRIDBOOK_SOURCE_DIR "/tests/scenarios"))
        if (entry.path().extension() == ".scenario") paths.insert(entry.path());
    REQUIRE(paths.size() >= 16);
    for (const auto& path : paths) {
        const std::string expected = content(path);
        const std::string actual = told(expected);
        if (accept) {
            std::ofstream(path) << actual;
            continue;
        }
        INFO(path.filename().string() << " " << first_difference(expected, actual));
        CHECK(expected == actual);
    }
}

TEST_CASE("a scenario that expects too much, too little or something else fails", "[scenario]") {
    const std::string right = told("> account acme cash 100\n> acme buy 1 @ 14.00 as b-1\n");
    CHECK(told(right) == right);
    CHECK(told(right + "  acme fill b-1\n") != right + "  acme fill b-1\n");
    CHECK(told("> account acme cash 100\n> acme buy 1 @ 14.00 as b-1\n") !=
          "> account acme cash 100\n> acme buy 1 @ 14.00 as b-1\n");
    CHECK_THROWS(told("> acme dance\n"));
}

}  // namespace gridbook::tests
