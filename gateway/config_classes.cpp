// SPDX-License-Identifier: Apache-2.0
// What a [[classes]] entry says together: a nameplate and the factors that follow from it, or a model.
#include <fmt/format.h>

#include "engine/catalogue/factor.hpp"
#include "gateway/config_keys.hpp"

namespace gridbook::gateway {

namespace {

// Models have no nameplate, and are not converted into one another: their factors are 1.000.
void complete_tokens(Config::Class& c) {
    if (c.body.tflops != 0 || c.body.memory_gb != 0 || c.body.bandwidth != 0 || c.body.sparse_tflops != 0)
        refuse(c.place, fmt::format("classes.tokens: {} is a class of tokens, which has no nameplate",
                                    c.body.name.view()));
    if (c.body.benchmark)
        refuse(c.place, fmt::format("classes.benchmark: {} is a class of tokens", c.body.name.view()));
    for (std::uint16_t* k : {&c.body.k_train, &c.body.k_infer})
        if (*k == 0) *k = 1'000;
}

}  // namespace

void complete(Config::Class& c) {
    if (c.tokens) return complete_tokens(c);
    for (const auto& [value, key] :
         {std::pair{c.body.tflops, "tflops"}, std::pair{c.body.memory_gb, "memory_gb"},
          std::pair{c.body.bandwidth, "bandwidth"}})
        if (value == 0) refuse(c.place, fmt::format("classes.{}: is missing", key));
    if (c.body.sparse_tflops != 0 && c.body.tflops >= c.body.sparse_tflops)
        refuse(c.place, fmt::format("classes.tflops: must be the dense figure, below sparse_tflops; class {}",
                                    c.body.name.view()));
    const engine::Nameplate plate{c.body.tflops, c.body.memory_gb, c.body.bandwidth};
    const auto computed = [&](std::uint16_t& k, const engine::Weights& weights, std::string_view key) {
        if (k != 0) return;
        const std::uint32_t value = engine::factor(plate, weights);
        if (value == 0 || value > 0xFFFF)
            refuse(
                c.place,
                fmt::format("classes.{}: the formula gives {} thousandths for class {}, must be 1 to 65535",
                            key, value, c.body.name.view()));
        k = static_cast<std::uint16_t>(value);
    };
    computed(c.body.k_train, engine::train_weights, "k_train");
    computed(c.body.k_infer, engine::infer_weights, "k_infer");
    if (c.body.benchmark && (c.body.k_train != 1'000 || c.body.k_infer != 1'000))
        refuse(c.place, fmt::format("classes.benchmark: {} is not the benchmark, its factors are not 1.000",
                                    c.body.name.view()));
}

}  // namespace gridbook::gateway
