// SPDX-License-Identifier: Apache-2.0
#pragma once
// Double entry: which money moves because of an event. Computed from events alone by the formulas of
// market-rules section 6, never from the engine's own holds, so that the two can be held against each other
// to the micro-CNY.
//
//   credit           bank -> cash (a negative amount: back)
//   buy order        cash -> hold, by formula on what is left; on replace and end the difference
//   sell order       cash -> margin, by formula on what is left without resold lots
//   strip, any-of    the same for all hours together; what the hold has left over returns with the last leg
//   fill of a buy    hold -> clearing (notional), fee_income, tax_payable, and back to cash what the hold
//                    had too much
//   fill of a sell   clearing -> receivable; the margin of sold lots stays where it is
//
// Every entry sums to zero; clearing is zero after both fills of a trade. Where an event tells another amount
// than the formula, the formula is posted and the difference is told.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::ledger {

class Packer;
class Unpacker;

enum class MoneyAccount : std::uint8_t {
    // A participant's.
    cash,
    hold,
    margin,
    receivable,
    penalty,
    // The house's.
    clearing,
    fee_income,
    tax_payable,
    default_fund,
    bank,
    count_,
};
constexpr bool of_house(MoneyAccount a) { return a >= MoneyAccount::clearing; }

struct Posting {
    engine::AccountId account = engine::no_account;  // no_account: the house's
    MoneyAccount money = MoneyAccount::cash;
    engine::Money amount{};  // added to the account's balance
    friend constexpr auto operator<=>(const Posting&, const Posting&) = default;
};

enum class Cause : std::uint8_t {
    credit,
    order_entered,
    order_replaced,
    order_decremented,  // by self-trade prevention
    order_ended,
    bought,
    sold
};

struct Entry {
    engine::Sequence sequence{};
    engine::OrderId order{};
    engine::TradeId trade{};
    Cause cause{};
    std::vector<Posting> postings;

    engine::Money sum() const;
};

// An order as the events tell it, while something of it is left.
struct OpenOrder {
    engine::AccountId account = engine::no_account;
    engine::InstrumentId instrument{};
    engine::Price price{};
    engine::Price margin_price{};  // sell: max(P, G) when it took its place
    std::uint32_t qty = 0;         // lots
    std::uint32_t leaves = 0;
    std::uint32_t cum = 0;
    std::uint32_t free = 0;  // lots of the leaves that were bought before: no margin, sold first
    engine::Side side = engine::Side::buy;
    engine::OrderState state = engine::OrderState::open;
    bool executable = true;  // not flagged NON_EXECUTABLE
};

// A strip or an any-of: one order over consecutive hours of one family. A buyer's hold is one amount for all
// hours, a seller's margin is one amount an hour.
struct OpenStrip {
    struct Leg {
        std::uint32_t leaves = 0;
        std::uint32_t free = 0;  // as in OpenOrder
    };
    engine::AccountId account = engine::no_account;
    engine::InstrumentId first{};
    engine::Price price{};
    engine::Price margin_price{};
    engine::Money hold{};   // buy: what is left of it
    std::uint32_t qty = 0;  // lots in each hour
    engine::Side side = engine::Side::buy;
    engine::OrderKind of = engine::OrderKind::strip;
    std::vector<Leg> legs{};

    engine::InstrumentId hour(std::size_t leg) const {
        return engine::instrument(first.family,
                                  engine::Period{first.period.value + static_cast<std::uint32_t>(leg)});
    }
    bool filled() const;
};

// What a participant has sold, bought and offered in an instrument, in lots.
struct PositionSums {
    engine::Quantity bought{};
    engine::Quantity sold{};
    engine::Quantity open_sells{};
    engine::Quantity reoffered{};
    engine::Money margin{};  // of sold lots
    engine::Money receivable{};
    bool idle() const { return bought == engine::Quantity{} && sold == bought && open_sells == bought; }
};
using PositionKey = std::pair<engine::AccountId, engine::InstrumentId>;

struct Difference {
    engine::Sequence sequence{};
    std::string text;
};

class Postings {
  public:
    explicit Postings(const engine::Genesis& genesis) : rates_(genesis) {}

    // The entries that `event` causes, in order; valid until the next call. Events come in journal order.
    std::span<const Entry> of(const engine::Event& event);
    // What the last event told otherwise than the formula, or what it told of an order that does not exist.
    const std::optional<Difference>& difference() const { return difference_; }

