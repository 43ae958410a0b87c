// SPDX-License-Identifier: Apache-2.0
#pragma once
// The third outcome of style: our own mistake. A check stays on in release; a failed one prints file, line
// and what did not hold, and stops the process, because an exchange in an unknown state must not go on.

#include <cstdio>
#include <cstdlib>

namespace gridbook::engine {

[[noreturn, gnu::cold, gnu::noinline]] inline void check_failed(const char* what, const char* file,
                                                                int line) {
    std::fprintf(stderr, "gridbook: check failed: %s (%s:%d)\n", what, file, line);
    std::abort();
}

}  // namespace gridbook::engine

#define GRIDBOOK_CHECK(condition)                        \
    (static_cast<bool>(condition) ? static_cast<void>(0) \
                                  : ::gridbook::engine::check_failed(#condition, __FILE__, __LINE__))
