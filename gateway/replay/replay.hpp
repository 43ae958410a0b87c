// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook replay`: a real trace through a running exchange, in the trace's own time, with a report at the
// end. The same trace against an empty exchange gives the same trades every time.

#include <chrono>
#include <string>

namespace gridbook::gateway {

struct ReplayOptions {
    std::string trace;                        // alibaba-gpu-2023 | philly-2017 | philly-month
    std::string data_dir = "../shared/data";  // the trace folder
    std::string connect = "ws://127.0.0.1:8080";
    double speed = 0;        // times real time; 0: as fast as it goes
    std::uint32_t days = 0;  // 0: 30 of Alibaba (the last), 31 of Philly
    bool all_nodes = false;  // no thinning of the supply
    std::string key_file;    // empty: data/replay-<trace>/replay.pem
    std::string key_name = "replay";
    std::string report_file;             // JSON; empty: none
    std::string page_file;               // philly-month: the same as a page with pictures; empty: none
    std::string acked_file;              // one line an acknowledged order; empty: none
    std::size_t window = 4'096;          // commands in flight
    std::chrono::seconds reconnect{30};  // how long a lost connection is tried again
    // Of philly-month.
    std::uint32_t patience_h = 1;      // at one price
    std::uint32_t waiting_h = 72;      // of a window, from its entry
    std::uint32_t failing_bp = 100;    // of provider-hours
    std::uint32_t standby_every = 27;  // each so many-th node stands by; 0: none
    bool raises = true;                // a window that waits bids more
};

// Returns the exit status: 0, or 1 with a sentence on stderr (also when an order was refused).
int run_replay(const ReplayOptions& options);

}  // namespace gridbook::gateway
