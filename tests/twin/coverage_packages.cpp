// SPDX-License-Identifier: Apache-2.0
// What a flow must make happen to token packages.
#include <fmt/format.h>

#include "tests/twin/coverage.hpp"

namespace gridbook::twin {

using engine::CommandKind;
using engine::EventKind;
using engine::GrantChange;
using engine::RejectField;
using engine::RejectReason;

namespace {

constexpr std::string_view change_words[] = {"", "bought", "drawn", "notice", "carried", "expired"};
constexpr std::string_view command_words[] = {"offer", "withdrawal", "purchase"};

std::string_view word_of(CommandKind kind) {
    return command_words[static_cast<int>(kind) - static_cast<int>(CommandKind::offer_package)];
}

}  // namespace

std::vector<std::string> package_words_in_scope() {
    std::vector<std::string> words{"package offered",
                                   "package withdrawn",
                                   "purchase dup",
                                   "purchase id of another account",
                                   "purchase id used anew",
                                   "grant drawn beyond its balance",
                                   "grant drawn with nothing left",
                                   "grant drawn to the last quarter",
                                   "drawn by grant from several holdings",
                                   "grant carried whole",
                                   "grant expires with something left",
                                   "grant expires with nothing left",
                                   "grant expires untouched",
                                   "carried grant drawn",
                                   "carried grant expires",
                                   "quota of a grant",
                                   "quota of the issuer of a grant",
                                   "overage without funds",
                                   "grant that is not the account's",
                                   "limit of packages",
                                   "limit of grants"};
    for (int c = 1; c <= static_cast<int>(GrantChange::expired); ++c)
        words.push_back(fmt::format("grant {}", change_words[c]));
    for (const auto* refused : {"offer ACCOUNT_UNKNOWN account",
                                "offer ENGINE_LIMIT pool",
                                "offer CLASS_UNKNOWN class",
                                "offer FORMAT_VALUE blocks",
                                "offer FORMAT_VALUE days",
                                "offer FORMAT_VALUE carry",
                                "offer FORMAT_VALUE price",
                                "offer FORMAT_VALUE overage",
                                "withdrawal ACCOUNT_UNKNOWN account",
                                "withdrawal ENGINE_LIMIT pool",
                                "withdrawal PACKAGE_UNKNOWN package",
                                "purchase ACCOUNT_UNKNOWN account",
                                "purchase ENGINE_LIMIT pool",
                                "purchase CID_REUSED purchase",
                                "purchase PACKAGE_UNKNOWN package",
                                "purchase KILLED account",
                                "purchase KILLED ",
                                "purchase FORMAT_VALUE package",
                                "purchase QTY_LIMIT qty",
                                "purchase NOTIONAL_LIMIT notional",
                                "purchase FUNDS cash",
                                "purchase RESERVE package"})
        words.push_back(refused);
    return words;
}

void Coverage::count_package(const engine::Command& command, const std::vector<engine::Event>& told) {
    for (const engine::Event& e : told) {
        if (e.kind() == EventKind::package) {
            const auto p = e.as<engine::PackageChanged>();
            count(p.change == engine::PackageChange::offered ? "package offered" : "package withdrawn");
        }
        if (e.kind() != EventKind::refused) continue;
        const auto r = e.as<engine::Refused>();
        if (r.command != command.kind()) continue;
        count_refused_package(command.kind(), r);
        const bool by_grant = command.kind() == CommandKind::draw_tokens &&
                              command.as<engine::DrawTokens>().grant != engine::GrantId{};
        if (by_grant && r.reason == RejectReason::quota_exhausted && r.field == RejectField::class_name)
            count("quota of the issuer of a grant");
    }
}

void Coverage::count_refused_package(CommandKind kind, const engine::Refused& r) {
    const bool draws = kind == CommandKind::draw_tokens;
    if (draws && r.field == RejectField::grant)
        count(r.reason == RejectReason::quota_exhausted ? "quota of a grant"
                                                        : "grant that is not the account's");
    if (draws && r.reason == RejectReason::funds) count("overage without funds");
    const bool packages = kind == CommandKind::offer_package || kind == CommandKind::withdraw_package ||
                          kind == CommandKind::buy_package;
    if (packages) count(fmt::format("{} {} {}", word_of(kind), code(r.reason), name(r.field)));
}

// Each is told twice: what the buyer is told is passed over, but for the notice and what answers again.
void Coverage::count_grant(const engine::Event& event) {
    const auto g = event.as<engine::GrantChanged>();
    if (event.header.flags & engine::event_flag::duplicate) return count("purchase dup");
    if (g.party == engine::Side::buy && g.change != GrantChange::notice) return;
    count(fmt::format("grant {}", change_words[static_cast<std::size_t>(g.change)]));
    GrantSeen& seen = grants_[g.grant];
    switch (g.change) {
        case GrantChange::bought: {
            seen.granted = g.amount;
            auto& accounts = purchases_[std::string(g.reference.view())];
            if (accounts.count(g.other) != 0) count("purchase id used anew");
            if (accounts.count(g.other) == 0 && !accounts.empty()) count("purchase id of another account");
            accounts.insert(g.other);
            return;
        }
        case GrantChange::drawn:
            if (g.excess != 0) count("grant drawn beyond its balance");
            if (g.excess == g.amount) count("grant drawn with nothing left");
            if (g.excess == 0 && g.balance == 0) count("grant drawn to the last quarter");
            if (seen.carried) count("carried grant drawn");
            return;
        case GrantChange::carried:
            seen.carried = true;
            if (g.amount == 0) count("grant carried whole");
            return;
        case GrantChange::expired:
            count(g.amount == 0 ? "grant expires with nothing left" : "grant expires with something left");
            if (g.amount == seen.granted) count("grant expires untouched");
            if (seen.carried) count("carried grant expires");
            return;
        default: return;
    }
}

}  // namespace gridbook::twin
