// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which resources were registered when, and what they declared of their energy: from durable events alone, so
// that what is told of a delivery or an invoice is what held then. Those that are withdrawn are remembered,
// the last 65,536 of them; what only older ones could tell is not known any more.

#include <deque>
#include <optional>
#include <vector>

#include "engine/event.hpp"
#include "ledger/energy/energy.hpp"

namespace gridbook::ledger {

class ResourceBook {
  public:
    static constexpr std::size_t withdrawn_kept = 65'536;

    explicit ResourceBook(std::size_t kept = withdrawn_kept) : kept_(kept) {}

    // Takes in a durable event; all but those of resources pass by.
    void hear(const engine::Event& event);

    // Of all that were registered in the family at `time`, or of those of one account; nullopt: none was.
    // `pue` is counted for a resource that declares none, thousandths.
    std::optional<Energy> of(engine::FamilyId family, engine::Time time, std::uint16_t pue,
                             engine::AccountId account = engine::no_account) const;

    friend bool operator==(const ResourceBook&, const ResourceBook&) = default;

  private:
    struct Resource {
        std::uint32_t id = 0;
        engine::AccountId account = engine::no_account;
        engine::Quantity count{};
        engine::Time from{};
        engine::Time until = engine::never;
        std::uint16_t green_share = 0;  // basis points
        std::uint16_t pue = 0;          // thousandths; 0: not declared
        friend bool operator==(const Resource&, const Resource&) = default;
    };
    struct Family {
        std::vector<Resource> registered{};
        std::deque<Resource> withdrawn{};  // in the order of their withdrawal
        friend bool operator==(const Family&, const Family&) = default;
    };
    Family& family(engine::FamilyId id);
    void withdraw(const engine::ResourceWithdrawn& told, engine::Time time);

    std::size_t kept_;
    std::vector<Family> families_;            // index = family id
    std::deque<engine::FamilyId> withdrawn_;  // of every withdrawn one that is remembered
};

}  // namespace gridbook::ledger
