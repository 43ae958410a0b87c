// SPDX-License-Identifier: Apache-2.0
#pragma once
// JSON Schema (2020-12) of what is said and what is told, from the tables; both specifications are made of
// it.

#include <span>
#include <string>
#include <string_view>

#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

// {"type":"object","properties":{…},"required":[…],"additionalProperties":false}: a frame or body with these
// fields. `first` are properties that stand before them, as JSON members with a comma behind each, and
// `first_required` their names, quoted, each with a comma behind.
struct Envelope {
    std::string first{};
    std::string first_required{};
    bool account = false;  // it may name the account it acts for
};
void append_fields_schema(std::span<const Field> fields, const Envelope& envelope, std::string& out);

// The same of a message, from `name:type` members.
void append_members_schema(std::string_view members, const Envelope& envelope, std::string& out);

// "observer buyer": the roles of a call as a quoted word.
void append_roles_words(std::uint8_t roles, std::string& out);

}  // namespace gridbook::gateway
