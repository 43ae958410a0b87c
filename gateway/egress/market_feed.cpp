// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/market_feed.hpp"

#include <array>
#include <utility>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/market_encoder.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::array<std::pair<std::string_view, Channel>, 10> channels_here{
    {{"book", Channel::book},
     {"book.100ms", Channel::book_100ms},
     {"trades", Channel::trades},
     {"ticker", Channel::ticker},
     {"band", Channel::band},
     {"phase", Channel::phase},
     {"indicative", Channel::indicative},
     {"capacity", Channel::capacity},
     {"cost", Channel::cost},
     {"alerts", Channel::alerts}}};

// Of families only: told at most once a second, of those in which something moved.
bool is_discovery(Channel channel) { return channel == Channel::capacity || channel == Channel::cost; }
bool is_book(Channel channel) { return channel == Channel::book || channel == Channel::book_100ms; }

WireError unknown_symbol(const std::string& symbol) {
    return {"SYMBOL_UNKNOWN",
            "no such instrument or family is listed: " + symbol,
            "symbols",
            "listed",
            {},
            symbol};
}

WireError missing(std::string_view field) {
    return {"FORMAT_FIELD", std::string(field) + " is missing or empty", std::string(field), "required"};
}

}  // namespace

void MarketFeed::handle(ConnectionId connection, const MarketRequest& request) {
    const bool on = request.op == "subscribe";
    const bool resync = request.op == "book.snapshot";
    if (!on && !resync && request.op != "unsubscribe")
        return refuse(connection, request.id,
                      {"OP_UNKNOWN", "no such op: " + request.op, "op", "", {}, request.op});

    std::vector<Channel> channels;
    Topics topics;
    std::optional<WireError> error;
    if (resync)
        channels = {Channel::book};
    else
        error = read_channels(request, channels);
    if (!error) error = read_symbols(request, channels, topics);
    if (!error && on) error = subscribe(connection, topics);
    if (!error && request.op == "unsubscribe") error = unsubscribe(connection, topics);
    if (error) return refuse(connection, request.id, *error);

    reply(connection, request.id);
    if (on || resync) present(connection, topics);
}

// What there is now of what was asked for.
void MarketFeed::present(ConnectionId connection, const Topics& topics) {
    for (const Topic& topic : topics) {
        if (topic.channel == Channel::book_100ms)
            conflated_.open(topic.scope, market_.find(topic.scope)->sequence);
        if (is_book(topic.channel)) snapshot(connection, topic.scope);
        if (topic.channel == Channel::ticker && market_.find(topic.scope) != nullptr)
            present_ticker(connection, topic.scope);
        if (!is_discovery(topic.channel)) continue;
        for (const Directory::Family& f : directory_.families())
            if (topic == of_all(topic.channel) || topic == of_family(topic.channel, f.defined.id))
                if (append_discovery(f.defined.id, topic.channel)) outbox_.send(connection, text_);
    }
}

// False: there is nothing to tell.
bool MarketFeed::append_discovery(engine::FamilyId family, Channel channel) {
    text_.clear();
    if (discovery_ == nullptr) return false;
    if (channel == Channel::capacity)
        discovery_->append_capacity_event(family, text_);
    else
        discovery_->append_cost_event(family, text_);
    return !text_.empty();
}

void MarketFeed::discover() {
    for (const engine::FamilyId family : std::exchange(moved_, {}))
        for (const Channel channel : {Channel::capacity, Channel::cost}) {
            const std::initializer_list<Topic> topics{of_family(channel, family), of_all(channel)};
            if (subscriptions_.heard(topics) && append_discovery(family, channel)) tell(topics);
        }
}

std::optional<WireError> MarketFeed::read_channels(const MarketRequest& request,
                                                   std::vector<Channel>& channels) const {
    if (request.channels.empty()) return missing("channels");
    for (const std::string& word : request.channels) {
        const auto it = std::ranges::find(channels_here, word, [](const auto& entry) { return entry.first; });
        if (it != channels_here.end()) {
            channels.push_back(it->second);
        } else {
            return WireError{"FORMAT_VALUE", "no such channel: " + word, "channels", "one of", {}, word};
        }
    }
    return std::nullopt;
}

std::optional<WireError> MarketFeed::read_symbols(const MarketRequest& request,
                                                  const std::vector<Channel>& channels,
                                                  Topics& topics) const {
    if (request.symbols.empty()) return missing("symbols");
    const bool leaving = request.op == "unsubscribe";
    for (const std::string& symbol : request.symbols) {
        for (const Channel channel : channels) {
            Topic topic;
            if (auto error = read_topic(symbol, channel, leaving, topic)) return error;
            if (std::ranges::find(topics, topic) == topics.end()) topics.push_back(topic);
        }
    }
    return std::nullopt;
}