    using Orders = std::unordered_map<engine::OrderId, OpenOrder>;
    const Orders& orders() const { return orders_; }
    const OpenOrder* order(engine::OrderId id) const;
    using Strips = std::unordered_map<engine::OrderId, OpenStrip>;
    const Strips& strips() const { return strips_; }
    const OpenStrip* strip(engine::OrderId id) const;
    bool is_open(engine::OrderId id) const { return order(id) != nullptr || strip(id) != nullptr; }
    // Money that the formula holds for the order: a buyer's hold, a seller's margin.
    engine::Money held(const OpenOrder& order) const;
    engine::Money held(const OpenStrip& strip) const;
    const std::map<PositionKey, PositionSums>& positions() const { return positions_; }
    engine::Product product(engine::FamilyId family) const;

    // All of it for a snapshot, and back into a fresh one; the bytes are those of
    // snapshots/postings_state.cpp.
    void save(Packer& out) const;
    bool load(Unpacker& in);

  private:
    void credit(const engine::Event& event);
    void order_told(const engine::Event& event);
    void order_entered(const engine::Event& event, const engine::OrderEvent& told);
    void order_replaced(const engine::Event& event, const engine::OrderEvent& told, OpenOrder& order);
    void order_decremented(const engine::Event& event, const engine::OrderEvent& told, OpenOrder& order);
    void order_ended(const engine::Event& event, const engine::OrderEvent& told);
    void strip_told(const engine::Event& event);
    void any_of_told(const engine::Event& event);
    void strip_entered(const engine::Event& event, engine::OrderId id, OpenStrip strip, engine::Money told);
    void strip_ended(const engine::Event& event, engine::OrderId id, engine::Money told);
    void strip_filled(const engine::Event& event, const engine::Fill& fill);
    void strip_bought(const engine::Event& event, const engine::Fill& fill, OpenStrip& strip);
    void strip_sold(const engine::Event& event, const engine::Fill& fill, OpenStrip& strip,
                    OpenStrip::Leg& leg);
    void filled(const engine::Event& event);
    void bought(const engine::Event& event, const engine::Fill& fill, OpenOrder& order);
    void sold(const engine::Event& event, const engine::Fill& fill, OpenOrder& order);
    void take_place(OpenOrder& order);
    void leave_place(const OpenOrder& order);
    // How many of `lots` to be sold were bought and are not offered yet; they are offered from now on.
    std::uint32_t offer(const PositionKey& key, std::uint32_t lots);
    PositionSums& position(const OpenOrder& order) { return positions_[{order.account, order.instrument}]; }

    Entry& enter(const engine::Event& event, Cause cause, engine::OrderId order, engine::TradeId trade = {});
    void move_hold(const engine::Event& event, Cause cause, engine::OrderId id, const OpenOrder& order,
                   engine::Money amount) {
        move_hold(event, cause, id, order.account, order.side, amount);
    }
    void move_hold(const engine::Event& event, Cause cause, engine::OrderId id, engine::AccountId account,
                   engine::Side side, engine::Money amount);
    void expect(const engine::Event& event, engine::OrderId order, std::string_view what,
                std::int64_t formula, std::int64_t told);

    engine::Genesis rates_;
    std::unordered_map<engine::FamilyId, engine::Product> products_;
    std::unordered_map<engine::FamilyId, engine::Price> guidance_;
    Orders orders_;
    Strips strips_;
    std::map<PositionKey, PositionSums> positions_;
    std::vector<Entry> entries_;
    std::optional<Difference> difference_;
};

// ceil(amount · (1 + taker fee · (1 + tax))), what a buyer holds.
engine::Money buy_hold(const engine::Genesis& rates, engine::Money amount);
// The part that resells bought lots carries no margin.
engine::Money sell_margin(const engine::Genesis& rates, engine::Price price, engine::Quantity lots,
                          engine::Product product);
struct Fees {
    engine::Money fee{};
    engine::Money tax{};
};
Fees fees_of(const engine::Genesis& rates, engine::Liquidity liquidity, engine::Money amount);

// Balances: what the entries add up to.
class Balances {
  public:
    struct Participant {
        engine::Money cash{}, hold{}, margin{}, receivable{}, penalty{};
        friend constexpr auto operator<=>(const Participant&, const Participant&) = default;
    };

    void post(const Entry& entry);
    void put(engine::AccountId account, const Participant& participant) {
        participants_[account] = participant;
    }
    Participant of(engine::AccountId account) const;
    engine::Money house(MoneyAccount account) const { return house_[static_cast<std::size_t>(account)]; }
    const std::map<engine::AccountId, Participant>& participants() const { return participants_; }
    engine::Money total() const;  // Invariant: zero

    void save(Packer& out) const;
    bool load(Unpacker& in);

  private:
    std::map<engine::AccountId, Participant> participants_;
    std::array<engine::Money, static_cast<std::size_t>(MoneyAccount::count_)> house_{};
};

}  // namespace gridbook::ledger
