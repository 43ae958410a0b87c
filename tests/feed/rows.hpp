// SPDX-License-Identifier: Apache-2.0
#pragma once
// The shared real data as rows of text. It is not part of this repository: where the folder is absent, a test
// says so and passes.

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace gridbook::tests {

inline const std::string shared_data = GRIDBOOK_SOURCE_DIR "/../shared/data/";

using Row = std::vector<std::string>;

inline Row split(const std::string& line) {
    Row row(1);
    for (const char c : line)
        if (c == ',')
            row.emplace_back();
        else if (c != '\n' && c != '\r')
            row.back() += c;
    return row;
}

// All rows but the heading; a name that ends in .gz goes through gzip.
inline std::vector<Row> rows_of(const std::string& name) {
    const std::string path = shared_data + name;
    const std::string command = (name.ends_with(".gz") ? "gzip -dc '" : "cat '") + path + "'";
    FILE* const pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::vector<Row> rows;
    for (std::array<char, 1024> line{}; std::fgets(line.data(), line.size(), pipe) != nullptr;)
        rows.push_back(split(line.data()));
    REQUIRE(pclose(pipe) == 0);
    REQUIRE(rows.size() > 1);
    rows.erase(rows.begin());
    return rows;
}

inline bool absent(const std::string& folder) {
    if (std::filesystem::exists(shared_data + folder)) return false;
    std::cout << "SKIPPED: ../shared/data/" << folder << " is not beside the source folder\n";
    return true;
}

}  // namespace gridbook::tests
