// SPDX-License-Identifier: Apache-2.0
// The twin's answers to questions: rows, then one rows_end.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

namespace {

// Gathers rows in the shape that Exchange::answer gives them.
class Rows {
  public:
    Rows(const engine::Command& question, engine::Sequence sequence, engine::Time time,
         NaiveExchange::Events& out)
        : question_(question), sequence_(sequence), time_(time), out_(out) {}

    template <class Body>
    void add(const Body& body) {
        engine::Event event;
        event.header.sequence = sequence_;
        event.header.time = time_;
        event.header.account = question_.header.account;
        event.header.key = question_.header.key;
        event.header.flags = engine::event_flag::reply;
        event.set(body);
        out_.push_back(event);
        ++rows_;
    }
    void end(bool more) {
        engine::RowsEnd e;
        e.origin = question_.header.origin;
        e.rows = rows_;
        e.more = more;
        e.question = question_.kind();
        add(e);
    }
    std::uint32_t count() const { return rows_; }

  private:
    const engine::Command& question_;
    engine::Sequence sequence_;
    engine::Time time_;
    NaiveExchange::Events& out_;
    std::uint32_t rows_ = 0;
};

}  // namespace

void NaiveExchange::answer(const engine::Command& question, Events& out) const {
    Rows rows(question, sequence_, now_, out);
    const engine::AccountId who = question.header.account;
    bool more = false;
    if (question.kind() == engine::CommandKind::query_order) {
        const auto q = question.as<engine::QueryOrder>();
        const Order* order = nullptr;
        if (q.order.value != 0) {
            order = find(q.order, {});
        } else if (const Remembered* r = remembered({who, q.cid}); r != nullptr && !r->refusal) {
            order = find(r->id, {});
        }
        if (order != nullptr && order->account == who) {
            engine::OrderRow row{picture(*order)};
            row.order.origin = question.header.origin;
            rows.add(row);
        }
    } else if (question.kind() == engine::CommandKind::query_orders) {
        const auto q = question.as<engine::QueryOrders>();
        for (const auto& [id, order] : live_) {
            if (order.account != who || id <= q.after) continue;
            if (rows.count() == q.limit) {
                more = true;
                break;
            }
            engine::OrderRow row{picture(order)};
            row.order.origin = question.header.origin;
            rows.add(row);
        }
    } else if (question.kind() == engine::CommandKind::query_balance && account_known(who)) {
        const Account& a = accounts_[who.value];
        engine::BalanceRow row;
        row.origin = question.header.origin;
        row.cash = engine::Money{a.cash};
        row.hold = engine::Money{a.hold};
        row.margin = engine::Money{a.margin};
        row.receivable = engine::Money{a.receivable};
        row.penalty = engine::Money{a.penalty};
        rows.add(row);
    } else if (question.kind() == engine::CommandKind::query_positions) {
        const auto q = question.as<engine::QueryPositions>();
        for (const auto& [key, position] : positions_) {
            if (key.first != who || key.second <= q.after) continue;
            if (rows.count() == q.limit) {
                more = true;
                break;
            }
            engine::PositionRow row;
            row.origin = question.header.origin;
            row.instrument = key.second;
            row.bought = engine::Quantity{position.bought};
            row.sold = engine::Quantity{position.sold};
            row.open_sells = engine::Quantity{position.open_sells};
            row.registered = engine::Quantity{registered(who, key.second.family)};
            row.margin = engine::Money{position.margin};
            row.receivable = engine::Money{position.receivable};
            rows.add(row);
        }
    }
    rows.end(more);
}

}  // namespace gridbook::twin
