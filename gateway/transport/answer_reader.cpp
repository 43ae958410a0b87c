// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/answer_reader.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace gridbook::gateway {

namespace {

constexpr std::string_view line_end = "\r\n";

std::size_t number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end == text.data())
        throw std::runtime_error("not an HTTP answer: a bad length");
    return value;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

}  // namespace

bool AnswerReader::read(std::string_view input, bool ended) {
    if (header_size_ == 0 && !read_header(input)) return false;
    return read_body(input.substr(header_size_), ended);
}

std::string AnswerReader::header(const std::string& name) const {
    const auto it = headers_.find(name);
    return it == headers_.end() ? std::string() : it->second;
}

bool AnswerReader::read_header(std::string_view input) {
    const auto end = input.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    if (!input.starts_with("HTTP/1.") || input.size() < 12) throw std::runtime_error("not an HTTP answer");
    status_ = static_cast<unsigned>(number(input.substr(9, 3), 10));
    std::string_view rest = input.substr(0, end + 2);
    for (rest.remove_prefix(rest.find(line_end) + 2); !rest.empty();) {
        const auto line = rest.substr(0, rest.find(line_end));
        rest.remove_prefix(line.size() + 2);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos)
            headers_[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }
    header_size_ = size_ = end + 4;
    return true;
}

bool AnswerReader::read_body(std::string_view input, bool ended) {
    if (status_ == 100) throw std::runtime_error("an unexpected 100 Continue");
    if (bodiless_ || status_ == 101 || status_ == 204 || status_ == 304) return true;
    if (header("transfer-encoding") == "chunked") return read_chunks(input);
    const std::string length = header("content-length");
    until_end_ = length.empty();
    const std::size_t size = until_end_ ? input.size() : number(length, 10);
    if (until_end_ ? !ended : input.size() < size) return false;
    body_ = input.substr(0, size);
    size_ = header_size_ + size;
    return true;
}

bool AnswerReader::read_chunks(std::string_view input) {
    body_.clear();
    for (std::string_view rest = input;;) {
        const auto line = rest.find(line_end);
        if (line == std::string_view::npos) return false;
        const std::size_t size = number(rest.substr(0, line), 16);
        if (rest.size() < line + 2 + size + 2) return false;
        body_ += rest.substr(line + 2, size);
        rest.remove_prefix(line + 2 + size + 2);
        size_ = header_size_ + (input.size() - rest.size());
        if (size == 0) return true;
    }
}

}  // namespace gridbook::gateway
