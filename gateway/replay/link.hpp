// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one connection of a replay. It puts the broker's wishes on the wire, many in flight at once, and writes
// what it hears into Orders, Trades and Tally. The order of commands is the order of the calls, always: that,
// and drain() before each decision, is why two runs make the same trades however the network behaves. When
// the connection is lost it comes back, sends again what was not acknowledged under the same client order
// ids, and asks what became of everything open. It knows no rule of the traces.

#include <chrono>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/client/json.hpp"
#include "gateway/client/trade_client.hpp"
#include "gateway/replay/deliveries.hpp"
#include "gateway/replay/gap.hpp"
#include "gateway/replay/market.hpp"
#include "gateway/replay/tally.hpp"
#include "gateway/replay/trades.hpp"

namespace gridbook::gateway::replay {

struct LinkOptions {
    std::string url;  // ws://host:port
    std::string key_name;
    std::size_t window =
        4'096;  // commands in flight; far below an eighth less than the exchange's ring, so never BUSY
    std::chrono::seconds reconnect{30};
    std::string acked_file;  // one line an acknowledged order: account, cid, oid; empty: none
};

// The exchange said no to something without which a replay makes no sense; trying again would not help.
class Refused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The same exchange by HTTP: http://host:port.
std::string http_url(const std::string& url);

class Link final : public Market {
  public:
    using Clock = std::chrono::steady_clock;

    Link(LinkOptions options, const SigningKey& key, const Scenario& scenario, Orders& orders, Trades& trades,
         Deliveries& deliveries, Tally& tally);
    ~Link() override;

    void connect();
    void place(std::uint32_t order) override;
    void replace(std::uint32_t order) override;
    void cancel(std::uint32_t order) override;
    void ready(std::uint32_t did) override;
    void meter(std::uint32_t did, std::uint32_t minute) override;
    void advance(engine::Time to);
    // Something besides orders, before the first of them; throws Refused with code and message.
    void ask(std::string_view op, const std::string& members);
    // A question, when nothing else is on its way; throws Refused likewise.
    JsonDocument query(std::string_view op, const std::string& members);
    // Returns when everything sent is answered, so that Orders tells the truth.
    void drain();
    // Takes in what comes until then.
    void wait_until(Clock::time_point end);

  private:
    struct Pending {
        enum class Kind : std::uint8_t { place, replace, cancel, advance, status, ready, meter };
        Kind kind = Kind::place;
        bool done = false;
        bool busy = false;               // answered BUSY: goes again when all others are answered
        bool again = false;              // sent before over a connection that was lost
        std::uint32_t order = no_order;  // or the delivery of ready and meter
        std::int64_t value = 0;          // price of a replace, time of an advance, minute of a meter
        std::uint64_t id = 0;
        Clock::time_point sent{};
    };

    void send(Pending pending);
    void write(Pending& pending);
    void write_place(const Order& order, std::uint32_t number);
    void write_strip(const Order& order, std::uint32_t number);
    void append_terms(const Order& order);
    void write_report(Pending& pending);
    void append_name(const Order& order, std::uint32_t number);
    void receive(std::chrono::milliseconds at_most);
    void put(const Pending& pending);
    void answered(Pending& pending);
    void send_busy_again();

    void take(const Message& message);
    void take_reply(const Message& message);
    void take_order_reply(const Pending& pending, const Message& message);
    void take_status(const Message& message, std::uint32_t number);
    void take_refusal(const Pending& pending, const Message& message);
    void take_fill(const Message& message);
    void take_ending(const Message& message);
    void take_report(const Pending& pending, const Message& message);
    void take_delivery(const Message& message);
    void take_settlement(const Message& message);
    std::uint32_t account(const std::string& name) const;
    void log_acked(const Order& order, std::string_view cid, std::string_view oid);

    void recover(const std::string& cause);
    void come_back(Clock::time_point deadline);
    void send_unanswered_again();
    std::vector<Trade> unheard_trades(const std::string& symbol, const Order& order);
    void ask_about_open_orders();
    void learn_lost_fills();
    void name_accounts();

    std::size_t in_flight() const { return static_cast<std::size_t>(tail_ - head_); }
    Pending& at(std::uint64_t place) { return ring_[place & (ring_.size() - 1)]; }

    LinkOptions options_;
    const Scenario& scenario_;
    Orders& orders_;
    Trades& trades_;
    Deliveries& deliveries_;
    Tally& tally_;
    TradeClient client_;
    std::vector<Pending> ring_;  // head_..tail_, in the order of sending; their ids follow one another
    std::uint64_t head_ = 0;
    std::uint64_t tail_ = 0;
    std::size_t unflushed_ = 0;
    std::size_t open_ = 0;  // of these not answered
    std::size_t busy_ = 0;  // of these answered BUSY
    bool recovering_ = false;
    std::uint64_t commands_ = 0;
    std::vector<std::vector<std::string>> symbols_;  // by family and hour since first_period()
    std::map<std::string, std::uint32_t> accounts_;  // by name: their place in the scenario
    std::string text_;
    std::FILE* acked_ = nullptr;
    Gap gap_;  // what happened while there was no connection
};

}  // namespace gridbook::gateway::replay
