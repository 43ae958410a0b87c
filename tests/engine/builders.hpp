// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands as a sentence: `buy(16).at("14.20").of(noon).from(acme).as("b-1")`. Numbers are whole units or
// decimal text, never floating point. Everything a test does not care about has a plain default.

#include <initializer_list>
#include <string_view>

#include "engine/command.hpp"

namespace gridbook::tests {

// "14.20" -> 14'200'000. A test's own literals only: no checks.
constexpr std::int64_t millionths(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    std::int64_t value = 0;
    int decimals = -1;
    for (const char c : text) {
        if (c == '.') {
            decimals = 0;
            continue;
        }
        value = value * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
    }
    for (int d = decimals < 0 ? 0 : decimals; d < 6; ++d) value *= 10;
    return negative ? -value : value;
}
constexpr engine::Decimal decimal(std::string_view text) { return engine::Decimal{millionths(text)}; }
constexpr engine::Money money(std::string_view text) { return engine::Money{millionths(text)}; }

// A whole number of units or decimal text.
struct Amount {
    engine::Decimal value;
    constexpr Amount(int units) : value{units * engine::decimal_one} {}
    constexpr Amount(const char* text) : value(decimal(text)) {}
    constexpr Amount(std::string_view text) : value(decimal(text)) {}
    constexpr Amount(engine::Decimal d) : value(d) {}
};

// 2026-12-01T00:00:00Z: the day of every story.
inline constexpr engine::Time day_one{1'796'083'200'000'000'000};
constexpr engine::Time clock(int hours, int minutes = 0, int seconds = 0) {
    return day_one + engine::hour * hours + engine::minute * minutes + engine::second * seconds;
}
constexpr engine::InstrumentId hour_of(std::uint16_t family, int hour) {
    return engine::instrument(engine::FamilyId{family}, engine::period_at(clock(hour), engine::Product::gpu));
}
inline constexpr engine::InstrumentId noon = hour_of(0, 12);

// What request asked for it: any number but 0 means "somebody waits".
inline constexpr engine::Origin asked{1, 1};

class OrderBuilder {
  public:
    constexpr OrderBuilder(engine::Side side, Amount qty) {
        order_.side = side;
        order_.qty = qty.value;
        order_.price = decimal("14.00");
        order_.instrument = noon;
    }
    constexpr OrderBuilder& at(Amount price) { return order_.price = price.value, *this; }
    constexpr OrderBuilder& of(engine::InstrumentId i) { return order_.instrument = i, *this; }
    constexpr OrderBuilder& from(engine::AccountId account) { return account_ = account, *this; }
    constexpr OrderBuilder& as(std::string_view cid) { return order_.cid = engine::Cid{cid}, *this; }
    constexpr OrderBuilder& ioc() { return order_.tif = engine::TimeInForce::ioc, *this; }
    engine::Command command() const { return engine::Command::of(order_, account_, engine::no_key, asked); }
    operator engine::Command() const { return command(); }

  private:
    engine::PlaceOrder order_;
    engine::AccountId account_{0};
};

constexpr OrderBuilder buy(Amount qty) { return {engine::Side::buy, qty}; }
constexpr OrderBuilder sell(Amount qty) { return {engine::Side::sell, qty}; }

// strip(Side::buy, 16).from_hour(9).hours(4).at("14.00").from(acme).as("s-1")
class StripBuilder {
  public:
    constexpr StripBuilder(engine::Side side, Amount qty) {
        strip_.side = side;
        strip_.qty = qty.value;
        strip_.price = decimal("14.00");
        strip_.family = engine::FamilyId{0};
        strip_.start = noon.period;
        strip_.hours = 2;
    }
    constexpr StripBuilder& at(Amount price) { return strip_.price = price.value, *this; }
    constexpr StripBuilder& of(engine::FamilyId family) { return strip_.family = family, *this; }
    constexpr StripBuilder& from_hour(int hour) { return strip_.start = hour_of(0, hour).period, *this; }
    constexpr StripBuilder& hours(std::uint16_t hours) { return strip_.hours = hours, *this; }
    constexpr StripBuilder& from(engine::AccountId account) { return account_ = account, *this; }
    constexpr StripBuilder& as(std::string_view cid) { return strip_.cid = engine::Cid{cid}, *this; }
    constexpr StripBuilder& fok() { return strip_.tif = engine::TimeInForce::fok, *this; }
    operator engine::Command() const { return engine::Command::of(strip_, account_, engine::no_key, asked); }

