// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/signed_text.hpp"

#include "gateway/egress/json.hpp"
#include "gateway/ingress/decoder.hpp"

namespace gridbook::gateway {

std::string signed_text(const HttpRequest& http) {
    std::string out = R"({"method":)";
    append_quoted(http.method, out);
    Members(out)
        .text<"path">(http.target)
        .text<"timestamp">(http.timestamp)
        .text<"key">(http.key)
        .text<"signature">(http.signature)
        .text<"body">(http.body)
        .raw("}");
    return out;
}

std::optional<HttpRequest> read_signed_text(std::string_view text) {
    Decoder decoder(text.size() + 1);
    if (decoder.decode(text)) return std::nullopt;
    const Frame& frame = decoder.frame();
    if (!frame.has("method") || !frame.has("body")) return std::nullopt;
    HttpRequest out;
    out.method = frame.text("method");
    out.target = frame.text("path");
    out.timestamp = frame.text("timestamp");
    out.key = frame.text("key");
    out.signature = frame.text("signature");
    out.body = frame.text("body");
    return out;
}

std::optional<AddressList> addresses_in(std::string_view text) {
    const auto http = read_signed_text(text);
    if (!http) return std::nullopt;
    Decoder decoder(http->body.size() + 1);
    if (decoder.decode(http->body)) return std::nullopt;
    return AddressList::of(decoder.frame().texts("addresses"));
}

std::string reason_in(std::string_view text) {
    const auto http = read_signed_text(text);
    if (!http) return {};
    Decoder decoder(http->body.size() + 1);
    if (decoder.decode(http->body)) return {};
    const Frame& body = decoder.frame();
    // A guidance says its whole rationale; the rationale of a plain band change is only a name.
    return std::string(body.text(http->target == "/v1/admin/guidance" ? "rationale" : "reason"));
}

}  // namespace gridbook::gateway
