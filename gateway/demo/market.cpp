// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/market.hpp"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/demo/participant.hpp"

namespace gridbook::gateway::demo {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds step{10};
constexpr milliseconds reconnect_after{1'000};
constexpr milliseconds balance_every{5'000};
constexpr std::int64_t credit_cny = 5'000'000;
constexpr std::size_t families_a_provider = 4;

engine::Time machine_time() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return engine::Time{std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()};
}

// Base 36, so that a run's stamp takes little of a cid's 32 characters.
std::string base36(std::uint64_t value) {
    std::string text;
    do text.insert(text.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36]);
    while ((value /= 36) != 0);
    return text;
}

// The second provider issues packages on blocks of the first one, and the first buyer uses them.
Packages::Part packages_part(Participant::Trade trade, std::size_t number) {
    if (trade == Participant::Trade::provider && number == 1) return Packages::Part::issuer;
    return trade == Participant::Trade::buyer && number == 0 ? Packages::Part::user : Packages::Part::none;
}

}  // namespace

struct DemoMarket::Run {
    explicit Run(Options o) : options(std::move(o)), scene(options.seed), chance(options.seed ^ 0xD1CE) {}

    const Options options;
    Scene scene;
    Chance chance;
    std::vector<std::unique_ptr<Participant>> participants;
    std::unique_ptr<Office> office;
    Counts counts;
    std::uint64_t reconnects = 0;
    Clock::time_point wandered{}, regulated{}, balanced{};

    std::atomic<bool> stopping{false};
    std::thread thread;
    mutable std::mutex mutex;  // of `told` only: the demo's own thread writes, whoever asks reads
    Stats told;

    void live();
    void open();
    void gather();
    void trade();
    void look_after();
    void run_office(Clock::time_point now);
    void keep_signed_in();
    void act(std::size_t turns);
    void tell(const std::string& trouble = {});
    void pause(milliseconds length) const;
};

// Whatever goes wrong is told and tried again: the exchange may be restarting.
void DemoMarket::Run::live() {
    while (!stopping) {
        try {
            open();
            trade();
        } catch (const std::exception& error) {
            tell(error.what());
            pause(reconnect_after);
        }
    }
}

void DemoMarket::Run::pause(milliseconds length) const {
    const auto end = Clock::now() + length;
    while (!stopping && Clock::now() < end) std::this_thread::sleep_for(step);
}

