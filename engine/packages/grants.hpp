// SPDX-License-Identifier: Apache-2.0
#pragma once
// The open grants of token packages: found by id and by their buyer's purchase id, linked by id among all and
// in their issuer's and buyer's account. It knows nothing of money or of events.

#include "engine/book/cid_index.hpp"
#include "engine/units/id_table.hpp"

namespace gridbook::engine {

struct Grant {
    GrantId id{};  // 0: a free place
    PackageId package{};
    AccountId issuer = no_account;
    AccountId buyer = no_account;
    std::uint32_t qty = 0;      // packages
    std::uint64_t balance = 0;  // quarters of a standard token
    Time begin{};
    Time end{};            // of the period it is in
    bool carried = false;  // it is in its second period
    bool noticed = false;  // nothing comes before the end of this period
    Text<32> purchase{};   // the buyer's own id of it

    std::uint32_t next_in_bucket = 0;  // slots; 0: none
    std::uint32_t next = 0;
    std::uint32_t previous = 0;
    struct Links {
        std::uint32_t next = 0;
        std::uint32_t previous = 0;
    };
    Links of_issuer{}, of_buyer{};  // nodes of their accounts
};

class Grants {
  public:
    void reserve(std::size_t limit, std::size_t accounts);
    bool full() const { return table_.full(); }
    std::size_t limit() const { return table_.limit(); }
    std::size_t used() const { return table_.used(); }
    std::size_t slots() const { return table_.slots(); }
    GrantId last_id() const { return table_.last_id(); }
    void set_last_id(GrantId id) { table_.set_last_id(id); }

    std::uint32_t find(GrantId id) const { return table_.find(id); }  // 0: it is over, or never was
    // The open grant that the account bought under this id; 0: none.
    std::uint32_t bought_as(AccountId buyer, const Text<32>& purchase) const;
    Grant& operator[](std::uint32_t slot) { return table_[slot]; }
    const Grant& operator[](std::uint32_t slot) const { return table_[slot]; }
    std::uint32_t first() const { return table_.first(); }
    std::uint32_t next(std::uint32_t slot) const { return table_.next(slot); }

    std::uint32_t add(const Grant& grant);
    void remove(std::uint32_t slot);

    // By rising ids: of an account, as issuer or buyer. A node is a slot and a side; 0: no more.
    std::uint32_t first_node(AccountId account) const {
        return accounts_.empty() ? 0 : accounts_[account.value].next;
    }
    std::uint32_t next_node(std::uint32_t node) const { return links(node).next; }
    static std::uint32_t slot_of(std::uint32_t node) { return node / 2; }
    static Side side_of(std::uint32_t node) { return node % 2 == 0 ? Side::sell : Side::buy; }

  private:
    Grant::Links& links(std::uint32_t node) {
        Grant& grant = table_[slot_of(node)];
        return side_of(node) == Side::sell ? grant.of_issuer : grant.of_buyer;
    }
    const Grant::Links& links(std::uint32_t node) const { return const_cast<Grants*>(this)->links(node); }
    void link(AccountId account, std::uint32_t node);
    void unlink(AccountId account, std::uint32_t node);

    IdTable<Grant, GrantId> table_;
    CidIndex purchases_;
    PoolVector<Grant::Links> accounts_;  // [account]: its first node (next) and its last (previous)
};

}  // namespace gridbook::engine
