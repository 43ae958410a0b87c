// SPDX-License-Identifier: Apache-2.0
// The words for what those who deliver and those who are delivered to report, and for draws of tokens.
#include <cctype>

#include "engine/state.hpp"
#include "tests/scenarios/words.hpp"

namespace gridbook::tests {

// prov ready 1 at ssh://a
Events Story::ready(const std::string& who, Words& words) {
    engine::ReportReady body;
    body.delivery = engine::DeliveryId{static_cast<std::uint32_t>(std::stoul(words.next()))};
    words.expect("at");
    body.endpoint = engine::Text<32>{words.next()};
    return send_for(who, body);
}

// prov meter 1 16 minute 5 | prov meter 1 16 until 12:20: each minute that begins before that time, in its
// middle, to which the market moves; what the readings themselves are told is left out.
Events Story::meter(const std::string& who, Words& words) {
    engine::ReportMeter body;
    body.delivery = engine::DeliveryId{static_cast<std::uint32_t>(std::stoul(words.next()))};
    body.available = decimal(words.next());
    const std::string what = words.next();
    if (what == "minute") {
        body.minute = static_cast<std::uint32_t>(std::stoul(words.next()));
        return send_for(who, body);
    }
    if (what != "until") words.refuse(what);
    const engine::Time until = time(words.next());
    Events told;
    const auto keep = [&told](const Events& events) {
        for (const engine::Event& e : events)
            if (e.kind() != engine::EventKind::metered) told.push_back(e);
    };
    const engine::Deliveries& deliveries = driver_.exchange().state().deliveries;
    const std::uint32_t slot = deliveries.find(body.delivery);
    if (slot == 0) throw std::runtime_error("no such delivery: " + words.line);
    const engine::Time start = engine::window_start(deliveries[slot].instrument.period, engine::Product::gpu);
    for (engine::Time t = start; t < until; t = t + engine::minute) {
        if (t + engine::minute <= now_) continue;
        now_ = std::max(now_, t + engine::second * 30);
        keep(send(advance()));
        body.minute = static_cast<std::uint32_t>((t - start).value / engine::minute.value);
        keep(send_for(who, body));
    }
    return told;
}

// acme draw 600000 300000 150000 from 1 as u-1: uncached, cached and output tokens, from a holding by its
// number or from all of a family's class; `by 1` in place of `from`: by a grant
Events Story::draw(const std::string& who, Words& words) {
    engine::DrawTokens body;
    for (std::uint64_t* amount : {&body.uncached, &body.cached, &body.output})
        *amount = std::stoull(words.next());
    const std::string how = words.next();
    if (how != "from" && how != "by") words.refuse(how);
    const std::string from = words.next();
    if (how == "by")
        body.grant = engine::GrantId{static_cast<std::uint32_t>(std::stoul(from))};
    else if (std::isdigit(from.front()) != 0)
        body.holding = engine::DeliveryId{static_cast<std::uint32_t>(std::stoul(from))};
    else
        body.class_id = engine::ClassId{family_id(from).value};
    words.expect("as");
    body.usage = engine::Text<32>{words.next()};
    return send_for(who, body);
}

}  // namespace gridbook::tests
