// SPDX-License-Identifier: Apache-2.0
// Bytes from a socket, as a connection takes them: HTTP requests, an upgrade, WebSocket frames. The first
// byte says into how many pieces the rest is cut, for what is read must not depend on how it came.
#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "gateway/transport/inbound.hpp"

using namespace gridbook::gateway;

namespace {

struct Peer {
    boost::asio::io_context io;
    BufferedLayer layer;
    HttpReader http{HttpLimits{.header_bytes = 2'048, .body_bytes = 4'096}};
    std::unique_ptr<WsReader> ws;
    bool over = false;

    void take(std::string_view bytes) {
        while (!bytes.empty() && !over) {
            const auto room = layer.room();
            const std::size_t size = std::min(room.size(), bytes.size());
            if (size == 0) return;
            std::copy_n(bytes.begin(), size, room.data());
            layer.commit(size);
            bytes.remove_prefix(size);
            drain();
        }
    }
    void drain() {
        while (!over && !ws) {
            const auto result = http.next(layer);
            if (result == HttpReader::Result::more) return;
            if (result == HttpReader::Result::bad) over = true;
            if (result == HttpReader::Result::request) {
                http.request();
                http.restart();
            }
            if (result == HttpReader::Result::upgrade) {
                ws = WsReader::accept(http, layer, io, 4'096);
                over = ws == nullptr;
            }
        }
        while (!over && ws) {
            std::string_view text;
            const auto result = ws->next(text);
            if (result == WsReader::Result::dry) break;
            over = result == WsReader::Result::ended;
        }
        layer.sent(layer.unsent().size());
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    Peer peer;
    std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = data[0] == 0 ? std::max<std::size_t>(bytes.size(), 1) : data[0];
    while (!bytes.empty()) {
        const std::size_t now = std::min(piece, bytes.size());
        peer.take(bytes.substr(0, now));
        bytes.remove_prefix(now);
    }
    return 0;
}
