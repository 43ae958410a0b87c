// SPDX-License-Identifier: Apache-2.0
// Nothing is allocated after genesis: every form of operator new in this program counts, and a flow of all
// kinds of commands goes through the market while it counts. What is taken with malloc alone does not pass
// operator new; the heap's own sum of what is in use is compared for that.
#include <malloc.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "tests/engine/delivery_flow.hpp"
#include "tests/engine/packages_story.hpp"

namespace {

// The tests run on one thread; those of other threads allocate while nobody counts.
thread_local bool counting = false;
thread_local std::size_t allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
    // A breakpoint here, with `counting` as its condition, shows who allocates.
    if (counting) ++allocations;
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    return std::aligned_alloc(alignment, whole == 0 ? alignment : whole);
}
void* counted_or_throw(std::size_t size, std::size_t alignment) {
    void* memory = counted(size, alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
// Not inlined: the compiler would take the free of an inlined delete for one that does not fit its new.
[[gnu::noinline]] void give_back(void* memory) { std::free(memory); }
constexpr std::size_t plain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace

// The only definitions in this program; a second one would not link.
void* operator new(std::size_t n) { return counted_or_throw(n, plain); }
void* operator new[](std::size_t n) { return counted_or_throw(n, plain); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return counted(n, plain); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return counted(n, plain); }
void* operator new(std::size_t n, std::align_val_t a) {
    return counted_or_throw(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
    return counted_or_throw(n, static_cast<std::size_t>(a));
}
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return counted(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return counted(n, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { give_back(p); }
void operator delete[](void* p) noexcept { give_back(p); }
void operator delete(void* p, std::size_t) noexcept { give_back(p); }
void operator delete[](void* p, std::size_t) noexcept { give_back(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { give_back(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { give_back(p); }
void operator delete(void* p, std::align_val_t) noexcept { give_back(p); }
void operator delete[](void* p, std::align_val_t) noexcept { give_back(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give_back(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { give_back(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { give_back(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { give_back(p); }

namespace gridbook::tests {

namespace {

using engine::Command;
using engine::CommandKind;
using engine::EventKind;

// The bytes of the heap that are in use, however they were taken.
std::size_t heap_in_use() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

// Applies as the sequencer does, and counts kinds of events; takes no memory itself.
class Applied {
  public:
    void apply(Command command, engine::Time at) {
        if (at < exchange.time()) at = exchange.time();
        if (command.kind() != CommandKind::advance_time && exchange.next_timer() <= at) one(advance(), at);
        exchange.prefetch(command, command, command);
        one(command, at);
    }
    void ask(const Command& question) {
        engine::EventSink sink = buffer_.sink();
        exchange.answer(question, sink);
        count(sink);
    }
    std::size_t seen(EventKind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }
    std::size_t ended(engine::CancelReason why) const { return reasons_[static_cast<std::size_t>(why)]; }
    std::size_t follow_ons = 0;
    engine::Exchange exchange;

  private:
    void one(Command command, engine::Time at) {
        for (bool first = true; first || exchange.unfinished(); first = false) {
            if (!first) command = Command::of(engine::FollowOn{}), ++follow_ons;
            command.header.sequence = engine::Sequence{exchange.sequence().value + 1};
            command.header.time = at;
            engine::EventSink sink = buffer_.sink();
            exchange.apply(command, sink);
            count(sink);
        }
    }
    void count(const engine::EventSink& sink) {
        for (std::size_t i = 0; i < sink.count(); ++i) {
            const engine::Event event = buffer_[i].event();
            ++kinds_[static_cast<std::size_t>(event.kind())];
            if (event.kind() == EventKind::order)
                ++reasons_[static_cast<std::size_t>(event.as<engine::OrderEvent>().reason)];
        }
    }
    engine::EventBuffer buffer_;
    std::array<std::size_t, 256> kinds_{};
    std::array<std::size_t, 32> reasons_{};
};

// What one command has no room for: a sweep of 2,500 makers, and 4,200 orders that one command cancels.
std::vector<Command> large_commands() {
    std::vector<Command> all;
    for (int i = 0; i < 2'500; ++i)
        all.push_back(sell("0.1").at("14.00").from(Market::prov).as(fmt::format("s-{}", i)));
    all.push_back(buy(250).at("14.00").from(Market::acme).as("sweep"));
    for (int i = 0; i < 4'200; ++i)
        all.push_back(buy("0.1").at("13.90").from(Market::acme).as(fmt::format("b-{}", i)));
    all.push_back(Command::of(engine::CancelAll{}, Market::acme, engine::no_key, asked));
    return all;
}

std::vector<Command> set_up() {
    engine::DefineClass other = h100_class();
    other.name = engine::Text<16>{"H200"};
    other.k_train = 1'137;
    engine::DefineFamily first = dynamic_family(), second = dynamic_family();
    second.class_id = engine::ClassId{1};
    std::vector<Command> all{Command::of(h100_class()), Command::of(other), Command::of(east_zone()),
                             Command::of(g2_tier()),    Command::of(first), Command::of(second)};
    for (const char* name : {"acme", "bert", "carl", "prov", "twin"})
        all.push_back(Command::of(account(name)));
    for (std::uint32_t a = 0; a < 5; ++a) {
        all.push_back(credit(engine::AccountId{a}, 50'000'000));
        for (std::uint16_t f = 0; f < 2; ++f)
            all.push_back(resource(engine::AccountId{a}, 9'000, engine::FamilyId{f}));
    }
    return all;
}

}  // namespace

TEST_CASE("the counter sees what is allocated, in every form", "[allocation]") {
    struct alignas(128) Wide {
        char bytes[128];
    };
    allocations = 0;
    counting = true;
    void* one = ::operator new(1);
    void* wide = ::operator new (sizeof(Wide), std::align_val_t{alignof(Wide)});
    std::vector<int> many(100);
    counting = false;
    CHECK(allocations == 3);
    CHECK(reinterpret_cast<std::uintptr_t>(wide) % alignof(Wide) == 0);
    ::operator delete(one);
    ::operator delete (wide, std::align_val_t{alignof(Wide)});
}

TEST_CASE("20,000 commands of all kinds allocate nothing after genesis", "[allocation]") {
    const std::vector<Command> prepared = set_up(), large = large_commands();
    const std::vector<Command> flow = MixedFlow(11).commands(20'000);
    Applied market;
    market.apply(Command::of(small_genesis()), day_one);

    const std::size_t before = heap_in_use();
    allocations = 0;
    counting = true;
    for (const Command& command : prepared) market.apply(command, day_one);
    const std::size_t by_set_up = allocations;
    for (const Command& command : large) market.apply(command, day_one);
    for (const Command& command : flow) {
        market.apply(command, command.header.time);
        market.ask(question(engine::QueryBalance{}, command.header.account));
        market.ask(question(engine::QueryOrders{.limit = 20}, command.header.account));
        market.ask(question(engine::QueryPositions{.limit = 20}, command.header.account));
    }
    counting = false;
    CHECK(by_set_up == 0);
    CHECK(allocations - by_set_up == 0);
    CHECK(heap_in_use() == before);

    // The flow was as mixed as it should be.
    for (const EventKind kind : {EventKind::state_hashed,
                                 EventKind::phase_changed,
                                 EventKind::credited,
                                 EventKind::resource_registered,
                                 EventKind::resource_withdrawn,
                                 EventKind::session_opened,
                                 EventKind::session_closed,
                                 EventKind::fill,
                                 EventKind::refused,
                                 EventKind::strip,
                                 EventKind::any_of,
                                 EventKind::alternative,
                                 EventKind::mass_cancelled,
                                 EventKind::cancel_after_set,
                                 EventKind::band_changed,
                                 EventKind::reference_changed,
                                 EventKind::limit_state,
                                 EventKind::indicative,
                                 EventKind::dynamic_suspended,
                                 EventKind::killed,
                                 EventKind::order_row,
                                 EventKind::balance_row,
                                 EventKind::position_row}) {
        INFO("event kind " << static_cast<int>(kind));
        CHECK(market.seen(kind) > 0);
    }
    using engine::CancelReason;
    for (const CancelReason why :
         {CancelReason::none, CancelReason::ioc, CancelReason::self_trade, CancelReason::gate_closed,
          CancelReason::user, CancelReason::fok, CancelReason::min_qty, CancelReason::no_liquidity_in_band,
          CancelReason::expired, CancelReason::killed, CancelReason::disconnect,
          CancelReason::cancel_after}) {
        INFO("reason " << code(why));
        CHECK(market.ended(why) > 0);
    }
    CHECK(market.seen(EventKind::fill) > 5'000 + 3'000);
    CHECK(market.follow_ons >= 2);  // one each of the sweep and the mass cancel
}

TEST_CASE("20,000 commands with deliveries allocate nothing after genesis", "[allocation][delivery]") {
    const std::vector<Command> prepared = delivering_set_up();
    const std::vector<Command> flow = MixedFlow(5).commands(4'000);
    Reports reports(5);
    Applied market;
    market.apply(Command::of(delivering_genesis()), day_one);

    const std::size_t before = heap_in_use();
    allocations = 0;
    counting = true;
    for (const Command& command : prepared) market.apply(command, day_one);
    for (const Command& command : flow) {
        market.apply(command, command.header.time);
        for (int n = 0; n < 2; ++n) market.apply(reports.next(market.exchange.state()), command.header.time);
        market.apply(reports.offer(market.exchange.state()), command.header.time);
        market.ask(question(engine::QueryDeliveries{.after = {}, .limit = 20}, command.header.account));
    }
    counting = false;
    CHECK(allocations == 0);
    CHECK(heap_in_use() == before);
    for (const EventKind kind : {EventKind::delivery, EventKind::metered, EventKind::delivery_settled,
                                 EventKind::position_settled, EventKind::delivery_row}) {
        INFO("event kind " << static_cast<int>(kind));
        CHECK(market.seen(kind) > 100);
    }
}

TEST_CASE("draws of tokens over two days allocate nothing after genesis", "[allocation][tokens]") {
    Drawing story(drawing_genesis(6));
    for (std::uint32_t day = 1; day < 3; ++day) {
        story.trade(Market::prov, Market::acme, 3, Drawing::east, day);
        story.trade(Market::bert, Market::acme, 2, Drawing::north, day);
    }
    for (int hour = 24; hour < 72; ++hour) {
        story.d.at(clock(hour, 30));
        for (int n = 0; n < 3; ++n)
            story.send(Market::acme, fmt::format("u-{}", 2 * hour + n), {.uncached = 30'000});
    }
    story.d.at(clock(74));
    Applied market;
    const std::vector<Command>& journal = story.d.m.driver().journal();
    market.apply(journal[0], journal[0].header.time);
    const std::size_t before = heap_in_use();
    allocations = 0;
    counting = true;
    for (std::size_t i = 1; i < journal.size(); ++i)
        if (journal[i].kind() != CommandKind::follow_on) market.apply(journal[i], journal[i].header.time);
    counting = false;
    CHECK(allocations == 0);
    CHECK(heap_in_use() == before);
    CHECK(market.exchange.state_hash() == story.d.m.exchange().state_hash());
    CHECK(market.seen(EventKind::tokens_drawn) > 100);
    CHECK(market.seen(EventKind::holding) > 150);
}

TEST_CASE("packages over three days allocate nothing after genesis", "[allocation][packages]") {
    Packaging story(packages_genesis(64));
    for (std::uint32_t day = 1; day < 4; ++day) story.stock(Market::prov, 400, day);
    for (int hour = 0; hour < 72; ++hour) {
        story.x.d.at(clock(hour, 30));
        story.send(Packaging::offer(Market::prov, {.blocks = 2, .days = 1, .carry = 50, .overage = "1"}));
        const std::uint32_t last = story.state().packages.last_id().value;
        for (int n = 0; n < 3; ++n) {
            story.send(Packaging::buy(Market::acme, last, 1, fmt::format("p-{}", 3 * hour + n)));
            const std::uint32_t grant = story.state().grants.last_id().value;
            story.send(Packaging::draw(Market::acme, grant, fmt::format("u-{}", 3 * hour + n),
                                       {.uncached = 1'100'000}));
        }
        if (hour % 2 == 1) story.send(Packaging::withdraw(Market::prov, last));
    }
    Applied market;
    const std::vector<Command>& journal = story.x.d.m.driver().journal();
    market.apply(journal[0], journal[0].header.time);
    const std::size_t before = heap_in_use();
    allocations = 0;
    counting = true;
    for (std::size_t i = 1; i < journal.size(); ++i) {
        if (journal[i].kind() != CommandKind::follow_on) market.apply(journal[i], journal[i].header.time);
        market.ask(question(engine::QueryPackages{.limit = 10}, engine::no_account));
        market.ask(question(engine::QueryReserves{.limit = 10}, engine::no_account));
        market.ask(question(engine::QueryGrants{.limit = 10}, Market::acme));
    }
    counting = false;
    CHECK(allocations == 0);
    CHECK(heap_in_use() == before);
    CHECK(market.exchange.state_hash() == story.x.d.m.exchange().state_hash());
    for (const EventKind kind : {EventKind::package, EventKind::grant, EventKind::package_row,
                                 EventKind::grant_row, EventKind::reserve_row}) {
        INFO("event kind " << static_cast<int>(kind));
        CHECK(market.seen(kind) > 50);
    }
}

}  // namespace gridbook::tests
