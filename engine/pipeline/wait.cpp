// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline/wait.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace gridbook::engine {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free && sizeof(std::atomic<std::uint32_t>) == 4);

void FutexSleeper::sleep(Duration at_most) {
    const timespec limit{at_most.value / second.value, at_most.value % second.value};
    // Returns at once when the flag is no longer 1, after a wake, after the time, or on a signal: all are
    // fine, because the caller looks at its rings again.
    syscall(SYS_futex, &parked_, FUTEX_WAIT_PRIVATE, 1, &limit, nullptr, 0);
}

void FutexSleeper::rouse() { syscall(SYS_futex, &parked_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }

void Idle::yield() { sched_yield(); }

}  // namespace gridbook::engine
