// SPDX-License-Identifier: Apache-2.0
#include "ledger/follower.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "ledger/projection/rebuild.hpp"
#include "ledger/snapshots/reconcile.hpp"

namespace gridbook::ledger {

namespace {

constexpr auto nap = std::chrono::milliseconds(20);
constexpr engine::Duration sync_witness_every = engine::second;
constexpr engine::Duration try_again_after = engine::second * 10;
constexpr int lowest_priority = 19;

engine::Time now() { return engine::Time{std::chrono::steady_clock::now().time_since_epoch().count()}; }

template <class T>
void set(std::atomic<T>& stat, T value) {
    stat.store(value, std::memory_order_relaxed);
}

// A full disk may have room again; what differs stays different.
bool passing(const Error& error) {
    return error.code == ErrorCode::disk_full || error.code == ErrorCode::expired;
}

}  // namespace

Follower::Follower(const Journal& journal, FollowerOptions options)
    : journal_(journal), options_(std::move(options)), snapshots_(options_.data) {}

void Follower::start() {
    thread_ = std::thread([this] {
        // Of this thread alone (Linux): whoever trades goes first.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest_priority);
        loop();
    });
}

void Follower::stop() {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
}

void Follower::tell(const Error& error) {
    if (options_.trouble) options_.trouble(error.text);
}

void Follower::loop() {
    if (auto begun = begin(); !begun) {
        set(stats_.stopped_by_difference, true);
        return tell(begun.error());
    }
    while (!stop_.load(std::memory_order_relaxed)) {
        auto followed = follow();
        if (followed) continue;
        tell(followed.error());
        if (passing(followed.error())) {
            snapshot_at_ = now() + try_again_after - options_.every;
            std::this_thread::sleep_for(nap);
            continue;
        }
        set(stats_.stopped_by_difference, true);
        return;
    }
    if (projector_)
        if (auto written = projector_->flush(); !written) tell(written.error());
}

// One round: a batch, or a nap; and what is due.
Result<void> Follower::follow() {
    auto stepped = step();
    if (!stepped) return stepped.error();
    const engine::Time at = now();
    if (at - synced_at_ >= sync_witness_every) {
        synced_at_ = at;
        if (auto synced = journal_.sync_witness(); !synced) return synced;
        if (options_.projection != nullptr) options_.projection->watch();
    }
    // What is gathered does not wait for the next command.
    if (projector_ && !*stepped)
        if (auto written = projector_->end_of_batch(place_, at); !written) return written;
    if (due(at)) return snapshot();
    if (!*stepped) std::this_thread::sleep_for(nap);
    return {};
}

bool Follower::due(engine::Time at) const {
    // While it catches up with a projection that was lost, there are newer ones than it could make.
    if (since_ == 0 || place_.sequence <= newest_) return false;
    return since_ >= options_.commands || (options_.every.value > 0 && at - snapshot_at_ >= options_.every);
}

Result<ProjectionPlace> Follower::usable_projection() {
    if (auto verified = options_.projection->verify(); !verified) return verified.error();
    auto place = options_.projection->place();
    if (!place || place->applied.value == 0) return place;
    auto chain = journal_.chain_after(place->applied);
    if (!chain) return chain.error();
    if (!*chain || (*chain)->previous != place->link)
        return failure(
            ErrorCode::chain,
            "the projection belongs to another journal than the one beside it: stop the exchange and "
            "run gridbook rebuild");
    return place;
}

// A projection that is behind the newest snapshot, as one that was deleted, is brought there from the events
// alone: the engine need not run all of the past again.
Result<void> Follower::catch_up() {
    const auto place = options_.projection->place();
    if (!place) return place.error();
    if (place->applied >= newest_) return {};
    return project(journal_, *options_.projection, {newest_, options_.streams, &stop_}, nullptr);
}

Result<void> Follower::begin() {
    snapshot_at_ = now();
    engine::Sequence highest{~0ull};
    if (const auto all = snapshots_.list(); !all.empty()) newest_ = all.front().sequence;
    if (options_.projection != nullptr) {
        auto place = usable_projection();
        if (place)
            if (auto caught_up = catch_up(); !caught_up) place = caught_up.error();
        if (place) place = options_.projection->place();
        // Snapshots go on without it.
        if (!place) tell(place.error()), options_.projection = nullptr;
        if (place) highest = place->applied;
    }
    std::vector<std::string> passed_over;
    auto found = snapshots_.newest<Books>(
        journal_, highest,
        [&](const Snapshots::Entry& entry, const SnapshotPlace& place) -> Result<Books> {
            auto books = read_snapshot(entry.file, place);
            if (books) place_ = place;
            return books;
        },
        passed_over);
    for (const std::string& text : passed_over)
        if (options_.trouble) options_.trouble(text);
    if (found) books_ = std::move(*found);
    rerun_.emplace(*books_.exchange);
    set(stats_.applied, place_.sequence.value);
    set(stats_.snapshot, place_.sequence.value);
    return {};
}

Result<bool> Follower::step() {
    {
        auto reader = journal_.read_from(engine::Sequence{place_.sequence.value + 1});
        if (!reader) return reader.error();
        bool behind = true;
        while (behind) {
            auto more = reader->next();
            if (!more) return more.error();
            if (!*more) return false;
            behind = reader->batch().header.last() <= place_.sequence;
        }
        batch_.take(*reader);
    }
    const BatchView& batch = batch_.view();
    if (auto seen = see(batch); !seen) return seen.error();
    place_ = {batch.header.epoch, batch.header.last(), batch.header.time, batch_.link()};
    since_ += batch.header.count;
    if (projector_)
        if (auto written = projector_->end_of_batch(place_, now()); !written) return written.error();
    set(stats_.applied, place_.sequence.value);
    return true;
}

Result<void> Follower::see(const BatchView& batch) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < batch.header.count; ++i) {
        if (!books_.postings) books_.postings.emplace(batch.command(i).as<engine::Genesis>());
        if (!projector_ && options_.projection != nullptr) {
            projector_.emplace(*options_.projection, *books_.postings, books_.balances, options_.streams);
            if (auto place = projector_->begin(); !place) return place.error();
        }
        if (auto same = rerun_->apply(batch, i, first); !same) return same;
        const std::size_t count = batch.event_count(i);
        for (std::size_t e = 0; e < count; ++e) {
            const engine::Event event = batch.event(first + e);
            const auto entries = books_.postings->of(event);
            if (const auto& difference = books_.postings->difference())
                return failure(ErrorCode::differs,
                               fmt::format("the postings differ at sequence {}: {}",
                                           difference->sequence.value, difference->text),
                               difference->sequence);
            for (const Entry& entry : entries) books_.balances.post(entry);
            books_.entries += entries.size();
            books_.past.hear(event);
            if (projector_) projector_->see(event, static_cast<std::uint32_t>(e), entries);
        }
        first += count;
    }
    return {};
}

Result<void> Follower::snapshot() {
    if (!books_.postings) return {};
    if (const auto difference = reconcile(*books_.exchange, *books_.postings, books_.balances))
        return failure(ErrorCode::differs,
                       fmt::format("engine and postings differ at sequence {}: {}",
                                   difference->sequence.value, difference->text),
                       difference->sequence);
    if (projector_)
        if (auto written = projector_->flush(); !written) return written;
    const engine::Time begun = now();
    auto written = snapshots_.write(place_, books_, options_.keep);
    if (!written) return written.error();
    since_ = 0;
    snapshot_at_ = now();
    set(stats_.snapshot, place_.sequence.value);
    set(stats_.snapshots, stats_.snapshots.load(std::memory_order_relaxed) + 1);
    set(stats_.snapshot_bytes, *written);
    set(stats_.snapshot_ns, static_cast<std::uint64_t>((snapshot_at_ - begun).value));
    return {};
}

}  // namespace gridbook::ledger
