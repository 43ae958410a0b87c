// SPDX-License-Identifier: Apache-2.0
#pragma once
// A use of tokens is drawn from holdings, whole or refused (market-rules section 7).

#include "engine/step.hpp"

namespace gridbook::engine {

void draw_tokens(Step& step, const DrawTokens& body);

}  // namespace gridbook::engine
