// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/package_questions.hpp"

#include <algorithm>
#include <utility>

#include "engine/packages/granting.hpp"
#include "engine/packages/offering.hpp"
#include "engine/packages/reserve.hpp"

namespace gridbook::engine {
namespace {

// A row of the reserve goes through all that its issuer holds.
constexpr std::uint32_t most_reserves = 100;

void answer_offers(const State& state, Answer& answer, const QueryPackages& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    const Packages& packages = state.packages;
    std::uint32_t slot = packages.first();
    while (slot != 0 && packages[slot].id <= q.after) slot = packages.next(slot);
    for (std::uint32_t rows = 0; slot != 0 && rows < limit; ++rows, slot = packages.next(slot)) {
        PackageRow row = package_row(packages[slot]);
        row.origin = answer.origin();
        answer.row(row);
    }
    answer.end(slot != 0);
}

void answer_reserves(const State& state, Answer& answer, const QueryReserves& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, most_reserves);
    const auto& all = state.packages.backings();
    const auto asked = [&](const Backing& b) {
        return answer.account() == no_account || b.issuer == answer.account();
    };
    auto next =
        q.after_issuer == no_account
            ? all.begin()
            : std::ranges::upper_bound(all, std::pair(q.after_issuer, q.after_class), {},
                                       [](const Backing& b) { return std::pair(b.issuer, b.class_id); });
    next = std::find_if(next, all.end(), asked);
    for (std::uint32_t rows = 0; next != all.end() && rows < limit; ++rows) {
        ReserveRow row = reserve_row(state, *next);
        row.origin = answer.origin();
        answer.row(row);
        next = std::find_if(std::next(next), all.end(), asked);
    }
    answer.end(next != all.end());
}

}  // namespace

bool answer_packages(const State& state, Answer& answer, const Command& question) {
    if (question.kind() == CommandKind::query_packages)
        answer_offers(state, answer, question.as<QueryPackages>());
    else if (question.kind() == CommandKind::query_reserves)
        answer_reserves(state, answer, question.as<QueryReserves>());
    else
        return false;
    return true;
}

void answer_grants(const State& state, Answer& answer, const QueryGrants& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    const Grants& grants = state.grants;
    std::uint32_t node = grants.first_node(answer.account());
    while (node != 0 && grants[Grants::slot_of(node)].id <= q.after) node = grants.next_node(node);
    for (std::uint32_t rows = 0; node != 0 && rows < limit; ++rows, node = grants.next_node(node)) {
        GrantRow row = grant_row(state, grants[Grants::slot_of(node)], Grants::side_of(node));
        row.origin = answer.origin();
        answer.row(row);
    }
    answer.end(node != 0);
}

}  // namespace gridbook::engine
