// SPDX-License-Identifier: Apache-2.0
#include "ledger/billing/lines.hpp"

namespace gridbook::ledger {

using engine::EventKind;
using engine::Money;

namespace {

class Lines {
  public:
    Lines(const engine::Event& event, const Postings& postings, engine::InstrumentId instrument) {
        line_.sequence = event.header.sequence;
        line_.time = event.header.time;
        line_.instrument = instrument;
        line_.guidance = postings.guidance(instrument.family);
    }
    // What all lines of the event say alike.
    LineRow& all() { return line_; }
    void add(LineKind kind, Money cost) {
        if (cost == Money{}) return;
        line_.kind = kind;
        line_.cost = cost;
        rows_.push_back(line_);
    }
    std::vector<LineRow> rows() { return std::move(rows_); }

  private:
    LineRow line_{};
    std::vector<LineRow> rows_;
};

std::vector<LineRow> of(const engine::Event& event, const engine::Fill& fill, const Postings& postings) {
    Lines lines(event, postings, fill.instrument);
    lines.all().order = fill.order;
    lines.all().trade = fill.trade;
    lines.all().price = fill.price;
    lines.all().qty = fill.qty;
    const Money amount =
        notional(fill.price, engine::Quantity{fill.qty}, postings.product(fill.instrument.family));
    if (fill.side == engine::Side::sell) {
        lines.add(LineKind::sale, -amount);
        return lines.rows();
    }
    lines.add(LineKind::usage, amount);
    lines.add(LineKind::fee, fill.fee);
    lines.add(LineKind::tax, fill.tax);
    return lines.rows();
}

std::vector<LineRow> of(const engine::Event& event, const engine::Replaced& r, const Postings& postings) {
    const auto by = postings.deliveries().find(r.by);
    Lines lines(event, postings,
                by == postings.deliveries().end() ? engine::no_instrument : by->second.instrument);
    lines.all().price = r.price;
    lines.all().qty = r.qty;
    lines.all().lot_minutes = std::uint64_t{r.qty} * r.minutes;
    if (r.party == engine::Side::sell) {
        lines.all().order = r.order;
        lines.all().delivery = r.by;
        lines.add(LineKind::sale, -r.cost);
    } else {
        lines.all().delivery = r.failed;
        lines.add(LineKind::replacement, r.cost);
        lines.add(LineKind::advance, -r.from_fund);
    }
    return lines.rows();
}

std::vector<LineRow> of(const engine::Event& event, const engine::DeliverySettled& s,
                        const Postings& postings) {
    Lines lines(event, postings, s.instrument);
    lines.all().delivery = s.delivery;
    lines.all().price = s.price;
    lines.all().qty = s.qty;
    lines.all().lot_minutes = s.short_of;
    const bool owes = s.party == engine::Side::sell;
    lines.add(LineKind::refund, owes ? s.refund : -s.refund);
    lines.add(LineKind::penalty, owes ? s.penalty : -s.penalty);
    return lines.rows();
}

std::vector<LineRow> of(const engine::Event& event, const engine::PositionSettled& p,
                        const Postings& postings) {
    Lines lines(event, postings, p.instrument);
    lines.all().qty = p.sold;
    lines.add(LineKind::fee, p.fee);
    lines.add(LineKind::tax, p.tax);
    lines.add(LineKind::advance, -p.from_fund);
    return lines.rows();
}

// Only a dispute that is upheld costs anything: the claimant gets what the other side, or the fund, pays.
std::vector<LineRow> of(const engine::Event& event, const engine::DisputeChanged& d,
                        const Postings& postings) {
    Lines lines(event, postings, d.instrument);
    if (event.header.number.value == 0 || d.state != engine::DisputeState::upheld) return {};
    lines.all().delivery = d.delivery;
    const bool claims = d.party == d.claimant;
    lines.add(LineKind::dispute, claims ? -d.stake : d.stake);
    if (!claims) lines.add(LineKind::advance, d.held - d.stake);
    return lines.rows();
}

// Each side's own line; the terms are those of the package.
std::vector<LineRow> of(const engine::Event& event, const engine::GrantChanged& g, const Postings& postings) {
    const OpenPackage* package = postings.package(g.package);
    if (event.header.number.value == 0 || package == nullptr) return {};
    const bool bought = g.change == engine::GrantChange::bought;
    Lines lines(event, postings, engine::no_instrument);
    lines.all().package = g.package;
    lines.all().grant = g.grant;
    lines.all().class_id = g.class_id;
    lines.all().days = package->days;
    lines.all().unit_price = bought ? package->price : package->overage;
    lines.all().quarters = bought ? g.amount : g.excess;
    if (bought)
        lines.all().qty = static_cast<std::uint32_t>(g.amount / engine::block_quarters / package->blocks);
    lines.add(bought ? LineKind::package : LineKind::overage,
              g.party == engine::Side::buy ? g.cost : -g.cost);
    return lines.rows();
}

}  // namespace

std::vector<LineRow> lines_of(const engine::Event& event, const Postings& postings) {
    switch (event.kind()) {
        case EventKind::fill: return of(event, event.as<engine::Fill>(), postings);
        case EventKind::replaced: return of(event, event.as<engine::Replaced>(), postings);
        case EventKind::delivery_settled: return of(event, event.as<engine::DeliverySettled>(), postings);
        case EventKind::position_settled: return of(event, event.as<engine::PositionSettled>(), postings);
        case EventKind::dispute: return of(event, event.as<engine::DisputeChanged>(), postings);
        case EventKind::grant: return of(event, event.as<engine::GrantChanged>(), postings);
        default: return {};
    }
}

}  // namespace gridbook::ledger
