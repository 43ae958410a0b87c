// SPDX-License-Identifier: Apache-2.0
// Packages over days in a seeded flow: in snapshots, also in the middle of an instant, in the state hash, in
// a replay.
#include "tests/engine/packages_flow.hpp"
#include "engine/snapshot/stream.hpp"
#include "tests/engine/restored.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, prov = Market::prov;

std::size_t told(const Events& events, GrantChange change) {
    return static_cast<std::size_t>(std::ranges::count_if(events, [&](const Event& e) {
        return e.kind() == EventKind::grant && e.as<GrantChanged>().change == change;
    }));
}
std::size_t refused(const Events& events, RejectReason reason) {
    return static_cast<std::size_t>(std::ranges::count_if(events, [&](const Event& e) {
        return e.kind() == EventKind::refused && e.as<Refused>().reason == reason;
    }));
}

}  // namespace

TEST_CASE("a market restored between packages is the same and goes on the same", "[packages]") {
    Packaging p(packages_genesis(4));
    PackagesFlow flow(p, 11);
    std::size_t at = p.x.d.m.driver().journal().size(), copies = 0;
    while (!flow.over()) {
        const auto copy = restored(p.x.d.m.exchange());
        const std::size_t before = p.x.d.m.driver().all_events().size();
        for (int n = 0; n < 40; ++n) flow.step(), p.sums_hold();
        const auto& journal = p.x.d.m.driver().journal();
        const auto& events = p.x.d.m.driver().all_events();
        const Events after(events.begin() + static_cast<std::ptrdiff_t>(before), events.end());
        REQUIRE(same(apply_all(*copy, {journal.begin() + static_cast<std::ptrdiff_t>(at), journal.end()}),
                     after));
        REQUIRE(copy->state_hash() == p.x.d.m.exchange().state_hash());
        at = journal.size();
        ++copies;
    }
    CHECK(copies > 20);
    const Events& events = p.x.d.m.driver().all_events();
    for (const GrantChange change : {GrantChange::bought, GrantChange::drawn, GrantChange::notice,
                                     GrantChange::carried, GrantChange::expired}) {
        INFO(word(change));
        CHECK(told(events, change) > 10);
    }
    for (const RejectReason reason :
         {RejectReason::package_unknown, RejectReason::reserve, RejectReason::quota_exhausted,
          RejectReason::cid_reused, RejectReason::engine_limit, RejectReason::format_value}) {
        INFO(code(reason));
        CHECK(refused(events, reason) > 0);
    }
    Exchange replayed;
    CHECK(same(apply_all(replayed, p.x.d.m.driver().journal()), events));
    CHECK(replayed.state_hash() == p.x.d.m.exchange().state_hash());
}

