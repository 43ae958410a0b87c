// SPDX-License-Identifier: Apache-2.0
// The twin's answers to questions: rows, then one rows_end.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"
#include "tests/twin/naive_rows.hpp"

namespace gridbook::twin {

// The phase of any hour, also of one that is not listed any more: by the calendar then.
engine::Phase NaiveExchange::phase_of(engine::InstrumentId i) const {
    if (const auto hour = hours_.find(i); hour != hours_.end()) return hour->second.phase;
    if (i.family.value >= families_.size()) return engine::Phase::unlisted;
    const engine::Product product_ = product(i.family);
    if (engine::window_end(i.period, product_) <= now_) return engine::Phase::settled;
    if (engine::window_start(i.period, product_) <= now_) return engine::Phase::delivering;
    return engine::gate_time(i.period, product_) <= now_ ? engine::Phase::gated : engine::Phase::unlisted;
}

void NaiveExchange::explain_market(engine::ExplainRow& row, engine::InstrumentId i) const {
    row.instrument = i;
    row.phase = phase_of(i);
    if (i.family.value >= families_.size()) return;
    const Band& band = family(i).band;
    row.band_now = band.version;
    row.guidance_now = price_of(band.guidance);
    row.hard_low = price_of(band.lo);
    row.hard_high = price_of(band.hi);
    const auto at = hours_.find(i);
    if (at == hours_.end() || !at->second.listed()) return;
    row.low = price_of(effective(i).lo);
    row.high = price_of(effective(i).hi);
    if (!layered(i.family)) return;
    row.reference = price_of(reference(i));
    row.reference_since = at->second.since;
    row.taken_over = at->second.taken_over;
}

engine::ExplainRow NaiveExchange::explanation(engine::OrderId id) const {
    engine::ExplainRow row;
    row.order = id;
    if (const Order* order = find(id)) {
        row.entered = order->entered;
        row.price = price_of(order->price);
        row.guidance_then = price_of(order->guidance);
        row.band_then = order->band;
        row.state = order->state;
        row.reason = order->reason;
        row.order_flags = picture(*order).order_flags;
        row.side = order->side;
        if (order->standby) row.of = engine::OrderKind::standby;
        explain_market(row, order->instrument);
    } else if (const auto any = any_ofs_.find(id); any != any_ofs_.end()) {
        const AnyOf& a = any->second;
        row.entered = a.entered;
        row.price = a.told.price;
        row.guidance_then = price_of(a.guidance);
        row.band_then = a.band;
        row.state = a.told.state;
        row.reason = a.told.reason;
        row.of = engine::OrderKind::any_of;
        explain_market(row, a.told.instrument);
    } else {
        const auto live = strips_.find(id);
        const Strip& s = live != strips_.end() ? live->second : done_strips_.at(id);
        row.entered = s.entered;
        row.price = price_of(s.price);
        row.guidance_then = price_of(s.guidance);
        row.band_then = s.band;
        row.state = s.state;
        row.reason = s.reason;
        row.order_flags = s.soft;
        row.side = s.side;
        row.of = engine::OrderKind::strip;
        explain_market(row, s.hour(0));
    }
    return row;
}

void NaiveExchange::answer(const engine::Command& question, Events& out) const {
    Rows rows(question, sequence_, now_, out);
    const engine::AccountId who = question.header.account;
    const engine::Origin origin = question.header.origin;
    bool more = false;
    const auto add_order = [&](const Order& order) {
        engine::OrderRow row{picture(order)};
        row.order.origin = origin;
        rows.add(row);
    };
    const auto add_strip = [&](const Strip& s) {
        engine::StripRow row{picture(s)};
        row.strip.origin = origin;
        rows.add(row);
    };
    const auto owner = [&](engine::OrderId id) {
        if (const Order* order = find(id)) return order->account;
        for (const auto* strips : {&strips_, &done_strips_})
            if (const auto s = strips->find(id); s != strips->end()) return s->second.account;
        const auto a = any_ofs_.find(id);
        return a == any_ofs_.end() ? engine::no_account : a->second.account;
    };
    if (question.kind() == engine::CommandKind::query_order) {
        const auto q = question.as<engine::QueryOrder>();
        const engine::OrderId id = named(who, q.order, q.cid);
        if (!account_known(who) || owner(id) != who) {
            // Unknown: no row.
        } else if (const Order* order = find(id)) {
            add_order(*order);
        } else if (const auto a = any_ofs_.find(id); a != any_ofs_.end()) {
            engine::AnyOfRow row{a->second.told};
            row.any_of.origin = origin;
            rows.add(row);
        } else {
            add_strip(strips_.count(id) != 0 ? strips_.at(id) : done_strips_.at(id));
        }
    } else if (question.kind() == engine::CommandKind::query_orders) {
        const auto q = question.as<engine::QueryOrders>();
        for (const engine::OrderId id : open_of(who)) {
            if (id <= q.after) continue;
            if (rows.count() == q.limit) {
                more = true;
                break;
            }
            if (strips_.count(id) != 0)
                add_strip(strips_.at(id));
            else
                add_order(*find(id));
        }
    } else if (question.kind() == engine::CommandKind::query_explain) {
        const auto q = question.as<engine::QueryExplain>();
        const engine::OrderId id = named(who, q.order, q.cid);
        const Remembered* r = q.order.value == 0 ? remembered({who, q.cid}) : nullptr;
        if (r != nullptr && r->refusal) {
            engine::ExplainRow row;
            row.order = r->id;
            row.state = engine::OrderState::refused;
            row.refused = r->refused.reason;
            row.band_then = r->refused.band;
            if (r->body.kind() == engine::CommandKind::place_strip) row.of = engine::OrderKind::strip;
            if (r->body.kind() == engine::CommandKind::place_any_of) row.of = engine::OrderKind::any_of;
            explain_market(row, r->refused.instrument);
            row.origin = origin;
            rows.add(row);
            // And what it was told then.
            engine::RefusalRow told;
            told.origin = origin;
            told.limit_low = r->refused.limit_low;
            told.limit_high = r->refused.limit_high;
            told.got = r->refused.got;
            told.instrument = r->refused.instrument;
            told.band = r->refused.band;
            told.reason = r->refused.reason;
            told.field = r->refused.field;
            told.pool = r->refused.pool;
            told.command = r->body.kind();
            rows.add(told);
        } else if (owner(id) != engine::no_account &&
                   (who == engine::no_account || (account_known(who) && owner(id) == who))) {
            engine::ExplainRow row = explanation(id);
            row.origin = origin;
            rows.add(row);
            const auto at = hours_.find(row.instrument);
            const bool listed = at != hours_.end() && at->second.listed();
            const engine::Duration window = engine::second * rules_.reference_window_s;
            if (row.of == engine::OrderKind::order && listed) {
                for (const auto& [minute, bucket] : at->second.buckets) {
                    if (minute + engine::minute <= now_ - window) continue;
                    engine::BucketRow b;
                    b.origin = origin;
                    b.minute = minute;
                    b.sum = bucket.sum;
                    b.trades = static_cast<std::uint32_t>(bucket.trades);
                    rows.add(b);
                }
            }
        }
    } else if (question.kind() == engine::CommandKind::query_changes) {
        const auto q = question.as<engine::QueryChanges>();
        for (const auto& [id, p] : changes_) {
            if (id <= q.after) continue;
            if (rows.count() == q.limit) {
                more = true;
                break;
            }
            engine::ChangeRow row{p.told};
            row.change.origin = origin;
            rows.add(row);
        }
    } else if (question.kind() == engine::CommandKind::try_band ||
               question.kind() == engine::CommandKind::try_guidance ||
               question.kind() == engine::CommandKind::try_factors) {
        for (const engine::Event& row : try_out(question)) rows.put(row);
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
    } else if (question.kind() == engine::CommandKind::query_deliveries) {
        const auto q = question.as<engine::QueryDeliveries>();
        std::uint32_t deliveries = 0;
        for (const auto& [id, d] : deliveries_) {
            if (id <= q.after || (d.seller != who && d.buyer != who)) continue;
            if (deliveries++ == q.limit) {
                more = true;
                break;
            }
            engine::DeliveryRow row{picture(d, d.seller == who ? engine::Side::sell : engine::Side::buy)};
            row.delivery.origin = origin;
            rows.add(row);
            if (!of_tokens(d) || genesis_.draws_log2 == 0) continue;
            // What is left of a token day; no row of its own on the page.
            engine::HoldingRow left;
            left.origin = origin;
            left.holding = d.id;
            left.instrument = d.instrument;
            left.qty = static_cast<std::uint32_t>(d.qty);
            left.drawn = d.drawn;
            left.remaining = d.remaining();
            left.party = row.delivery.party;
            rows.add(left);
        }
    } else if (question.kind() == engine::CommandKind::query_disputes) {
        const auto q = question.as<engine::QueryDisputes>();
        for (const auto& [key, dispute] : disputes_) {
            if (q.after != engine::DeliveryId{} && key <= DisputeKey{q.after, q.after_claimant}) continue;
            if (rows.count() == q.limit) {
                more = true;
                break;
            }
            const auto state =
                dispute.suspended ? engine::DisputeState::suspended : engine::DisputeState::opened;
            engine::DisputeRow row{picture(key, dispute, state, engine::Side::sell)};
            row.dispute.origin = origin;
            rows.add(row);
        }
    } else if (question.kind() == engine::CommandKind::query_payouts) {
        const auto q = question.as<engine::QueryPayouts>();
        for (const auto& [id, payout] : payouts_) {
            if ((who != engine::no_account && payout.account != who) || id <= q.after) continue;
            if (rows.count() == q.limit) {
                more = true;
                break;
            }
            engine::PayoutRow row{picture(id, payout, engine::PayoutState::requested)};
            row.payout.origin = origin;
            rows.add(row);
        }
    } else if (question.kind() == engine::CommandKind::query_packages) {
        more = answer_packages(question.as<engine::QueryPackages>(), origin, rows);
    } else if (question.kind() == engine::CommandKind::query_grants) {
        more = answer_grants(question.as<engine::QueryGrants>(), who, origin, rows);
    } else if (question.kind() == engine::CommandKind::query_reserves) {
        more = answer_reserves(question.as<engine::QueryReserves>(), who, origin, rows);
    } else if (question.kind() == engine::CommandKind::query_resources) {
        more = answer_resources(question.as<engine::QueryResources>(), who, origin, rows);
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
            row.maintenance = engine::Quantity{maintained(who, key.second)};
            row.margin = engine::Money{position.margin};
            row.receivable = engine::Money{position.receivable};
            rows.add(row);
        }
    }
    rows.end(more);
}

}  // namespace gridbook::twin
