// SPDX-License-Identifier: Apache-2.0
#pragma once
// The published descriptions of the interface: OpenAPI 3.1 of the HTTP side and AsyncAPI 3 of the WebSockets,
// made from the tables that the decoder checks requests with (ingress/schema.hpp, admin/bodies.hpp,
// admin/routes.hpp, public_paths.hpp) and from the table of what is told (message_table.hpp). Recorded
// sessions are validated against them in tests/system.

#include <string>

namespace gridbook::gateway {

void append_openapi(std::string& out);
void append_asyncapi(std::string& out);

}  // namespace gridbook::gateway
