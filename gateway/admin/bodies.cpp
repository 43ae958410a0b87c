// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/bodies.hpp"

#include <algorithm>

#include "gateway/address_list.hpp"
#include "gateway/admin/regulator_bodies.hpp"
#include "gateway/config.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

using engine::AccountId;
using engine::Command;
using engine::Decimal;
using enum Form;
using enum Need;

constexpr Word roles[] = {{"observer"}, {"buyer"}, {"provider"}, {"regulator"}, {"operator"}};

constexpr Field participant_fields[] = {
    {"name", label, required, 32}, {"roles", words, required, 16, roles}, {"group", label, optional, 24}};
constexpr Field key_fields[] = {{"key", label, required, 24},
                                {"account", label, required, 32},
                                {"roles", words_or_none, required, 16, roles},
                                {"public_key", text, optional, 44},
                                {"on_behalf", truth, optional},
                                {"addresses", texts, optional, 64}};
constexpr Word payout_decisions[] = {{"paid"}, {"refused"}};
constexpr Field payout_fields[] = {
    {"payout", id}, {"decision", word, required, 16, payout_decisions}, {"reason", text, optional, 1'024}};
constexpr Field credit_fields[] = {{"account", label, required, 32}, {"amount", amount}};
constexpr Field band_fields[] = {{"family", text},
                                 {"floor", decimal, optional},
                                 {"ceiling", decimal, optional},
                                 {"guidance", decimal, optional},
                                 {"expect", integer, required, UINT32_MAX},
                                 {"effective", instant, optional},
                                 {"reason", text, optional, 1024},
                                 {"rationale", text, optional, 24},
                                 {"follow", truth, optional},
                                 {"dry_run", truth, optional}};

constexpr Word phase_actions[] = {{"pause"}, {"resume"}, {"call"}};
constexpr Field phase_fields[] = {{"symbol", text, optional},
                                  {"family", text, optional},
                                  {"action", word, required, 8, phase_actions},
                                  {"until", instant, optional},
                                  {"reason", text, optional, 1024}};
constexpr Word dynamic_actions[] = {{"suspend"}, {"resume"}};
constexpr Field dynamic_fields[] = {{"family", text},
                                    {"action", word, required, 8, dynamic_actions},
                                    {"until", instant, optional},
                                    {"reason", text, optional, 1024}};
constexpr Word kill_scopes[] = {{"account"}, {"group"}, {"instrument"}, {"family"}, {"market"}};
constexpr Field kill_fields[] = {{"scope", word, required, 16, kill_scopes},
                                 {"account", label, optional, 32},
                                 {"symbol", text, optional},
                                 {"family", text, optional},
                                 {"on", truth},
                                 {"reason", text, optional, 1024}};

constexpr Field limit_fields[] = {{"account", label, required, 32},
                                  {"qty", decimal, optional},
                                  {"notional", decimal, optional},
                                  {"open_orders", whole, optional, UINT32_MAX},
                                  {"orders_per_s", whole, optional, 10'000'000},
                                  {"reason", text, optional, 1024}};

std::uint8_t roles_of(const Frame& frame) {
    std::uint8_t out = 0;
    for (const std::string_view word_said : frame.texts("roles"))
        out = static_cast<std::uint8_t>(out | role_bit(word_said));
    return out;
}

WireError no_account_named(std::string_view name) {
    return {
        .code = "ACCOUNT_UNKNOWN", .msg = "no such account", .field = "account", .got = std::string(name)};
}

CommandOrError participant(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const std::string_view name = frame.text("name");
    if (directory.account_id(name)) return bad_value("name", "the name of no account yet", name);
    return Command::of(engine::OpenAccount{.name = engine::Text<32>(name),
                                           .group = engine::Text<24>(frame.text("group")),
                                           .roles = roles_of(frame),
                                           .blob = blob});
}

// Of a key that exists it may be left out: then it stays.
std::optional<PublicKey> public_key_of(const Frame& frame, const Directory& directory) {
    if (frame.has("public_key")) {
        const auto bytes = from_base64(frame.text("public_key"));
        PublicKey out{};
        if (!bytes || bytes->size() != out.size()) return std::nullopt;
        std::copy(bytes->begin(), bytes->end(), out.begin());
        return out;
    }
    const auto known = directory.key_index(frame.text("key"));
    if (!known) return std::nullopt;
    return directory.keys()[known->value].public_key;
}

// Where it may come from stands in the request that is kept with the command: the directory reads it there.
CommandOrError key(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto account = directory.account_id(frame.text("account"));
    if (!account) return no_account_named(frame.text("account"));
    const auto addresses = frame.texts("addresses");
    if (addresses.size() > AddressList::longest)
        return bad_value("addresses", "at most 64", std::to_string(addresses.size()));
    for (const std::string_view text : addresses)
        if (!AddressList::valid(text))
            return bad_value("addresses", "an address or a network, as 10.0.0.0/8", text);
    const auto public_key = public_key_of(frame, directory);
    if (!public_key) return bad_value("public_key", "the base64 of 32 bytes", frame.text("public_key"));
    return Command::of(engine::SetKey{.name = engine::Text<24>(frame.text("key")),
                                      .public_key = *public_key,
                                      .roles = roles_of(frame),
                                      .on_behalf = frame.number("on_behalf") == 1,
                                      .blob = blob},
                       *account);
}

CommandOrError payout(const Frame& frame, const Directory&, const engine::Sha256& blob) {
    if (frame.number("payout") > UINT32_MAX)
        return bad_value("payout", "an id of a payout", frame.text("payout"));
    return Command::of(
        engine::DecidePayout{.payout = engine::PayoutId{static_cast<std::uint32_t>(frame.number("payout"))},
                             .paid = frame.text("decision") == "paid",
                             .blob = blob});
}

CommandOrError credit(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto account = directory.account_id(frame.text("account"));
    if (!account) return no_account_named(frame.text("account"));
    const engine::Money value{frame.number("amount")};
    if (value == engine::Money{}) return bad_value("amount", "an amount that is not 0", frame.text("amount"));
    return Command::of(engine::Credit{.amount = value, .blob = blob}, *account);
}

// A price that is given is more than 0: in the command 0 means "unchanged".
std::optional<WireError> check_band_prices(const Frame& frame) {
    bool given = false;
    for (const std::string_view name : {"floor", "ceiling", "guidance"}) {
        if (!frame.has(name)) continue;
        given = true;
        if (frame.number(name) == 0) return bad_value(name, "more than 0", frame.text(name));
    }
    if (given != (frame.number("follow") == 1)) return std::nullopt;
    return WireError{
        .code = "FORMAT_FIELD",
        .msg = given ? "a family that follows the benchmark has no floor, ceiling or guidance of its own"
                     : "a band change needs floor, ceiling, guidance or follow",
        .field = "floor",
        .rule = "required"};
}

WireError nothing_named(std::string_view field, std::string_view got) {
    return {.code = "SYMBOL_UNKNOWN",
            .msg = field == "family" ? "no such family" : "no such instrument",
            .field = std::string(field),
            .got = std::string(got)};
}

WireError wanted(std::string_view field, std::string_view msg) {
    return {.code = "FORMAT_FIELD", .msg = std::string(msg), .field = std::string(field), .rule = "required"};
}

CommandOrError band(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto family = directory.family_id(frame.text("family"));
    if (!family) return nothing_named("family", frame.text("family"));
    if (auto error = check_band_prices(frame)) return std::move(*error);
    return Command::of(engine::SetBand{.family = *family,
                                       .follow = frame.number("follow") == 1,
                                       .reasoned = frame.has("reason"),
                                       .expect = static_cast<std::uint32_t>(frame.number("expect")),
                                       .floor = Decimal{frame.number("floor")},
                                       .ceiling = Decimal{frame.number("ceiling")},
                                       .guidance = Decimal{frame.number("guidance")},
                                       .effective = engine::Time{frame.number("effective")},
                                       .rationale = engine::Text<24>(frame.text("rationale")),
                                       .blob = blob});
}

using Scope = std::variant<engine::InstrumentId, WireError>;

// The instrument that `symbol` names, or the family that `family` names.
Scope scope_of(const Frame& frame, const Directory& directory) {
    if (frame.has("symbol") == frame.has("family"))
        return wanted("symbol", "give symbol or family, one of them");
    if (frame.has("symbol")) {
        if (const auto instrument = directory.instrument(frame.text("symbol"))) return *instrument;
        return nothing_named("symbol", frame.text("symbol"));
    }
    if (const auto family = directory.family_id(frame.text("family")))
        return engine::instrument(*family, engine::Period{});
    return nothing_named("family", frame.text("family"));
}

CommandOrError phase(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    auto scope = scope_of(frame, directory);
    if (auto* error = std::get_if<WireError>(&scope)) return std::move(*error);
    const auto action = static_cast<engine::PhaseAction>(frame.number("action"));
    if (frame.has("until") && action != engine::PhaseAction::pause)
        return WireError{.code = "FORMAT_FIELD",
                         .msg = "until goes with action pause only",
                         .field = "until",
                         .rule = "pause"};
    return Command::of(engine::SetPhase{.scope = std::get<engine::InstrumentId>(scope),
                                        .until = engine::Time{frame.number("until")},
                                        .action = action,
                                        .blob = blob});
}

// A suspension says when it ends: there is none without an end.
CommandOrError dynamic(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto family = directory.family_id(frame.text("family"));
    if (!family) return nothing_named("family", frame.text("family"));
    const bool suspend = frame.text("action") == "suspend";
    if (suspend != frame.has("until"))
        return wanted("until", "action suspend needs until, action resume has none");
    return Command::of(engine::SuspendDynamic{
        .family = *family, .until = engine::Time{frame.number("until")}, .blob = blob});
}

// Each scope is named by its own field, and by no other.
std::optional<WireError> check_kill(const Frame& frame, engine::KillScope scope) {
    constexpr std::string_view named_by[] = {"account", "account", "symbol", "family", ""};
    const std::string_view needed = named_by[static_cast<std::size_t>(scope)];
    for (const std::string_view field : {"account", "symbol", "family"})
        if (frame.has(field) != (field == needed))
            return WireError{.code = "FORMAT_FIELD",
                             .msg = needed.empty()
                                        ? "scope market names nothing else"
                                        : "this scope is named by " + std::string(needed) + " alone",
                             .field = std::string(field),
                             .rule = "scope"};
    return std::nullopt;
}

CommandOrError kill(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto scope = static_cast<engine::KillScope>(frame.number("scope"));
    if (auto error = check_kill(frame, scope)) return std::move(*error);
    engine::Kill body{.scope = scope, .on = frame.number("on") == 1, .blob = blob};
    if (frame.has("account")) {
        const auto account = directory.account_id(frame.text("account"));
        if (!account) return no_account_named(frame.text("account"));
        body.target = *account;
    } else if (scope != engine::KillScope::market) {
        auto named = scope_of(frame, directory);
        if (auto* error = std::get_if<WireError>(&named)) return std::move(*error);
        body.instrument = std::get<engine::InstrumentId>(named);
    }
    return Command::of(body);
}

// What is left out, or 0, is as the market's own.
CommandOrError limits(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto account = directory.account_id(frame.text("account"));
    if (!account) return no_account_named(frame.text("account"));
    engine::SetLimits body{.blob = blob};
    body.limits = {.qty = Decimal{frame.number("qty")},
                   .notional = engine::Money{frame.number("notional")},
                   .open_orders = static_cast<std::uint32_t>(frame.number("open_orders")),
                   .orders_per_s = static_cast<std::uint32_t>(frame.number("orders_per_s"))};
    return Command::of(body, *account);
}

constexpr std::uint8_t overseers = engine::role::regulator | engine::role::operator_;

const AdminCall calls[] = {
    {"/v1/admin/participants", engine::role::operator_, participant_fields, participant},
    {"/v1/admin/keys", engine::role::operator_, key_fields, key},
    {"/v1/admin/credits", engine::role::operator_, credit_fields, credit},
    {"/v1/admin/payouts", engine::role::operator_, payout_fields, payout},
    {"/v1/admin/bands", engine::role::regulator, band_fields, band},
    {"/v1/admin/phase", overseers, phase_fields, phase},
    {"/v1/admin/dynamic", engine::role::regulator, dynamic_fields, dynamic},
    {"/v1/admin/kill", overseers, kill_fields, kill},
    {"/v1/admin/limits", overseers, limit_fields, limits},
    {"/v1/admin/disputes", engine::role::regulator, dispute_fields(), dispute_command},
    {"/v1/admin/guidance", engine::role::regulator, guidance_fields(), guidance_command},
    {"/v1/admin/factors", engine::role::regulator, factor_fields(), factors_command},
    {"/v1/admin/*/approve", engine::role::regulator, decision_fields(), approve_command},
    {"/v1/admin/*/reject", engine::role::regulator, decision_fields(), reject_command},
};

}  // namespace

engine::Command asked_only(engine::Command command) {
    using enum engine::CommandKind;
    switch (command.kind()) {
        case set_band: command.header.kind = try_band; break;
        case set_guidance: command.header.kind = try_guidance; break;
        case set_factors: command.header.kind = try_factors; break;
        default: break;
    }
    return command;
}

std::span<const AdminCall> admin_calls() { return calls; }

}  // namespace gridbook::gateway
