// SPDX-License-Identifier: Apache-2.0
#pragma once
// Frames as text, and what is read from them.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "gateway/ingress/decoder.hpp"
#include "gateway/ingress/trade_request.hpp"

namespace gridbook::gateway::rim {

// One frame read as a trade request.
struct Read {
    explicit Read(std::string_view text) {
        error = decoder.decode(text);
        if (!error) error = read_trade(decoder.frame(), request);
    }
    template <class Body>
    const Body& as() const {
        INFO((error ? error->msg : std::string()));
        REQUIRE_FALSE(error);
        return std::get<Body>(request.body);
    }
    std::string code() const { return error ? std::string(error->code) : std::string(); }
    std::string field() const { return error ? error->field : std::string(); }

    Decoder decoder;
    TradeRequest request;
    std::optional<WireError> error;
};

using Members = std::map<std::string, std::string>;

// A good order; `changes` replace members, an empty value takes one out.
inline std::string order(const Members& changes = {}) {
    Members members{
        {"id", R"("7")"},     {"op", R"("order.place")"}, {"symbol", R"("H100.CN-EAST.G2.20261201T01Z")"},
        {"side", R"("buy")"}, {"type", R"("limit")"},     {"price", R"("14.20")"},
        {"qty", R"("16")"},   {"cid", R"("b-1")"}};
    for (const auto& [name, value] : changes) members[name] = value;
    std::string out;
    for (const auto& [name, value] : members)
        if (!value.empty()) out += fmt::format("{}\"{}\":{}", out.empty() ? "{" : ",", name, value);
    return out + "}";
}

inline std::string frame(std::string_view op, std::string_view more = {}) {
    return fmt::format(R"({{"id":"1","op":"{}"{}{}}})", op, more.empty() ? "" : ",", more);
}

}  // namespace gridbook::gateway::rim
