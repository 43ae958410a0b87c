// SPDX-License-Identifier: Apache-2.0
#include "ledger/recovery.hpp"

#include "story.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

TEST_CASE("an empty journal recovers to an exchange that was not started", "[recovery]") {
    const TempFolder folder;
    const auto journal = open_journal(folder.path());
    engine::Exchange exchange;
    const auto recovered = recover(*journal, exchange, nullptr, nullptr);
    REQUIRE(recovered);
    CHECK(recovered->sequence.value == 0);
    CHECK_FALSE(exchange.started());
}

TEST_CASE("a recovered exchange has the state of the one that wrote the journal, and tells the same events",
          "[recovery]") {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        const TempFolder folder;
        std::uint64_t hash = 0;
        engine::Sequence last{};
        {
            Story story(folder.path(), seed * 5);
            trade_by_seed(story, seed, 2'000);
            hash = story.exchange().state_hash();
            last = story.exchange().sequence();
        }
        const auto journal = open_journal(folder.path());
        engine::Exchange exchange;
        std::uint64_t events = 0;
        engine::Sequence reached{}, before{};
        const auto recovered = recover(
            *journal, exchange,
            [&](const engine::Event& e) {
                ++events;
                CHECK(e.header.sequence >= before);
                before = e.header.sequence;
            },
            [&](engine::Sequence at, engine::Sequence of) {
                reached = at;
                CHECK(of == last);
            });
        REQUIRE(recovered);
        CHECK(exchange.state_hash() == hash);
        CHECK(recovered->sequence == last);
        CHECK(recovered->events == events);
        CHECK(reached == last);
    }
}

TEST_CASE("recovery refuses at the first sequence whose events come out otherwise", "[recovery]") {
    const TempFolder folder;
    {
        Story story(folder.path());
        story.flush();
    }
    const auto journal = open_journal(folder.path());
    // A journal that claims a command without its event, as a release with another rule would have left it.
    auto forged = tests::credit(engine::AccountId{0}, 5);
    forged.header.sequence = engine::Sequence{journal->last().value + 1};
    forged.header.time = tests::day_one;
    DraftBuilder builder;
    builder.command_with(forged, {});
    REQUIRE(journal->append(builder.draft()));
    engine::Exchange exchange;
    const auto recovered = recover(*journal, exchange, nullptr, nullptr);
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().code == ErrorCode::differs);
    CHECK(recovered.error().sequence == forged.header.sequence);
}
