// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of the public HTTP lists, one JSON object each. It appends to the caller's string and keeps no
// state.

#include <string>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/egress/market_data.hpp"

namespace gridbook::gateway {

void append_class_row(const Directory::Class& c, std::string& out);
// `band`: the one in force, null before there is one.
void append_family_row(const Directory::Family& family, const Bands::Version* band,
                       const Directory& directory, std::string& out);
void append_instrument_row(const Market& market, const Directory& directory, std::string& out);
void append_trade_row(const Trade& trade, const Directory& directory, std::string& out);
void append_candle_row(const Candle& candle, engine::Product product, std::string& out);
void append_band_row(const Bands::Version& version, const Directory& directory, std::string& out);
// "products":[…],"fees":{…},…: steps, fees and limits, members without braces.
void append_rules(const engine::Genesis& genesis, const engine::SetRules& rules, std::string& out);

}  // namespace gridbook::gateway