void DemoMarket::Run::open() {
    HttpClient http(options.url, milliseconds{5'000});
    scene.set_now(machine_time());
    scene.load(http);
    office = std::make_unique<Office>(options.url, options.operator_key, options.regulator_key);
    if (participants.empty()) gather();
    regulated = Clock::now();
}

void DemoMarket::Run::gather() {
    std::filesystem::create_directories(options.folder);
    const std::string stamp =
        base36(static_cast<std::uint64_t>(machine_time().value / engine::millisecond.value));
    const auto add = [&](Participant::Trade trade, std::string_view word, std::size_t number) {
        std::vector<std::size_t> families;
        for (std::size_t i = 0; i < std::min(families_a_provider, scene.families().size()); ++i)
            families.push_back((number + i) % scene.families().size());
        const Participant::Identity identity{fmt::format("demo-{}-{:02}", word, number + 1),
                                             trade,
                                             options.folder,
                                             fmt::format("{}{}-{}", word.substr(0, 1), number + 1, stamp),
                                             trade == Participant::Trade::provider && number == 0,
                                             packages_part(trade, number)};
        participants.push_back(std::make_unique<Participant>(identity, options.url, std::move(families)));
    };
    for (std::size_t i = 0; i < options.providers; ++i) add(Participant::Trade::provider, "provider", i);
    for (std::size_t i = 0; i < options.buyers; ++i) add(Participant::Trade::buyer, "buyer", i);
}

void DemoMarket::Run::trade() {
    const auto began = Clock::now();
    std::uint64_t taken = 0;
    for (auto next = began; !stopping; next += step) {
        std::this_thread::sleep_until(next);
        scene.set_now(machine_time());
        look_after();
        const auto passed = std::chrono::duration_cast<milliseconds>(Clock::now() - began).count();
        const std::uint64_t due = static_cast<std::uint64_t>(passed) * options.orders_per_s / 1'000;
        // After a pause of the machine the market does not try to catch up.
        const std::uint64_t turns = std::min<std::uint64_t>(due - taken, 1 + options.orders_per_s / 10);
        taken = due;
        act(turns);
        tell();
        if (next + milliseconds{500} < Clock::now()) next = Clock::now();
    }
}

void DemoMarket::Run::look_after() {
    const auto now = Clock::now();
    keep_signed_in();
    if (now - wandered >= milliseconds{1'000}) {
        wandered = now;
        scene.wander();
    }
    const bool ask = now - balanced >= balance_every;
    if (ask) balanced = now;
    for (const auto& participant : participants)
        if (ask && participant->connected()) participant->ask_balance();
    // The office may be refused, by a second regulator for example: trading goes on all the same.
    try {
        run_office(now);
    } catch (const std::exception& error) {
        tell(error.what());
    }
}

void DemoMarket::Run::run_office(Clock::time_point now) {
    if (now - regulated >= std::chrono::seconds(options.band_every_s)) {
        regulated = now;
        office->move_band(scene, chance);
    }
    for (const auto& participant : participants) {
        if (!participant->connected() || !participant->short_of_cash()) continue;
        participant->credited();
        office->credit(participant->name(), credit_cny);
    }
}

void DemoMarket::Run::keep_signed_in() {
    for (const auto& participant : participants) {
        if (participant->connected() || Clock::now() < participant->retry_at || stopping) continue;
        const bool again = participant->retry_at != Clock::time_point{};
        participant->retry_at = Clock::now() + reconnect_after;
        try {
            if (participant->fresh()) {
                office->admit(participant->name(), participant->roles(), participant->public_key());
                office->credit(participant->name(), credit_cny);
            }
            participant->sign_in(scene);
            if (again) ++reconnects;
        } catch (const std::exception& error) {
            participant->hang_up();
            tell(error.what());
        }
    }
}

void DemoMarket::Run::act(std::size_t turns) {
    std::vector<Participant*> here;
    for (const auto& participant : participants)
        if (participant->connected()) here.push_back(participant.get());
    for (std::size_t i = 0; i < turns && !here.empty(); ++i)
        here[chance.below(here.size())]->turn(scene, chance, counts);
    for (Participant* participant : here) {
        try {
            participant->listen(scene, counts);
            participant->deliver(machine_time(), chance, counts);
            participant->offer_blocks(scene, machine_time(), counts);
            participant->trade_packages(scene, machine_time(), counts);
        } catch (const std::exception& error) {
            participant->hang_up();
            tell(error.what());
        }
    }
}

void DemoMarket::Run::tell(const std::string& trouble) {
    Stats now{0,           counts.orders, counts.accepted, counts.refused,
              counts.busy, counts.fills,  reconnects,      office ? office->bands_moved() : 0,
              {}};
    for (const auto& participant : participants) now.participants += participant->connected() ? 1 : 0;
    const std::lock_guard lock(mutex);
    now.trouble = trouble.empty() ? told.trouble : trouble;
    told = std::move(now);
}

DemoMarket::DemoMarket(Options options) : run_(std::make_unique<Run>(std::move(options))) {}
DemoMarket::~DemoMarket() { stop(); }

void DemoMarket::start() {
    if (!run_->thread.joinable()) run_->thread = std::thread([run = run_.get()] { run->live(); });
}

void DemoMarket::request_stop() { run_->stopping = true; }

void DemoMarket::stop() {
    request_stop();
    if (run_->thread.joinable()) run_->thread.join();
}

Stats DemoMarket::stats() const {
    const std::lock_guard lock(run_->mutex);
    return run_->told;
}

}  // namespace gridbook::gateway::demo
