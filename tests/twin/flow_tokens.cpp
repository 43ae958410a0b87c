// SPDX-License-Identifier: Apache-2.0
// What those who hold tokens send: draws by holding and by class, small ones and ones that span holdings,
// the same usage id again, and whatever is refused; and the time that takes token days to their end.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::DeliveryState;
using engine::DrawTokens;

// How many usage ids are remembered: few in some flows, in one of eight none, so that nothing is drawn.
std::uint8_t Flow::draws_log2() const {
    constexpr std::uint8_t sizes[] = {10, 6, 10, 0, 4, 10, 8, 10};
    return sizes[seed_ / 2 % 8];
}

// These many quarters of a token, as three numbers.
void Flow::split(std::uint64_t quarters, DrawTokens& d) {
    const auto part = [&](std::uint64_t weight) {
        const std::uint64_t most = quarters / weight;
        const std::uint64_t some = static_cast<std::uint64_t>(
            between(0, static_cast<std::int64_t>(std::min(most, engine::most_drawn))));
        quarters -= some * weight;
        return some;
    };
    d.output = part(engine::output_quarters);
    d.uncached = part(engine::uncached_quarters);
    d.cached = quarters;
}

// When token days have just ended, and usage ids are about to be forgotten or just were.
bool Flow::small_hours() const { return now_.value % engine::day.value < engine::hour.value * 2; }

// Mostly one that runs now and has something left, and of those mostly the account that has several.
const Delivery* Flow::some_holding() {
    std::vector<const Delivery*> all, running;
    std::map<engine::AccountId, std::vector<const Delivery*>> by_buyer;
    for (const auto& [id, d] : seen_.deliveries()) {
        if (seen_.product(d.instrument.family) != engine::Product::token) continue;
        all.push_back(&d);
        if (d.state != DeliveryState::delivering || d.remaining() == 0) continue;
        if (id.value % 4 == 1 && !one_in(60)) continue;  // hardly ever touched
        running.push_back(&d);
        by_buyer[d.buyer].push_back(&d);
    }
    if (all.empty()) return nullptr;
    if (running.empty() || one_in(small_hours() ? 4 : 10)) return any(all);
    const auto& several = any(by_buyer).second;
    return several.size() > 1 && one_in(2) ? any(several) : any(running);
}

engine::Command Flow::draw() {
    if (one_in(8)) return requests();
    if (!draws_.empty() && one_in(small_hours() ? 3 : 8)) return draw_again();
    if (!seen_.grants().empty() && one_in(5)) return draw_by_grant();
    DrawTokens d;
    d.usage = engine::Text<32>{"u-" + std::to_string(++usages_)};
    const Delivery* holding = some_holding();
    if (holding == nullptr && !one_in(4)) return place();
    engine::AccountId who = holding == nullptr || one_in(20) ? some_account() : holding->buyer;
    const bool by_class = one_in(2);
    std::uint64_t left = 0, in_class = 0;
    if (holding != nullptr) {
        const auto of = [&](const Delivery& x) {
            return seen_.families()[x.instrument.family.value].defined.class_id;
        };
        d.class_id = of(*holding);
        left = holding->remaining();
        for (const auto& [id, x] : seen_.deliveries())
            if (x.buyer == who && x.state == DeliveryState::delivering && of(x) == d.class_id &&
                seen_.product(x.instrument.family) == engine::Product::token)
                in_class += x.remaining();
    }
    if (!by_class && holding != nullptr) d.holding = holding->id;
    split(some_use(by_class ? std::max(left, in_class) : left), d);
    spoil(d);
    if (one_in(100)) who = engine::no_account;
    const engine::Command c = from(who, d);
    draws_.push_back(c);
    if (draws_.size() > 60) draws_.pop_front();
    return c;
}

// Of what is left mostly little, so that something is left at the end; now and then much, all, or one quarter
// more.
std::uint64_t Flow::some_use(std::uint64_t left) {
    const auto most = static_cast<std::int64_t>(std::max<std::uint64_t>(left, 40));
    const std::int64_t dice = between(1, 100);
    if (dice <= 15) return static_cast<std::uint64_t>(between(1, most / 40));
    if (dice <= 20) return static_cast<std::uint64_t>(between(1, most / 4));
    if (dice <= 22) return static_cast<std::uint64_t>(between(most / 2, most));
    if (dice <= 24) return static_cast<std::uint64_t>(most);
    if (dice <= 27) return static_cast<std::uint64_t>(most) + 1;
    return static_cast<std::uint64_t>(between(1, 2'000));
}

// What no draw may be: nothing, too much of one sort; a holding or a class that there is not, or of another
// product.
void Flow::spoil(DrawTokens& d) {
    const std::int64_t dice = between(1, 60);
    const std::uint64_t above = one_in(4) ? UINT64_MAX - static_cast<std::uint64_t>(between(0, 99))
                                          : engine::most_drawn + static_cast<std::uint64_t>(between(1, 99));
    if (dice == 1) d.uncached = above;
    if (dice == 2) d.cached = above;
    if (dice == 3) d.output = above;
    if (dice == 4) d.uncached = d.cached = d.output = 0;
    if (dice == 5) d.uncached = d.cached = d.output = engine::most_drawn;
    if (dice == 6) d.holding = engine::DeliveryId{static_cast<std::uint32_t>(between(1, 2'000))};
    if (dice == 7 && !seen_.deliveries().empty()) d.holding = any(seen_.deliveries()).first;
    if (dice == 8) d.holding = {}, d.class_id = engine::ClassId{static_cast<std::uint16_t>(between(0, 3))};
    if (dice == 9) d.holding = {}, d.class_id = engine::ClassId{99};
    if (dice == 10) d.usage = {};
}

// The same usage id: the same body, another one, or another account's. One that is remembered, or was until
// a moment ago; or any of the last, refused ones too.
engine::Command Flow::draw_again() {
    engine::Command c = one_in(3) ? draws_.front() : any(draws_);
    if (!seen_.draws().empty() && one_in(2)) {
        const auto& [usage, drawn] = any(seen_.draws());
        c.header.account = usage.first;
        c.body = drawn.body;
    }
    auto d = c.as<DrawTokens>();
    const std::int64_t dice = between(1, 8);
    if (dice == 1) ++d.cached;
    if (dice == 2) d.reserved_more.back() = 1;
    if (dice == 3) return from(some_account(), d);
    return from(c.header.account, d);
}

// Some hours on; or to where something happens to token days, or just before it: the notice, the end, and the
// hour in which usage ids of the day before are forgotten.
void Flow::sleep() {
    if (one_in(3) && sleep_to_a_grant()) return;
    if (one_in(3)) {
        now_ = now_ + engine::hour * between(2, 7);
        return;
    }
    const engine::Time midnight{now_.value - now_.value % engine::day.value};
    for (const int hour : {1, 22, 24, 25}) {
        const engine::Time then = midnight + engine::hour * hour;
        if (then <= now_) continue;
        now_ = std::max(now_, then - engine::second * (one_in(2) ? 0 : between(1, 300)));
        return;
    }
}

}  // namespace gridbook::twin
