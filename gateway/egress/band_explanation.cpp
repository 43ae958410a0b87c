// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/band_explanation.hpp"

#include <fmt/format.h>

#include "engine/bands/hard_band.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/market_encoder.hpp"

namespace gridbook::gateway {

namespace {

using Version = Bands::Version;

std::string price_text(engine::Price price) {
    std::string out;
    append_price(price, out);
    return out;
}

std::string factor_text(std::uint16_t k) {
    std::string out;
    append_decimal(engine::Decimal{std::int64_t{k} * 1'000}, out);
    return out;
}

// The family of a benchmark class in the same zone, tier and product: the first that was defined.
const Directory::Family* benchmark_of(const Directory::Family& family, const Directory& directory) {
    for (const Directory::Family& f : directory.families())
        if (directory.classes()[f.defined.class_id.value].defined.benchmark &&
            f.defined.zone_id == family.defined.zone_id && f.defined.tier_id == family.defined.tier_id &&
            f.defined.product == family.defined.product)
            return &f;
    return nullptr;
}

// "9.80 = 0.70 x 14.00, rounded up to the tick", or that a regulator set it.
std::string floor_rule(const engine::BandChanged& band) {
    if (band.floor != engine::default_floor(band.guidance)) return "set";
    return fmt::format("0.70 x guidance {}, rounded up to the tick", price_text(band.guidance));
}
std::string ceiling_rule(const engine::BandChanged& band) {
    if (band.ceiling != engine::default_ceiling(band.guidance)) return "set";
    return fmt::format("1.40 x guidance {}, rounded down to the tick", price_text(band.guidance));
}

struct Edge {
    std::string_view name;
    engine::Price price;
    std::string rule;
};

void append_edges(std::initializer_list<Edge> edges, std::string& out) {
    out += ",\"edges\":{";
    for (const Edge& edge : edges) {
        if (out.back() != '{') out += ',';
        append_quoted(edge.name, out);
        out += ":{\"price\":";
        append_quoted(price_text(edge.price), out);
        Members(out).text<"rule">(edge.rule).raw("}");
    }
    out += '}';
}

// What a band of its own follows from.
void append_own(const Version& version, std::string& out) {
    const engine::BandChanged& band = version.band;
    Members(out).word<"rule">(version.guidance ? "guidance_by_formula" : "set_by_regulator");
    append_edges({{"floor", band.floor, floor_rule(band)},
                  {"ceiling", band.ceiling, ceiling_rule(band)},
                  {"guidance", band.guidance, version.guidance ? "formula cost-1, within a tick" : "set"}},
                 out);
}

// The factor is that of now: a change of factors makes a version of its own, so it is that of the band in
// force.
void append_converted(const Version& version, const Directory& directory, const Bands& bands,
                      std::string& out) {
    const Directory::Family& family = directory.families()[version.band.family.value];
    Members m(out);
    m.word<"rule">("converted");
    const Directory::Family* from = benchmark_of(family, directory);
    const Version* source = from == nullptr ? nullptr : bands.in_force(from->defined.id);
    const Version* now = bands.in_force(family.defined.id);
    if (source == nullptr || now != &version) return;
    const Directory::Class& c = directory.classes()[family.defined.class_id.value];
    const std::string k = factor_text(c.k_train());
    const auto edge = [&](engine::Price price, std::string_view rounded) {
        return fmt::format("{} x {}, rounded {} the tick", k, price_text(price), rounded);
    };
    m.decimal<"factor">(engine::Decimal{std::int64_t{c.k_train()} * 1'000})
        .number<"factor_version">(c.version())
        .text<"benchmark">(from->name)
        .number<"benchmark_version">(source->band.version);
    append_edges({{"floor", version.band.floor, edge(source->band.floor, "up to")},
                  {"ceiling", version.band.ceiling, edge(source->band.ceiling, "down to")},
                  {"guidance", version.band.guidance, edge(source->band.guidance, "half to even to")}},
                 out);
}

WireError no_version(const BandQuestion& question) {
    return {.code = "FORMAT_VALUE",
            .msg = "the family has no such band version, or it is too long ago",
            .field = "version",
            .rule = "version",
            .got = std::to_string(question.version)};
}

}  // namespace

std::optional<WireError> append_band_explanation(const BandQuestion& question, const Directory& directory,
                                                 const Bands& bands, std::string& out) {
    const Version* version = question.version == 0 ? bands.in_force(question.family)
                                                   : bands.version(question.family, question.version);
    if (version == nullptr) return no_version(question);
    out += "\"family\":";
    append_quoted(directory.families()[question.family.value].name, out);
    Members m(out);
    m.word<"status">(wire_name(version->band.status));
    if (version->band.converted)
        append_converted(*version, directory, bands, out);
    else
        append_own(*version, out);
    m.raw(",\"band\":");
    append_band(*version, version->sequence, directory, out);
    if (const Version* before = bands.before(*version)) {
        m.raw(",\"before\":");
        append_band(*before, before->sequence, directory, out);
    }
    m.number<"seq">(directory.sequence().value);
    return std::nullopt;
}

}  // namespace gridbook::gateway
