// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/scene.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "gateway/client/json.hpp"
#include "gateway/decimal.hpp"

namespace gridbook::gateway::demo {

namespace {

constexpr std::size_t families_max = 8;
constexpr std::int64_t hours_ahead = 12;
constexpr std::int64_t drift_max = 900;
// Orders enter until shortly before the gate, not in its last seconds.
constexpr engine::Duration before_gate{20 * engine::second.value};

// What an hour of the day (UTC) costs above or below the day's mean, in basis points: night is cheap.
constexpr std::array<std::int64_t, 24> day_shape{-300, -200, 0,    200,  300,  300,  200,  100,
                                                 200,  300,  350,  300,  250,  150,  50,   0,
                                                 -50,  -200, -350, -450, -500, -500, -450, -400};

std::int64_t ticks_at(const JsonDocument& families, const std::string& pointer) {
    return ticks_of(families.text(pointer).value_or("")).value_or(0);
}

}  // namespace

std::vector<Family> Scene::ask_families(HttpClient& http, std::string_view product) {
    const HttpAnswer answer = http.get("/v1/families");
    if (answer.status != 200)
        throw std::runtime_error(fmt::format("GET /v1/families: HTTP {}", answer.status));
    const JsonDocument document(answer.body);
    std::vector<Family> all;
    for (std::size_t i = 0; i < document.size("/families"); ++i) {
        const std::string row = fmt::format("/families/{}/", i);
        const auto text = [&](std::string_view name) {
            return document.text(fmt::format("{}{}", row, name)).value_or("");
        };
        if (text("product") != product) continue;
        all.push_back({text("family"), text("class"), text("zone"), text("tier"),
                       ticks_at(document, row + "guidance"), ticks_at(document, row + "floor"),
                       ticks_at(document, row + "ceiling"), document.number(row + "band").value_or(0), 0});
    }
    return all;
}

void Scene::load(HttpClient& http) {
    const std::vector<Family> all = ask_families(http);
    if (all.empty()) throw std::runtime_error("the exchange has no family of GPU hours to trade");
    families_.clear();
    const std::size_t count = std::min(families_max, all.size());
    for (std::size_t i = 0; i < count; ++i) families_.push_back(all[i * all.size() / count]);
    for (Family& family : families_) family.drift = chance_.between(-400, 400);
    models_ = ask_families(http, "token");
}

void Scene::read_bands(HttpClient& http) {
    for (const Family& now : ask_families(http))
        for (Family& family : families_)
            if (family.name == now.name) {
                family.floor = now.floor;
                family.ceiling = now.ceiling;
                family.version = now.version;
            }
}

void Scene::wander() {
    for (Family& family : families_) {
        family.drift += chance_.between(-12, 12) - family.drift / 256;
        family.drift = std::clamp(family.drift, -drift_max, drift_max);
    }
}

void Scene::learn_band(std::size_t family, std::int64_t floor, std::int64_t ceiling) {
    families_[family].floor = floor;
    families_[family].ceiling = ceiling;
}

std::int64_t Scene::first_hour() const {
    const auto ready = now_.value + 15 * engine::minute.value + before_gate.value;
    return ready / engine::hour.value + 1;
}

Spot Scene::spot(Chance& chance, std::size_t family) const {
    const std::int64_t ahead =
        std::min(chance.between(0, hours_ahead - 1), chance.between(0, hours_ahead - 1));
    return {family, first_hour() + ahead};
}

std::int64_t Scene::fair(Spot spot) const {
    const Family& family = families_[spot.family];
    const std::int64_t share = 10'000 + family.drift + day_shape[static_cast<std::size_t>(spot.hour % 24)];
    return family.guidance * share / 10'000;
}

std::int64_t Scene::within_band(std::size_t family, std::int64_t price) const {
    return std::clamp(price, families_[family].floor,
                      std::max(families_[family].floor, families_[family].ceiling));
}

std::string Scene::symbol(Spot spot) const {
    return fmt::format("{}.{:%Y%m%dT%H}Z", families_[spot.family].name,
                       fmt::gmtime(static_cast<std::time_t>(spot.hour * 3600)));
}

std::optional<Spot> Scene::spot_of(std::string_view symbol) const {
    for (std::size_t family = 0; family < families_.size(); ++family) {
        if (!symbol.starts_with(families_[family].name + ".")) continue;
        for (std::int64_t hour = first_hour() - 2; hour < first_hour() + hours_ahead + 2; ++hour)
            if (this->symbol({family, hour}) == symbol) return Spot{family, hour};
    }
    return std::nullopt;
}

std::string price_text(std::int64_t ticks) { return fmt::format("{}.{:02}", ticks / 100, ticks % 100); }

std::string quantity_text(std::int64_t lots) {
    return lots % 10 == 0 ? fmt::format("{}", lots / 10) : fmt::format("{}.{}", lots / 10, lots % 10);
}

namespace {
std::optional<std::int64_t> steps_of(std::string_view text, std::int64_t step) {
    const auto value = parse_decimal(text);
    if (!value || value->value % step != 0) return std::nullopt;
    return value->value / step;
}
}  // namespace

std::optional<std::int64_t> ticks_of(std::string_view text) { return steps_of(text, engine::tick_decimal); }
std::optional<std::int64_t> lots_of(std::string_view text) { return steps_of(text, engine::gpu_lot_decimal); }

}  // namespace gridbook::gateway::demo
