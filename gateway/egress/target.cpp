// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/target.hpp"

#include <charconv>

namespace gridbook::gateway {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// A percent sign that no two hexadecimal digits follow stands for itself.
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                            hex_digit(text[i + 2]) >= 0;
        out += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        if (escape) i += 2;
    }
    return out;
}

// The part before `mark`, which is taken off `rest` together with the mark.
std::string_view cut(std::string_view& rest, char mark) {
    const std::size_t at = rest.find(mark);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return part;
}

}  // namespace

Target::Target(std::string_view target) {
    std::string_view query = target;
    path_ = decoded(cut(query, '?'));
    while (!query.empty()) {
        std::string_view value = cut(query, '&');
        const std::string_view name = cut(value, '=');
        if (!name.empty()) parameters_.push_back({decoded(name), decoded(value), false});
    }
}

const std::string* Target::parameter(std::string_view name) {
    for (Parameter& p : parameters_) {
        if (p.name != name || p.known) continue;
        p.known = true;
        return &p.value;
    }
    return nullptr;
}

std::size_t Target::count(std::string_view name, std::size_t normal, std::size_t most, std::size_t least) {
    const std::string* text = parameter(name);
    if (text == nullptr) return normal;
    std::size_t value = 0;
    const char* end = text->data() + text->size();
    const auto [last, failure] = std::from_chars(text->data(), end, value);
    if (failure == std::errc() && last == end && value >= least && value <= most) return value;
    refuse({"FORMAT_VALUE",
            std::string(name) + " is a whole number from " + std::to_string(least) + " to " +
                std::to_string(most),
            std::string(name),
            "range",
            {std::to_string(least), std::to_string(most)},
            *text});
    return 0;
}

void Target::refuse(WireError error) {
    if (!error_) error_ = std::move(error);
}

std::optional<WireError> Target::error() const {
    if (error_) return error_;
    for (const Parameter& p : parameters_)
        if (!p.known)
            return WireError{"FORMAT_FIELD", "unknown or repeated parameter " + p.name, p.name, "known", {},
                             p.value};
    return std::nullopt;
}

}  // namespace gridbook::gateway
