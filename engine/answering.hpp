// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a question is answered: rows, then their end, all with the origin of the question. Nothing is journaled
// and nothing changes.

#include "engine/event_sink.hpp"
#include "engine/state.hpp"

namespace gridbook::engine {

// The most rows of one page.
inline constexpr std::uint32_t page_limit = 1000;

class Answer {
  public:
    Answer(const State& state, const Command& question, EventSink& sink)
        : state_(state), question_(question.header), sink_(sink) {}

    template <class Row>
    void row(const Row& body) {
        emit(body);
        ++rows_;
    }
    void end(bool more) {
        RowsEnd e;
        e.origin = question_.origin;
        e.rows = rows_;
        e.more = more;
        e.question = question_.kind;
        emit(e);
    }
    Origin origin() const { return question_.origin; }
    AccountId account() const { return question_.account; }
    std::uint32_t rows() const { return rows_; }
    bool known() const { return state_.accounts.known(question_.account); }

  private:
    template <class Body>
    void emit(const Body& body) {
        sink_.emit(EventHeader{.sequence = state_.sequence,
                               .time = state_.time,
                               .number = {},
                               .account = question_.account,
                               .key = question_.key,
                               .kind = Body::kind,
                               .flags = event_flag::reply},
                   body);
    }
    const State& state_;
    const CommandHeader& question_;
    EventSink& sink_;
    std::uint32_t rows_ = 0;
};

}  // namespace gridbook::engine
