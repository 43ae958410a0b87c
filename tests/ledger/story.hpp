// SPDX-License-Identifier: Apache-2.0
#pragma once
// The real exchange writing a real journal: every command sent goes through Exchange::apply and into a batch,
// with its events, as the pipeline would do it. Recovery and audit are tested on what it leaves behind.

#include "support.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::ledger::test {

class Story {
  public:
    // `width`: of the dynamic band, basis points; 0: the family has none.
    explicit Story(const std::filesystem::path& data, std::size_t batch = 7, std::int32_t width = 0)
        : journal_(open_journal(data)), batch_(batch) {
        using namespace tests;
        engine::DefineFamily family = h100_family();
        family.dynamic_width = engine::BasisPoints{width};
        const auto prelude = {engine::Command::of(small_genesis()), engine::Command::of(h100_class()),
                              engine::Command::of(east_zone()), engine::Command::of(g2_tier()),
                              engine::Command::of(family)};
        for (const engine::Command& c : prelude) send(c);
        for (const char* name : {"acme", "bert", "carl", "prov"}) send(engine::Command::of(account(name)));
        for (std::uint32_t a = 0; a < 4; ++a) send(credit(engine::AccountId{a}, 1'000'000));
        for (std::uint32_t a = 2; a < 4; ++a) send(resource(engine::AccountId{a}, 5'000));
    }
    ~Story() { flush(); }

    tests::Events send(const engine::Command& command) {
        tests::Events told;
        for (tests::Step& step : driver_.steps(command, now_)) {
            if (forge) forge(step);
            builder_->command_with(step.command, step.events);
            told.insert(told.end(), step.events.begin(), step.events.end());
        }
        if (builder_->draft().commands.size() >= batch_) flush();
        return told;
    }
    tests::Events at(engine::Time time) {
        now_ = time;
        return send(tests::advance());
    }
    void checkpoint() { send(engine::Command::of(engine::Checkpoint{})); }
    void with_blob(const engine::Command& command, std::unique_ptr<Blob> blob) {
        blobs_.push_back({engine::Sequence{driver_.exchange().sequence().value + 1}, std::move(blob)});
        send(command);
    }
    void flush() {
        if (builder_->draft().commands.empty()) return;
        REQUIRE(journal_->append(builder_->draft(), blobs_));
        blobs_.clear();
        builder_.emplace();
    }
    engine::Exchange& exchange() { return driver_.exchange(); }
    Journal& journal() { return *journal_; }
    engine::Time now() const { return now_; }
    const tests::Events& told() const { return driver_.all_events(); }

    // Changes what is written after the exchange told it, under valid checksums: what a dishonest operator
    // could do.
    std::function<void(tests::Step&)> forge;

  private:
    std::unique_ptr<Journal> journal_;
    tests::Driver driver_;
    std::vector<BlobAt> blobs_;
    std::optional<DraftBuilder> builder_{std::in_place};
    std::size_t batch_;
    engine::Time now_ = tests::day_one;
};

// A day of trading by seed: orders on both sides, resale, replaces, cancels, bands that park and wake, gates.
inline void trade_by_seed(Story& story, std::uint64_t seed, int commands) {
    using namespace tests;
    std::mt19937_64 random(seed);
    const auto draw = [&](std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
    };
    std::uint32_t version = 1;
    int next_cid = 0;
    for (int i = 0; i < commands; ++i) {
        const engine::AccountId who{static_cast<std::uint32_t>(draw(0, 3))};
        const engine::Decimal price{draw(1'300, 1'500) * engine::tick_decimal};
        const engine::Decimal qty{draw(1, 300) * engine::gpu_lot_decimal};
        const auto hour = hour_of(0, static_cast<int>(draw(2, 6)));
        const std::string cid = "c" + std::to_string(next_cid > 0 ? draw(0, next_cid - 1) : 0);
        switch (draw(0, 9)) {
            case 0: story.send(cancel(cid, who)); break;
            case 1: story.send(replace(cid, who, qty, price)); break;
            case 2:
                if (draw(0, 9) > 0) break;
                story.send(band()
                               .floor(Amount(engine::Decimal{draw(900, 1'380) * engine::tick_decimal}))
                               .expecting(version));
                ++version;
                break;
            case 3:
                story.at(story.now() + engine::minute * draw(0, 2));
                if (draw(0, 5) == 0) story.checkpoint();
                break;
            default: {
                auto order = draw(0, 1) == 0 ? buy(qty) : sell(qty);
                order.at(price).of(hour).from(who).as("c" + std::to_string(next_cid++));
                story.send(draw(0, 4) == 0 ? order.ioc() : order);
            }
        }
    }
}

}  // namespace gridbook::ledger::test
