// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which signed paths there are (protocol section 5), also those of later versions: they are known, not
// "unknown". The admin calls with a body are in bodies.hpp.

#include <span>
#include <string_view>

#include "engine/command.hpp"

namespace gridbook::gateway {

struct SignedRoute {
    std::string_view method;
    std::string_view path;                                     // a `*` stands for one segment
    engine::CommandKind question = engine::CommandKind::none;  // none: a later version answers it,
    bool history = false;                                      // or what has been is read for it
};

std::span<const SignedRoute> signed_routes();

// Null: no such path. `other_method` is set when the path is there, but with another method.
const SignedRoute* find_route(std::string_view method, std::string_view path, bool& other_method);

}  // namespace gridbook::gateway