// `*`, a family or an instrument. Books are heavy: they are to be had by instrument only.
std::optional<WireError> MarketFeed::read_topic(const std::string& symbol, Channel channel, bool any,
                                                Topic& topic) const {
    const auto instrument = directory_.instrument(symbol);
    if (instrument && (any || market_.find(*instrument) != nullptr)) {
        // A band belongs to the family, whatever hour the reader looks at; so does what can be had of it, and
        // an alert speaks of a family at most.
        const bool wide = channel == Channel::band || channel == Channel::alerts || is_discovery(channel);
        topic = wide ? of_family(channel, instrument->family) : of_instrument(channel, *instrument);
        return std::nullopt;
    }
    const auto family = directory_.family_id(symbol);
    if (symbol != "*" && !family) return unknown_symbol(symbol);
    if (is_book(channel))
        return WireError{"FORMAT_VALUE",
                         "channels book and book.100ms take instruments; a family or * is for the others",
                         "symbols",
                         "book by instrument",
                         {},
                         symbol};
    topic = family ? of_family(channel, *family) : of_all(channel);
    return std::nullopt;
}

std::optional<WireError> MarketFeed::over_limit(ConnectionId connection, const Topics& topics) const {
    std::size_t wanted = subscriptions_.count(connection);
    for (const Topic& topic : topics)
        if (!subscriptions_.has(connection, topic)) ++wanted;
    if (wanted <= topics_limit_) return std::nullopt;
    return WireError{"ENGINE_LIMIT",
                     "too many subscriptions on one connection",
                     "symbols",
                     "subscriptions",
                     {std::to_string(topics_limit_)},
                     std::to_string(wanted)};
}

std::optional<WireError> MarketFeed::subscribe(ConnectionId connection, const Topics& topics) {
    if (auto error = over_limit(connection, topics)) return error;
    for (const Topic& topic : topics) subscriptions_.add(connection, topic);
    return std::nullopt;
}

std::optional<WireError> MarketFeed::unsubscribe(ConnectionId connection, const Topics& topics) {
    for (const Topic& topic : topics) subscriptions_.remove(connection, topic);
    return std::nullopt;
}

void MarketFeed::book(std::span<const LevelChange> changes) {
    while (!changes.empty()) {
        std::size_t n = 1;
        while (n < changes.size() && changes[n].instrument == changes[0].instrument) ++n;
        const Topic topic = of_instrument(Channel::book, changes[0].instrument);
        conflated_.note(changes.first(n));
        if (subscriptions_.heard({topic})) {
            const Market& market = *market_.find(topic.scope);
            text_.clear();
            append_book_delta(market, {"book", market.previous, changes.first(n)}, directory_, text_);
            tell({topic});
        }
        ticker(topic.scope);
        moved_.insert(topic.scope.family);
        changes = changes.subspan(n);
    }
}

void MarketFeed::ticker(engine::InstrumentId instrument) {
    const std::initializer_list<Topic> topics{of_instrument(Channel::ticker, instrument),
                                              of_family(Channel::ticker, instrument.family),
                                              of_all(Channel::ticker)};
    const Market* market = market_.find(instrument);
    if (market == nullptr || !subscriptions_.heard(topics)) return;
    const auto best = [](const Depth& depth) { return depth.empty() ? Level{} : depth.at(0); };
    const Top top{best(market->bids), best(market->asks), market->trades, market->phase};
    if (Top& told = tops_[instrument]; std::exchange(told, top) == top) return;
    text_.clear();
    append_ticker(*market, directory_, text_);
    tell(topics);
}

// What has moved since the last message of the channel goes out now, to all who hear it.
void MarketFeed::conflated(engine::InstrumentId instrument) {
    const Topic topic = of_instrument(Channel::book_100ms, instrument);
    const Market* market = market_.find(instrument);
    if (market == nullptr || !subscriptions_.heard({topic})) return conflated_.close(instrument);
    const ConflatedBooks::Due due = conflated_.take(*market);
    if (due.changes.empty()) return;
    text_.clear();
    append_book_delta(*market, {"book.100ms", due.previous, due.changes}, directory_, text_);
    tell({topic});
}

void MarketFeed::tick(engine::Time now) {
    for (const engine::InstrumentId instrument : conflated_.moved()) conflated(instrument);
    if (now - discovered_ >= engine::second) {
        discovered_ = now;
        discover();
    }
    slow_.tick(
        now, [&](ConnectionId connection, const SlowReaders::Lag& lag) { resync(connection, lag); },
        [&](ConnectionId connection) { outbox_.close(connection, 1013, "SLOW"); });
}

