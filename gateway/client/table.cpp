// SPDX-License-Identifier: Apache-2.0
#include "gateway/client/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "gateway/client/json.hpp"

namespace gridbook::gateway {

namespace {

using Row = std::vector<std::string>;

// Members that a person does not look for in a table; --json has them.
bool shown(std::string_view name) { return !name.ends_with("_ts") && name != "flags" && name != "hold"; }

std::string laid_out(const Row& names, const std::vector<Row>& rows) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::size_t width = names[i].size();
        for (const Row& row : rows) width = std::max(width, row[i].size());
        widths.push_back(width);
    }
    std::string out;
    const auto line = [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            fmt::format_to(std::back_inserter(out), "{:<{}}{}", row[i], widths[i],
                           i + 1 < row.size() ? "  " : "\n");
    };
    line(names);
    for (const Row& row : rows) line(row);
    return out;
}

// An array of objects; the columns are the members of all of them, in the order they first come.
std::string objects(const JsonDocument& document, const std::string& pointer, std::size_t count) {
    Row names;
    for (std::size_t i = 0; i < count; ++i)
        for (const auto& [name, value] : document.items(fmt::format("{}/{}", pointer, i)))
            if (shown(name) && std::ranges::find(names, name) == names.end()) names.push_back(name);
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i) {
        Row row(names.size());
        for (const auto& [name, value] : document.items(fmt::format("{}/{}", pointer, i)))
            if (const auto at = std::ranges::find(names, name); at != names.end())
                row[static_cast<std::size_t>(at - names.begin())] = value;
        rows.push_back(std::move(row));
    }
    return laid_out(names, rows);
}

// Two lists of [price, qty], side by side, best first.
std::string book(const JsonDocument& document) {
    std::vector<Row> rows(std::max(document.size("/bids"), document.size("/asks")), Row(4));
    const auto fill = [&](const std::string& side, std::size_t price, std::size_t qty) {
        for (std::size_t i = 0; i < document.size(side); ++i) {
            rows[i][price] = document.text(fmt::format("{}/{}/0", side, i)).value_or("");
            rows[i][qty] = document.text(fmt::format("{}/{}/1", side, i)).value_or("");
        }
    };
    fill("/bids", 1, 0);
    fill("/asks", 2, 3);
    return laid_out({"bid qty", "bid", "ask", "ask qty"}, rows);
}

}  // namespace

std::string readable(std::string_view json) {
    const JsonDocument document(json);
    if (const auto code = document.text("/error/code"); code && document.flag("/ok") == false)
        return fmt::format("refused: {}: {}\n", *code, document.text("/error/msg").value_or(""));
    std::string line, tables;
    const bool levels = document.size("/bids") + document.size("/asks") > 0;
    for (const auto& [name, value] : document.items("")) {
        if (name == "id" || name == "ok" || (levels && (name == "bids" || name == "asks"))) continue;
        const std::size_t count = document.size("/" + name);
        if (value.starts_with("[{") && count > 0)
            tables += objects(document, "/" + name, count);
        else if (shown(name))
            line += fmt::format("{}{} {}", line.empty() ? "" : "  ", name, value);
    }
    if (levels) tables += book(document);
    return line + "\n" + tables;
}

}  // namespace gridbook::gateway
