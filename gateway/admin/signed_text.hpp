// SPDX-License-Identifier: Apache-2.0
#pragma once
// A signed admin request as it is kept with its command, so that years later the signature can be checked
// again with nothing but this text and the public key:
// {"method","path","timestamp","key","signature","body"}, in this order, `body` as a string of exactly the
// bytes that were signed.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/address_list.hpp"
#include "gateway/transport/transport.hpp"

namespace gridbook::gateway {

std::string signed_text(const HttpRequest& http);

// The request again; nullopt when the text is not one of ours.
std::optional<HttpRequest> read_signed_text(std::string_view text);

// The `reason` in the body of a kept request, of a guidance its `rationale`; empty when there is none.
std::string reason_in(std::string_view text);

// The `addresses` in the body of a kept request, those of a key; none: it may come from everywhere. nullopt:
// it is no request of ours.
std::optional<AddressList> addresses_in(std::string_view text);

}  // namespace gridbook::gateway
