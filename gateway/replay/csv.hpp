// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table from a CSV file, plain or gzip: one header line, commas, no quotes, as all files of the trace
// folder are. It keeps the whole text and hands out views. Whatever does not fit (no file, a quote, a row of
// another width, a column that is missing, a cell that is no number) throws std::runtime_error naming file,
// line and column.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gridbook::gateway::replay {

class Table {
  public:
    static Table read(const std::string& path);
    static Table parse(std::string text, std::string path);

    // Moves, but does not copy: a copy's views would point into the other's text.
    Table(Table&&) noexcept = default;
    Table& operator=(Table&&) noexcept = default;

    std::size_t rows() const { return width() == 0 ? 0 : cells_.size() / width(); }
    std::size_t column(std::string_view name) const;

    std::string_view text(std::size_t row, std::size_t column) const {
        return cells_[row * width() + column];
    }
    std::int64_t integer(std::size_t row, std::size_t column) const;
    // A decimal in millionths; a leading $ is allowed, an empty cell is not.
    std::int64_t millionths(std::size_t row, std::size_t column) const;
    // "2017-10-01 00:00:05" as seconds since the epoch, read as UTC.
    std::int64_t seconds(std::size_t row, std::size_t column) const;

  private:
    Table() = default;
    std::size_t width() const { return header_.size(); }
    [[noreturn]] void refuse(std::size_t row, std::size_t column, std::string_view rule) const;

    std::string path_;
    // Not a std::string, whose short form would move the bytes that the views below point at.
    std::vector<char> text_;
    std::vector<std::string_view> header_;
    std::vector<std::string_view> cells_;
};

}  // namespace gridbook::gateway::replay
