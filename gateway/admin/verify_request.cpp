// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/verify_request.hpp"

#include <fmt/format.h>

#include "gateway/admin/signature_gate.hpp"
#include "gateway/admin/signed_text.hpp"

namespace gridbook::gateway {

std::string verify_request(std::string_view text, const ledger::RequestKey& key) {
    const auto http = read_signed_text(text);
    if (!http) return "the text is no signed request";
    if (http->key != key.name)
        return fmt::format("the request names key {}, its command key {}", http->key, key.name);
    const std::string message = signed_message(*http);
    for (const PublicKey& public_key : key.public_keys)
        if (verify(public_key, message, http->signature)) return {};
    return fmt::format("the signature is not one of key {}", key.name);
}

}  // namespace gridbook::gateway
