// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a refusal is made before anyone is told it (step.hpp: refuse). Reason `none` means "passed".

#include "engine/event.hpp"

namespace gridbook::engine {

inline Refused refusal(RejectReason reason, RejectField field, std::int64_t limit = 0, std::int64_t got = 0) {
    Refused r;
    r.reason = reason;
    r.field = field;
    r.limit_high = limit;
    r.got = got;
    return r;
}

inline Refused refusal(RejectReason reason, RejectField field, InstrumentId instrument,
                       std::int64_t limit = 0, std::int64_t got = 0) {
    Refused r = refusal(reason, field, limit, got);
    r.instrument = instrument;
    return r;
}

// A pool of configured size is exhausted.
inline Refused pool_full(Pool pool, std::size_t limit) {
    Refused r = refusal(RejectReason::engine_limit, RejectField::pool, static_cast<std::int64_t>(limit));
    r.pool = pool;
    return r;
}

inline bool passed(const Refused& r) { return r.reason == RejectReason::none; }

}  // namespace gridbook::engine
