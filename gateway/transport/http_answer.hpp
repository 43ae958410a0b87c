// SPDX-License-Identifier: Apache-2.0
#pragma once
// An answer to an HTTP request, as the protocol gives it and as a client gets it.

#include <string>

namespace gridbook::gateway {

struct HttpAnswer {
    unsigned status = 200;
    std::string content_type{};
    std::string body{};
};

}  // namespace gridbook::gateway
