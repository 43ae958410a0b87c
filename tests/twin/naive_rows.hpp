// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of an answer, in the shape that Exchange::answer gives them, and the end behind them.

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

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
    // A row that is made already, but for its header and origin.
    void put(const engine::Event& row) {
        out_.push_back(row);
        out_.back().header = {sequence_,
                              time_,
                              {},
                              question_.header.account,
                              question_.header.key,
                              row.kind(),
                              engine::event_flag::reply};
        std::memcpy(out_.back().body.data(), &question_.header.origin, sizeof(engine::Origin));
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

}  // namespace gridbook::twin
