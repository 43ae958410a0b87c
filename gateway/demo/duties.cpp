// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/duties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gridbook::gateway::demo {

namespace {

// A report comes some seconds into its minute, when the machine has something to say about it.
constexpr engine::Duration into_the_minute{5 * engine::second.value};
constexpr unsigned silent_percent = 1;
constexpr unsigned short_percent = 3;

// From then on there is nothing to say any more.
bool over(std::string_view state) {
    constexpr std::array<std::string_view, 5> states{"failed", "replaced", "delivered", "provisional",
                                                     "settled"};
    return std::ranges::find(states, state) != states.end();
}

}  // namespace

void Duties::hear(const JsonDocument& document, const std::string& at, const Scene& scene) {
    const auto text = [&](std::string_view name) { return document.text(fmt::format("{}{}", at, name)); };
    const auto number = [&](std::string_view name) {
        return static_cast<std::int64_t>(document.number(fmt::format("{}{}", at, name)).value_or(0));
    };
    const std::string did = text("did").value_or(""), state = text("state").value_or("");
    if (did.empty() || text("party") != "seller") return;
    if (over(state)) {
        duties_.erase(did);
        return;
    }
    const auto spot = scene.spot_of(text("symbol").value_or(""));
    const auto lots = lots_of(text("qty").value_or(""));
    if (!spot || !lots) return;
    Duty& duty = duties_[did];
    duty.start = engine::Time{spot->hour * engine::hour.value};
    duty.lots = *lots;
    duty.from = number("from_minute");
    duty.end = duty.from + number("minutes");
    duty.ready = duty.ready || state == "ready";
}

std::vector<Duties::Saying> Duties::due(engine::Time now, Chance& chance, std::size_t most) {
    std::vector<Saying> said;
    for (auto& [did, duty] : duties_) {
        if (said.size() >= most) break;
        if (!duty.ready) {
            duty.ready = true;
            said.push_back({"delivery.ready", fmt::format(R"("did":"{}","endpoint_ref":"demo://{}")", did,
                                                          who_.substr(0, 24))});
            continue;
        }
        const std::int64_t passed = now.value - into_the_minute.value - duty.start.value;
        const std::int64_t minute = passed / engine::minute.value;
        if (passed < 0 || minute < duty.from || minute >= duty.end || minute <= duty.told) continue;
        duty.told = minute;
        if (chance.percent(silent_percent)) continue;
        const std::int64_t lots = chance.percent(short_percent) ? chance.between(0, duty.lots) : duty.lots;
        said.push_back({"meter.report",
                        fmt::format(R"("did":"{}","minute":{},"available":"{}","util":"{}","power_w":{})",
                                    did, minute, quantity_text(lots), price_text(chance.between(60, 98)),
                                    lots * chance.between(55, 70))});
    }
    return said;
}

}  // namespace gridbook::gateway::demo
