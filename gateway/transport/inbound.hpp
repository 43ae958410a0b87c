// SPDX-License-Identifier: Apache-2.0
#pragma once
// What peers send, read by Beast out of a BufferedLayer: HTTP requests, and after an upgrade WebSocket
// messages. Beast judges frames, masks, fragments, UTF-8, sizes and control frames, and writes its pongs and
// close frames into the layer's output. Nothing here makes a system call or waits. Beast is named in
// inbound.cpp only.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/transport/buffered_layer.hpp"
#include "gateway/transport/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace gridbook::gateway {

struct HttpLimits {
    std::uint32_t header_bytes = 16 * 1024;
    std::uint64_t body_bytes = 64 * 1024;
};

class HttpReader {
  public:
    enum class Result { more, request, upgrade, bad };

    explicit HttpReader(HttpLimits limits);
    ~HttpReader();

    // Takes what it can from the layer's input. After `request` and `upgrade` the request is there until
    // restart().
    Result next(BufferedLayer& layer);
    void restart();

    // The request that was read; `remote` is left to the caller.
    HttpRequest request() const;
    bool keep_alive() const;
    bool head() const;   // HEAD: the answer has no body
    bool begun() const;  // something of a request is there
    // After `bad`: the status to answer with, and what is wrong.
    unsigned error_status() const { return error_status_; }
    const std::string& error_text() const { return error_text_; }

  private:
    friend class WsReader;
    struct Parser;
    Result fail(unsigned status, std::string text);
    void continue_if_expected(BufferedLayer& layer);

    HttpLimits limits_;
    std::unique_ptr<Parser> parser_;
    unsigned error_status_ = 0;
    std::string error_text_;
};

class WsReader {
  public:
    enum class Result {
        text,   // one complete message
        dry,    // nothing complete is there
        ended,  // the peer closed, or broke a rule: the answering close frame is in the output
    };

    // Answers the upgrade into the layer's output; null when it was no valid one (then a 400 is in the
    // output).
    static std::unique_ptr<WsReader> accept(const HttpReader& http, BufferedLayer& layer,
                                            boost::asio::io_context& io, std::size_t message_bytes_max);
    ~WsReader();

    // `text` holds until the next call on any reader of this thread.
    Result next(std::string_view& text);
    // Some frames of a message were read, and it is not whole yet.
    bool begun() const;

  private:
    struct Stream;
    explicit WsReader(std::unique_ptr<Stream> stream);
    bool read_frame(std::string_view& text, Result& result);

    std::unique_ptr<Stream> stream_;
};

}  // namespace gridbook::gateway
