// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/grants.hpp"

namespace gridbook::engine {

void Grants::reserve(std::size_t limit, std::size_t accounts) {
    table_.reserve(limit);
    if (limit == 0) return;
    purchases_.reserve(limit);
    accounts_.assign(accounts, Grant::Links{});
}

std::uint32_t Grants::bought_as(AccountId buyer, const Text<32>& purchase) const {
    const auto is_it = [&](std::uint32_t slot) {
        return table_[slot].buyer == buyer && table_[slot].purchase == purchase;
    };
    const std::uint32_t slot = purchases_.look(CidIndex::hash(buyer, purchase), is_it).slot;
    return slot == no_slot ? 0 : slot;
}

std::uint32_t Grants::add(const Grant& grant) {
    const std::uint32_t slot = table_.add(grant);
    purchases_.insert(CidIndex::hash(grant.buyer, grant.purchase), slot);
    link(grant.issuer, 2 * slot);
    link(grant.buyer, 2 * slot + 1);
    return slot;
}

void Grants::remove(std::uint32_t slot) {
    const Grant& grant = table_[slot];
    purchases_.remove(CidIndex::hash(grant.buyer, grant.purchase), slot);
    unlink(grant.issuer, 2 * slot);
    unlink(grant.buyer, 2 * slot + 1);
    table_.remove(slot);
}

void Grants::link(AccountId account, std::uint32_t node) {
    Grant::Links& ends = accounts_[account.value];
    links(node) = {.next = 0, .previous = ends.previous};
    (ends.previous == 0 ? ends.next : links(ends.previous).next) = node;
    ends.previous = node;
}

void Grants::unlink(AccountId account, std::uint32_t node) {
    Grant::Links& ends = accounts_[account.value];
    const Grant::Links gone = links(node);
    (gone.previous == 0 ? ends.next : links(gone.previous).next) = gone.next;
    (gone.next == 0 ? ends.previous : links(gone.next).previous) = gone.previous;
}

}  // namespace gridbook::engine
