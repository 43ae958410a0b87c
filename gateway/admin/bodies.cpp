// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/bodies.hpp"

#include <algorithm>

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
                                {"on_behalf", truth, optional}};
constexpr Field credit_fields[] = {{"account", label, required, 32}, {"amount", amount}};
constexpr Field band_fields[] = {{"family", text},
                                 {"floor", decimal, optional},
                                 {"ceiling", decimal, optional},
                                 {"guidance", decimal, optional},
                                 {"expect", integer, required, UINT32_MAX},
                                 {"effective", instant, optional},
                                 {"reason", text, optional, 1024},
                                 {"rationale", text, optional, 24}};

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

CommandOrError key(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto account = directory.account_id(frame.text("account"));
    if (!account) return no_account_named(frame.text("account"));
    const auto public_key = public_key_of(frame, directory);
    if (!public_key) return bad_value("public_key", "the base64 of 32 bytes", frame.text("public_key"));
    return Command::of(engine::SetKey{.name = engine::Text<24>(frame.text("key")),
                                      .public_key = *public_key,
                                      .roles = roles_of(frame),
                                      .on_behalf = frame.number("on_behalf") == 1,
                                      .blob = blob},
                       *account);
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
    if (given) return std::nullopt;
    return WireError{.code = "FORMAT_FIELD",
                     .msg = "a band change needs floor, ceiling or guidance",
                     .field = "floor",
                     .rule = "required"};
}

CommandOrError band(const Frame& frame, const Directory& directory, const engine::Sha256& blob) {
    const auto family = directory.family_id(frame.text("family"));
    if (!family)
        return WireError{.code = "SYMBOL_UNKNOWN",
                         .msg = "no such family",
                         .field = "family",
                         .got = std::string(frame.text("family"))};
    if (auto error = check_band_prices(frame)) return std::move(*error);
    return Command::of(engine::SetBand{.family = *family,
                                       .expect = static_cast<std::uint32_t>(frame.number("expect")),
                                       .floor = Decimal{frame.number("floor")},
                                       .ceiling = Decimal{frame.number("ceiling")},
                                       .guidance = Decimal{frame.number("guidance")},
                                       .effective = engine::Time{frame.number("effective")},
                                       .rationale = engine::Text<24>(frame.text("rationale")),
                                       .blob = blob});
}

constexpr AdminCall calls[] = {
    {"/v1/admin/participants", engine::role::operator_, participant_fields, participant},
    {"/v1/admin/keys", engine::role::operator_, key_fields, key},
    {"/v1/admin/credits", engine::role::operator_, credit_fields, credit},
    {"/v1/admin/bands", engine::role::regulator, band_fields, band},
};

}  // namespace

std::span<const AdminCall> admin_calls() { return calls; }

}  // namespace gridbook::gateway
