// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/inbound.hpp"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "gateway/transport/frame.hpp"

namespace gridbook::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

// ---- HTTP ----

struct HttpReader::Parser {
    http::request_parser<http::string_body> request;
    bool begun = false;
    bool told_to_continue = false;
};

HttpReader::HttpReader(HttpLimits limits) : limits_(limits) { restart(); }
HttpReader::~HttpReader() = default;

void HttpReader::restart() {
    parser_ = std::make_unique<Parser>();
    parser_->request.header_limit(limits_.header_bytes);
    parser_->request.body_limit(limits_.body_bytes);
    parser_->request.eager(true);
}

HttpReader::Result HttpReader::next(BufferedLayer& layer) {
    auto& request = parser_->request;
    while (!request.is_done()) {
        const std::string_view bytes = layer.unread();
        if (bytes.empty()) break;
        parser_->begun = true;
        error_code ec;
        const std::size_t used = request.put(asio::buffer(bytes.data(), bytes.size()), ec);
        layer.consume(used);
        if (ec == http::error::need_more) break;
        if (ec == http::error::header_limit)
            return fail(431, fmt::format("the HTTP header is over {} bytes", limits_.header_bytes));
        if (ec == http::error::body_limit)
            return fail(413, fmt::format("the HTTP body is over {} bytes", limits_.body_bytes));
        if (ec) return fail(400, "not an HTTP/1.1 request: " + ec.message());
    }
    if (!request.is_done()) {
        continue_if_expected(layer);
        return Result::more;
    }
    return websocket::is_upgrade(request.get()) ? Result::upgrade : Result::request;
}

HttpReader::Result HttpReader::fail(unsigned status, std::string text) {
    error_status_ = status;
    error_text_ = std::move(text);
    return Result::bad;
}

// curl asks so before a larger body, and waits a second when nobody answers.
void HttpReader::continue_if_expected(BufferedLayer& layer) {
    if (!parser_->request.is_header_done() || parser_->told_to_continue) return;
    if (!beast::iequals(parser_->request.get()[http::field::expect], "100-continue")) return;
    parser_->told_to_continue = true;
    layer.output().append("HTTP/1.1 100 Continue\r\n\r\n");
}

HttpRequest HttpReader::request() const {
    const auto& message = parser_->request.get();
    const auto header = [&](beast::string_view name) { return std::string(message[name]); };
    return {.method = std::string(message.method_string()),
            .target = std::string(message.target()),
            .body = message.body(),
            .key = header("Gb-Key"),
            .timestamp = header("Gb-Timestamp"),
            .signature = header("Gb-Signature"),
            .remote = {}};
}

bool HttpReader::keep_alive() const { return parser_->request.keep_alive(); }
bool HttpReader::head() const { return parser_->request.get().method() == http::verb::head; }
bool HttpReader::begun() const { return parser_->begun; }

// ---- WebSocket ----

namespace {

// Thrown when Beast wants more than there is: it handled control frames and looked for the next one. Its
// state is consistent at that point, and a peer that only pings is rare.
struct Starved {};

// What Beast's stream stands on: the buffered layer, and an executor for a timer that is never started.
class Handle {
  public:
    using executor_type = asio::io_context::executor_type;

    Handle(BufferedLayer& layer, asio::io_context& io, std::size_t message_bytes_max)
        : layer_(&layer), io_(&io), message_bytes_max_(message_bytes_max) {}

    executor_type get_executor() const noexcept { return io_->get_executor(); }
    BufferedLayer& layer() const { return *layer_; }

    // Lets Beast have the next frame when all of it is there, or when what is there is enough to refuse it.
    bool grant_next() {
        if (layer_->granted() > 0) return true;
        const std::string_view bytes = layer_->unread();
        const auto header = peek_frame(bytes);
        if (!header) return false;
        const bool refusable = header->payload_size > (is_control(header->opcode) ? 125 : message_bytes_max_);
        if (!refusable && header->frame_size() > bytes.size()) return false;
        layer_->grant(refusable ? bytes.size() : static_cast<std::size_t>(header->frame_size()));
        return true;
    }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, error_code& ec) {
        if (!grant_next()) throw Starved{};
        ec = {};
        std::size_t size = 0;
        for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
            const asio::mutable_buffer part(*it);
            size += layer_->take(static_cast<char*>(part.data()), part.size());
        }
        return size;
    }
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers) {
        error_code ec;
        return read_some(buffers, ec);
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, error_code& ec) {
        ec = {};
        std::size_t size = 0;
        for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
            const asio::const_buffer part(*it);
            layer_->output().append(static_cast<const char*>(part.data()), part.size());
            size += part.size();
        }
        return size;
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers) {
        error_code ec;
        return write_some(buffers, ec);
    }

  private:
    BufferedLayer* layer_;
    asio::io_context* io_;
    std::size_t message_bytes_max_;
};

// Beast asks for this when a connection ends; the socket is the server's to shut down, after the output has
// left.
void teardown(beast::role_type, Handle&, error_code& ec) { ec = {}; }

// One message at a time is assembled on a thread, so one place for it is enough.
constexpr std::size_t scratch_capacity = 64 * 1024 + 64;
thread_local char scratch[scratch_capacity];

}  // namespace

struct WsReader::Stream {
    Stream(const Handle& handle) : ws(handle) {}
    websocket::stream<Handle, false> ws;
    std::string partial;     // the earlier frames of a fragmented message
    bool delivered = false;  // `partial` was handed out and may go
};

WsReader::WsReader(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
WsReader::~WsReader() = default;

std::unique_ptr<WsReader> WsReader::accept(const HttpReader& http, BufferedLayer& layer, asio::io_context& io,
                                           std::size_t message_bytes_max) {
    GRIDBOOK_CHECK(message_bytes_max < scratch_capacity);
    auto stream = std::make_unique<Stream>(Handle(layer, io, message_bytes_max));
    stream->ws.read_message_max(message_bytes_max);
    stream->ws.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(http::field::server, "gridbook"); }));
    error_code ec;
    stream->ws.accept(http.parser_->request.get(), ec);
    if (ec) return nullptr;
    return std::unique_ptr<WsReader>(new WsReader(std::move(stream)));
}

WsReader::Result WsReader::next(std::string_view& text) {
    if (std::exchange(stream_->delivered, false)) stream_->partial.clear();
    try {
        Result result = Result::dry;
        while (stream_->ws.next_layer().grant_next())
            if (read_frame(text, result)) return result;
    } catch (const Starved&) {
        // Only control frames were there; their answers are in the output.
    }
    return Result::dry;
}

bool WsReader::begun() const { return !stream_->partial.empty() && !stream_->delivered; }

// True: there is something to tell.
bool WsReader::read_frame(std::string_view& text, Result& result) {
    auto& ws = stream_->ws;
    BufferedLayer& layer = ws.next_layer().layer();
    std::size_t size = 0;
    do {
        error_code ec;
        size += ws.read_some(asio::buffer(scratch + size, scratch_capacity - size), ec);
        result = Result::ended;
        if (ec) return true;
        if (ws.got_binary()) {
            append_frame(layer.output(), Opcode::close, close_payload(1003, "text frames only"));
            return true;
        }
    } while (layer.granted() > 0);
    const bool whole = ws.is_message_done();
    if (!whole || !stream_->partial.empty()) stream_->partial.append(scratch, size);
    if (!whole) return false;
    stream_->delivered = !stream_->partial.empty();
    text = stream_->delivered ? std::string_view(stream_->partial) : std::string_view(scratch, size);
    result = Result::text;
    return true;
}

}  // namespace gridbook::gateway
