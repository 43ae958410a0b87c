// SPDX-License-Identifier: Apache-2.0
// A saturated engine thread makes no system call but one wake a batch for a neighbour that is parked. The
// thread runs under a seccomp filter of its own: whatever call it makes other than that wake, of that very
// word, comes back as a signal and is counted. All of it happens in a child process, because a filter stays.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

#include "engine/pipeline/sequencer.hpp"
#include "engine/pipeline/wait.hpp"
#include "tests/engine/setup.hpp"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define GRIDBOOK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define GRIDBOOK_SANITIZED 1
#endif
#endif

namespace gridbook::tests {

namespace {

#ifdef GRIDBOOK_SANITIZED
constexpr bool sanitized = true;  // sanitizers call the system on their own
#else
constexpr bool sanitized = false;
#endif

using engine::Command;

// A futex like FutexSleeper's that counts the calls it makes and tells where its word is.
class CountingSleeper final : public engine::Sleeper {
  public:
    void sleep(engine::Duration at_most) override {
        const timespec limit{at_most.value / engine::second.value, at_most.value % engine::second.value};
        ++sleeps;
        syscall(SYS_futex, &parked_, FUTEX_WAIT_PRIVATE, 1, &limit, nullptr, 0);
    }
    const void* word() const { return &parked_; }
    bool parked() const { return parked_.load(std::memory_order_acquire) != 0; }
    std::uint64_t wakes = 0;   // written by the engine's thread only
    std::uint64_t sleeps = 0;  // written by the neighbour only

