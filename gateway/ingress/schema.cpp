// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/command.hpp"
#include "gateway/decimal.hpp"
#include "gateway/ingress/instant.hpp"

namespace gridbook::gateway {

namespace {

using enum Form;
using enum Need;

constexpr std::size_t id_bytes_max = 36;
constexpr std::size_t got_bytes_max = 64;

// ---- the errors ----

WireError unknown_field(const Member& member, std::span<const Field> fields, std::string_view what) {
    std::string known;
    for (const Field& field : fields) known += fmt::format("{}{}", known.empty() ? "" : ", ", field.name);
    return {.code = "FORMAT_FIELD",
            .msg = fields.empty() ? fmt::format("{} has no fields of its own", what)
                                  : fmt::format("unknown field; {} has {}", what, known),
            .field = std::string(shown(member.name)),
            .rule = "unknown"};
}

WireError wrong_type(const Member& member, std::string_view wanted) {
    return {.code = "FORMAT_FIELD",
            .msg = fmt::format("{} must be {}, not {}", member.name, wanted, name(member.type)),
            .field = std::string(member.name),
            .rule = "type",
            .got = std::string(shown(member.text))};
}

WireError missing(std::string_view field, std::string_view what) {
    return {.code = "FORMAT_FIELD",
            .msg = fmt::format("{} needs {}", what, field),
            .field = std::string(field),
            .rule = "required"};
}

std::string alternatives(std::span<const Word> words) {
    std::string out = "one of";
    for (const Word& w : words) out += fmt::format("{} {}", out.size() == 6 ? "" : ",", w.text);
    return out;
}

// ---- types ----

bool has_type(const Member& member, Form form) {
    switch (form) {
        case integer:
        case whole: return member.type == JsonType::number;
        case truth: return member.type == JsonType::truth;
        case figure: return member.type == JsonType::text || member.type == JsonType::number;
        case texts:
        case words:
        case words_or_none: return member.type == JsonType::texts;
        // An empty array says nothing of what it might hold.
        case objects:
            return member.type == JsonType::objects || (member.type == JsonType::texts && member.count == 0);
        case wholes:
            return member.type == JsonType::numbers || (member.type == JsonType::texts && member.count == 0);
        default: return member.type == JsonType::text;
    }
}

std::string_view wanted_type(Form form) {
    switch (form) {
        case integer:
        case whole: return "an integer";
        case truth: return "true or false";
        case figure: return "a decimal string or a number";
        case texts:
        case words:
        case words_or_none: return "an array of strings";
        case objects: return "an array of objects";
        case wholes: return "an array of integers";
        case decimal:
        case amount: return "a decimal string";
        default: return "a string";
    }
}

// ---- words ----

const Word* find_word(std::span<const Word> words, std::string_view text) {
    const auto it = std::ranges::find(words, text, &Word::text);
    return it == words.end() ? nullptr : &*it;
}

// ---- values ----

using Refusal = std::optional<WireError>;

bool is_letter_or_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool made_of(std::string_view text, std::string_view more) {
    return std::ranges::all_of(
        text, [&](char c) { return is_letter_or_digit(c) || more.find(c) != std::string_view::npos; });
}

Refusal check_text(Member& member, const Field& field, std::string_view more, std::string_view characters) {
    const bool fits = !member.text.empty() && member.text.size() <= field.longest &&
                      member.text.find('\0') == std::string_view::npos;
    if (fits && (more.empty() || made_of(member.text, more))) return {};
    return bad_value(member.name, fmt::format("1 to {} {}", field.longest, characters), member.text);
}

Refusal check_cid(Member& member) {
    if (!member.text.empty() && member.text.size() <= engine::Cid::width && made_of(member.text, "_-"))
        return {};
    return bad_value(member.name, "[A-Za-z0-9_-]{1,32}", member.text);
}

Refusal check_word(Member& member, const Field& field) {
    const Word* found = find_word(field.words, member.text);
    if (!found) return bad_value(member.name, alternatives(field.words), member.text);
    member.number = found - field.words.data();
    return {};
}

// Digits only, no leading zero but in "0" itself, so that one number has one text.
bool parse_digits(std::string_view text, std::int64_t& out) {
    if (text.empty() || text.front() < '0' || text.front() > '9' || (text.size() > 1 && text.front() == '0'))
        return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

Refusal check_digits(Member& member, std::int64_t least, std::string_view rule) {
    if (parse_digits(member.text, member.number) && member.number >= least) return {};
    return bad_value(member.name, std::string(rule), member.text);
}

Refusal check_integer(Member& member, const Field& field, std::int64_t least) {
    if (parse_digits(member.text, member.number) && member.number >= least &&
        member.number <= static_cast<std::int64_t>(field.longest))
        return {};
    return bad_value(member.name, fmt::format("an integer from {} to {}", least, field.longest), member.text);
}

Refusal check_decimal(Member& member, bool negative) {
    const auto value = parse_decimal(member.text);
    if (value && (negative || (value->value >= 0 && !member.text.starts_with('-')))) {
        member.number = value->value;
        return {};
    }
    return bad_value(member.name,
                     fmt::format("digits with at most six decimals, {}no exponent, below 9.2e12",
                                 negative ? "" : "no sign, "),
                     member.text);
}

Refusal check_truth(Member& member) {
    member.number = member.text == "true" ? 1 : 0;
    return {};
}

Refusal check_instant(Member& member) {
    const auto time_given = parse_instant(member.text);
    if (!time_given) return bad_value(member.name, "RFC 3339, as 2026-12-01T00:00:00Z", member.text);
    member.number = time_given->value;
    return {};
}

Refusal check_texts(const Frame& frame, const Member& member, const Field& field) {
    if (member.count == 0 && field.form != words_or_none) return bad_value(member.name, "at least one", "[]");
    for (const std::string_view text : frame.texts(member)) {
        if (field.form != texts && !find_word(field.words, text))
            return bad_value(member.name, "each " + alternatives(field.words), text);
        if (text.empty() || text.size() > field.longest)
            return bad_value(member.name, fmt::format("each 1 to {} bytes", field.longest), text);
    }
    return {};
}

Refusal check_wholes(const Frame& frame, const Member& member, const Field& field) {
    if (member.count == 0) return bad_value(member.name, "at least one", "[]");
    for (const std::string_view text : frame.texts(member)) {
        Member one{.name = member.name, .type = JsonType::number, .text = text};
        if (auto refusal = check_integer(one, field, 0)) return refusal;
    }
    return {};
}

Refusal check_value(const Frame& frame, Member& member, const Field& field) {
    switch (field.form) {
        case text: return check_text(member, field, "", "bytes");
        case label: return check_text(member, field, "._-", "of A-Z a-z 0-9 . _ -");
        case cid: return check_cid(member);
        case word: return check_word(member, field);
        case id: return check_digits(member, 1, "digits, from 1, no leading zero");
        case time: return check_digits(member, 0, "nanoseconds since the epoch, digits, below 2^63");
        case decimal: return check_decimal(member, false);
        case figure: return check_decimal(member, false);
        case amount: return check_decimal(member, true);
        case integer: return check_integer(member, field, 1);
        case whole: return check_integer(member, field, 0);
        case truth: return check_truth(member);
        case texts:
        case words:
        case words_or_none: return check_texts(frame, member, field);
        case instant: return check_instant(member);
        case objects: return member.count != 0 ? Refusal{} : bad_value(member.name, "at least one", "[]");
        case wholes: return check_wholes(frame, member, field);
    }
    return {};
}

// ---- a whole frame ----

// The field of each member, found once.
using Fields = std::array<const Field*, Frame::members_max>;

const Field* find_field(std::string_view name, std::span<const Field> fields, std::span<const Field> common) {
    for (const Field& field : fields)
        if (field.name == name) return &field;
    for (const Field& field : common)
        if (field.name == name) return &field;
    return nullptr;
}

Refusal check_types(const Frame& frame, std::span<const Field> fields, std::span<const Field> common,
                    std::string_view what, Fields& found) {
    const auto all = frame.members();
    for (std::size_t i = 0; i < all.size(); ++i) {
        found[i] = find_field(all[i].name, fields, common);
        if (!found[i]) return unknown_field(all[i], fields, what);
        if (!has_type(all[i], found[i]->form)) return wrong_type(all[i], wanted_type(found[i]->form));
    }
    return {};
}

Refusal check_missing(const Frame& frame, std::span<const Field> fields, std::string_view what) {
    for (const Field& field : fields)
        if (field.need == required && !frame.has(field.name)) return missing(field.name, what);
    return {};
}

Refusal check_values(Frame& frame, const Fields& found) {
    const auto all = frame.members();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (auto refusal = check_value(frame, all[i], *found[i])) return refusal;
    return {};
}

// `id` and `op` stand in every frame and are checked before the op is known (check_op).
constexpr Field envelope[] = {{"id", text, required, id_bytes_max}, {"op", text}};
// On trade every frame may name its account; the session decides whether this one may.
constexpr Field trade_envelope[] = {envelope[0], envelope[1], {"account", label, optional, 32}};

Refusal check_envelope(const Frame& frame, const Field& field) {
    const Member* member = frame.find(field.name);
    if (!member) return missing(field.name, "a request");
    if (member->type != JsonType::text) return wrong_type(*member, "a string");
    return {};
}

}  // namespace

std::optional<WireError> check_op(const Frame& frame, Endpoint endpoint, std::string_view& id,
                                  const OpSpec*& op) {
    if (auto refusal = check_envelope(frame, envelope[0])) return refusal;
    const std::string_view said = frame.text("id");
    if (said.empty() || said.size() > id_bytes_max)
        return bad_value("id", fmt::format("a string of 1 to {} bytes", id_bytes_max), said);
    id = said;
    if (auto refusal = check_envelope(frame, envelope[1])) return refusal;
    const std::string_view wanted = frame.text("op");
    op = find_op(wanted);
    if (!op || op->endpoint != endpoint)
        return WireError{.code = "OP_UNKNOWN",
                         .msg = op ? fmt::format("{} belongs to /v1/{}", op->name,
                                                 op->endpoint == Endpoint::trade ? "trade" : "market")
                                   : "no such op",
                         .field = "op",
                         .got = std::string(shown(wanted))};
    return {};
}

std::optional<WireError> check_fields(Frame& frame, std::span<const Field> fields,
                                      std::span<const Field> common, std::string_view what) {
    Fields found{};
    if (auto refusal = check_types(frame, fields, common, what, found)) return refusal;
    if (auto refusal = check_missing(frame, fields, what)) return refusal;
    return check_values(frame, found);
}

std::optional<WireError> check_fields(Frame& frame, const OpSpec& op) {
    const bool may_name_account =
        op.endpoint == Endpoint::trade && op.op != Op::session_logon && op.op != Op::clock_advance;
    return check_fields(
        frame, op.fields,
        may_name_account ? std::span<const Field>(trade_envelope) : std::span<const Field>(envelope),
        op.name);
}

WireError bad_value(std::string_view field, std::string rule, std::string_view got) {
    return {.code = "FORMAT_VALUE",
            .msg = fmt::format("{} must be {}", field, rule),
            .field = std::string(field),
            .rule = std::move(rule),
            .got = std::string(shown(got))};
}

std::string_view shown(std::string_view text) { return text.substr(0, got_bytes_max); }

}  // namespace gridbook::gateway
