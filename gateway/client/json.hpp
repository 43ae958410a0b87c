// SPDX-License-Identifier: Apache-2.0
#pragma once
// The small reader and writer of JSON that our own clients use. It is lenient about unknown members, as
// clients must be (protocol section 1), and strict about JSON itself. It knows nothing of the market.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/client/message.hpp"

namespace gridbook::gateway {

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

// Reads frames of the exchange. The views of a message hold until the next read with the same reader.
class MessageReader {
  public:
    MessageReader();
    ~MessageReader();
    MessageReader(MessageReader&&) noexcept;
    MessageReader& operator=(MessageReader&&) noexcept;

    // Throws std::runtime_error with the frame's beginning when it is not a JSON object.
    Message read(std::string_view frame);

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

// A parsed document, asked by JSON pointer ("/error/code", "/0/version"; "" is the whole document).
class JsonDocument {
  public:
    // Throws std::runtime_error with the text's beginning when it is not JSON.
    explicit JsonDocument(std::string_view text);
    ~JsonDocument();
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;

    std::optional<std::string> text(std::string_view pointer) const;  // strings only
    std::optional<std::uint64_t> number(std::string_view pointer) const;
    std::optional<bool> flag(std::string_view pointer) const;
    // Elements of an array, or members of an object; 0 when there is nothing there.
    std::size_t size(std::string_view pointer) const;
    // What stands in an object, in its order, or in an array (then the names are empty): strings without
    // their quotes, everything else as JSON.
    std::vector<std::pair<std::string, std::string>> items(std::string_view pointer) const;

  private:
    struct Parsed;
    std::unique_ptr<Parsed> parsed_;
};

}  // namespace gridbook::gateway
