// SPDX-License-Identifier: Apache-2.0
#pragma once
// Token packages: the terms that are offered, or were while grants of them are open. Beside them what each
// issuer owes of each class. Balances are quarters of a standard token; it knows nothing of money or of
// events.

#include <vector>

#include "engine/command.hpp"
#include "engine/units/id_table.hpp"

namespace gridbook::engine {

struct Package {
    PackageId id{};  // 0: a free place
    AccountId issuer = no_account;
    ClassId class_id{};
    bool withdrawn = false;    // it is kept for its grants
    std::uint32_t blocks = 0;  // of one package
    std::uint32_t days = 0;
    std::uint32_t carry = 0;  // percent
    Money price{};
    Money overage{};           // of a block; 0: none
    std::uint32_t grants = 0;  // open

    std::uint32_t next_in_bucket = 0;  // slots; 0: none
    std::uint32_t next = 0;
    std::uint32_t previous = 0;

    Duration period() const { return day * days; }
    std::uint64_t quarters(std::uint32_t qty) const { return std::uint64_t{blocks} * qty * block_quarters; }
    Money cost(std::uint32_t qty) const { return Money{price.value * qty}; }
};

// What one issuer owes of one class. There is one as long as a package of both is kept.
struct Backing {
    AccountId issuer = no_account;
    ClassId class_id{};
    std::uint32_t packages = 0;     // kept
    std::uint32_t grants = 0;       // open
    std::uint64_t issued = 0;       // granted in them
    std::uint64_t outstanding = 0;  // their balances
};

class Packages {
  public:
    // Of packages. 0: there are none in this market.
    void reserve(std::size_t limit) {
        table_.reserve(limit);
        backings_.reserve(limit);
    }
    bool kept() const { return table_.limit() != 0; }
    bool full() const { return table_.full(); }
    std::size_t limit() const { return table_.limit(); }
    std::size_t used() const { return table_.used(); }
    PackageId last_id() const { return table_.last_id(); }
    void set_last_id(PackageId id) { table_.set_last_id(id); }

    std::uint32_t find(PackageId id) const { return table_.find(id); }  // 0: none is kept under it
    Package& operator[](std::uint32_t slot) { return table_[slot]; }
    const Package& operator[](std::uint32_t slot) const { return table_[slot]; }
    std::uint32_t first() const { return table_.first(); }
    std::uint32_t next(std::uint32_t slot) const { return table_.next(slot); }

    std::uint32_t add(const Package& package);
    void remove(std::uint32_t slot);

    // By issuer, then class.
    const std::vector<Backing>& backings() const { return backings_; }
    Backing& backing(const Package& package) { return *place(package.issuer, package.class_id); }
    const Backing& backing(const Package& package) const {
        return const_cast<Packages*>(this)->backing(package);
    }

  private:
    // Where it stands, or would stand.
    std::vector<Backing>::iterator place(AccountId issuer, ClassId class_id);

    IdTable<Package, PackageId> table_;
    std::vector<Backing> backings_;
};

}  // namespace gridbook::engine
