// SPDX-License-Identifier: Apache-2.0
#include "engine/questions.hpp"

#include <algorithm>

#include "engine/accounts/maintaining.hpp"
#include "engine/accounts/paying_out.hpp"
#include "engine/answering.hpp"
#include "engine/book/orders.hpp"
#include "engine/book/remembered.hpp"
#include "engine/delivery/disputing.hpp"
#include "engine/delivery/telling.hpp"
#include "engine/explain.hpp"
#include "engine/packages/package_questions.hpp"
#include "engine/regulation/regulator_questions.hpp"
#include "engine/strips/strips.hpp"
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

// One row of what the account has: an order, a strip or an any-of.
void tell_row(const State& state, Answer& answer, const OrderRecord& record) {
    if (record.kind == OrderKind::strip) {
        StripRow row{strip_event(state, record)};
        row.strip.origin = answer.origin();
        return answer.row(row);
    }
    if (record.kind == OrderKind::any_of) {
        AnyOfRow row{any_of_event(record)};
        row.any_of.origin = answer.origin();
        return answer.row(row);
    }
    OrderRow row;
    row.order = order_event(state, record);
    row.order.origin = answer.origin();
    answer.row(row);
}

// The account's record that the question names; of no account, whoever's it is: only an overseer's question
// about an order's reason comes without one. Null: there is none.
const OrderRecord* named(const State& state, const Answer& answer, OrderId order, const Cid& cid) {
    const std::uint32_t slot = order != OrderId{} ? state.records.find(order)
                                                  : state.records.find(answer.account(), cid, state.time);
    if (slot == no_slot) return nullptr;
    const bool own = state.records[slot].account == answer.account();
    return own || answer.account() == no_account ? &state.records[slot] : nullptr;
}

void answer_order(const State& state, Answer& answer, const QueryOrder& q) {
    const OrderRecord* record = named(state, answer, q.order, q.cid);
    if (record != nullptr && record->state != OrderState::refused) tell_row(state, answer, *record);
    answer.end(false);
}

void answer_orders(const State& state, Answer& answer, const QueryOrders& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    std::uint32_t slot = first_open(state, answer.account());
    while (slot != no_slot && state.records[slot].id <= q.after) slot = next_open(state, slot);
    for (std::uint32_t rows = 0; slot != no_slot && rows < limit; ++rows) {
        tell_row(state, answer, state.records[slot]);
        slot = next_open(state, slot);
    }
    answer.end(slot != no_slot);
}

void answer_explain(const State& state, Answer& answer, const QueryExplain& q) {
    if (const OrderRecord* record = named(state, answer, q.order, q.cid)) {
        ExplainRow row = explain_row(state, *record);
        row.origin = answer.origin();
        answer.row(row);
        if (row.state == OrderState::refused) answer.row(refusal_row(record->refusal(), answer.origin()));
        // The reference is the business of an order, which its instrument's band judges.
        const bool judged = row.of == OrderKind::order && row.state != OrderState::refused;
        const CountingBuckets counting = judged ? counting_buckets(state, row.instrument) : CountingBuckets{};
        for (std::size_t i = 0; i < counting.size; ++i) {
            BucketRow bucket;
            bucket.origin = answer.origin();
            bucket.minute = Time{counting.buckets[i].index * minute.value};
            bucket.sum = counting.buckets[i].sum;
            bucket.trades = counting.buckets[i].trades;
            answer.row(bucket);
        }
    }
    answer.end(false);
}

void answer_balance(const State& state, Answer& answer) {
    const Account& account = state.accounts[answer.account()];
    BalanceRow row;
    row.origin = answer.origin();
    row.cash = account.cash;
    row.hold = account.hold;
    row.margin = account.margin;
    row.receivable = account.receivable;
    row.penalty = account.penalty;
    answer.row(row);
    answer.end(false);
}

