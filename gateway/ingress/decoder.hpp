// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes -> one JSON object taken apart (frame.hpp). Strict: bad JSON or UTF-8, trailing bytes, duplicate keys
// and anything but an object are FORMAT_JSON, wherever they stand, before anybody looks at meaning. Also for
// HTTP bodies. Buffers are allocated once; nothing is on the way of an order. The only place of the server
// that names simdjson.

#include <memory>
#include <optional>
#include <string_view>

#include "gateway/ingress/frame.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

class Decoder {
  public:
    explicit Decoder(std::size_t bytes_max = frame_bytes_max);
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    // Takes the text apart into frame(); what stood there before is gone. On an error the frame is empty.
    std::optional<WireError> decode(std::string_view text);
    Frame& frame() { return frame_; }

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    Frame frame_;
};

}  // namespace gridbook::gateway
