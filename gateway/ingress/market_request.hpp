// SPDX-License-Identifier: Apache-2.0
#pragma once
// A market frame after decoding: what a reader of public data asks for (protocol section 4). Channel words
// are checked by the decoder; whether a symbol exists is the market feed's to say.

#include <string>
#include <vector>

namespace gridbook::gateway {

struct MarketRequest {
    std::string id;
    std::string op;                     // subscribe, unsubscribe, book.snapshot
    std::vector<std::string> channels;  // none for book.snapshot
    std::vector<std::string> symbols;
};

}  // namespace gridbook::gateway