void answer_positions(const State& state, Answer& answer, const QueryPositions& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    std::vector<std::uint32_t>& found = state.scratch;
    found.clear();
    for (std::uint32_t slot = state.accounts[answer.account()].first_position; slot != no_slot;
         slot = state.positions[slot].next_of_account)
        if (state.positions[slot].instrument > q.after) found.push_back(slot);
    const std::size_t rows = std::min<std::size_t>(limit, found.size());
    const auto by_instrument = [&](std::uint32_t a, std::uint32_t b) {
        return state.positions[a].instrument < state.positions[b].instrument;
    };
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(rows), found.end(),
                      by_instrument);
    for (std::size_t i = 0; i < rows; ++i) {
        const Position& p = state.positions[found[i]];
        PositionRow row;
        row.origin = answer.origin();
        row.instrument = p.instrument;
        row.bought = p.bought;
        row.sold = p.sold;
        row.open_sells = p.open_sells;
        row.registered = state.resources.registered(answer.account(), p.instrument.family);
        row.maintenance = state.resources.maintained(answer.account(), p.instrument);
        row.margin = p.margin;
        row.receivable = p.receivable;
        answer.row(row);
    }
    answer.end(rows < found.size());
}

void answer_deliveries(const State& state, Answer& answer, const QueryDeliveries& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    const Deliveries& deliveries = state.deliveries;
    std::uint32_t rows = 0;
    std::uint32_t node = deliveries.first_node(state.accounts[answer.account()]);
    for (; node != 0; node = deliveries.next_node(node)) {
        const Delivery& d = deliveries[Deliveries::slot_of(node)];
        const Side party = Deliveries::side_of(node);
        // Who delivers to itself is told once, as the seller.
        const bool own = party == Side::buy && d.seller == d.buyer;
        if (d.id <= q.after || d.state == DeliveryState::settled || own) continue;
        if (rows++ == limit) break;
        DeliveryRow row{told_delivery(d, party)};
        row.delivery.origin = answer.origin();
        answer.row(row);
        if (is_holding(state, d)) answer.row(holding_row(d, party, answer.origin()));
    }
    answer.end(node != 0);
}

void answer_disputes(const State& state, Answer& answer, const QueryDisputes& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    const auto& all = state.disputes.all();
    const auto named = [](const Dispute& d) { return std::pair(d.delivery, d.claimant); };
    auto next = q.after == DeliveryId{}
                    ? all.begin()
                    : std::ranges::upper_bound(all, std::pair(q.after, q.after_claimant), {}, named);
    for (std::uint32_t rows = 0; next != all.end() && rows < limit; ++rows, ++next) {
        DisputeRow row{dispute_as_it_is(*next)};
        row.dispute.origin = answer.origin();
        answer.row(row);
    }
    answer.end(next != all.end());
}

}  // namespace

void answer_question(const State& state, const Command& question, EventSink& sink) {
    Answer answer(state, question, sink);
    if (answer_regulator(state, answer, question)) return;
    const bool overseer = question.kind() == CommandKind::query_explain && answer.account() == no_account &&
                          question.view<QueryExplain>().order != OrderId{};
    if (question.kind() == CommandKind::query_disputes)
        return answer_disputes(state, answer, question.as<QueryDisputes>());
    if (question.kind() == CommandKind::query_payouts)
        return answer_payouts(state, answer, question.as<QueryPayouts>());
    if (answer_packages(state, answer, question)) return;
    if (!answer.known() && !overseer) return answer.end(false);
    switch (question.kind()) {
        case CommandKind::query_order: return answer_order(state, answer, question.as<QueryOrder>());
        case CommandKind::query_orders: return answer_orders(state, answer, question.as<QueryOrders>());
        case CommandKind::query_balance: return answer_balance(state, answer);
        case CommandKind::query_positions:
            return answer_positions(state, answer, question.as<QueryPositions>());
        case CommandKind::query_deliveries:
            return answer_deliveries(state, answer, question.as<QueryDeliveries>());
        case CommandKind::query_resources:
            return answer_resources(state, answer, question.as<QueryResources>());
        case CommandKind::query_grants: return answer_grants(state, answer, question.as<QueryGrants>());
        case CommandKind::query_explain: return answer_explain(state, answer, question.as<QueryExplain>());
        default: return answer.end(false);
    }
}

}  // namespace gridbook::engine
