// SPDX-License-Identifier: Apache-2.0
#pragma once
// The answer when the pipeline is full: nothing was sequenced, the same request may be sent again.

#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

inline WireError busy() {
    return {.code = "BUSY",
            .msg = "the exchange is full for the moment; nothing was entered, cancels still pass",
            .retry_ms = 50};
}

}  // namespace gridbook::gateway
