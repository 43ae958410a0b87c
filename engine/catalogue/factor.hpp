// SPDX-License-Identifier: Apache-2.0
#pragma once
// The conversion factor of a class against the benchmark (market-rules section 2):
//
//   k(c) = (TFLOPS/989.4)^a · (BW/3.35)^b · (MEM/80)^m     train .70/.20/.10, infer .25/.55/.20
//
// It is a published nameplate figure of three decimals, not money: the power is taken in double and rounded
// half up once, before the command that defines the class; the engine only ever sees the thousandths in that
// command.

#include <cmath>
#include <cstdint>

namespace gridbook::engine {

// As in DefineClass: dense FP16/BF16 TFLOPS in thousandths, GB, TB/s in thousandths.
struct Nameplate {
    std::uint32_t tflops = 0;
    std::uint32_t memory_gb = 0;
    std::uint32_t bandwidth = 0;
};

// The H100-class hour.
inline constexpr Nameplate benchmark{989'400, 80, 3'350};

struct Weights {
    double tflops, bandwidth, memory;
};
inline constexpr Weights train_weights{0.70, 0.20, 0.10};
inline constexpr Weights infer_weights{0.25, 0.55, 0.20};

// Thousandths, rounded half up. All three figures are above zero.
inline std::uint32_t factor(const Nameplate& n, const Weights& w) {
    const double k = std::pow(static_cast<double>(n.tflops) / benchmark.tflops, w.tflops) *
                     std::pow(static_cast<double>(n.bandwidth) / benchmark.bandwidth, w.bandwidth) *
                     std::pow(static_cast<double>(n.memory_gb) / benchmark.memory_gb, w.memory);
    return static_cast<std::uint32_t>(std::floor(k * 1000.0 + 0.5));
}

}  // namespace gridbook::engine
