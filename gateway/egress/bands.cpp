// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/bands.hpp"

#include <algorithm>

#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

using engine::BandStatus;

auto find_version(auto& versions, std::uint32_t number) {
    return std::find_if(versions.begin(), versions.end(),
                        [&](const auto& v) { return v.band.version == number; });
}

}  // namespace

void Bands::apply(const engine::Event& event) {
    if (event.kind() == engine::EventKind::guidance_set) inputs_ = event.as<engine::GuidanceSet>();
    if (event.kind() != engine::EventKind::band_changed) return;
    auto band = event.as<engine::BandChanged>();
    if (band.effective.value == 0) band.effective = event.header.time;  // at once
    if (band.family.value >= families_.size()) families_.resize(band.family.value + std::size_t{1});
    Family& family = families_[band.family.value];

    // A scheduled version that comes into force keeps who asked for it and why.
    if (const auto it = find_version(family.versions, band.version); it != family.versions.end()) {
        it->band = band;
    } else {
        std::string reason = texts_ && band.blob.value != 0 ? texts_(band.blob) : std::string();
        Version version{.band = band,
                        .sequence = event.header.sequence,
                        .key = event.header.key,
                        .reason = std::move(reason)};
        if (band.proposer != 0) {
            version.approved_by = event.header.key;
            version.key = engine::KeyIndex{static_cast<std::uint16_t>(band.proposer - 1)};
        }
        if (inputs_.family == band.family && inputs_.version == band.version) {
            version.guidance = inputs_;
            version.text_sha256 = hex(sha256(version.reason));
        }
        family.versions.push_back(std::move(version));
    }
    if (band.status != BandStatus::scheduled) family.in_force = band.version;
    forget_old(family);
}

void Bands::forget_old(Family& family) {
    if (family.versions.size() <= kept) return;
    const auto old = std::find_if(family.versions.begin(), family.versions.end(), [&](const Version& v) {
        return v.band.status != BandStatus::scheduled && v.band.version != family.in_force;
    });
    if (old != family.versions.end()) family.versions.erase(old);
}

const Bands::Version* Bands::in_force(engine::FamilyId family) const {
    if (family.value >= families_.size()) return nullptr;
    return version(family, families_[family.value].in_force);
}

const Bands::Version* Bands::version(engine::FamilyId family, std::uint32_t number) const {
    if (family.value >= families_.size()) return nullptr;
    const auto& versions = families_[family.value].versions;
    const auto it = find_version(versions, number);
    return it == versions.end() ? nullptr : &*it;
}

const Bands::Version* Bands::before(const Version& version) const {
    const Version* found = nullptr;
    for (const Version& v : families_[version.band.family.value].versions)
        if (v.band.status != BandStatus::scheduled && v.band.version != version.band.version &&
            v.band.effective <= version.band.effective &&
            (found == nullptr || v.band.effective >= found->band.effective) &&
            (v.band.effective < version.band.effective || v.band.version < version.band.version))
            found = &v;
    return found;
}

std::vector<const Bands::Version*> Bands::scheduled(engine::FamilyId family) const {
    std::vector<const Version*> found;
    if (family.value >= families_.size()) return found;
    for (const Version& v : families_[family.value].versions)
        if (v.band.status == BandStatus::scheduled) found.push_back(&v);
    return found;
}

}  // namespace gridbook::gateway
