// SPDX-License-Identifier: Apache-2.0
#include "gateway/client/json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace gridbook::gateway {

namespace {

namespace dom = simdjson::dom;

[[noreturn]] void not_json(std::string_view text, std::string_view why) {
    throw std::runtime_error(fmt::format("not JSON ({}): {}", why, text.substr(0, 120)));
}

template <class Member>
struct Named {
    std::string_view name;
    Member member;
};

using TextMember = std::string_view Message::*;
constexpr std::array<Named<TextMember>, 19> text_members{{
    {"ev", &Message::ev},         {"state", &Message::state},   {"reason", &Message::reason},
    {"oid", &Message::oid},       {"cid", &Message::cid},       {"account", &Message::account},
    {"symbol", &Message::symbol}, {"side", &Message::side},     {"price", &Message::price},
    {"qty", &Message::qty},       {"leaves", &Message::leaves}, {"cum", &Message::cum},
    {"hold", &Message::hold},     {"tid", &Message::tid},       {"liquidity", &Message::liquidity},
    {"fee", &Message::fee},       {"tax", &Message::tax},       {"released", &Message::released},
    {"ts", &Message::ts},
}};

using NumberMember = std::uint64_t Message::*;
constexpr std::array<Named<NumberMember>, 3> number_members{
    {{"seq", &Message::seq}, {"n", &Message::n}, {"band", &Message::band}}};

using FlagMember = bool Message::*;
constexpr std::array<Named<FlagMember>, 3> flag_members{
    {{"ok", &Message::ok}, {"dup", &Message::dup}, {"kept", &Message::kept}}};

using ErrorMember = std::string_view MessageError::*;
constexpr std::array<Named<ErrorMember>, 5> error_members{{{"code", &MessageError::code},
                                                           {"msg", &MessageError::msg},
                                                           {"field", &MessageError::field},
                                                           {"rule", &MessageError::rule},
                                                           {"got", &MessageError::got}}};

template <class Table>
auto find(const Table& table, std::string_view name) -> decltype(&table[0].member) {
    for (const auto& entry : table)
        if (entry.name == name) return &entry.member;
    return nullptr;
}

// A string; anything else is left out: numbers of the wire that we read are asked for as such.
std::string_view text_of(dom::element value) {
    std::string_view text;
    return value.get(text) ? std::string_view() : text;
}

// Written as a number or as a string of digits.
std::uint64_t number_of(dom::element value) {
    std::uint64_t number = 0;
    if (!value.get(number)) return number;
    const std::string_view text = text_of(value);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void read_limit(dom::element value, MessageError& error) {
    dom::array limits;
    if (value.get(limits)) {
        error.limit = text_of(value);
        return;
    }
    std::size_t count = 0;
    for (const dom::element limit : limits) (count++ == 0 ? error.limit : error.limit_high) = text_of(limit);
}

void read_error(dom::element value, MessageError& error) {
    dom::object members;
    if (value.get(members)) return;
    for (const auto& [name, member] : members) {
        if (const auto* text = find(error_members, name)) {
            error.** text = text_of(member);
        } else if (name == "limit") {
            read_limit(member, error);
        } else if (name == "band") {
            error.band = number_of(member);
        } else if (name == "retry_ms") {
            error.retry_ms = number_of(member);
        }
    }
}

void read_member(std::string_view name, dom::element value, Message& message) {
    if (const auto* text = find(text_members, name)) {
        message.** text = text_of(value);
    } else if (const auto* number = find(number_members, name)) {
        message.** number = number_of(value);
    } else if (const auto* flag = find(flag_members, name)) {
        message.** flag = value.is_bool() && bool(value);
    } else if (name == "id") {
        message.id = number_of(value);
    } else if (name == "error") {
        read_error(value, message.error);
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    out += '"';
}

// The DOM reader picks the processor's best instructions at run time; on-demand would be fixed to the oldest
// ones.
struct MessageReader::Parser {
    dom::parser parser;
    std::string padded;
};

MessageReader::MessageReader() : parser_(std::make_unique<Parser>()) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

Message MessageReader::read(std::string_view frame) {
    std::string& padded = parser_->padded;
    padded.reserve(frame.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(frame);
    dom::object members;
    const auto error = parser_->parser.parse(padded.data(), padded.size(), false).get(members);
    if (error) not_json(frame, simdjson::error_message(error));
    Message message;
    message.raw = padded;
    for (const auto& [name, value] : members) read_member(name, value, message);
    return message;
}

struct JsonDocument::Parsed {
    dom::parser parser;
    dom::element root;

    simdjson::simdjson_result<dom::element> at(std::string_view pointer) const {
        return root.at_pointer(pointer);
    }
};

JsonDocument::JsonDocument(std::string_view text) : parsed_(std::make_unique<Parsed>()) {
    const auto error = parsed_->parser.parse(text.data(), text.size()).get(parsed_->root);
    if (error) not_json(text, simdjson::error_message(error));
}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

std::optional<std::string> JsonDocument::text(std::string_view pointer) const {
    std::string_view text;
    if (parsed_->at(pointer).get(text)) return std::nullopt;
    return std::string(text);
}

std::optional<std::uint64_t> JsonDocument::number(std::string_view pointer) const {
    std::uint64_t number = 0;
    if (parsed_->at(pointer).get(number)) return std::nullopt;
    return number;
}

std::optional<bool> JsonDocument::flag(std::string_view pointer) const {
    bool flag = false;
    if (parsed_->at(pointer).get(flag)) return std::nullopt;
    return flag;
}

std::size_t JsonDocument::size(std::string_view pointer) const {
    dom::array array;
    if (!parsed_->at(pointer).get(array)) return array.size();
    dom::object object;
    if (!parsed_->at(pointer).get(object)) return object.size();
    return 0;
}

std::vector<std::pair<std::string, std::string>> JsonDocument::items(std::string_view pointer) const {
    const auto shown = [](dom::element element) {
        std::string_view text;
        return element.get(text) ? simdjson::minify(element) : std::string(text);
    };
    std::vector<std::pair<std::string, std::string>> out;
    dom::array array;
    if (!parsed_->at(pointer).get(array))
        for (const dom::element item : array) out.emplace_back(std::string(), shown(item));
    dom::object object;
    if (!parsed_->at(pointer).get(object))
        for (const auto& [name, value] : object) out.emplace_back(std::string(name), shown(value));
    return out;
}

}  // namespace gridbook::gateway
