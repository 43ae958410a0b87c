// SPDX-License-Identifier: Apache-2.0
// The words for what a participant and an operator can do with orders and phases.
#include "tests/scenarios/words.hpp"

namespace gridbook::tests {

namespace {

engine::SelfTrade prevention(const std::string& word) {
    if (word == "cancel_maker") return engine::SelfTrade::cancel_maker;
    if (word == "cancel_both") return engine::SelfTrade::cancel_both;
    if (word == "decrement") return engine::SelfTrade::decrement;
    if (word == "cancel_taker") return engine::SelfTrade::cancel_taker;
    throw std::runtime_error("no mode of self-trade prevention is called '" + word + "'");
}

engine::Side side_word(const std::string& word) {
    if (word == "buy") return engine::Side::buy;
    if (word == "sell") return engine::Side::sell;
    throw std::runtime_error("neither buy nor sell: '" + word + "'");
}

}  // namespace

// acme buy 16 @ 14.20 [H100/12] [as b-1] [ioc|fok|gtt 10:00] [post-only] [min 5] [stp decrement] [cap]
//                     [reason R1]
// acme buy 16 market …
Events Story::place(const std::string& who, engine::Side side, Words& words) {
    engine::PlaceOrder order;
    order.side = side;
    order.qty = decimal(words.next());
    order.instrument = noon;
    const std::string kind = words.next();
    if (kind == "market")
        order.type = engine::OrderType::market;
    else if (kind == "@")
        order.price = decimal(words.next());
    else
        words.refuse(kind);
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe())
        if (!order_word(word, words, order)) words.refuse(word);
    return send_for(who, order);
}

bool Story::order_word(const std::string& word, Words& words, engine::PlaceOrder& order) const {
    if (word == "as")
        order.cid = engine::Cid{words.next()};
    else if (word == "ioc")
        order.tif = engine::TimeInForce::ioc;
    else if (word == "fok")
        order.tif = engine::TimeInForce::fok;
    else if (word == "gtt") {
        order.tif = engine::TimeInForce::gtt;
        order.expire = time(words.next());
    } else if (word == "post-only")
        order.post_only = true;
    else if (word == "standby")
        order.standby = true;
    else if (word == "min")
        order.min_qty = decimal(words.next());
    else if (word == "stp")
        order.self_trade = prevention(words.next());
    else if (word == "cap")
        order.on_band = engine::OnBand::cap;
    else if (word == "reason")
        order.reason = engine::Text<16>{words.next()};
    else if (word.find('/') != std::string::npos)
        order.instrument = instrument(word);
    else
        return false;
    return true;
}

// acme strip buy 16 @ 14.00 H100/09 for 4 hours as s-1 [fok]
Events Story::strip(const std::string& who, Words& words) {
    engine::PlaceStrip strip;
    strip.side = side_word(words.next());
    strip.qty = decimal(words.next());
    words.expect("@");
    strip.price = decimal(words.next());
    const engine::InstrumentId first = instrument(words.next());
    strip.family = first.family;
    strip.start = first.period;
    words.expect("for");
    strip.hours = static_cast<std::uint16_t>(std::stoi(words.next()));
    words.expect("hours");
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "as")
            strip.cid = engine::Cid{words.next()};
        else if (word == "fok")
            strip.tif = engine::TimeInForce::fok;
        else
            words.refuse(word);
    }
    return send_for(who, strip);
}

// acme any-of 16 @ 15.00 among H100 H200 910C at 09 for 1 hours as a-1 [infer]
Events Story::any_of(const std::string& who, Words& words) {
    engine::PlaceAnyOf order;
    order.need = decimal(words.next());
    words.expect("@");
    order.price = decimal(words.next());
    words.expect("among");
    std::string word = words.next();
    for (; word != "at"; word = words.next()) order.families.at(order.count++) = family_id(word);
    order.start = engine::period_at(time(words.next()), engine::Product::gpu);
    words.expect("for");
    order.hours = static_cast<std::uint16_t>(std::stoi(words.next()));
    words.expect("hours");
    for (word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "as")
            order.cid = engine::Cid{words.next()};
        else if (word == "infer")
            order.profile = engine::Profile::infer;
        else
            words.refuse(word);
    }
    return send_for(who, order);
}

// acme cancel-all [H100/12 | H100] [buy|sell]
Events Story::cancel_all(const std::string& who, Words& words) {
    engine::CancelAll all;
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "buy" || word == "sell")
            all.side = word == "buy" ? engine::SideFilter::buy : engine::SideFilter::sell;
        else
            all.scope = scope(word);
    }
    return send_for(who, all);
}

// acme session open [account] [grace 5] | acme session lost: of the connection that all commands come from.
Events Story::session(const std::string& who, Words& words) {
    const std::string what = words.next();
    if (what == "lost") return send_for(who, engine::CloseSession{});
    if (what != "open") words.refuse(what);
    engine::OpenSession open{.grace_ms = 5'000};
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "account")
            open.mode = engine::CancelOnDisconnect::account;
        else if (word == "grace")
            open.grace_ms = 1'000u * static_cast<std::uint32_t>(std::stoi(words.next()));
        else
            words.refuse(word);
    }
    return send_for(who, open);
}

// pause H100/12 [until 10:00], resume H100, call H100/12
Events Story::phase(engine::PhaseAction action, Words& words) {
    engine::SetPhase set{.scope = scope(words.next()), .action = action};
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word != "until") words.refuse(word);
        set.until = time(words.next());
    }
    return send(engine::Command::of(set, engine::no_account, engine::no_key, asked));
}

// suspend H100 until 12:00, suspend H100 off
Events Story::suspend(Words& words) {
    engine::SuspendDynamic body{.family = family_id(words.next())};
    if (words.next() == "until") body.until = time(words.next());
    return send(engine::Command::of(body, engine::no_account, engine::no_key, asked));
}

// kill account acme | group acme | instrument H100/12 | family H100 | market, each with [off]
Events Story::kill(Words& words) {
    engine::Kill body;
    const std::string what = words.next();
    if (what == "account" || what == "group") {
        body.scope = what == "account" ? engine::KillScope::account : engine::KillScope::group;
        body.target = account(words.next());
    } else if (what == "instrument" || what == "family") {
        body.scope = what == "family" ? engine::KillScope::family : engine::KillScope::instrument;
        body.instrument = scope(words.next());
    } else if (what != "market") {
        words.refuse(what);
    }
    if (words.maybe() == "off") body.on = false;
    return send(engine::Command::of(body, engine::no_account, engine::no_key, asked));
}

}  // namespace gridbook::tests
