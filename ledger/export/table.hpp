// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of named columns as CSV (RFC 4180, a header line, \n) or as JSON lines (one object a row, every value
// a string or a whole number, empty ones left out).

#include <ostream>
#include <string>
#include <vector>

namespace gridbook::ledger {

class TableWriter {
  public:
    TableWriter(std::ostream& out, bool json, std::vector<std::string> columns)
        : out_(out), json_(json), columns_(std::move(columns)) {
        for (std::size_t i = 0; !json_ && i < columns_.size(); ++i)
            out_ << (i == 0 ? "" : ",") << columns_[i];
        if (!json_) out_ << '\n';
    }

    TableWriter& text(const std::string& value) {
        if (!json_) return cell(quoted_for_csv(value));
        return value.empty() ? cell("") : cell('"' + escaped(value) + '"');
    }
    TableWriter& number(std::uint64_t value) { return cell(std::to_string(value)); }
    // Ids and optional numbers: 0 stands for none. In JSON they are text, as on the wire.
    TableWriter& id(std::uint64_t value) {
        if (value == 0) return cell("");
        return json_ ? cell('"' + std::to_string(value) + '"') : cell(std::to_string(value));
    }
    void end() {
        out_ << (json_ ? "{" : "") << row_ << (json_ ? "}\n" : "\n");
        row_.clear();
        at_ = 0;
    }

  private:
    TableWriter& cell(const std::string& value) {
        const std::string& column = columns_[at_++];
        if (!json_) {
            if (at_ > 1) row_ += ',';
            row_ += value;
        } else if (!value.empty()) {
            if (!row_.empty()) row_ += ',';
            row_ += '"' + column + "\":" + value;
        }
        return *this;
    }
    static std::string quoted_for_csv(const std::string& value) {
        if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
        std::string text = "\"";
        for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
        return text + '"';
    }
    static std::string escaped(const std::string& value) {
        static constexpr char digits[] = "0123456789abcdef";
        std::string text;
        for (const char c : value) {
            const auto byte = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\') text += '\\';
            if (byte >= 0x20)
                text += c;
            else
                text += std::string("\\u00") + digits[byte >> 4] + digits[byte & 15];
        }
        return text;
    }

    std::ostream& out_;
    bool json_;
    std::vector<std::string> columns_;
    std::string row_;
    std::size_t at_ = 0;
};

}  // namespace gridbook::ledger
