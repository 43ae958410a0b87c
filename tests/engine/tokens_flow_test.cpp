// SPDX-License-Identifier: Apache-2.0
// Draws over days: in snapshots, in the state hash, in a replay; and the memory of usage ids against a plain
// list.
#include "tests/engine/restored.hpp"
#include "tests/engine/tokens_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

// Uses of five days, some of them said twice, with holdings that run out and usage ids that are forgotten.
class Days {
  public:
    explicit Days(Drawing& x) : x_(x) {
        for (std::uint32_t day = 1; day < 5; ++day)
            for (const FamilyId f : {Drawing::east, Drawing::north}) {
                x_.trade(prov, acme, 2, f, day);
                x_.trade(carl, acme, 1, f, day);
                x_.trade(carl, bert, 1, f, day);
            }
    }
    void step() {
        const std::uint32_t id = below(8) == 0 ? below(used_ + 1) : ++used_;
        Use use{.uncached = below(60'000), .cached = below(60'000), .output = below(10'000)};
        if (below(3) == 0) use.holding = 1 + below(24);
        if (id != used_) use = {.uncached = 7};
        if (below(8) == 0) use = {.uncached = 7};
        x_.send(below(3) == 0 ? bert : acme, fmt::format("u-{}", id), use);
        now_ = now_ + second * below(400);
        x_.d.at(now_);
    }
    bool over() const { return now_ > clock(5 * 24); }

  private:
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    Drawing& x_;
    Time now_ = clock(23);
    std::mt19937 random_{7};
    std::uint32_t used_ = 0;
};

}  // namespace

TEST_CASE("a market restored between draws is the same and goes on the same", "[tokens]") {
    Drawing x(drawing_genesis(9));
    Days days(x);
    std::size_t copies = 0, compared = 0, at = x.d.m.driver().journal().size();
    while (!days.over()) {
        const auto copy = restored(x.d.m.exchange());
        const std::size_t told = x.d.m.driver().all_events().size();
        for (int n = 0; n < 40; ++n) days.step();
        const auto& journal = x.d.m.driver().journal();
        const auto& events = x.d.m.driver().all_events();
        const Events after(events.begin() + static_cast<std::ptrdiff_t>(told), events.end());
        REQUIRE(same(apply_all(*copy, {journal.begin() + static_cast<std::ptrdiff_t>(at), journal.end()}),
                     after));
        REQUIRE(copy->state_hash() == x.d.m.exchange().state_hash());
        at = journal.size();
        compared += after.size();
        ++copies;
    }
    CHECK(copies > 20);
    CHECK(compared > 2'000);
    std::size_t refused = 0, again = 0, expired = 0, limits = 0;
    for (const Event& e : x.d.m.driver().all_events()) {
        if (e.kind() == EventKind::tokens_drawn) again += (e.header.flags & event_flag::duplicate) != 0;
        if (e.kind() == EventKind::holding)
            expired += e.as<HoldingChanged>().change == HoldingChange::expired;
        if (e.kind() != EventKind::refused) continue;
        refused += e.as<Refused>().reason == RejectReason::quota_exhausted;
        limits += e.as<Refused>().pool == Pool::draws;
    }
    CHECK(refused > 10);
    CHECK(again > 0);
    CHECK(expired > 5);
    INFO("limits " << limits);
    Exchange replayed;
    CHECK(same(apply_all(replayed, x.d.m.driver().journal()), x.d.m.driver().all_events()));
    CHECK(replayed.state_hash() == x.d.m.exchange().state_hash());
}

TEST_CASE("the hash knows what was drawn and under which ids", "[tokens]") {
    const auto hash_after = [](std::string_view usage, std::uint64_t uncached) {
        Drawing x;
        x.trade(prov, acme, 10);
        x.d.at(clock(24));
        x.send(acme, usage, {.uncached = uncached});
        return x.d.m.exchange().state_hash();
    };
    CHECK(hash_after("u-1", 5) == hash_after("u-1", 5));
    CHECK(hash_after("u-1", 5) != hash_after("u-2", 5));
    CHECK(hash_after("u-1", 5) != hash_after("u-1", 6));
}

TEST_CASE("usages against a plain list over days", "[tokens]") {
    Usages usages;
    usages.reserve(5);
    std::vector<Usage> plain;  // those of the last days, oldest first
    std::mt19937 random(3);
    Time now = day_one;
    std::size_t full = 0, found = 0, added = 0;
    const auto lives = [&now](const Usage& u) {
        return now < Time{(std::int64_t{u.day} + 1) * day.value} + hour;
    };
    for (int n = 0; n < 60'000; ++n) {
        now = now + second * (random() % 2'500);
        std::erase_if(plain, [&](const Usage& u) { return !lives(u); });
        REQUIRE(usages.remembered(now) == plain.size());
        Usage u;
        u.id = Text<32>{fmt::format("{}", random() % 90)};
        u.account = AccountId{static_cast<std::uint32_t>(random() % 2)};
        u.amount = static_cast<std::uint64_t>(n);
        const auto known = std::ranges::find_if(
            plain, [&](const Usage& p) { return p.id == u.id && p.account == u.account; });
        const Usage* there = usages.find(u.account, u.id, now);
        REQUIRE((there != nullptr) == (known != plain.end()));
        REQUIRE(usages.full(now) == (plain.size() == 32));
        full += plain.size() == 32;
        if (there != nullptr) {
            REQUIRE(there->amount == known->amount);
            ++found;
        } else if (plain.size() < 32) {
            usages.add(u, now);
            u.day = static_cast<std::uint32_t>(now.value / day.value);
            plain.push_back(u);
            ++added;
        }
    }
    std::size_t told = 0;
    usages.for_each(now, [&](const Usage& u) { CHECK(u.amount == plain.at(told++).amount); });
    CHECK(told == plain.size());
    CHECK(full > 100);
    CHECK(found > 1'000);
    CHECK(added > 10'000);
}
