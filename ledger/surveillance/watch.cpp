// SPDX-License-Identifier: Apache-2.0
#include "ledger/surveillance/watch.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "ledger/surveillance/report.hpp"

namespace gridbook::ledger {

namespace {

constexpr auto nap = std::chrono::milliseconds(20);
constexpr int lowest_priority = 19;

}  // namespace

Watch::Watch(const Journal& journal, WatchOptions options)
    : journal_(journal),
      options_(std::move(options)),
      surveillance_(options_.thresholds, [this](Alert&& alert) { keep(alert); }) {}

Watch::~Watch() {
    stop();
    collect();
}

void Watch::start() {
    thread_ = std::thread([this] {
        // Of this thread alone (Linux): whoever trades goes first.
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest_priority);
        loop();
    });
}

void Watch::stop() {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
}

void Watch::loop() {
    while (!stop_.load(std::memory_order_relaxed)) {
        const auto stepped = step();
        if (!stepped) {
            if (options_.trouble) options_.trouble(stepped.error().text);
            // A reader that took too long is asked again; what is not whole stays so.
            if (stepped.error().code != ErrorCode::expired) return;
        }
        if (!stepped || !*stepped) std::this_thread::sleep_for(nap);
    }
}

Result<bool> Watch::step() {
    {
        auto reader = journal_.read_from(engine::Sequence{place_.value + 1});
        if (!reader) return reader.error();
        bool behind = true;
        while (behind) {
            auto more = reader->next();
            if (!more) return more.error();
            if (!*more) return false;
            behind = reader->batch().header.last() <= place_;
        }
        batch_.take(*reader);
    }
    const BatchView& batch = batch_.view();
    for (std::size_t i = 0, event = 0; i < batch.header.count; ++i)
        for (std::size_t n = batch.event_count(i); n > 0; --n, ++event) {
            names_.hear(batch.event(event));
            surveillance_.hear(batch.event(event));
        }
    place_ = batch.header.last();
    applied_.store(place_.value, std::memory_order_release);
    return true;
}

void Watch::keep(const Alert& alert) {
    auto* told = new Told{alert.number, alert.sequence, alert.family,
                          alert_members(alert, names_, surveillance_.sight()),
                          alert_members(alert, names_, surveillance_.sight(), false)};
    auto& count = counts_[static_cast<std::size_t>(alert.indicator)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    // Nobody collects: what waits here delays only the next alert.
    while (!found_.push(told)) {
        if (stop_.load(std::memory_order_relaxed)) {
            delete told;
            return;
        }
        std::this_thread::sleep_for(nap);
    }
}

void Watch::collect() {
    while (found_.available() > 0) {
        const std::unique_ptr<Told> told(found_.peek(0));
        found_.release(1);
        kept_.push_back(std::move(*told));
        if (kept_.size() > options_.keep) kept_.pop_front();
    }
}

std::vector<Watch::Told> Watch::after(std::uint64_t number, std::size_t most) const {
    std::vector<Told> some;
    for (const Told& told : kept_) {
        if (some.size() == most) break;
        if (told.number > number) some.push_back(told);
    }
    return some;
}

}  // namespace gridbook::ledger
