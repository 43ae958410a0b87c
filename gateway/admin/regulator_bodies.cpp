// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/regulator_bodies.hpp"

namespace gridbook::gateway {

namespace {

using engine::Command;
using enum Form;
using enum Need;

constexpr Word formulas[] = {{"cost-1"}};
constexpr Word provenances[] = {{"nameplate"}, {"measured"}, {"regulator"}};

constexpr Field guidance_table[] = {{"family", text},
                                    {"price", decimal},
                                    {"formula", word, required, 16, formulas},
                                    {"capex", decimal},
                                    {"life_h", whole, required, UINT32_MAX},
                                    {"util", decimal},
                                    {"power_kw", decimal},
                                    {"pue", decimal},
                                    {"tariff", decimal},
                                    {"opex_h", decimal},
                                    {"index", decimal, optional},
                                    {"expect", integer, required, UINT32_MAX},
                                    {"effective", instant, optional},
                                    {"rationale", text, required, 8'192},
                                    {"reason", text, optional, 1'024},
                                    {"dry_run", truth, optional}};
constexpr Field factor_table[] = {{"class", text},
                                  {"k_train", decimal},
                                  {"k_infer", decimal},
                                  {"provenance", word, required, 16, provenances},
                                  {"issued", instant, optional},
                                  {"expect", integer, required, UINT32_MAX},
                                  {"effective", instant, optional},
                                  {"reason", text, optional, 1'024},
                                  {"dry_run", truth, optional}};
constexpr Word claimants[] = {{"buyer"}, {"seller"}};
constexpr Field dispute_table[] = {{"did", id},
                                   {"claimant", word, required, 16, claimants},
                                   {"uphold", truth},
                                   {"reason", text, optional, 1'024}};
constexpr Field decision_table[] = {{"reason", text, optional, 1'024}};

// A figure in the engine's steps. What is off the step, or does not fit, is refused; never rounded.
class Figures {
  public:
    explicit Figures(const Frame& frame) : frame_(frame) {}

    std::uint32_t take(std::string_view name, std::int64_t step, std::string_view rule,
                       std::int64_t most = UINT32_MAX) {
        const std::int64_t value = frame_.number(name);
        if (!error_ && (value % step != 0 || value / step > most))
            error_ = bad_value(name, std::string(rule), frame_.text(name));
        return error_ ? 0 : static_cast<std::uint32_t>(value / step);
    }
    const std::optional<WireError>& error() const { return error_; }

  private:
    const Frame& frame_;
    std::optional<WireError> error_;
};

CommandOrError decision(const Frame& frame, engine::Verdict verdict, const engine::Sha256& blob) {
    return Command::of(engine::DecideChange{
        .change = static_cast<std::uint32_t>(frame.number("change")), .verdict = verdict, .blob = blob});
}

}  // namespace

std::span<const Field> guidance_fields() { return guidance_table; }
std::span<const Field> factor_fields() { return factor_table; }
std::span<const Field> decision_fields() { return decision_table; }
std::span<const Field> dispute_fields() { return dispute_table; }

CommandOrError guidance_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto family = directory.family_id(frame.text("family"));
    if (!family)
        return WireError{.code = "SYMBOL_UNKNOWN",
                         .msg = "no such family",
                         .field = "family",
                         .got = std::string(shown(frame.text("family")))};
    Figures figures(frame);
    engine::SetGuidance body{.family = *family,
                             .formula = engine::Formula::cost_1,
                             .reasoned = frame.has("reason"),
                             .expect = static_cast<std::uint32_t>(frame.number("expect")),
                             .price = engine::Decimal{frame.number("price")},
                             .effective = engine::Time{frame.number("effective")},
                             .capex = engine::Money{frame.number("capex")},
                             .life_h = static_cast<std::uint32_t>(frame.number("life_h")),
                             .blob = blob};
    body.utilisation.value =
        static_cast<std::int32_t>(figures.take("util", 100, "a share with at most four decimals", INT32_MAX));
    body.power_w = figures.take("power_kw", 1'000, "kilowatts with at most three decimals");
    body.pue = figures.take("pue", 1'000, "a ratio with at most three decimals");
    body.tariff = figures.take("tariff", 1, "CNY a kWh, at most 4294");
    body.opex_h = figures.take("opex_h", 1, "CNY an hour, at most 4294");
    body.index = figures.take("index", 1'000, "a figure with at most three decimals");
    if (figures.error()) return *figures.error();
    return Command::of(body);
}

CommandOrError factors_command(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto class_id = directory.class_id(frame.text("class"));
    if (!class_id)
        return WireError{.code = "CLASS_UNKNOWN",
                         .msg = "no such class",
                         .field = "class",
                         .got = std::string(shown(frame.text("class")))};
    const bool measured = frame.text("provenance") == "measured";
    if (measured != frame.has("issued"))
        return WireError{.code = "FORMAT_FIELD",
                         .msg = "provenance measured has a certificate's issued, the others have none",
                         .field = "issued",
                         .rule = "provenance"};
    Figures figures(frame);
    constexpr std::string_view rule = "a factor of three decimals, at most 65.535";
    engine::SetFactors body{.class_id = *class_id,
                            .provenance = static_cast<engine::Provenance>(frame.number("provenance")),
                            .expect = static_cast<std::uint32_t>(frame.number("expect")),
                            .issued = engine::Time{frame.number("issued")},
                            .effective = engine::Time{frame.number("effective")},
                            .blob = blob};
    body.k_train = static_cast<std::uint16_t>(figures.take("k_train", 1'000, rule, UINT16_MAX));
    body.k_infer = static_cast<std::uint16_t>(figures.take("k_infer", 1'000, rule, UINT16_MAX));
    if (figures.error()) return *figures.error();
    return Command::of(body);
}

CommandOrError dispute_command(const Frame& frame, const Directory&, const engine::Sha256& blob) {
    if (frame.number("did") > UINT32_MAX) return bad_value("did", "an id of a delivery", frame.text("did"));
    const bool sells = frame.text("claimant") == "seller";
    return Command::of(
        engine::DecideDispute{.delivery = engine::DeliveryId{static_cast<std::uint32_t>(frame.number("did"))},
                              .claimant = sells ? engine::Side::sell : engine::Side::buy,
                              .upheld = frame.number("uphold") == 1,
                              .blob = blob});
}

CommandOrError approve_command(const Frame& frame, const Directory&, const engine::Sha256& blob) {
    return decision(frame, engine::Verdict::approve, blob);
}

CommandOrError reject_command(const Frame& frame, const Directory&, const engine::Sha256& blob) {
    return decision(frame, engine::Verdict::reject, blob);
}

}  // namespace gridbook::gateway
