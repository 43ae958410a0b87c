// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a person types at `gridbook client`, and the request that it means. It knows the table of ops, so that
// every op and every field can be said, and no sockets.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gridbook::gateway {

// `members`: JSON members without braces; `target`: path and query of a public GET.
struct TradeWords {
    std::string op;
    std::string members;
};
struct MarketWords {
    std::string channels;  // as JSON
    std::string symbol;
};
struct HttpWords {
    std::string target;
};
enum class LocalWords { nothing, help, events, quit };
struct Misunderstood {
    std::string sentence;
};
using Said = std::variant<LocalWords, TradeWords, MarketWords, HttpWords, Misunderstood>;

// One line: a command, its arguments, and more fields as name=value.
Said understand(std::string_view line);
// All commands, one a line.
std::string help_text();

}  // namespace gridbook::gateway
