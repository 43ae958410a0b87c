// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/packages.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gridbook::gateway::demo {

namespace {

constexpr std::int64_t blocks_held = 100;  // of each of the next days
constexpr std::int64_t days_held = 3;
constexpr std::int64_t package_blocks = 200;
constexpr std::int64_t package_days = 7;
constexpr engine::Duration between_draws = engine::minute;

}  // namespace

std::optional<Packages::Saying> Packages::due(const std::vector<Family>& models, engine::Time now) {
    now_ = now;
    if (part_ == Part::none || !said_.empty() || now < quiet_until_ || models.empty()) return std::nullopt;
    return part_ == Part::issuer ? issue(models) : use();
}

std::optional<Packages::Saying> Packages::say(std::string op, std::string members) {
    said_ = op;
    return Saying{std::move(op), std::move(members)};
}

// Each day the blocks of the days behind those it has; the cid names the day, so that nothing is bought
// twice.
std::optional<Packages::Saying> Packages::issue(const std::vector<Family>& models) {
    if (listed_.insert("packages.get").second) return say("packages.get", "");
    const std::int64_t today = now_.value / engine::day.value;
    for (std::int64_t day = std::max(held_day_, today) + 1; day <= today + days_held; held_day_ = day++)
        for (std::size_t model = 0; model < models.size(); ++model)
            next_.push_back(
                {"order.place",
                 fmt::format(
                     R"("symbol":"{}.{:%Y%m%d}","side":"buy","type":"limit","price":"{}","qty":"{}","cid":"reserve-{}-{}")",
                     models[model].name, fmt::gmtime(static_cast<std::time_t>(day * 86'400)),
                     price_text(models[model].guidance), blocks_held, model, day)});
    for (const Family& model : models)
        if (offered_.insert(model.class_name).second)
            next_.push_back(
                {"package.offer",
                 fmt::format(R"("class":"{}","blocks":{},"days":{},"carry":20,"price":"{}","overage":"{}")",
                             model.class_name, package_blocks, package_days,
                             price_text(model.guidance * package_blocks * 95 / 100),
                             price_text(model.guidance * 11 / 10))});
    if (next_.empty()) return std::nullopt;
    Saying first = std::move(next_.front());
    next_.pop_front();
    return say(std::move(first.op), std::move(first.members));
}

// The usage id names the minute and the purchase id the day: said again, nothing is drawn or bought twice.
std::optional<Packages::Saying> Packages::use() {
    if (listed_.insert("grants.get").second) return say("grants.get", "");
    if (!grant_.empty()) {
        quiet_until_ = now_ + between_draws;
        const std::int64_t minute = now_.value / between_draws.value;
        return say("token.draw",
                   fmt::format(R"("grant":"{}","uncached":{},"output":{},"usage":"{}-{}")", grant_,
                               20'000 + minute % 7 * 1'000, 4'000 + minute % 5 * 500, name_, minute));
    }
    if (package_.empty()) {
        quiet_until_ = now_ + engine::second * 10;
        return say("packages.get", "");
    }
    quiet_until_ = now_ + between_draws;
    return say("package.buy", fmt::format(R"("package":"{}","qty":1,"purchase":"{}-{}")", package_, name_,
                                          now_.value / engine::day.value));
}

void Packages::hear(const JsonDocument& answer, std::string_view code) {
    const std::string op = std::exchange(said_, {});
    if (code == "PACKAGE_UNKNOWN") package_ = grant_ = {};
    if (op == "package.buy" && code == "CID_REUSED") package_ = {};
    // Nothing is delivering before the next day.
    if (op == "token.draw" && code == "QUOTA_EXHAUSTED")
        quiet_until_ = engine::Time{(now_.value / engine::day.value + 1) * engine::day.value};
    if (!code.empty()) return;
    if (op == "package.buy") grant_ = answer.text("/grant").value_or("");
    if (op == "packages.get") hear_list(answer, "packages");
    if (op == "packages.get" && !package_.empty()) quiet_until_ = {};
    if (op == "grants.get") hear_list(answer, "grants");
}

// An issuer looks for its own packages, a user for one that is sold, and for what it has bought before.
void Packages::hear_list(const JsonDocument& answer, std::string_view name) {
    for (std::size_t i = 0; i < answer.size(fmt::format("/{}", name)); ++i) {
        const auto text = [&](std::string_view member) {
            return answer.text(fmt::format("/{}/{}/{}", name, i, member)).value_or("");
        };
        const bool sold = text("state") == "open";
        if (name == "grants" && text("party") == "buyer" && grant_.empty()) grant_ = text("grant");
        if (sold && part_ == Part::issuer && text("issuer") == name_) offered_.insert(text("class"));
        if (sold && part_ == Part::user && package_.empty()) package_ = text("package");
    }
}

void Packages::forget() {
    said_.clear();
    listed_.clear();
    next_.clear();
    offered_.clear();
    held_day_ = 0;
}

}  // namespace gridbook::gateway::demo
