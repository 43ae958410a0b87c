// SPDX-License-Identifier: Apache-2.0
#pragma once
// The answer when the pipeline is full: nothing was sequenced, the same request may be sent again.

#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

inline WireError busy(bool disk_full = false) {
    if (disk_full)
        return {.code = "BUSY",
                .msg =
                    "the exchange's disk is nearly full; nothing was entered, cancels still pass, and it "
                    "goes on by "
                    "itself once there is room",
                .retry_ms = 1'000};
    return {.code = "BUSY",
            .msg = "the exchange is full for the moment; nothing was entered, cancels still pass",
            .retry_ms = 50};
}

}  // namespace gridbook::gateway
