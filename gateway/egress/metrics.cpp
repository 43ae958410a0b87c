// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/metrics.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "gateway/egress/trade_tape.hpp"

namespace gridbook::gateway {

namespace {

void append_head(std::string_view name, std::string_view help, std::string_view type, std::string& out) {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("# HELP {} {}\n# TYPE {} {}\n"), name, help, name,
                   type);
}

void append_metric(std::string_view name, std::string_view help, std::string_view type,
                   const Counter& counter, std::string& out) {
    append_head(name, help, type, out);
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{} {}\n"), name, counter.value());
}

bool of_an_order(const engine::Refused& refused) {
    return refused.command == engine::CommandKind::place_order ||
           refused.command == engine::CommandKind::replace_order ||
           refused.command == engine::CommandKind::cancel_order ||
           refused.command == engine::CommandKind::place_strip ||
           refused.command == engine::CommandKind::place_any_of;
}

std::uint64_t per_second(std::uint64_t count, engine::Duration over) {
    if (over.value <= 0) return 0;
    const auto wide = static_cast<engine::Wide>(count) * engine::second.value;
    return static_cast<std::uint64_t>(wide / over.value);
}

}  // namespace

void Metrics::count(const engine::Event& event) {
    using engine::EventKind;
    events_.add();
    const bool reply = (event.header.flags & engine::event_flag::reply) != 0;
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return duplicates_.add();
    const bool order = event.kind() == EventKind::order || event.kind() == EventKind::strip ||
                       event.kind() == EventKind::any_of;
    if (order && reply) orders_.add();
    if (event.kind() == EventKind::fill && completes_trade(event.as<engine::Fill>())) trades_.add();
    if (event.kind() != EventKind::refused) return;
    const auto refused = event.as<engine::Refused>();
    refusals_[static_cast<std::size_t>(refused.reason)].add();
    if (of_an_order(refused)) orders_.add();
}

void Metrics::gauge(std::string name, std::string help, std::function<double()> value) {
    gauges_.push_back({std::move(name), std::move(help), std::move(value)});
}

std::uint64_t Metrics::refusals() const {
    std::uint64_t sum = 0;
    for (const Counter& c : refusals_) sum += c.value();
    return sum;
}

Metrics::Status Metrics::status(engine::Time now) {
    Status s{orders(), trades(), refusals(), resting_.value(), sequence_.value(), 0, 0};
    const engine::Duration over = asked_.value == 0 ? engine::Duration{0} : now - asked_;
    s.orders_per_s = per_second(s.orders - orders_asked_, over);
    s.trades_per_s = per_second(s.trades - trades_asked_, over);
    asked_ = now;
    orders_asked_ = s.orders;
    trades_asked_ = s.trades;
    return s;
}

void Metrics::append_prometheus(std::string& out) const {
    append_metric("gridbook_orders_total", "Order commands answered.", "counter", orders_, out);
    append_metric("gridbook_duplicates_total", "Commands told again for the same cid.", "counter",
                  duplicates_, out);
    append_metric("gridbook_trades_total", "Matches.", "counter", trades_, out);
    append_refusals(out);
    append_metric("gridbook_events_total", "Durable events published.", "counter", events_, out);
    append_metric("gridbook_messages_total", "Replies and events sent to accounts.", "counter", messages_,
                  out);
    append_metric("gridbook_resting_orders", "Orders that are open or parked.", "gauge", resting_, out);
    append_metric("gridbook_sequence", "Last durable sequence that was published.", "gauge", sequence_, out);
    append_gauges(out);
}

void Metrics::append_refusals(std::string& out) const {
    append_head("gridbook_refusals_total", "Commands refused in sequence, by code.", "counter", out);
    for (std::size_t i = 1; i < refusals_.size(); ++i) {
        const std::string_view code = engine::code(static_cast<engine::RejectReason>(i));
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("gridbook_refusals_total{{code=\"{}\"}} {}\n"),
                       code, refusals_[i].value());
    }
}

void Metrics::append_gauges(std::string& out) const {
    std::string_view last;
    for (const Gauge& gauge : gauges_) {
        const std::string_view name = std::string_view(gauge.name).substr(0, gauge.name.find('{'));
        if (name != last) append_head(name, gauge.help, "gauge", out);
        last = name;
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("{} {}\n"), gauge.name, gauge.value());
    }
}

}  // namespace gridbook::gateway