  protected:
    void rouse() override {
        ++wakes;
        syscall(SYS_futex, &parked_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
};

std::atomic<std::uint64_t> trapped{0};
std::atomic<int> first_trapped{-1};
std::atomic<bool> over{false};  // never set: the child ends instead

void count_trap(int, siginfo_t* info, void*) {
    int none = -1;
    first_trapped.compare_exchange_strong(none, info->si_syscall);
    trapped.fetch_add(1);
}

// Lets this thread wake the futex at `word` and return from a signal; traps all else. errno, or 0.
int trap_all_but_wakes_of(const void* word) {
    const auto address = reinterpret_cast<std::uintptr_t>(word);
    const auto low = static_cast<std::uint32_t>(address);
    const auto high = static_cast<std::uint32_t>(address >> 32);
    constexpr auto first = static_cast<std::uint32_t>(offsetof(seccomp_data, args));
    const auto load = [](std::uint32_t offset) {
        return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offset};
    };
    // Goes on when equal, else skips so many.
    const auto unless = [](std::uint32_t value, std::uint8_t skip) {
        return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, skip, value};
    };
    const sock_filter allow{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    const sock_filter trap{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP};
    sock_filter program[] = {load(offsetof(seccomp_data, arch)),
                             unless(AUDIT_ARCH_X86_64, 11),
                             load(offsetof(seccomp_data, nr)),
                             unless(SYS_rt_sigreturn, 1),
                             allow,
                             unless(SYS_futex, 7),
                             load(first),
                             unless(low, 5),
                             load(first + 4),
                             unless(high, 3),
                             load(first + 8),
                             unless(FUTEX_WAKE_PRIVATE, 1),
                             allow,
                             trap};
    const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) return errno;
    return 0;
}

// What the child tells.
struct Outcome {
    int no_filter = 0;  // errno of what could not be installed
    std::uint64_t handled = 0, left = 0, batches = 0, wakes = 0, sleeps = 0, trapped = 0, control = 0;
    int first_trapped = -1, control_call = -1;
    std::uint64_t records = 0, fills = 0;
};

constexpr std::size_t orders = 100'000;
constexpr std::size_t batch = 256;

// Buys and sells that meet, cancels, replaces, refusals and questions: nothing that waits for anybody.
Command some_command(std::size_t i) {
    const engine::AccountId who = i % 2 == 0 ? Market::acme : Market::prov;
    const std::string cid = "c-" + std::to_string(i), before = "c-" + std::to_string(i >= 2 ? i - 2 : 0);
    const Amount price = engine::Decimal{(1'400 + static_cast<std::int64_t>(i * 7 % 11)) * 10'000};
    switch (i % 16) {
        case 7: return cancel(before, who);
        case 11: return replace(before, who, 2, price);
        case 13: return buy(1).at("99.00").from(who).as(cid);
        case 14: return question(engine::QueryBalance{}, who);
        default: return i % 2 == 0 ? buy(1).at(price).from(who).as(cid) : sell(1).at(price).from(who).as(cid);
    }
}

// The rings are made and filled before; a neighbour drains and parks whenever there is nothing to take.
Outcome run() {
    engine::Genesis genesis = small_genesis();
    genesis.orders = 1u << 17;
    genesis.records = 1u << 18;
    genesis.account_orders = 1u << 17;
    genesis.max_qty = millionths("100000");
    engine::Exchange exchange;
    engine::Ring<Command> in(1u << 17);
    engine::Ring<engine::Record> out(1u << 14);
    engine::Sequencer sequencer(exchange, in, out);
    for (const Command& c :
         {Command::of(genesis), Command::of(h100_class()), Command::of(east_zone()), Command::of(g2_tier()),
          Command::of(h100_family()), Command::of(account("acme")), Command::of(account("bert")),
          Command::of(account("carl")), Command::of(account("prov")), credit(Market::acme, 90'000'000),
          credit(Market::prov, 90'000'000), resource(Market::acme, 90'000), resource(Market::prov, 90'000)})
        in.push(c);
    while (sequencer.step(day_one) > 0) {
    }
    for (std::size_t i = 0; i < out.refresh(); ++i)
        GRIDBOOK_CHECK(out.peek(i).kind() != static_cast<std::uint8_t>(engine::EventKind::refused));
    out.release(out.refresh());
    for (std::size_t i = 0; i < orders; ++i) in.push(some_command(i));

    Outcome o;
    CountingSleeper neighbour;
    std::atomic<bool> done{false};
    std::thread engine_thread([&] {
        o.no_filter = trap_all_but_wakes_of(neighbour.word());
        if (o.no_filter == 0) {
            // The neighbour sleeps when the work begins, so that there is a wake to count.
            while (!neighbour.parked()) engine::pause_cpu();
            while (in.available() > 0) {
                const std::size_t handled = sequencer.step(day_one, batch);
                if (handled == 0) {
                    engine::pause_cpu();  // no room until the neighbour has drained
                    continue;
                }
                o.handled += handled;
                ++o.batches;
                neighbour.wake();
            }
            o.trapped = trapped.load();
            o.first_trapped = first_trapped.load();
            // The filter is there: a call that is not allowed is caught.
            first_trapped.store(-1);
            syscall(SYS_getppid);
            o.control = trapped.load() - o.trapped;
            o.control_call = first_trapped.load();
            o.left = in.used();
        }
        done.store(true, std::memory_order_release);
        // A thread that ends calls the system; this one ends with its process.
        while (!over.load(std::memory_order_relaxed)) engine::pause_cpu();
    });
    while (true) {
        const bool last = done.load(std::memory_order_acquire);
        const std::size_t there = out.refresh();
        for (std::size_t i = 0; i < there; ++i)
            o.fills += out.peek(i).kind() == static_cast<std::uint8_t>(engine::EventKind::fill);
        o.records += there;
        out.release(there);
        if (there > 0) continue;
        if (last) break;
        neighbour.announce();
        if (out.refresh() == 0 && !done.load(std::memory_order_acquire))
            neighbour.sleep(engine::millisecond * 20);
        neighbour.retract();
    }
    o.wakes = neighbour.wakes;
    o.sleeps = neighbour.sleeps;
    engine_thread.detach();
    return o;
}

// Runs it in a child that ends without waiting for the thread.
Outcome in_a_child() {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        struct sigaction action {};
        action.sa_sigaction = count_trap;
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGSYS, &action, nullptr);
        alarm(60);
        const Outcome o = run();
        _exit(write(ends[1], &o, sizeof o) == sizeof o ? 0 : 1);
    }
    close(ends[1]);
    Outcome o;
    const ssize_t got = read(ends[0], &o, sizeof o);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    REQUIRE(got == static_cast<ssize_t>(sizeof o));
    return o;
}

}  // namespace

TEST_CASE("a saturated engine thread makes no system call but a wake a batch for a parked neighbour") {
    if (sanitized) {
        WARN("skipped: a sanitizer makes system calls of its own");
        return;
    }
    const Outcome o = in_a_child();
    if (o.no_filter == EINVAL || o.no_filter == EPERM || o.no_filter == ENOSYS || o.no_filter == EACCES) {
        WARN("skipped: this system lets no thread install a seccomp filter: " << std::strerror(o.no_filter));
        return;
    }
    REQUIRE(o.no_filter == 0);
    INFO(o.batches << " batches, " << o.wakes << " wakes, " << o.sleeps
                   << " sleeps of the neighbour, first call " << o.first_trapped);
    CHECK(o.handled == orders);
    CHECK(o.left == 0);
    CHECK(o.fills > orders / 2);
    CHECK(o.records > 2 * orders);
    CHECK(o.trapped == 0);
    CHECK(o.wakes >= 1);
    CHECK(o.wakes <= o.batches);
    CHECK(o.wakes <= o.sleeps + 1);
    CHECK(o.batches >= orders / batch);
    CHECK(o.control == 1);
    CHECK(o.control_call == SYS_getppid);
}

}  // namespace gridbook::tests