  private:
    engine::PlaceStrip strip_;
    engine::AccountId account_{0};
};
constexpr StripBuilder strip(engine::Side side, Amount qty) { return {side, qty}; }

// any_of(16).among({h100, h200}).from_hour(9).hours(1).at("15.00").from(acme).as("a-1")
class AnyOfBuilder {
  public:
    constexpr explicit AnyOfBuilder(Amount need) {
        order_.need = need.value;
        order_.price = decimal("14.00");
        order_.start = noon.period;
        order_.hours = 1;
    }
    constexpr AnyOfBuilder& among(std::initializer_list<std::uint16_t> families) {
        for (const std::uint16_t family : families)
            order_.families[order_.count++] = engine::FamilyId{family};
        return *this;
    }
    constexpr AnyOfBuilder& at(Amount price) { return order_.price = price.value, *this; }
    constexpr AnyOfBuilder& from_hour(int hour) { return order_.start = hour_of(0, hour).period, *this; }
    constexpr AnyOfBuilder& hours(std::uint16_t hours) { return order_.hours = hours, *this; }
    constexpr AnyOfBuilder& infer() { return order_.profile = engine::Profile::infer, *this; }
    constexpr AnyOfBuilder& from(engine::AccountId account) { return account_ = account, *this; }
    constexpr AnyOfBuilder& as(std::string_view cid) { return order_.cid = engine::Cid{cid}, *this; }
    operator engine::Command() const { return engine::Command::of(order_, account_, engine::no_key, asked); }

  private:
    engine::PlaceAnyOf order_;
    engine::AccountId account_{0};
};
constexpr AnyOfBuilder any_of(Amount need) { return AnyOfBuilder(need); }

// cancel("b-1", acme), replace("b-1", acme, 8, "13.90"): by cid or by order id.
inline engine::Command cancel(std::string_view cid, engine::AccountId who) {
    engine::CancelOrder c;
    c.cid = engine::Cid{cid};
    return engine::Command::of(c, who, engine::no_key, asked);
}
inline engine::Command cancel(engine::OrderId order, engine::AccountId who) {
    engine::CancelOrder c;
    c.order = order;
    return engine::Command::of(c, who, engine::no_key, asked);
}
inline engine::Command replace(std::string_view cid, engine::AccountId who, Amount qty, Amount price) {
    engine::ReplaceOrder r;
    r.cid = engine::Cid{cid};
    r.qty = qty.value;
    r.price = price.value;
    return engine::Command::of(r, who, engine::no_key, asked);
}
inline engine::Command replace(engine::OrderId order, engine::AccountId who, Amount qty, Amount price) {
    engine::ReplaceOrder r;
    r.order = order;
    r.qty = qty.value;
    r.price = price.value;
    return engine::Command::of(r, who, engine::no_key, asked);
}
inline engine::Command advance() { return engine::Command::of(engine::AdvanceTime{}); }

inline engine::Command credit(engine::AccountId who, Amount amount) {
    engine::Credit c;
    c.amount = engine::Money{amount.value.value};
    return engine::Command::of(c, who, engine::no_key, asked);
}
inline engine::Command resource(engine::AccountId who, Amount count,
                                engine::FamilyId family = engine::FamilyId{0}) {
    engine::RegisterResource r;
    r.family = family;
    r.count = count.value;
    return engine::Command::of(r, who, engine::no_key, asked);
}
inline engine::Command withdraw(engine::AccountId who, std::uint32_t resource) {
    engine::WithdrawResource w;
    w.resource = resource;
    return engine::Command::of(w, who, engine::no_key, asked);
}

inline engine::Command maintain(engine::AccountId who, std::uint32_t resource, engine::Period start,
                                std::uint32_t windows, Amount count = 0) {
    engine::DeclareMaintenance m;
    m.resource = resource;
    m.start = start;
    m.windows = windows;
    m.count = count.value;
    return engine::Command::of(m, who, engine::no_key, asked);
}

// band().floor("9.00").expecting(1)
class BandBuilder {
  public:
    BandBuilder& of(engine::FamilyId family) { return band_.family = family, *this; }
    BandBuilder& floor(Amount price) { return band_.floor = price.value, *this; }
    BandBuilder& ceiling(Amount price) { return band_.ceiling = price.value, *this; }
    BandBuilder& guidance(Amount price) { return band_.guidance = price.value, *this; }
    BandBuilder& expecting(std::uint32_t version) { return band_.expect = version, *this; }
    BandBuilder& effective(engine::Time time) { return band_.effective = time, *this; }
    operator engine::Command() const {
        return engine::Command::of(band_, engine::AccountId{0}, engine::no_key, asked);
    }

  private:
    engine::SetBand band_{engine::FamilyId{0}, 0, 0, {}, {}, {}, {}, {}, {}};
};
inline BandBuilder band() { return {}; }

inline engine::Command question(const engine::QueryBalance& q, engine::AccountId who) {
    return engine::Command::of(q, who, engine::no_key, asked);
}
template <class Question>
engine::Command question(const Question& q, engine::AccountId who) {
    return engine::Command::of(q, who, engine::no_key, asked);
}

}  // namespace gridbook::tests
