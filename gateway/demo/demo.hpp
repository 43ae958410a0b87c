// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook demo`: the exchange as `serve` runs it, with the demo market beside it. It only wires the two.

#include "gateway/serve.hpp"

namespace gridbook::gateway {

// Starts the demo market when the exchange is ready and ends it before the doors close. The market signs with
// the first operator key and the first regulator key of the configuration that have a private key file in the
// data folder; without them the sentence that on_ready throws names what is missing.
ServeOptions with_demo_market(ServeOptions options);

}  // namespace gridbook::gateway
