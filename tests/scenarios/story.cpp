// SPDX-License-Identifier: Apache-2.0
#include "tests/scenarios/story.hpp"

#include <algorithm>

#include "tests/scenarios/words.hpp"

namespace gridbook::tests {

namespace {

engine::Decimal decimal_word(const std::string& word) { return decimal(word); }

// Percent.
engine::BasisPoints width(const std::string& word) {
    return engine::BasisPoints{static_cast<std::int32_t>(decimal(word).value / 10'000)};
}

std::string two(std::int64_t n) { return fmt::format("{:02}", n); }

}  // namespace

Story::Story() {
    names_.account = [this](engine::AccountId a) {
        return a.value < accounts_.size() ? accounts_[a.value] : "-";
    };
    names_.family = [this](engine::FamilyId f) {
        return f.value < families_.size() ? families_[f.value] : "-";
    };
    // Every family of a story brings a class of its name.
    names_.class_name = [this](engine::ClassId c) {
        return c.value < families_.size() ? families_[c.value] : "-";
    };
    names_.product = [this](engine::FamilyId f) { return product(f); };
    names_.time = [this](engine::Time t) { return time_text(t); };
    names_.instrument = [this](engine::InstrumentId i) {
        if (i == engine::no_instrument) return std::string("-");
        const engine::Time start = engine::window_start(i.period, product(i.family));
        const std::string text = time_text(start);
        return names_.family(i.family) + "/" + text.substr(0, text.size() - 3);
    };
}

// ---- text and times: 11:45 is of the first day, 2T11:45 of the second, 11:45:15 has seconds ----

std::string Story::time_text(engine::Time t) const {
    const std::int64_t minutes = (t - day_one).value / engine::minute.value;
    const std::int64_t days = minutes / 1440;
    const std::int64_t seconds = (t - day_one).value / engine::second.value % 60;
    return (days == 0 ? "" : fmt::format("{}T", days + 1)) + two(minutes / 60 % 24) + ":" +
           two(minutes % 60) + (seconds == 0 ? "" : ":" + two(seconds));
}

engine::Time Story::time(const std::string& text) const {
    const std::size_t t = text.find('T');
    const int days = t == std::string::npos ? 0 : std::stoi(text.substr(0, t)) - 1;
    const std::string rest = t == std::string::npos ? text : text.substr(t + 1);
    const std::size_t colon = rest.find(':');
    const int minutes = colon == std::string::npos ? 0 : std::stoi(rest.substr(colon + 1));
    const std::size_t second = colon == std::string::npos ? colon : rest.find(':', colon + 1);
    const int seconds = second == std::string::npos ? 0 : std::stoi(rest.substr(second + 1));
    return clock(days * 24 + std::stoi(rest), minutes, seconds);
}

engine::AccountId Story::account(const std::string& name) const {
    const auto it = std::find(accounts_.begin(), accounts_.end(), name);
    if (it == accounts_.end()) throw std::runtime_error("no account '" + name + "'");
    return engine::AccountId{static_cast<std::uint32_t>(it - accounts_.begin())};
}

// A name that is no family becomes none: the exchange refuses it.
engine::FamilyId Story::family_id(const std::string& name) const {
    const auto it = std::find(families_.begin(), families_.end(), name);
    return it == families_.end() ? engine::no_family
                                 : engine::FamilyId{static_cast<std::uint16_t>(it - families_.begin())};
}

engine::Product Story::product(engine::FamilyId family) const {
    return family.value < products_.size() ? products_[family.value] : engine::Product::gpu;
}

engine::InstrumentId Story::instrument(const std::string& text) const {
    const std::size_t slash = text.find('/');
    const engine::FamilyId f = family_id(text.substr(0, slash));
    if (f == engine::no_family) return engine::no_instrument;
    return engine::instrument(f, engine::period_at(time(text.substr(slash + 1)), product(f)));
}

engine::InstrumentId Story::scope(const std::string& text) const {
    if (text.find('/') != std::string::npos) return instrument(text);
    return engine::instrument(family_id(text), engine::Period{});
}

// ---- commands ----

void Story::quietly(const engine::Command& command) {
    for (const engine::Event& e : send(command))
        if (e.kind() == engine::EventKind::refused)
            throw std::runtime_error("the set-up was refused: " + scenario_line(e, names_));
}

// begin 09:00 [horizon 24] [guidance 14.00] [width 5] [orders 10] [retention 24] [indicative 60] [benchmark]
// [delivering] [drawing] [packages 8] [four-eyes 10] [approval 30]: hours, CNY, percent, open orders an
// account, hours, seconds, packages at once, percent, minutes
void Story::begin(Words& words) {
    begun_ = true;
    engine::Genesis genesis = small_genesis();
    engine::DefineFamily first = h100_family();
    engine::DefineClass first_class = h100_class();
    engine::SetRules rules;
    bool own_rules = false;
    std::string word = words.maybe();
    if (!word.empty()) now_ = time(word);
    for (word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "horizon")
            first.horizon = static_cast<std::uint16_t>(std::stoi(words.next()));
        else if (word == "guidance")
            first.guidance = decimal_word(words.next());
        else if (word == "width")
            first.dynamic_width = width(words.next());
        else if (word == "indicative")
            own_rules = true,
            rules.indicative_ms = 1'000u * static_cast<std::uint32_t>(std::stoi(words.next()));
        else if (word == "delivering")
            genesis.deliveries = genesis.positions;
        else if (word == "drawing")
            genesis.deliveries = genesis.positions, genesis.draws_log2 = 10;
        else if (word == "packages")
            genesis.packages = static_cast<std::uint16_t>(std::stoi(words.next()));
        else if (word == "benchmark")
            first_class.benchmark = true;
        else if (word == "four-eyes")
            own_rules = true, rules.four_eyes = width(words.next());
        else if (word == "approval")
            own_rules = true, rules.approval_s = 60u * static_cast<std::uint32_t>(std::stoi(words.next()));
        else if (word == "retention")
            genesis.retention_s = 3'600u * static_cast<std::uint32_t>(std::stoi(words.next()));
        else if (word == "orders")
            genesis.account_orders = static_cast<std::uint32_t>(std::stoi(words.next()));
        else
            words.refuse(word);
    }
    quietly(engine::Command::of(genesis));
    if (own_rules) quietly(engine::Command::of(rules));
    quietly(engine::Command::of(first_class));
    quietly(engine::Command::of(east_zone()));
    quietly(engine::Command::of(g2_tier()));
    quietly(engine::Command::of(first));
    families_.push_back("H100");
    products_.push_back(engine::Product::gpu);
}

// family A100 guidance 5.88 [floor 4.12] [ceiling 8.23] [horizon 4] [width 10] [k 0.42]; `follows` in place
// of guidance: converted from the benchmark's; `tokens`: days of tokens
void Story::family(Words& words) {
    const std::string name = words.next();
    engine::DefineClass c = h100_class();
    c.name = engine::Text<16>{name};
    engine::DefineFamily f = h100_family();
    f.class_id = engine::ClassId{static_cast<std::uint16_t>(families_.size())};
    families_.push_back(name);
    products_.push_back(engine::Product::gpu);
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "guidance")
            f.guidance = decimal_word(words.next());
        else if (word == "follows")
            f.guidance = {};
        else if (word == "floor")
            f.floor = decimal_word(words.next());
        else if (word == "ceiling")
            f.ceiling = decimal_word(words.next());
        else if (word == "horizon")
            f.horizon = static_cast<std::uint16_t>(std::stoi(words.next()));
        else if (word == "width")
            f.dynamic_width = width(words.next());
        else if (word == "tokens")
            products_.back() = f.product = engine::Product::token, f.tier_id = engine::TierId{1};
        else if (word == "k")
            c.k_train = c.k_infer = static_cast<std::uint16_t>(decimal_word(words.next()).value / 1'000);
        else
            words.refuse(word);
    }
    quietly(engine::Command::of(c));
    if (f.product == engine::Product::token && !token_tier_) {
        engine::DefineTier t = g2_tier();
        t.name = engine::Text<8>{"T1"};
        t.product = f.product;
        quietly(engine::Command::of(t));
        token_tier_ = true;
    }
    quietly(engine::Command::of(f));
}

// account acme [cash 1000] [units 50] [group g]
void Story::open(Words& words) {
    const std::string name = words.next();
    std::string group;
    engine::Decimal cash{}, units{};
    for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
        if (word == "cash")
            cash = decimal_word(words.next());
        else if (word == "units")
            units = decimal_word(words.next());
        else if (word == "group")
            group = words.next();
        else
            words.refuse(word);
    }
    quietly(engine::Command::of(tests::account(name, group)));
    accounts_.push_back(name);
    if (cash.value != 0) quietly(credit(account(name), cash));
    if (units.value != 0) quietly(resource(account(name), units));
}

