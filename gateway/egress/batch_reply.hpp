// SPDX-License-Identifier: Apache-2.0
#pragma once
// {"id":"9","ok":true,"results":[{"ok":true,"ev":"order",…},{"ok":false,"error":{…}}]}: the reply to an
// order.batch, one result an order, in the order of the orders (protocol section 3).

#include "gateway/egress/json.hpp"
#include "gateway/requests.hpp"

namespace gridbook::gateway {

inline void append_batch_reply(const Batch& batch, std::string& out) {
    out += "{\"id\":";
    append_quoted(batch.id, out);
    out += ",\"ok\":true,\"results\":[";
    for (std::size_t i = 0; i < batch.results.size(); ++i) {
        if (i != 0) out += ',';
        out += batch.results[i];
    }
    out += "]}";
}

}  // namespace gridbook::gateway