TEST_CASE("2,100 grants that end at one instant are told over two commands", "[packages]") {
    Packaging p(packages_genesis(200));
    p.stock(prov, 3'000, 2);
    p.send(Packaging::offer(prov, {.blocks = 1, .days = 1, .price = "1"}));
    for (int n = 0; n < 2'100; ++n)
        REQUIRE(p.send(Packaging::buy(acme, 1, 1, fmt::format("p-{}", n))).size() == 2);
    p.x.d.at(clock(23, 59));
    const auto copy = restored(p.x.d.m.exchange());
    Command advance = Command::of(AdvanceTime{});
    advance.header.sequence = Sequence{copy->sequence().value + 1};
    advance.header.time = clock(24);
    const Events first = apply_all(*copy, {advance});
    REQUIRE(copy->unfinished());
    CHECK(told(first, GrantChange::expired) > 3'000);
    // In the middle of it.
    const auto again = restored(*copy);
    Command more = Command::of(FollowOn{});
    more.header.sequence = Sequence{copy->sequence().value + 1};
    more.header.time = clock(24);
    const Events rest = apply_all(*copy, {more});
    CHECK(told(first, GrantChange::expired) + told(rest, GrantChange::expired) == 4'200);
    CHECK(same(apply_all(*again, {more}), rest));
    CHECK_FALSE(copy->unfinished());
    CHECK(again->state_hash() == copy->state_hash());
    p.x.d.at(clock(24));
    CHECK(p.x.d.m.exchange().state_hash() == copy->state_hash());
    CHECK(p.state().grants.used() == 0);
    CHECK(p.state().timers.size() == 0);
}

TEST_CASE("the hash knows terms, balances and purchase ids, and that there were packages", "[packages]") {
    const auto hash_after = [](const Terms& terms, std::string_view purchase, std::uint64_t uncached) {
        Packaging p;
        p.stock(prov, 20);
        p.send(Packaging::offer(prov, terms));
        p.send(Packaging::buy(acme, 1, 1, purchase));
        p.x.d.at(clock(24));
        p.send(Packaging::draw(acme, 1, "u", {.uncached = uncached}));
        return p.state().sequence.value == 0 ? 0 : p.x.d.m.exchange().state_hash();
    };
    const std::uint64_t hash = hash_after({}, "p-1", 5);
    CHECK(hash == hash_after({}, "p-1", 5));
    CHECK(hash != hash_after({.carry = 1}, "p-1", 5));
    CHECK(hash != hash_after({.overage = "0.000001"}, "p-1", 5));
    CHECK(hash != hash_after({}, "p-2", 5));
    CHECK(hash != hash_after({}, "p-1", 6));
    // Both are gone; the ids go on.
    Packaging p;
    p.send(Packaging::offer(prov, {}));
    p.send(Packaging::withdraw(prov, 1));
    const auto copy = restored(p.x.d.m.exchange());
    Command next = Packaging::offer(bert, {});
    next.header.sequence = Sequence{copy->sequence().value + 1};
    next.header.time = copy->time();
    const Events events = apply_all(*copy, {next});
    REQUIRE(events.size() == 1);
    CHECK(events[0].as<PackageChanged>().package == PackageId{2});
}

TEST_CASE("packages and grants that no state can have are refused though their frame is whole",
          "[packages]") {
    Packaging p;
    p.stock(prov, 20);
    p.send(Packaging::offer(prov, {.carry = 50}));
    p.send(Packaging::buy(acme, 1, 1, "p-1"));
    Bytes whole;
    REQUIRE(p.x.d.m.exchange().save(whole));
    // The last frame with anything in it, before the empty one of the end.
    std::size_t at = sizeof(SnapshotHead), last = at;
    std::uint64_t frames = 0;
    FrameHead head;
    for (;; at += sizeof(head) + head.length) {
        std::memcpy(&head, whole.bytes.data() + at, sizeof(head));
        if (head.length == 0) break;
        last = at, ++frames;
    }
    std::memcpy(&head, whole.bytes.data() + last, sizeof(head));
    constexpr std::size_t tables = 138;  // last ids, counts, a package, a grant
    REQUIRE(head.length > tables);
    std::size_t contents = 0;
    for (std::size_t i = head.length - tables; i < head.length; ++i)
        for (int bit = 0; bit < 8; ++bit) {
            Bytes bad = whole;
            const std::span<std::byte> frame(bad.bytes.data() + last + sizeof(head), head.length);
            frame[i] ^= static_cast<std::byte>(1u << bit);
            head.checksum = snapshot_checksum(frame, frames);
            std::memcpy(bad.bytes.data() + last, &head, sizeof(head));
            Exchange fresh;
            const SnapshotError error = fresh.restore(bad);
            INFO("byte " << head.length - i << " from the end, bit " << bit);
            REQUIRE((error == SnapshotError::contents || error == SnapshotError::hash ||
                     error == SnapshotError::truncated));
            contents += error == SnapshotError::contents;
        }
    CHECK(contents > 400);
}

TEST_CASE("grants by purchase and by account against a plain list", "[packages]") {
    Grants grants;
    grants.reserve(16, 4);
    std::vector<Grant> plain;  // by id
    std::mt19937 random(5);
    for (int n = 0; n < 5'000; ++n) {
        Grant g;
        g.issuer = prov;
        g.buyer = AccountId{static_cast<std::uint32_t>(random() % 2)};
        g.purchase = Text<32>{fmt::format("p-{}", random() % 500)};
        const auto known = std::ranges::find_if(
            plain, [&](const Grant& p) { return p.buyer == g.buyer && p.purchase == g.purchase; });
        const std::uint32_t slot = grants.bought_as(g.buyer, g.purchase);
        REQUIRE((slot != 0) == (known != plain.end()));
        if (slot != 0) {
            REQUIRE(grants[slot].id == known->id);
        } else if (!grants.full()) {
            g.id = grants[grants.add(g)].id;
            plain.push_back(g);
        } else {
            const auto gone = plain.begin() + static_cast<std::ptrdiff_t>(random() % plain.size());
            grants.remove(grants.find(gone->id));
            plain.erase(gone);
        }
        for (const AccountId account : {acme, bert, prov}) {
            std::vector<GrantId> linked, expected;
            for (std::uint32_t node = grants.first_node(account); node != 0; node = grants.next_node(node))
                linked.push_back(grants[Grants::slot_of(node)].id);
            for (const Grant& p : plain)
                if (p.buyer == account || p.issuer == account) expected.push_back(p.id);
            REQUIRE(linked == expected);
        }
    }
    CHECK(grants.last_id().value > 1'000);
}
