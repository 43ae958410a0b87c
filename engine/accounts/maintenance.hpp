// SPDX-License-Identifier: Apache-2.0
#pragma once
// When registered capacity is not there, because its provider said so ahead (engine README, Capacity). It
// knows nothing of what is sold or of events.

#include <utility>

#include "engine/catalogue/instrument.hpp"
#include "engine/delivery/window.hpp"
#include "engine/units/id_table.hpp"

namespace gridbook::engine {

struct Maintenance {
    MaintenanceId id{};  // 0: a free place
    std::uint32_t resource = 0;
    AccountId account = no_account;
    FamilyId family = no_family;
    Period start{};
    std::uint32_t windows = 0;
    Quantity count{};

    std::uint32_t next_in_bucket = 0;  // slots; 0: none
    std::uint32_t next = 0;
    std::uint32_t previous = 0;
    std::uint32_t next_of_account = 0;

    Period last() const { return Period{start.value + windows - 1}; }
    bool covers(Period period) const { return period >= start && period <= last(); }
    // Its last window is final: nothing is owed there any more.
    bool over(Time now, Product product) const { return window_end(last(), product) + final_after <= now; }
};

class Maintenances {
  public:
    static constexpr std::size_t limit = 16'384;
    static constexpr std::uint32_t limit_of_family = 256;  // of one account in one family

    void reserve(std::size_t accounts) {
        table_.reserve(limit);
        accounts_.assign(accounts, 0);
    }
    bool full() const { return table_.full(); }
    std::size_t used() const { return table_.used(); }
    MaintenanceId last_id() const { return table_.last_id(); }
    void set_last_id(MaintenanceId id) { table_.set_last_id(id); }

    // By rising ids: slots; 0: no more.
    std::uint32_t first() const { return table_.first(); }
    std::uint32_t next(std::uint32_t slot) const { return table_.next(slot); }
    // Of an account, in no order: slots; 0: no more.
    std::uint32_t first_of(AccountId account) const { return accounts_[account.value]; }
    std::uint32_t next_of_account(std::uint32_t slot) const { return table_[slot].next_of_account; }
    const Maintenance& operator[](std::uint32_t slot) const { return table_[slot]; }
    std::uint32_t find(MaintenanceId id) const { return table_.find(id); }  // 0: over, or never was

    // Gives it the next id, or keeps the one it has (restoring).
    const Maintenance& add(const Maintenance& maintenance) {
        const std::uint32_t slot = table_.add(maintenance);
        table_[slot].next_of_account = std::exchange(accounts_[maintenance.account.value], slot);
        return table_[slot];
    }
    void remove(std::uint32_t slot) {
        std::uint32_t* at = &accounts_[table_[slot].account.value];
        while (*at != slot) at = &table_[*at].next_of_account;
        *at = table_[slot].next_of_account;
        table_.remove(slot);
    }

    // What `which` accepts of an account is not there in this window.
    template <class Which>
    Quantity sum(AccountId account, Period period, Which&& which) const {
        Quantity all{};
        for (std::uint32_t slot = first_of(account); slot != 0; slot = next_of_account(slot))
            if (table_[slot].covers(period) && which(table_[slot])) all += table_[slot].count;
        return all;
    }

  private:
    IdTable<Maintenance, MaintenanceId> table_;
    PoolVector<std::uint32_t> accounts_;  // the first of each; 0: none
};

}  // namespace gridbook::engine
