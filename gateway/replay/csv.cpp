// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/csv.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "gateway/decimal.hpp"

namespace gridbook::gateway::replay {

namespace {

// zlib reads a plain file as it stands and unpacks a gzip file.
std::string slurp(const std::string& path) {
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
    if (!file) throw std::runtime_error(fmt::format("{}: cannot be opened", path));
    std::string text;
    std::vector<char> piece(1 << 18);
    int got = 0;
    while ((got = gzread(file.get(), piece.data(), static_cast<unsigned>(piece.size()))) > 0)
        text.append(piece.data(), static_cast<std::size_t>(got));
    if (got < 0) throw std::runtime_error(fmt::format("{}: damaged gzip data", path));
    return text;
}

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> cells;
    for (std::size_t from = 0;;) {
        const std::size_t comma = line.find(',', from);
        cells.push_back(line.substr(from, comma - from));
        if (comma == std::string_view::npos) return cells;
        from = comma + 1;
    }
}

int digits(std::string_view text, std::size_t from, std::size_t count) {
    int value = 0;
    const auto* begin = text.data() + from;
    const auto done = std::from_chars(begin, begin + count, value);
    return done.ptr == begin + count ? value : -1;
}

}  // namespace

Table Table::read(const std::string& path) { return parse(slurp(path), path); }

Table Table::parse(std::string text, std::string path) {
    Table table;
    table.path_ = std::move(path);
    table.text_.assign(text.begin(), text.end());
    const std::string_view all(table.text_.data(), table.text_.size());
    if (all.find('"') != std::string_view::npos)
        throw std::runtime_error(fmt::format("{}: quoted cells are not read", table.path_));
    for (std::size_t from = 0, line = 1; from < all.size(); ++line) {
        const std::size_t end = std::min(all.find('\n', from), all.size());
        const auto cells = split(all.substr(from, end - from));
        from = end + 1;
        if (line == 1) {
            table.header_ = cells;
        } else if (cells.size() == table.width()) {
            table.cells_.insert(table.cells_.end(), cells.begin(), cells.end());
        } else {
            throw std::runtime_error(fmt::format("{}:{}: {} columns, the header has {}", table.path_, line,
                                                 cells.size(), table.width()));
        }
    }
    if (table.header_.empty()) throw std::runtime_error(fmt::format("{}: is empty", table.path_));
    return table;
}

std::size_t Table::column(std::string_view name) const {
    for (std::size_t i = 0; i < header_.size(); ++i)
        if (header_[i] == name) return i;
    throw std::runtime_error(fmt::format("{}: has no column {}", path_, name));
}

std::int64_t Table::integer(std::size_t row, std::size_t column) const {
    const std::string_view cell = text(row, column);
    std::int64_t value = 0;
    const auto done = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (done.ec != std::errc{} || done.ptr != cell.data() + cell.size())
        refuse(row, column, "is not a whole number");
    return value;
}

std::int64_t Table::millionths(std::size_t row, std::size_t column) const {
    std::string_view cell = text(row, column);
    if (!cell.empty() && cell.front() == '$') cell.remove_prefix(1);
    const auto value = parse_decimal(cell);
    if (!value) refuse(row, column, "is not a decimal");
    return value->value;
}

std::int64_t Table::seconds(std::size_t row, std::size_t column) const {
    namespace chrono = std::chrono;
    const std::string_view cell = text(row, column);
    if (cell.size() != 19) refuse(row, column, "is not YYYY-MM-DD hh:mm:ss");
    const int h = digits(cell, 11, 2), m = digits(cell, 14, 2), s = digits(cell, 17, 2);
    const chrono::year_month_day date{chrono::year{digits(cell, 0, 4)},
                                      chrono::month{static_cast<unsigned>(digits(cell, 5, 2))},
                                      chrono::day{static_cast<unsigned>(digits(cell, 8, 2))}};
    if (!date.ok() || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
        refuse(row, column, "is not YYYY-MM-DD hh:mm:ss");
    return chrono::duration_cast<chrono::seconds>(chrono::sys_days{date}.time_since_epoch()).count() +
           h * 3600 + m * 60 + s;
}

void Table::refuse(std::size_t row, std::size_t column, std::string_view rule) const {
    throw std::runtime_error(
        fmt::format("{}:{}: {} {}: '{}'", path_, row + 2, header_[column], rule, text(row, column)));
}

}  // namespace gridbook::gateway::replay