Events Story::question(const std::string& who, const std::string& what, Words& words) {
    const engine::AccountId id = account(who);
    Events rows;
    if (what == "balance") rows = driver_.ask(tests::question(engine::QueryBalance{}, id));
    if (what == "positions") {
        engine::QueryPositions q;
        q.limit = 1'000;
        rows = driver_.ask(tests::question(q, id));
    }
    if (what == "orders") {
        engine::QueryOrders q;
        q.limit = 1'000;
        rows = driver_.ask(tests::question(q, id));
    }
    if (what == "deliveries")
        rows = driver_.ask(tests::question(engine::QueryDeliveries{.after = {}, .limit = 1'000}, id));
    if (what == "order") {
        engine::QueryOrder q;
        q.cid = engine::Cid{words.next()};
        rows = driver_.ask(tests::question(q, id));
    }
    if (what == "explain") {
        engine::QueryExplain q;
        q.cid = engine::Cid{words.next()};
        rows = driver_.ask(tests::question(q, id));
    }
    // What a question ends with is only worth a line when there was nothing else.
    if (rows.size() > 1) rows.pop_back();
    return rows;
}

Events Story::trade_op(const std::string& who, Words& words) {
    const std::string what = words.next();
    if (what == "buy") return place(who, engine::Side::buy, words);
    if (what == "sell") return place(who, engine::Side::sell, words);
    if (what == "strip") return strip(who, words);
    if (what == "any-of") return any_of(who, words);
    if (what == "cancel-all") return cancel_all(who, words);
    if (what == "cancel-after")
        return send_for(
            who, engine::CancelAfter{.ms = 1'000u * static_cast<std::uint32_t>(std::stoi(words.next()))});
    if (what == "session") return session(who, words);
    if (what == "ready") return ready(who, words);
    if (what == "meter") return meter(who, words);
    if (what == "draw") return draw(who, words);
    if (what == "requests") return requests(who, words);
    if (what == "offer") return offer(who, words);
    if (what == "take-back") return take_back(who, words);
    if (what == "take") return take_package(who, words);
    if (what == "grants" || what == "reserves") return package_question(account(who), what);
    if (what == "cancel") return send(tests::cancel(words.next(), account(who)));
    if (what == "replace") {
        const std::string cid = words.next();
        const engine::Decimal qty = decimal_word(words.next());
        words.expect("@");
        return send(tests::replace(cid, account(who), qty, decimal_word(words.next())));
    }
    if (what == "credit") return send(credit(account(who), decimal_word(words.next())));
    if (what == "resource") {
        const engine::Decimal count = decimal_word(words.next());
        engine::Command command = resource(account(who), count, engine::FamilyId{0});
        auto body = command.as<engine::RegisterResource>();
        for (std::string word = words.maybe(); !word.empty(); word = words.maybe()) {
            if (word == "cost")
                body.cost = decimal_word(words.next());
            else
                body.family = family_id(word);
        }
        return send_for(who, body);
    }
    if (what == "withdraw")
        return send(withdraw(account(who), static_cast<std::uint32_t>(std::stoi(words.next()))));
    if (what == "maintain") {
        engine::DeclareMaintenance body;
        body.resource = static_cast<std::uint32_t>(std::stoi(words.next()));
        body.start = instrument(words.next()).period;
        body.windows = static_cast<std::uint32_t>(std::stoi(words.next()));
        if (const std::string count = words.maybe(); !count.empty()) body.count = decimal_word(count);
        return send_for(who, body);
    }
    if (what == "maintain-not") {
        engine::CancelMaintenance body;
        body.maintenance = engine::MaintenanceId{static_cast<std::uint32_t>(std::stoi(words.next()))};
        return send_for(who, body);
    }
    if (what == "balance" || what == "positions" || what == "orders" || what == "order" ||
        what == "explain" || what == "deliveries")
        return question(who, what, words);
    words.refuse(what);
}

Events Story::act(Words& words) {
    const std::string first = words.next();
    if (first == "begin") return begin(words), Events{};
    if (!begun_) {
        Words plain("");
        begin(plain);
    }
    if (first == "family") return family(words), Events{};
    if (first == "account") return open(words), Events{};
    if (first == "band" || first == "guidance" || first == "factors" || first == "try")
        return regulator_change(first, words);
    if (first == "approve" || first == "reject") return decide(first, words);
    if (first == "changes") {
        Events rows =
            driver_.ask(tests::question(engine::QueryChanges{.limit = 1'000}, engine::AccountId{0}));
        if (rows.size() > 1) rows.pop_back();
        return rows;
    }
    if (first == "packages" || first == "reserves") return package_question(engine::no_account, first);
    if (first == "pause") return phase(engine::PhaseAction::pause, words);
    if (first == "resume") return phase(engine::PhaseAction::resume, words);
    if (first == "call") return phase(engine::PhaseAction::call, words);
    if (first == "suspend") return suspend(words);
    if (first == "kill") return kill(words);
    if (first == "limits") return limits(words);
    if (first == "time") {
        now_ = time(words.next());
        Events told = send(advance());
        if (words.maybe() == "without") {
            words.expect("phases");
            std::erase_if(told, [](const auto& e) { return e.kind() == engine::EventKind::phase_changed; });
        }
        return told;
    }
    return trade_op(first, words);
}

std::vector<std::string> Story::run(const std::string& line) {
    Words words(line);
    std::vector<std::string> lines;
    for (const engine::Event& e : act(words)) lines.push_back(scenario_line(e, names_));
    return lines;
}

std::string told(const std::string& text) {
    Story story;
    std::istringstream in(text);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("  ")) continue;  // an event as it was expected
        out += line + "\n";
        if (!line.starts_with("> ")) continue;
        for (const std::string& event : story.run(line.substr(2))) out += "  " + event + "\n";
    }
    return out;
}

}  // namespace gridbook::tests
