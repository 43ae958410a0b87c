// SPDX-License-Identifier: Apache-2.0
#pragma once
// One simulated participant: a real client with its own key, its own socket and its own view of its orders,
// learnt from replies and events alone. A provider quotes both sides of its families' hours and moves its
// quotes with the fair price; a buyer takes, bids below, and sells again what it bought.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/client/trade_client.hpp"
#include "gateway/decimal.hpp"
#include "gateway/demo/duties.hpp"
#include "gateway/demo/packages.hpp"
#include "gateway/demo/scene.hpp"

namespace gridbook::gateway::demo {

struct Counts {
    std::uint64_t orders = 0;  // requests that move orders: place, replace, cancel
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t busy = 0;  // refused unsequenced, to be tried later
    std::uint64_t fills = 0;
    std::uint64_t reports = 0;  // ready and meters, of deliveries
};

class Participant {
  public:
    enum class Trade : std::uint8_t { provider, buyer };
    using Clock = std::chrono::steady_clock;

    struct Identity {
        std::string name;  // of the account and of its key
        Trade trade = Trade::buyer;
        std::string folder;      // where its key is kept
        std::string cid_prefix;  // differs from run to run, so that no cid is used twice
        bool models = false;     // sells blocks of tokens besides
        Packages::Part packages = Packages::Part::none;
    };
    // `families`: indices of those that a provider offers.
    Participant(Identity identity, std::string url, std::vector<std::size_t> families);

    // Signs in, offers its machines once, and takes up the orders that it still has. Throws
    // std::runtime_error.
    void sign_in(Scene& scene);
    // Sends at most one order, replace or cancel.
    void turn(Scene& scene, Chance& chance, Counts& counts);
    // Takes in what has arrived. Throws Disconnected.
    void listen(Scene& scene, Counts& counts);
    // Puts blocks of the next days on offer, once a day; a day's buyers draw from them from its midnight on.
    // Throws Disconnected.
    void offer_blocks(const Scene& scene, engine::Time now, Counts& counts);
    // Issues or uses packages of tokens. Throws Disconnected.
    void trade_packages(const Scene& scene, engine::Time now, Counts& counts);
    // Says ready and reports the minutes of what it sold. Throws Disconnected.
    void deliver(engine::Time now, Chance& chance, Counts& counts);
    void hang_up() { client_.drop(); }
    // Asks for its balance; the answer shows in short_of_cash().
    void ask_balance();

    const std::string& name() const { return identity_.name; }
    std::string_view roles() const;  // as a JSON list
    PublicKey public_key() const { return key_.public_key(); }
    bool connected() const { return client_.connected(); }
    bool fresh() const { return fresh_; }  // its key was made now: nobody knows it yet
    bool short_of_cash() const { return short_of_cash_; }
    void credited() { short_of_cash_ = false; }
    Clock::time_point retry_at{};  // when to sign in again after a loss

  private:
    struct Order {
        Spot spot{};
        bool buy = false;
        std::int64_t price = 0;  // ticks
        bool settled = false;    // the exchange has answered the last request for it
    };
    struct Asked {
        std::string cid;
        bool place = false;
        bool balance = false;
        std::size_t family = 0;
        bool report = false;  // of a delivery
        bool package = false;
    };
    using Orders = std::map<std::string, Order, std::less<>>;

    void offer_machines(Scene& scene);
    void offer(const Family& family, const std::string& count);
    void adopt_orders(Scene& scene);
    void adopt_deliveries(Scene& scene);
    void quote(Scene& scene, Chance& chance, Counts& counts);
    void buy_or_sell(Scene& scene, Chance& chance, Counts& counts);
    void place(Scene& scene, Spot spot, bool buy, std::int64_t price, std::int64_t lots, bool ioc,
               Counts& counts);
    void replace(Scene& scene, Orders::iterator order, std::int64_t price, std::int64_t lots, Counts& counts);
    void cancel(Orders::iterator order, Counts& counts);
    void hear(const Message& message, Scene& scene, Counts& counts);
    void hear_reply(const Message& message, Scene& scene, Counts& counts);
    void hear_refusal(const Asked& asked, const MessageError& error, Scene& scene, Counts& counts);
    void hear_fill(const Message& message, Scene& scene, Counts& counts);
    void hear_balance(std::string_view raw);
    Orders::iterator order_at(Spot spot, bool buy);

    Identity identity_;
    std::vector<std::size_t> families_;
    bool fresh_ = false;
    SigningKey key_;
    TradeClient client_;
    Orders orders_;  // open or parked ones, and those on their way
    std::unordered_map<std::uint64_t, Asked> asked_;
    std::map<Spot, std::int64_t> bought_;  // lots, without what was offered again; a buyer's stock
    Duties duties_;
    Packages packages_;
    std::int64_t blocks_day_ = 0;  // on which blocks were put on offer last
    std::uint64_t cids_ = 0;
    bool short_of_cash_ = false;
    Clock::time_point quiet_until_{};
};

}  // namespace gridbook::gateway::demo
