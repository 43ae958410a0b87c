// SPDX-License-Identifier: Apache-2.0
#pragma once
// The published descriptions of the interface: OpenAPI 3.1 of the HTTP side and AsyncAPI 3 of the WebSockets.
// They are made from the tables that requests are checked with (ingress/schema.hpp, admin/bodies.hpp,
// admin/routes.hpp, PublicApi::paths) and from the table of what is told (message_table.hpp). Recorded
// sessions are validated against them in tests/system/specs.py.

#include <string>

namespace gridbook::gateway {

void append_openapi(std::string& out);
void append_asyncapi(std::string& out);

}  // namespace gridbook::gateway
