// SPDX-License-Identifier: Apache-2.0
// What a stranger expects of every file: its licence, its length, no leftovers; and that the READMEs name
// what is there.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "engine/reject_reason.hpp"
#include "tests/tidy/tree.hpp"

namespace gridbook::tidy {

namespace {

bool is_source(const File& file) {
    return file.is_cpp() || file.is(".py") || file.is(".mjs") || file.is(".js") || file.is(".ts") ||
           file.is(".sh") || file.is("CMakeLists.txt") || file.is(".cmake") || file.is(".toml") ||
           file.is(".service") || file.in(".ci/");
}

std::string all_of(const File& file) {
    std::string text;
    for (const std::string& line : file.lines) text += line + '\n';
    return text;
}

// `config.{hpp,cpp}` names two files.
std::vector<std::string> spelled_out(const std::string& name) {
    const std::size_t open = name.find('{'), close = name.find('}');
    if (open == std::string::npos || close == std::string::npos || close < open) return {name};
    std::vector<std::string> names;
    std::string part;
    for (const char c : name.substr(open + 1, close - open - 1) + ",") {
        if (c != ',') {
            part += c;
            continue;
        }
        names.push_back(name.substr(0, open) + part + name.substr(close + 1));
        part.clear();
    }
    return names;
}

// A path below the folder, a pair of files told by their stem, or a pattern with * in its last part.
bool exists(const fs::path& folder, const std::string& name) {
    const std::size_t star = name.find('*');
    if (star == std::string::npos)
        return fs::exists(folder / name) || fs::exists(folder / (name + ".hpp")) ||
               fs::exists(folder / (name + ".cpp"));
    const fs::path pattern = folder / name;
    if (!fs::is_directory(pattern.parent_path())) return false;
    const std::string file = pattern.filename().string();
    const std::string before = file.substr(0, file.find('*')), after = file.substr(file.find('*') + 1);
    for (const auto& entry : fs::directory_iterator(pattern.parent_path())) {
        const std::string found = entry.path().filename().string();
        if (found.size() >= before.size() + after.size() && found.starts_with(before) &&
            found.ends_with(after))
            return true;
    }
    return false;
}

// Every `name` in the cell that exists nowhere below the folder. A word without a slash or dot in the
// guarantees is a command, not a file.
void check_cell(const File& readme, std::size_t line, const std::string& cell, bool paths_only,
                Complaints& complaints) {
    static const std::regex quoted("`([^`]+)`");
    for (auto m = std::sregex_iterator(cell.begin(), cell.end(), quoted); m != std::sregex_iterator(); ++m) {
        const std::string token = (*m)[1];
        if (paths_only && token.find('/') == std::string::npos) continue;
        for (const std::string& name : spelled_out(token))
            if (!exists((root() / readme.path).parent_path(), name))
                complaints.add(readme, line, "there is no " + name);
    }
}

// Tables whose first heading is "file" or "folder": what their rows name first must exist. Of the guarantees
// it is the last cell: a promise whose test is gone is none.
void check_table_rows(const File& readme, Complaints& complaints) {
    const std::regex files_head(R"(^\| *(file|folder|file or folder) *\|.*)"),
        watched_head(R"(^\|.*\| *watched by *\|$)");
    enum { outside, files_first, watched_last } table = outside;
    for (std::size_t i = 0; i < readme.lines.size(); ++i) {
        const std::string& line = readme.lines[i];
        if (!line.starts_with("|"))
            table = outside;
        else if (std::regex_match(line, files_head))
            table = files_first;
        else if (std::regex_match(line, watched_head))
            table = watched_last;
        else if (table == files_first)
            check_cell(readme, i + 1, line.substr(1, line.find('|', 1) - 1), false, complaints);
        else if (table == watched_last)
            check_cell(readme, i + 1, line.substr(line.rfind('|', line.size() - 2)), true, complaints);
    }
}

}  // namespace

TEST_CASE("the top level is fixed") {
    const std::set<std::string> fixed{
        "CMakeLists.txt", "CMakePresets.json", "engine",  "gateway", "ledger",      "bench", "tests",
        "config",         "README.md",         "LICENSE", "NOTICE",  "CHANGELOG.md"};
    Complaints complaints;
    for (const auto& entry : fs::directory_iterator(root())) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with('.') && !left_behind(entry.path()) && !fixed.contains(name))
            complaints.add(name);
    }
    for (const std::string& name : fixed)
        if (!fs::exists(root() / name)) complaints.add(name + " is missing");
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("every source file names its licence, and headers guard themselves") {
    Complaints complaints;
    for (const File& file : files()) {
        if (!is_source(file)) continue;
        const auto opening = file.lines.begin() + std::min<std::ptrdiff_t>(3, std::ssize(file.lines));
        const bool spdx = std::any_of(file.lines.begin(), opening, [](const std::string& line) {
            return line.find("SPDX-License-Identifier: Apache-2.0") != std::string::npos;
        });
        if (!spdx) complaints.add(file, 1, "has no SPDX line");
        if (file.is(".hpp") && std::ranges::find(file.lines, "#pragma once") == file.lines.end())
            complaints.add(file, 1, "has no #pragma once");
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("no source file is longer than 400 lines") {
    Complaints complaints;
    for (const File& file : files())
        if (is_source(file) && file.lines.size() > 400)
            complaints.add(file, file.lines.size(), "is longer than 400 lines");
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("nothing is left over, and no namespace is used whole outside the tests") {
    // Written in two parts, so that this file does not find itself.
    const std::regex leftover(
        "\\b(TO"
        "DO|FIX"
        "ME|XX"
        "X|HA"
        "CK)\\b");
    const std::regex whole(
        "^\\s*using names"
        "pace (?!std::\\w*literals)");
    Complaints complaints;
    for (const File& file : files()) {
        if (!is_source(file) && !file.is(".md")) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i)
            if (std::regex_search(file.lines[i], leftover) ||
                (file.is_cpp() && of_product(file) && std::regex_search(file.lines[i], whole)))
                complaints.add(file, i + 1, file.lines[i]);
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("every folder has a README, or is a room in the README of the folder above") {
    std::set<std::string> folders{"bench", "tests", "config"};
    for (const File& file : files())
        if (of_product(file) && file.is_cpp())
            folders.insert(fs::path(file.path).parent_path().generic_string());
    Complaints complaints;
    for (const std::string& folder : folders) {
        const fs::path path(folder);
        const bool own = fs::exists(root() / path / "README.md");
        const fs::path above = root() / path.parent_path() / "README.md";
        const bool room = path.has_parent_path() && fs::exists(above) &&
                          all_of(read(above)).find("`" + path.filename().string() + "/") != std::string::npos;
        if (!own && !room) complaints.add(folder + " has no README.md and is no room of the one above");
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("every row of a README's file table names what exists") {
    Complaints complaints;
    for (const File& file : files())
        if (file.is("README.md")) check_table_rows(file, complaints);
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("every file of a folder stands in its README") {
    Complaints complaints;
    for (const File& file : files()) {
        if (!of_product(file) || !file.is_cpp()) continue;
        const fs::path path(file.path);
        const fs::path readme = root() / path.parent_path() / "README.md";
        // `ladder.cpp` is told with `ladder.hpp`: the stem is enough. Rooms without a README are told as a
        // whole.
        if (fs::exists(readme) && all_of(read(readme)).find(path.stem().string()) == std::string::npos)
            complaints.add(file, 1, "is not in the README of its folder");
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("refusals stand in the order in which orders are checked") {
    // Market rules section 4, word for word; cid comes before all else.
    const std::vector<std::string_view> order{"CID_REUSED",
                                              "KILLED",
                                              "SYMBOL_UNKNOWN",
                                              "GATE_CLOSED",
                                              "PHASE_CLOSED",
                                              "TICK",
                                              "LOT",
                                              "QTY_LIMIT",
                                              "NOTIONAL_LIMIT",
                                              "PRICE_BAND_HARD",
                                              "PRICE_BAND_DYNAMIC",
                                              "REASON_REQUIRED",
                                              "FUNDS",
                                              "CAPACITY",
                                              "POST_ONLY"};
    for (std::size_t i = 0; i < order.size(); ++i)
        CHECK(engine::code(static_cast<engine::RejectReason>(i + 1)) == order[i]);
}

TEST_CASE("CI runs the second command of the README, and the README has exactly two") {
    const File readme = read(root() / "README.md");
    std::vector<std::string> commands;
    bool in_block = false;
    for (const std::string& line : readme.lines) {
        if (line.starts_with("```")) {
            if (in_block) break;
            in_block = line == "```sh";
        } else if (in_block) {
            commands.push_back(line.substr(0, line.find(" #")));
        }
    }
    for (std::string& command : commands) command.erase(command.find_last_not_of(' ') + 1);
    REQUIRE(commands.size() == 2);
    CHECK(read(root() / ".ci" / "run").lines.back() == commands[1]);
}

}  // namespace gridbook::tidy
