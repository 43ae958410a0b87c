// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ledger stage as the pipeline wires it: real rings, a real journal, a thread of its own; and behind it,
// when asked for, the follower with projection and snapshots. The caller is the other thread: it plays
// ingress and egress, and runs the real exchange, whose events go straight into the ring. The market: pairs
// of accounts sell to each other and back over 64 hours, so that every second command trades and nothing
// grows. A command has two events on average: 384 bytes in the journal.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/pipeline/wait.hpp"
#include "ledger/follower.hpp"
#include "ledger/ledger_stage.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::bench {

inline std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

[[noreturn]] inline void stop(const std::string& sentence) {
    fmt::print(stderr, "bench_ledger: {}\n", sentence);
    std::exit(1);
}

class TempFolder {
  public:
    explicit TempFolder(const std::string& in) {
        std::string name = (std::filesystem::path(in) / "bench-ledger-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) stop("cannot create a folder in " + in);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// Commands of a market that could go on for ever.
class MarketFlow {
  public:
    MarketFlow() {
        using namespace tests;
        engine::Genesis g = small_genesis();
        g.accounts = 2 * pairs;
        g.records = 1u << 20;
        prelude_ = {engine::Command::of(g), engine::Command::of(h100_class()),
                    engine::Command::of(east_zone()), engine::Command::of(g2_tier()),
                    engine::Command::of(h100_family())};
        for (std::uint32_t a = 0; a < 2 * pairs; ++a)
            prelude_.push_back(engine::Command::of(account(fmt::format("a{}", a))));
        for (std::uint32_t a = 0; a < 2 * pairs; ++a) {
            prelude_.push_back(credit(engine::AccountId{a}, 1'000'000));
            prelude_.push_back(resource(engine::AccountId{a}, 9'000));
        }
    }

    // The next command's events, in the buffer; the command with its sequence.
    const engine::Command& next(const engine::EventBuffer*& events, std::size_t& count) {
        if (exchange_.unfinished()) {
            command_ = engine::Command::of(engine::FollowOn{});
        } else {
            command_ = at_ < prelude_.size() ? prelude_[at_] : order(at_ - prelude_.size());
            ++at_;
        }
        command_.header.sequence = engine::Sequence{++sequence_};
        command_.header.time = tests::day_one;
        engine::EventSink sink = buffer_.sink();
        exchange_.apply(command_, sink);
        events = &buffer_;
        count = sink.count();
        return command_;
    }
    bool warm() const { return at_ > prelude_.size() && !exchange_.unfinished(); }

  private:
    static constexpr std::uint32_t pairs = 32;

    // Of four: one sells, the other buys; then the other way round.
    engine::Command order(std::uint64_t n) const {
        const std::uint32_t pair = static_cast<std::uint32_t>(n / 4 % pairs);
        const std::uint32_t step = static_cast<std::uint32_t>(n % 4);
        engine::PlaceOrder o;
        o.side = step % 2 == 0 ? engine::Side::sell : engine::Side::buy;
        const std::uint32_t seller = step < 2 ? 0 : 1;
        const std::uint32_t who = step % 2 == 0 ? seller : 1 - seller;
        o.instrument = tests::hour_of(0, 2 + static_cast<int>(n / 4 / pairs % 64));
        o.price = engine::Decimal{(1'390 + static_cast<std::int64_t>(n / 4 % 20)) * engine::tick_decimal};
        o.qty = engine::Decimal{16'000'000};
        std::array<char, 24> cid{};
        const auto end = fmt::format_to(cid.data(), "{}", n);
        o.cid = engine::Cid{std::string_view(cid.data(), static_cast<std::size_t>(end - cid.data()))};
        return engine::Command::of(o, engine::AccountId{2 * pair + who}, engine::no_key, tests::asked);
    }

    engine::Exchange exchange_;
    engine::EventBuffer buffer_;
    std::vector<engine::Command> prelude_;
    engine::Command command_;
    std::uint64_t at_ = 0, sequence_ = 0;
};

struct RigOptions {
    std::string folder;
    bool projection = false;            // the follower writes it
    engine::Duration snapshot_every{};  // and makes snapshots; zero: none
    std::uint64_t segment_bytes = ledger::JournalOptions{}.segment_bytes;
};

class Rig {
  public:
    explicit Rig(const RigOptions& options)
        : folder_(options.folder),
          journal_(open(folder_.path(), options.segment_bytes)),
          stage_(*journal_, in_, out_, blobs_),
          thread_([this] { loop(); }) {
        // The market opens before anything is measured.
        while (!flow_.warm()) write(), sent_ -= 1;
        wake();
        while (stage_.stats().durable.load() < written_) take();
        told_ = written_;
        if (options.projection) {
            auto projection = ledger::Projection::open(folder_.path(), ledger::Access::write);
            if (!projection) stop(projection.error().text);
            projection_ = std::move(*projection);
        }
        if (!options.projection && options.snapshot_every.value == 0) return;
        ledger::FollowerOptions follower;
        follower.data = folder_.path();
        follower.every = options.snapshot_every;
        follower.projection = projection_.get();
        follower.trouble = [](const std::string& sentence) { stop(sentence); };
        follower_.emplace(*journal_, std::move(follower));
        follower_->start();
    }
    ~Rig() {
        stop_.store(true);
        sleeper_.wake();
        thread_.join();
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    bool room() { return in_.room(1 + engine::max_events) >= 1 + engine::max_events; }
    // The next command with its events, as one piece; wake() after the last of a burst.
    void write() {
        const engine::EventBuffer* events = nullptr;
        std::size_t count = 0;
        in_.slot(0) = engine::Record(flow_.next(events, count));
        for (std::size_t i = 0; i < count; ++i) in_.slot(1 + i) = (*events)[i];
        in_.publish(1 + count);
        ++written_, ++sent_;
    }
    void wake() { sleeper_.wake(); }
    // Takes what is durable and answers how many commands are complete since the last call.
    std::uint64_t take() {
        const std::size_t records = out_.refresh();
        if (records == 0) return 0;
        const std::uint64_t newest = out_.peek(records - 1).event().header.sequence.value;
        out_.release(records);
        wake();
        const std::uint64_t done = newest - told_;
        told_ = newest;
        return done;
    }
    std::uint64_t sent() const { return sent_; }
    // Commands that the follower is behind the last durable one.
    std::uint64_t lag() const {
        return follower_ ? stage_.stats().durable.load() - follower_->stats().applied.load() : 0;
    }
    std::uint64_t snapshots() const { return follower_ ? follower_->stats().snapshots.load() : 0; }
    std::size_t segments() const { return journal_->segments().files().size(); }
    const ledger::LedgerStats& stats() const { return stage_.stats(); }

  private:
    static constexpr std::size_t ring_records = 1 << 20;
    static std::unique_ptr<ledger::Journal> open(const std::filesystem::path& data,
                                                 std::uint64_t segment_bytes) {
        auto journal = ledger::Journal::open({.data = data, .segment_bytes = segment_bytes});
        if (!journal) stop(journal.error().text);
        return std::move(*journal);
    }
    void loop() {
        engine::Idle idle(engine::WaitStrategy::park, sleeper_);
        while (!stop_.load(std::memory_order_relaxed))
            idle.run_once(
                [this] {
                    const auto done = stage_.step();
                    if (!done) stop(done.error().text);
                    return *done;
                },
                engine::millisecond * 20);
    }

    TempFolder folder_;
    std::unique_ptr<ledger::Journal> journal_;
    std::unique_ptr<ledger::Projection> projection_;
    std::optional<ledger::Follower> follower_;
    engine::Ring<engine::Record> in_{ring_records};
    engine::Ring<engine::Record> out_{ring_records};
    ledger::BlobQueue blobs_{16};
    ledger::LedgerStage stage_;
    engine::FutexSleeper sleeper_;
    std::atomic<bool> stop_{false};
    MarketFlow flow_;
    std::uint64_t written_ = 0, told_ = 0, sent_ = 0;
    std::thread thread_;
};

}  // namespace gridbook::bench
