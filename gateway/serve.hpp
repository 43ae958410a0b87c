// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook serve`: recover, open the doors, run until a signal, close in order.

#include <functional>
#include <string>

#include "gateway/config.hpp"

namespace gridbook::gateway {

struct ServeOptions {
    Config config;
    bool status_line = true;  // once a second: on a terminal one line that is rewritten, otherwise every 10 s
    // Called once, on the I/O thread, when the exchange takes requests; the URL is http://address:port.
    std::function<void(const std::string& url)> on_ready = {};
    std::function<void()> on_stop = {};  // before the doors close
    std::uint32_t seconds = 0;           // stop by itself after this long; 0: never
};

// Exit status: 0 after a clean stop, 1 with a sentence on stderr otherwise.
int serve(ServeOptions options);

}  // namespace gridbook::gateway
