// SPDX-License-Identifier: Apache-2.0
#pragma once
// Families whose bands are converted from the benchmark's: which they are, what their bands would be, and the
// telling of all of them when the benchmark or a factor moved. A band of its own (overridden) follows
// nothing.

#include "engine/regulation/conversion.hpp"
#include "engine/step.hpp"

namespace gridbook::engine {

// Calls f(id, family) for the families that follow `benchmark`, by symbol; f answers whether to go on.
template <class F>
void for_followers(const State& state, FamilyId benchmark, F&& f) {
    const Catalogue& c = state.catalogue;
    for (const FamilyId id : c.by_symbol())
        if (c.family(id).band.converted && c.benchmark_of(c.family(id)) == benchmark)
            if (!f(id, c.family(id))) return;
}

// The same for those of one class.
template <class F>
void for_class_followers(const State& state, ClassId of, F&& f) {
    const Catalogue& c = state.catalogue;
    for (const FamilyId id : c.by_symbol())
        if (c.family(id).band.converted && c.family(id).defined.class_id == of)
            if (!f(id, c.family(id))) return;
}

// What a family's band becomes under this band of the benchmark.
inline HardBand follow(const State& state, const Family& family, const HardBand& benchmark) {
    const std::uint16_t k = state.catalogue.classes()[family.defined.class_id.value].defined.k_train;
    return converted(benchmark, k, family.band);
}

// The benchmark's band came into force: leaves a task that tells its followers (tell_followers), if any.
void push_followers(State& state, FamilyId benchmark);
// The same for the families of a class whose factors changed.
void push_class_followers(State& state, ClassId of);
// Tells the followers from the cursor on, each with its own version and impact, and leaves their moves on the
// agenda. False: the sink has no more room; it goes on at the cursor.
bool tell_followers(Step& step, FamilyId benchmark, std::uint32_t& cursor);
bool tell_class_followers(Step& step, ClassId of, std::uint32_t& cursor);
bool tell_followers(Step& step, Task& task);

}  // namespace gridbook::engine
