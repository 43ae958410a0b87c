// SPDX-License-Identifier: Apache-2.0
// The part of Link that is used when the connection is lost: come back, say again, ask, and learn what was
// missed.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <thread>

#include "gateway/client/json.hpp"
#include "gateway/replay/gap.hpp"
#include "gateway/replay/link.hpp"
#include "gateway/replay/wire_numbers.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway::replay {

namespace {

using namespace std::chrono_literals;

std::uint64_t number(std::string_view text) { return static_cast<std::uint64_t>(scaled_decimal(text, 0)); }

// The trades of one symbol that the public tape still has, oldest first.
std::vector<Trade> tape(const std::string& url, const std::string& symbol, const Order& order) {
    HttpClient http(http_url(url));
    const HttpAnswer answer = http.get("/v1/trades?limit=1000&symbol=" + symbol);
    if (answer.status != 200)
        throw std::runtime_error(
            fmt::format("GET /v1/trades of {}: {} {}", symbol, answer.status, answer.body));
    const JsonDocument document(answer.body);
    std::vector<Trade> trades;
    for (std::size_t i = document.size("/trades"); i-- > 0;) {
        const auto member = [&](std::string_view name) {
            return document.text(fmt::format("/trades/{}/{}", i, name)).value_or("");
        };
        trades.push_back(
            {.tid = number(member("tid")),
             .family = order.family,
             .period = order.period,
             .price = ticks(member("price")),
             .lots = lots(member("qty")),
             .aggressor = member("aggressor") == "buy" ? engine::Side::buy : engine::Side::sell});
    }
    return trades;
}

}  // namespace

std::string http_url(const std::string& url) { return parse_url(url).as_http().text(); }

void Link::recover(const std::string& cause) {
    if (scenario_.month)
        throw std::runtime_error(cause +
                                 "; a month is not gone on with: start again with an empty data folder");
    recovering_ = true;
    ++tally_.cuts;
    std::fprintf(stderr, "replay: %s; connecting again for up to %lld s\n", cause.c_str(),
                 static_cast<long long>(options_.reconnect.count()));
    gap_ = Gap{};
    for (std::uint64_t place = head_; place != tail_; ++place)
        if (at(place).order != no_order && !at(place).done) gap_.around_cut.push_back(at(place).order);
    std::ranges::sort(gap_.around_cut);
    for (bool back = false; !back;) {
        come_back(Clock::now() + options_.reconnect);
        try {
            send_unanswered_again();
            drain();
            ask_about_open_orders();
            drain();
            learn_lost_fills();
            back = true;
        } catch (const Disconnected&) {
            ++tally_.cuts;
        }
    }
    recovering_ = false;
}

void Link::come_back(Clock::time_point deadline) {
    for (;;) {
        try {
            return connect();
        } catch (const std::runtime_error& failure) {
            if (Clock::now() >= deadline)
                throw std::runtime_error(fmt::format("connection lost and not regained: {}", failure.what()));
            std::this_thread::sleep_for(100ms);
        }
    }
}

// In their old order and with their old client order ids; the exchange did a first part of them, and tells
// it.
void Link::send_unanswered_again() {
    std::vector<Pending> unanswered;
    for (; head_ != tail_; ++head_)
        if (!at(head_).done && at(head_).kind != Pending::Kind::status) unanswered.push_back(at(head_));
    head_ = tail_ = open_ = busy_ = 0;
    for (Pending& pending : unanswered) {
        pending.again = true;
        pending.busy = false;
        pending.sent = Clock::now();
        put(pending);
    }
}

// The ring of the exchange was full. Nothing was sent since, so the old order is kept among them.
void Link::send_busy_again() {
    std::this_thread::sleep_for(2ms);
    std::vector<Pending> refused;
    for (; head_ != tail_; ++head_)
        if (!at(head_).done) refused.push_back(at(head_));
    head_ = tail_ = open_ = busy_ = 0;
    for (Pending& pending : refused) {
        pending.busy = false;
        put(pending);
    }
}

void Link::ask_about_open_orders() {
    gap_.lacks.clear();
    gap_.ended.clear();
    for (std::uint32_t order = 0; order < orders_.size(); ++order) {
        const bool around = std::ranges::binary_search(gap_.around_cut, order);
        if (orders_[order].oid == 0 || (orders_[order].ended && !around)) continue;
        while (in_flight() >= options_.window) receive(1'000ms);
        put({.kind = Pending::Kind::status, .order = order, .sent = Clock::now()});
    }
}

void Link::take_status(const Message& message, std::uint32_t place) {
    const Order& order = orders_[place];
    const std::uint32_t filled = lots(message.cum);
    if (filled > order.filled)
        gap_.lacks.push_back(
            {place, filled - order.filled, std::ranges::binary_search(gap_.around_cut, place)});
    if (message.state == "open" || message.state == "parked") return;
    gap_.ended.push_back(place);
    if (message.reason == "GATE_CLOSED" && !order.ended) ++tally_.gate_closed;
    if (message.reason == "SELF_TRADE" && !order.ended) ++tally_.self_traded;
}

void Link::learn_lost_fills() {
    std::map<std::string, const Order*> symbols;
    for (const Lack& lack : gap_.lacks) {
        const Order& order = orders_[lack.order];
        symbols[symbols_[order.family][order.period.value - scenario_.first_period().value]] = &order;
    }
    for (const auto& [name, order] : symbols) {
        auto unheard = unheard_trades(name, *order);
        explain(orders_, gap_.lacks, unheard);
        for (Trade& trade : unheard) {
            trade.maker_told = trade.taker_told = true;
            trades_.add(trade);
            ++tally_.trades_recovered;
        }
    }
    for (const Lack& lack : gap_.lacks) {
        if (lack.lots == 0) continue;
        // The tape has forgotten it: the lots are certain, the price is taken to be the order's own.
        tally_.lots_unpriced += lack.lots;
        orders_.filled(lack.order, lack.lots, orders_[lack.order].price);
    }
    for (const std::uint32_t order : gap_.ended) orders_[order].ended = true;
}

// Trades of one instrument of which a fill was not heard, the oldest first.
std::vector<Trade> Link::unheard_trades(const std::string& name, const Order& order) {
    std::vector<Trade> unheard;
    try {
        for (Trade& trade : tape(options_.url, name, order)) {
            if (const Trade* known = trades_.find(trade.tid)) trade = *known;
            if (!trade.maker_told || !trade.taker_told) unheard.push_back(trade);
        }
    } catch (const std::runtime_error& failure) {
        throw Disconnected(options_.url, 1006, failure.what());
    }
    return unheard;
}

}  // namespace gridbook::gateway::replay
