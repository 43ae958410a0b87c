// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/decoder.hpp"

#include <fmt/format.h>
// The header has a conversion that our warnings refuse; it is not ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <simdjson.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace gridbook::gateway {

namespace {

namespace json = simdjson::ondemand;

// An object in an array in an object is the deepest that any op has; this leaves room and bounds the
// recursion.
constexpr unsigned depth_max = 16;

WireError bad_json(std::string msg, std::string rule) {
    return {.code = "FORMAT_JSON", .msg = std::move(msg), .rule = std::move(rule)};
}

WireError not_json(simdjson::error_code error) {
    return bad_json(fmt::format("not a JSON object: {}", simdjson::error_message(error)), "json");
}

WireError too_long(std::size_t size, std::size_t max) {
    WireError error = bad_json(fmt::format("longer than {} bytes", max), "length");
    error.limit = {std::to_string(max)};
    error.got = std::to_string(size);
    return error;
}

WireError duplicate(std::string_view key) {
    WireError error = bad_json("a key stands twice", "duplicate");
    error.field = std::string(key.substr(0, 64));
    return error;
}

// On-Demand hands out a scalar with the white space behind it.
std::string_view trimmed(std::string_view token) {
    const std::size_t end = token.find_last_not_of(" \t\r\n");
    return token.substr(0, end + 1);
}

std::size_t digits_at(std::string_view text, std::size_t at) {
    std::size_t count = 0;
    while (at + count < text.size() && text[at + count] >= '0' && text[at + count] <= '9') ++count;
    return count;
}

// The grammar of RFC 8259. On-Demand reads numbers only when asked for one of its own types, and would turn
// them into binary; here they stay text.
bool is_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits_at(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t decimals = digits_at(text, at + 1);
        if (decimals == 0) return false;
        at += 1 + decimals;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        at += at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-') ? 2 : 1;
        const std::size_t exponent = digits_at(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

// Walks a document and fills the frame. The first error ends the walk and is kept.
class Walk {
  public:
    explicit Walk(Frame& frame) : frame_(frame) {}

    bool document(json::document& document) {
        json::object object;
        if (const auto error = document.get_object().get(object)) return fail(not_json(error));
        for (auto next : object) {
            json::field field;
            if (const auto error = std::move(next).get(field)) return fail(not_json(error));
            if (!top_member(field)) return false;
        }
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
            return fail(bad_json("bytes after the object", "trailing"));
        return !overflow_ || fail(too_many());
    }
    WireError take_error() { return std::move(*error_); }

  private:
    bool fail(WireError error) {
        error_ = std::move(error);
        return false;
    }

    bool top_member(json::field& field) {
        Member member;
        if (const auto error = field.unescaped_key().get(member.name)) return fail(not_json(error));
        if (frame_.has(member.name)) return fail(duplicate(member.name));
        if (!value(field.value(), member)) return false;
        if (!frame_.add(member)) overflow_ = true;
        return true;
    }

    bool value(json::value& value, Member& member) {
        json::json_type type;
        if (const auto error = value.type().get(type)) return fail(not_json(error));
        switch (type) {
            case json::json_type::string: return string(value, member);
            case json::json_type::array: return top_array(value, member);
            case json::json_type::object: member.type = JsonType::object; return nested_object(value, 1);
            default: return scalar(value, type, member);
        }
    }

    bool string(json::value& value, Member& member) {
        member.type = JsonType::text;
        if (const auto error = value.get_string().get(member.text)) return fail(not_json(error));
        return true;
    }

    // True, false, null and numbers: checked as they are written.
    bool scalar(json::value& value, json::json_type type, Member& member) {
        member.text = trimmed(value.raw_json_token());
        bool good = false;
        if (type == json::json_type::number) {
            member.type = JsonType::number;
            good = is_number(member.text);
        } else if (type == json::json_type::boolean) {
            member.type = JsonType::truth;
            good = member.text == "true" || member.text == "false";
        } else {
            member.type = JsonType::null;
            good = member.text == "null";
        }
        return good || fail(not_json(simdjson::TAPE_ERROR));
    }

    // An array of strings or numbers keeps them, one of objects keeps each as its text; of anything else only
    // that it was one.
    bool top_array(json::value& value, Member& member) {
        json::array array;
        if (const auto error = value.get_array().get(array)) return fail(not_json(error));
        member.type = JsonType::texts;
        member.first = frame_.texts_size();
        bool first = true;
        for (auto next : array) {
            json::value item;
            if (const auto error = std::move(next).get(item)) return fail(not_json(error));
            if (!array_item(item, member, std::exchange(first, false))) return false;
        }
        member.count = frame_.texts_size() - member.first;
        return true;
    }

    bool array_item(json::value& item, Member& member, bool first) {
        json::json_type type;
        if (const auto error = item.type().get(type)) return fail(not_json(error));
        if (first && type == json::json_type::object) member.type = JsonType::objects;
        if (first && type == json::json_type::number) member.type = JsonType::numbers;
        const bool fits = (member.type == JsonType::texts && type == json::json_type::string) ||
                          (member.type == JsonType::numbers && type == json::json_type::number) ||
                          (member.type == JsonType::objects && type == json::json_type::object);
        if (!fits) {
            member.type = JsonType::array;
            return nested(item, 1);
        }
        if (type == json::json_type::object) return object_item(item);
        if (type == json::json_type::number) {
            Member number;
            if (!scalar(item, type, number)) return false;
            frame_.add_text(number.text);
            return true;
        }
        std::string_view text;
        if (const auto error = item.get_string().get(text)) return fail(not_json(error));
        frame_.add_text(text);
        return true;
    }

    // Walked through like everything else, so that the frame as a whole is JSON.
    bool object_item(json::value& item) {
        json::object object;
        if (const auto error = item.get_object().get(object)) return fail(not_json(error));
        std::string_view text;
        if (const auto error = object.raw_json().get(text)) return fail(not_json(error));
        if (const auto error = object.reset().error()) return fail(not_json(error));
        frame_.add_text(text);
        return members_below(object, 1);
    }

    // Below the top nothing is kept, but it must be JSON all the same.
    bool nested(json::value& value, unsigned depth) {
        if (depth > depth_max) return fail(bad_json(fmt::format("deeper than {}", depth_max), "depth"));
        json::json_type type;
        if (const auto error = value.type().get(type)) return fail(not_json(error));
        Member ignored;
        switch (type) {
            case json::json_type::object: return nested_object(value, depth);
            case json::json_type::array: return nested_array(value, depth);
            case json::json_type::string: return string(value, ignored);
            default: return scalar(value, type, ignored);
        }
    }

    bool nested_array(json::value& value, unsigned depth) {
        json::array array;
        if (const auto error = value.get_array().get(array)) return fail(not_json(error));
        for (auto next : array) {
            json::value item;
            if (const auto error = std::move(next).get(item)) return fail(not_json(error));
            if (!nested(item, depth + 1)) return false;
        }
        return true;
    }

    bool nested_object(json::value& value, unsigned depth) {
        json::object object;
        if (const auto error = value.get_object().get(object)) return fail(not_json(error));
        return members_below(object, depth);
    }

    bool members_below(json::object& object, unsigned depth) {
        std::vector<std::string_view> keys;
        for (auto next : object) {
            json::field field;
            if (const auto error = std::move(next).get(field)) return fail(not_json(error));
            std::string_view key;
            if (const auto error = field.unescaped_key().get(key)) return fail(not_json(error));
            if (std::ranges::find(keys, key) != keys.end()) return fail(duplicate(key));
            keys.push_back(key);
            if (!nested(field.value(), depth + 1)) return false;
        }
        return true;
    }

    static WireError too_many() {
        return {.code = "FORMAT_FIELD",
                .msg = fmt::format("more than {} fields", Frame::members_max),
                .rule = "count",
                .limit = {std::to_string(Frame::members_max)}};
    }

    Frame& frame_;
    std::optional<WireError> error_;
    bool overflow_ = false;
};

}  // namespace

struct Decoder::Parser {
    explicit Parser(std::size_t max)
        : bytes_max(max), capacity(max + simdjson::SIMDJSON_PADDING), buffer(new char[capacity]()) {
        if (parser.allocate(max) != simdjson::SUCCESS) throw std::bad_alloc();
    }
    json::parser parser;
    std::size_t bytes_max;
    std::size_t capacity;
    std::unique_ptr<char[]> buffer;  // the text is copied to where simdjson may read beyond its end
};

Decoder::Decoder(std::size_t bytes_max) : parser_(std::make_unique<Parser>(bytes_max)) {}
Decoder::~Decoder() = default;

std::optional<WireError> Decoder::decode(std::string_view text) {
    frame_.clear();
    if (text.size() > parser_->bytes_max) return too_long(text.size(), parser_->bytes_max);
    std::copy(text.begin(), text.end(), parser_->buffer.get());
    json::document document;
    if (const auto error =
            parser_->parser.iterate(parser_->buffer.get(), text.size(), parser_->capacity).get(document))
        return not_json(error);
    Walk walk(frame_);
    if (walk.document(document)) return std::nullopt;
    frame_.clear();
    return walk.take_error();
}

}  // namespace gridbook::gateway
