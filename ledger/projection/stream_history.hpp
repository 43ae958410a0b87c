// SPDX-License-Identifier: Apache-2.0
#pragma once
// Account streams of before what anybody remembers: the projection says in which block of the journal a
// number is, the journal what was told there. Numbers of a stream have no gaps, so an answer proves itself:
// it begins with the number asked for and each follows the one before it.

#include "ledger/journal.hpp"
#include "ledger/projection/projection.hpp"

namespace gridbook::ledger {

class StreamHistory {
  public:
    StreamHistory(const Journal& journal, const Projection& projection)
        : journal_(journal), projection_(projection) {}

    struct Told {
        engine::Event event{};  // without a number: the costs of the any-of behind it
        std::uint32_t cum = 0;  // of a fill: lots filled in all
    };
    // The account's events from `number` on up to `applied()`, oldest first, `most` numbered ones or some
    // fewer; empty: it cannot be had, or not yet.
    Result<std::vector<Told>> from(engine::AccountId account, engine::StreamNumber number,
                                   std::size_t most) const;
    // Can this number be had, and what follows it up to `applied()`?
    bool has(engine::AccountId account, engine::StreamNumber number) const;
    // The oldest number that can be had; nullopt: none.
    std::optional<std::uint64_t> oldest(engine::AccountId account) const;
    // Up to which sequence of the journal.
    engine::Sequence applied() const;

  private:
    Result<void> read_block(const StreamRow& row, engine::Sequence applied, engine::AccountId account,
                            std::vector<Told>& told, std::uint64_t next, std::size_t most) const;
    Result<std::uint32_t> cum_of(const engine::Event& event, std::uint32_t place) const;

    const Journal& journal_;
    const Projection& projection_;
};

}  // namespace gridbook::ledger
