// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which signed paths there are (protocol section 5), and which of the public ones only the engine can answer.
// The admin calls with a body are in bodies.hpp.

#include <span>
#include <string_view>

#include "engine/command.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

// Who has the answer.
enum class Source : std::uint8_t {
    engine,   // it is a question
    fills,    // of an account: the streams, and the ledger
    billing,  // invoices of an account: the ledger
    log,      // of admin requests: the ledger
    alerts,   // surveillance
    limits,   // of accounts: the directory
    band,     // why it is as it is: the mirror of the bands
    sandbox,
};

struct SignedRoute {
    std::string_view method;
    std::string_view path;                                     // a `*` stands for one segment
    engine::CommandKind question = engine::CommandKind::none;  // of Source::engine
    std::uint8_t roles = 0xFF;                                 // who may ask
    std::string_view parameters{};                             // of the query, divided by spaces
    Source source = Source::engine;
    std::span<const Field> fields{};  // of a POST that is no command
};

// A question by anybody, for nobody's account.
struct OpenRoute {
    std::string_view path;
    engine::CommandKind question = engine::CommandKind::none;
    std::string_view parameters{};  // of the query, divided by spaces
};

// Segment by segment; a `*` stands for any one.
bool path_matches(std::string_view pattern, std::string_view path);
// The segment of the path at the pattern's `*`; empty: it has none.
std::string_view starred(std::string_view pattern, std::string_view path);

std::span<const SignedRoute> signed_routes();

std::span<const OpenRoute> open_routes();
const OpenRoute* find_open_route(std::string_view path);

// Null: no such path. `other_method` is set when the path is there, but with another method.
const SignedRoute* find_route(std::string_view method, std::string_view path, bool& other_method);

}  // namespace gridbook::gateway