void MarketFeed::resync(ConnectionId connection, const SlowReaders::Lag& lag) {
    text_.clear();
    append_resync(lag.dropped, directory_.time(), text_);
    outbox_.send(connection, text_);
    for (const Topic& topic : lag.moved) {
        if (market_.find(topic.scope) == nullptr) continue;
        if (topic.channel == Channel::ticker)
            present_ticker(connection, topic.scope);
        else if (subscriptions_.has(connection, topic))
            snapshot(connection, topic.scope);
    }
}

template <class Append>
void MarketFeed::tell(std::initializer_list<Topic> topics, const engine::Event& event, Append&& append) {
    if (!subscriptions_.heard(topics)) return;
    text_.clear();
    append(event, directory_, text_);
    tell(topics);
}

void MarketFeed::trade(const engine::Event& event) {
    const engine::InstrumentId instrument = event.as<engine::Fill>().instrument;
    tell({of_instrument(Channel::trades, instrument), of_family(Channel::trades, instrument.family),
          of_all(Channel::trades)},
         event, append_trade);
}

void MarketFeed::indicative(const engine::Event& event) {
    const engine::InstrumentId instrument = event.as<engine::Indicative>().instrument;
    tell({of_instrument(Channel::indicative, instrument), of_family(Channel::indicative, instrument.family),
          of_all(Channel::indicative)},
         event, append_indicative);
}

void MarketFeed::dynamic_band(const engine::Event& event) {
    const auto topics_of = [&](engine::FamilyId family, auto&& append) {
        tell({of_family(Channel::band, family), of_all(Channel::band)}, event, append);
    };
    switch (event.kind()) {
        case engine::EventKind::reference_changed:
            return topics_of(event.as<engine::ReferenceChanged>().instrument.family, append_reference);
        case engine::EventKind::limit_state:
            return topics_of(event.as<engine::LimitState>().instrument.family, append_limit_state);
        default: return topics_of(event.as<engine::DynamicSuspended>().family, append_suspension);
    }
}

void MarketFeed::band(const Bands::Version& version, engine::Sequence sequence) {
    const std::initializer_list<Topic> topics{of_family(Channel::band, version.band.family),
                                              of_all(Channel::band)};
    if (!subscriptions_.heard(topics)) return;
    text_.clear();
    append_band(version, sequence, directory_, text_);
    tell(topics);
}

void MarketFeed::phase(const engine::Event& event) {
    const auto change = event.as<engine::PhaseChanged>();
    const std::initializer_list<Topic> topics{of_instrument(Channel::phase, change.instrument),
                                              of_family(Channel::phase, change.instrument.family),
                                              of_all(Channel::phase)};
    tell(topics, event, append_phase);
    ticker(change.instrument);
    moved_.insert(change.instrument.family);
    if (change.phase != engine::Phase::delivering) return;
    subscriptions_.drop_before(change.instrument);
    const auto first = engine::instrument(change.instrument.family, engine::Period{});
    tops_.erase(tops_.lower_bound(first), tops_.lower_bound(change.instrument));
}

void MarketFeed::alert(engine::FamilyId family, std::string_view members) {
    const std::initializer_list<Topic> topics{of_family(Channel::alerts, family), of_all(Channel::alerts)};
    if (!subscriptions_.heard(topics)) return;
    text_ = R"({"ev":"alert",)";
    text_ += members;
    text_ += '}';
    tell(topics);
}

void MarketFeed::tell(std::initializer_list<Topic> topics) {
    const Topic& about = *topics.begin();
    hearers_.clear();
    subscriptions_.each(topics, [&](ConnectionId connection) {
        if (slow_.takes(connection, about)) hearers_.push_back(connection);
    });
    outbox_.send_each(hearers_, text_);
}

void MarketFeed::reply(ConnectionId connection, const std::string& id) {
    text_ = "{\"id\":";
    append_quoted(id, text_);
    Members(text_)
        .truth<"ok">(true)
        .number<"subscriptions">(subscriptions_.count(connection))
        .number<"seq">(directory_.sequence().value)
        .raw("}");
    outbox_.send(connection, text_);
}

void MarketFeed::refuse(ConnectionId connection, const std::string& id, const WireError& error) {
    text_.clear();
    append_error_reply(id, error, text_);
    outbox_.send(connection, text_);
}

// The conflated channel is brought up to date first, so that its next prev is the seq of this snapshot.
void MarketFeed::snapshot(ConnectionId connection, engine::InstrumentId instrument) {
    conflated(instrument);
    text_.clear();
    append_book_snapshot(*market_.find(instrument), directory_, text_);
    outbox_.send(connection, text_);
}

void MarketFeed::present_ticker(ConnectionId connection, engine::InstrumentId instrument) {
    text_.clear();
    append_ticker(*market_.find(instrument), directory_, text_);
    outbox_.send(connection, text_);
}

}  // namespace gridbook::gateway
