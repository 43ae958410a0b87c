// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of token packages: terms that are offered, what was bought, drawn, carried over and what ran out
// (engine README, Packages). A part of event.hpp, which says how a body is laid out. Balances are quarters of
// a standard token.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

enum class PackageChange : std::uint8_t { none = 0, offered, withdrawn };

// A package was offered or withdrawn: told to its issuer, numbered, the answer to it.
struct PackageChanged {
    static constexpr EventKind kind = EventKind::package;
    Origin origin{};
    PackageId package{};
    AccountId issuer = no_account;
    ClassId class_id{};
    PackageChange change = PackageChange::none;
    std::uint8_t reserved = 0;
    std::uint32_t blocks = 0;  // a package
    std::uint32_t days = 0;
    std::uint32_t carry = 0;  // percent
    Money price{};            // of one package
    Money overage{};          // of a block beyond the balance; 0: refused
    std::array<std::uint8_t, 48> reserved_more{};
};

enum class GrantChange : std::uint8_t {
    none = 0,
    bought,
    drawn,
    notice,   // it ends in 24 hours, and something is left
    carried,  // its first period is over, and a part of what was left goes on into the second
    expired,  // it is gone, and what was left with it
};

// A grant changed. Told to the issuer (`party` sell), then to the buyer (`party` buy), numbered; a notice to
// the buyer alone. The header's account is the one, `other` the other. `cost` went from the buyer's cash to
// the issuer's. With event_flag::duplicate the purchase id was known: as it was answered first, in nobody's
// stream.
struct GrantChanged {
    static constexpr EventKind kind = EventKind::grant;
    Origin origin{};  // of the purchase, in the buyer's
    GrantId grant{};
    PackageId package{};
    AccountId other = no_account;
    ClassId class_id{};
    GrantChange change = GrantChange::none;
    Side party = Side::sell;
    Time end{};                 // of the period it is in now; of an expired one, when that was
    std::uint64_t balance = 0;  // after it
    std::uint64_t amount = 0;  // bought: what was granted; drawn: of the use; carried, expired: what was lost
    std::uint64_t excess = 0;  // drawn: how much of the amount was beyond the balance
    Money cost{};              // bought: of the packages; drawn: of the excess
    Text<32> reference{};      // bought: the purchase id; drawn: the usage id
};

// A package as an answer: those that are sold, and withdrawn ones of which grants are open.
struct PackageRow {
    static constexpr EventKind kind = EventKind::package_row;
    Origin origin{};
    PackageId package{};
    AccountId issuer = no_account;
    ClassId class_id{};
    bool withdrawn = false;
    std::uint8_t reserved = 0;
    std::uint32_t blocks = 0;
    std::uint32_t days = 0;
    std::uint32_t carry = 0;
    Money price{};
    Money overage{};
    std::uint32_t grants = 0;  // of it that are open
    std::array<std::uint8_t, 44> reserved_more{};
};

// An open grant as an answer.
struct GrantRow {
    static constexpr EventKind kind = EventKind::grant_row;
    Origin origin{};
    GrantId grant{};
    PackageId package{};
    AccountId issuer = no_account;
    AccountId buyer = no_account;
    ClassId class_id{};
    Side party = Side::sell;  // on which side the asking account stands
    bool carried = false;     // it is in its second period
    std::uint32_t qty = 0;    // packages
    std::uint64_t granted = 0;
    std::uint64_t balance = 0;
    Time begin{};  // of the first period
    Time end{};    // of the period it is in now
    Text<32> purchase{};
};

// What an issuer owes of a class and what it holds of it, at the sequence of the answer.
struct ReserveRow {
    static constexpr EventKind kind = EventKind::reserve_row;
    Origin origin{};
    AccountId issuer = no_account;
    ClassId class_id{};
    bool is_short = false;  // held is below needed: nothing more is sold
    std::uint8_t reserved = 0;
    std::uint64_t issued = 0;       // granted in all open grants
    std::uint64_t outstanding = 0;  // their balances
    std::uint64_t held = 0;
    std::uint64_t needed = 0;  // 80 % of outstanding, rounded up
    std::uint64_t ratio = 0;  // held of outstanding in basis points, cut down; 0 where nothing is outstanding
    std::uint32_t packages = 0;  // kept, withdrawn ones with open grants too
    std::uint32_t grants = 0;    // open
    std::array<std::uint8_t, 32> reserved_more{};
};

}  // namespace gridbook::engine
