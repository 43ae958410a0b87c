// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a family has the band that it has: which rule gave each edge, from what, under which version, and what
// was in force before it. From durable events alone, so that the answer from a copy of the journal is the
// same.

#include <cstdint>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

struct BandQuestion {
    engine::FamilyId family = engine::no_family;
    std::uint32_t version = 0;  // 0: the one in force
};

// Nothing: explained. Appends members: family, rule, edges with what they follow from, band and before.
// FORMAT_VALUE: no such version, or it is too long ago.
std::optional<WireError> append_band_explanation(const BandQuestion& question, const Directory& directory,
                                                 const Bands& bands, std::string& out);

}  // namespace gridbook::gateway
