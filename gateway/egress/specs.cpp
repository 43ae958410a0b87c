// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/specs.hpp"
namespace gridbook::gateway {
void append_openapi(std::string& out) { out += "{"; }
void append_asyncapi(std::string& out) { out += "{"; }
}  // namespace gridbook::gateway
