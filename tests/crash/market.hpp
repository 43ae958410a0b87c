// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ledger as the exchange runs it, on one thread: commands with their events into the stage's ring,
// commits, what is delivered counts as acknowledged; and the follower behind it, with snapshots and
// projection. The commands come from the real exchange, computed once and played as often as one likes.

#include <cstdlib>

#include "tests/ledger/following.hpp"

namespace gridbook::crash {

using ledger::test::TempFolder;

// How many rounds: few in CI, `long_form` when the variable says so ("GRIDBOOK_POWER_CUTS=5000 test_crash
// …").
inline int rounds(const char* variable, int in_ci) {
    const char* text = std::getenv(variable);
    return text == nullptr ? in_ci : std::atoi(text);
}

// A day of trading by seed, as the engine decided it.
inline const std::vector<tests::Step>& played() {
    static const std::vector<tests::Step> steps = [] {
        std::vector<tests::Step> all;
        const TempFolder folder;
        // The prelude is sent before anybody can listen: it is told again from the journal.
        ledger::test::Story story(folder.path(), 1, 500);
        story.forge = [&](tests::Step& step) { all.push_back(step); };
        ledger::test::trade_by_seed(story, 20261201, 700);
        story.flush();
        std::vector<tests::Step> prelude;
        auto reader = story.journal().read_from(engine::Sequence{1});
        const engine::Sequence first = all.front().command.header.sequence;
        while (*reader->next() && reader->batch().header.first < first)
            for (std::size_t i = 0, event = 0; i < reader->batch().header.count; ++i) {
                tests::Step step;
                step.command = reader->batch().command(i);
                if (step.command.header.sequence >= first) break;
                for (std::size_t n = reader->batch().event_count(i); n > 0; --n)
                    step.events.push_back(reader->batch().event(event++));
                prelude.push_back(std::move(step));
            }
        all.insert(all.begin(), prelude.begin(), prelude.end());
        return all;
    }();
    return steps;
}

// Segments so small that a day has some of them: every test here cuts, breaks and slows their turns, too.
inline ledger::JournalOptions journal_options(const std::filesystem::path& data) {
    ledger::JournalOptions options{data, ledger::Access::write, std::size_t{1} << 20};
    options.segment_bytes = 96 * 1024;
    return options;
}

class Market {
  public:
    // Nullopt: the ledger could not be opened, and said why.
    static ledger::Result<std::unique_ptr<Market>> open(const std::filesystem::path& data, bool following) {
        auto journal = ledger::Journal::open(journal_options(data));
        if (!journal) return journal.error();
        std::unique_ptr<Market> market(new Market(std::move(*journal)));
        if (!following) return market;
        auto projection = ledger::Projection::open(data, ledger::Access::write, std::size_t{1} << 20);
        if (!projection) return projection.error();
        market->projection_ = std::move(*projection);
        ledger::FollowerOptions options;
        options.data = data;
        options.projection = market->projection_.get();
        market->follower_.emplace(*market->journal_, options);
        if (auto begun = market->follower_->begin(); !begun) return begun.error();
        return market;
    }

    // The next commands in one commit. False: the stage has failed.
    bool commit(std::size_t commands) {
        const auto& steps = played();
        for (; commands > 0 && next_ < steps.size(); --commands, ++next_) {
            in_.slot(0) = engine::Record(steps[next_].command);
            for (std::size_t i = 0; i < steps[next_].events.size(); ++i)
                in_.slot(1 + i) = engine::Record(steps[next_].events[i]);
            in_.publish(1 + steps[next_].events.size());
        }
        const auto stepped = stage_.step();
        for (std::size_t n = out_.refresh(); n > 0; --n, out_.release(1)) {
            acknowledged_ = std::max(acknowledged_, out_.peek(0).event().header.sequence.value);
            ++delivered_;
        }
        return stepped.has_value();
    }
    // False: the follower met trouble, which is told and stops nothing else.
    bool follow(bool snapshot) {
        while (true) {
            const auto more = follower_->step();
            if (!more) return false;
            if (!*more) break;
        }
        return !snapshot || follower_->snapshot().has_value();
    }
    bool at_end() const { return next_ >= played().size(); }
    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t delivered() const { return delivered_; }
    void go_on_at(engine::Sequence last) { next_ = last.value; }

  private:
    explicit Market(std::unique_ptr<ledger::Journal> journal) : journal_(std::move(journal)) {}

    static constexpr std::size_t ring = 1 << 15;
    std::unique_ptr<ledger::Journal> journal_;
    ledger::LedgerStage::Ring in_{ring}, out_{ring};
    ledger::BlobQueue blobs_{16};
    ledger::LedgerStage stage_{*journal_, in_, out_, blobs_};
    std::unique_ptr<ledger::Projection> projection_;
    std::optional<ledger::Follower> follower_;
    std::size_t next_ = 0;
    std::uint64_t acknowledged_ = 0, delivered_ = 0;
};

// Starts from what a disk holds: the sequence reached, the state hash there; or why it refuses.
struct Restarted {
    engine::Sequence sequence{};
    engine::Sequence snapshot{};
    std::uint64_t hash = 0;
};
inline ledger::Result<Restarted> restart(const std::filesystem::path& data) {
    auto journal = ledger::Journal::open(journal_options(data));
    if (!journal) return journal.error();
    engine::Exchange exchange;
    ledger::test::PlainMirror mirror;
    auto recovered = ledger::recover(**journal, ledger::Snapshots(data), exchange, mirror, nullptr);
    if (!recovered) return recovered.error();
    return Restarted{recovered->sequence, recovered->snapshot,
                     exchange.started() ? exchange.state_hash() : 0};
}

}  // namespace gridbook::crash
