// SPDX-License-Identifier: Apache-2.0
// What regulators say in a scenario: bands, guidance, factors, dry runs, and the second one's word.
#include "tests/scenarios/words.hpp"

namespace gridbook::tests {

namespace {

// Millionths of the word into other steps: thousandths, hundredths of a percent.
std::int64_t steps(const std::string& word, std::int64_t step) { return decimal(word).value / step; }
std::uint32_t thousandths(const std::string& word) { return static_cast<std::uint32_t>(steps(word, 1'000)); }

}  // namespace

// Of what can be under a declared cost; factors cannot.
template <class Body>
void set_reasoned(Body& body) {
    if constexpr (requires { body.reasoned; }) body.reasoned = true;
}

// limits acme [qty 10] [notional 500] [orders 3] [rate 20] [by operator]
Events Story::limits(Words& words) {
    const std::string who = words.next();
    engine::SetLimits body;
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "qty")
            body.limits.qty = decimal(words.next());
        else if (word == "notional")
            body.limits.notional = engine::Money{decimal(words.next()).value};
        else if (word == "orders")
            body.limits.open_orders = static_cast<std::uint32_t>(std::stoul(words.next()));
        else if (word == "rate")
            body.limits.orders_per_s = static_cast<std::uint32_t>(std::stoul(words.next()));
        else
            words.refuse(word);
    }
    return send_for(who, body);
}

template <class Body>
bool Story::common_word(const std::string& word, Words& words, Body& body) {
    if (word == "expect")
        body.expect = static_cast<std::uint32_t>(std::stoi(words.next()));
    else if (word == "effective")
        body.effective = time(words.next());
    else if (word == "by")
        by_ = account(words.next());
    else if (word == "because")
        words.next(), set_reasoned(body);
    else
        return false;
    return true;
}

// band H100 [floor ..] [ceiling ..] [guidance ..] | follow
engine::Command Story::band_change(Words& words) {
    engine::SetBand body{.family = family_id(words.next())};
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (common_word(word, words, body)) continue;
        if (word == "floor")
            body.floor = decimal(words.next());
        else if (word == "ceiling")
            body.ceiling = decimal(words.next());
        else if (word == "guidance")
            body.guidance = decimal(words.next());
        else if (word == "follow")
            body.follow = true;
        else
            words.refuse(word);
    }
    return engine::Command::of(body, by_, engine::no_key, asked);
}

// guidance H100 14.00 capex 230000 life 35040 util 80 power 700 pue 1.3 tariff 0.65 opex 3 [index 1.02]
engine::Command Story::guidance(Words& words) {
    engine::SetGuidance body{.family = family_id(words.next())};
    body.price = decimal(words.next());
    body.pue = 1'000;
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (common_word(word, words, body)) continue;
        const std::string value = words.next();
        if (word == "capex")
            body.capex = engine::Money{decimal(value).value};
        else if (word == "life")
            body.life_h = static_cast<std::uint32_t>(std::stoul(value));
        else if (word == "util")
            body.utilisation = engine::BasisPoints{static_cast<std::int32_t>(steps(value, 10'000))};
        else if (word == "power")
            body.power_w = static_cast<std::uint32_t>(std::stoul(value));
        else if (word == "pue")
            body.pue = thousandths(value);
        else if (word == "tariff")
            body.tariff = static_cast<std::uint32_t>(decimal(value).value);
        else if (word == "opex")
            body.opex_h = static_cast<std::uint32_t>(decimal(value).value);
        else if (word == "index")
            body.index = thousandths(value);
        else
            words.refuse(word);
    }
    return engine::Command::of(body, by_, engine::no_key, asked);
}

// factors A100 train 0.404 infer 0.570 [regulator | measured 30]: a certificate of so many days ago
engine::Command Story::factors(Words& words) {
    const engine::FamilyId named = family_id(words.next());
    engine::SetFactors body{.class_id = engine::ClassId{named.value}};
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (common_word(word, words, body)) continue;
        if (word == "train")
            body.k_train = static_cast<std::uint16_t>(thousandths(words.next()));
        else if (word == "infer")
            body.k_infer = static_cast<std::uint16_t>(thousandths(words.next()));
        else if (word == "regulator")
            body.provenance = engine::Provenance::regulator;
        else if (word == "measured")
            body.provenance = engine::Provenance::measured,
            body.issued =
                now_ - engine::Duration{engine::day.value / 1'000'000 * decimal(words.next()).value};
        else
            words.refuse(word);
    }
    return engine::Command::of(body, by_, engine::no_key, asked);
}

Events Story::regulator_change(const std::string& what, Words& words) {
    by_ = engine::no_account;
    const bool dry = what == "try";
    const std::string kind = dry ? words.next() : what;
    engine::Command command = kind == "band"       ? band_change(words)
                              : kind == "guidance" ? guidance(words)
                                                   : factors(words);
    if (!dry) return send(command);
    command.header.kind = kind == "band"       ? engine::CommandKind::try_band
                          : kind == "guidance" ? engine::CommandKind::try_guidance
                                               : engine::CommandKind::try_factors;
    Events rows = driver_.ask(command);
    rows.pop_back();
    return rows;
}

// approve 1 by reg-2, reject 1 by reg-2
Events Story::decide(const std::string& verdict, Words& words) {
    engine::DecideChange body{.change = static_cast<std::uint32_t>(std::stoul(words.next()))};
    if (verdict == "reject") body.verdict = engine::Verdict::reject;
    words.expect("by");
    return send_for(words.next(), body);
}

}  // namespace gridbook::tests
