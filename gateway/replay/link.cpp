// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>
#include <stdexcept>

#include "gateway/replay/wire_numbers.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway::replay {

namespace {

using namespace std::chrono_literals;

// Bytes gather until so many commands wait, then they leave in one system call.
constexpr std::size_t flush_after = 128;
// An exchange that says nothing for so long is taken for dead.
constexpr auto answer_timeout = 120s;
constexpr std::size_t refusals_kept = 20;

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Link::Link(LinkOptions options, const SigningKey& key, const Scenario& scenario, Orders& orders,
           Trades& trades, Deliveries& deliveries, Tally& tally)
    : options_(std::move(options)),
      scenario_(scenario),
      orders_(orders),
      trades_(trades),
      deliveries_(deliveries),
      tally_(tally),
      client_(options_.url, options_.key_name, key),
      ring_(std::bit_ceil(options_.window)),
      symbols_(scenario.families.size()) {
    const std::uint32_t hours = engine::period_at(scenario.run_end(), engine::Product::gpu).value -
                                scenario.first_period().value + horizon_hours + 1;
    for (std::size_t f = 0; f < symbols_.size(); ++f)
        for (std::uint32_t h = 0; h < hours; ++h)
            symbols_[f].push_back(
                symbol(scenario.families[f], engine::Period{scenario.first_period().value + h}));
    for (std::uint32_t i = 0; i < scenario.accounts.size(); ++i) accounts_[scenario.accounts[i]] = i;
    if (options_.acked_file.empty()) return;
    acked_ = std::fopen(options_.acked_file.c_str(), "w");
    if (acked_ == nullptr) throw std::runtime_error(options_.acked_file + ": cannot be written");
}

Link::~Link() {
    if (acked_ != nullptr) std::fclose(acked_);
}

void Link::connect() {
    client_.logon();
    name_accounts();
}

// An account that this key has named on a connection is heard there from then on; the answers do not matter.
void Link::name_accounts() {
    for (const std::string& account : scenario_.accounts)
        client_.request("balance.get", fmt::format(R"("account":"{}")", account));
    client_.flush();
}

void Link::ask(std::string_view op, const std::string& members) {
    const Message reply = client_.call(op, members, [this](const Message& m) { take(m); });
    if (!reply.ok)
        throw Refused(fmt::format("{} {{{}}}: {} {}", op, members, reply.error.code, reply.error.msg));
}

JsonDocument Link::query(std::string_view op, const std::string& members) {
    const Message reply = client_.call(op, members, [this](const Message& m) { take(m); });
    if (!reply.ok)
        throw Refused(fmt::format("{} {{{}}}: {} {}", op, members, reply.error.code, reply.error.msg));
    return JsonDocument(reply.raw);
}

// ---- what is said ----

void Link::place(std::uint32_t order) { send({.kind = Pending::Kind::place, .order = order}); }
void Link::replace(std::uint32_t order) {
    send({.kind = Pending::Kind::replace, .order = order, .value = orders_[order].price.value});
}
void Link::cancel(std::uint32_t order) { send({.kind = Pending::Kind::cancel, .order = order}); }
void Link::advance(engine::Time to) { send({.kind = Pending::Kind::advance, .value = to.value}); }

void Link::ready(std::uint32_t did) { send({.kind = Pending::Kind::ready, .order = did}); }
void Link::meter(std::uint32_t did, std::uint32_t minute) {
    send({.kind = Pending::Kind::meter, .order = did, .value = minute});
}

void Link::send(Pending pending) {
    while (in_flight() >= options_.window || busy_ > 0) receive(1'000ms);
    pending.sent = Clock::now();
    if (pending.kind == Pending::Kind::place || pending.kind == Pending::Kind::replace)
        orders_[pending.order].command = static_cast<std::uint32_t>(++commands_);
    put(pending);
    if (++unflushed_ >= flush_after) receive(0ms);
}

// It stands in the ring before it is written, so that nothing is forgotten when the connection breaks
// meanwhile.
void Link::put(const Pending& pending) {
    at(tail_++) = pending;
    ++open_;
    write(at(tail_ - 1));
}

void Link::write(Pending& pending) {
    text_.clear();
    switch (pending.kind) {
        case Pending::Kind::place:
            if (orders_[pending.order].strip()) {
                write_strip(orders_[pending.order], pending.order);
                pending.id = client_.request("strip.place", text_);
                return;
            }
            write_place(orders_[pending.order], pending.order);
            pending.id = client_.request("order.place", text_);
            return;
        case Pending::Kind::replace:
            append_name(orders_[pending.order], pending.order);
            text_ += R"(,"price":")";
            append_ticks(engine::Price{static_cast<std::int32_t>(pending.value)}, text_);
            text_ += R"(","qty":")";
            append_lots(orders_[pending.order].lots, text_);
            text_ += '"';
            pending.id = client_.request("order.replace", text_);
            return;
        case Pending::Kind::cancel:
            append_name(orders_[pending.order], pending.order);
            pending.id = client_.request("order.cancel", text_);
            return;
        case Pending::Kind::status:
            append_name(orders_[pending.order], pending.order);
            pending.id = client_.request("order.status", text_);
            return;
        case Pending::Kind::advance:
            fmt::format_to(std::back_inserter(text_), R"("ts":"{}")", pending.value);
            pending.id = client_.request("clock.advance", text_);
            return;
        case Pending::Kind::ready:
        case Pending::Kind::meter: return write_report(pending);
    }
}

// "account":"…","cid":"…": the cid is the owner's name and the order's number.
void Link::append_name(const Order& order, std::uint32_t number) {
    text_ += R"("account":")";
    text_ += scenario_.accounts[order.account];
    text_ += R"(","cid":")";
    const bool of_node = order.purpose == Order::Purpose::offer || order.purpose == Order::Purpose::standby;
    text_ += of_node ? scenario_.nodes[order.owner].name : scenario_.jobs[order.owner].name;
    text_ += '-';
    char digits[16];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    text_ += '"';
}

void Link::write_place(const Order& order, std::uint32_t number) {
    append_name(order, number);
    text_ += R"(,"symbol":")";
    text_ += symbols_[order.family][order.period.value - scenario_.first_period().value];
    text_ += R"(","type":"limit)";
    append_terms(order);
    if (order.purpose == Order::Purpose::standby) text_ += R"(,"standby":true)";
}

void Link::write_strip(const Order& order, std::uint32_t number) {
    append_name(order, number);
    const std::string& first = symbols_[order.family][order.period.value - scenario_.first_period().value];
    fmt::format_to(std::back_inserter(text_), R"(,"family":"{}","hours":{},"start":"{})",
                   scenario_.families[order.family].name(), order.hours,
                   std::string_view(first).substr(first.rfind('.') + 1));
    append_terms(order);
}

// Closes the string before it.
void Link::append_terms(const Order& order) {
    text_ += order.side == engine::Side::buy ? R"(","side":"buy","price":")" : R"(","side":"sell","price":")";
    append_ticks(order.price, text_);
    text_ += R"(","qty":")";
    append_lots(order.lots, text_);
    text_ += R"(","tif":"gate")";
}

void Link::drain() {
    while (in_flight() > 0) receive(1'000ms);
}

void Link::wait_until(Clock::time_point end) {
    for (auto now = Clock::now(); now < end; now = Clock::now())
        receive(std::min(std::chrono::ceil<std::chrono::milliseconds>(end - now), 1'000ms));
}

void Link::receive(std::chrono::milliseconds at_most) {
    unflushed_ = 0;
    try {
        client_.poll([this](const Message& message) { take(message); }, at_most);
    } catch (const Disconnected& gone) {
        if (recovering_) throw;
        recover(gone.what());
    }
    if (busy_ > 0 && busy_ == open_) send_busy_again();
    if (in_flight() > 0 && Clock::now() - at(head_).sent > answer_timeout)
        throw std::runtime_error(fmt::format("{}: no answer for {} s", options_.url, answer_timeout.count()));
    if (acked_ != nullptr) std::fflush(acked_);
}

// ---- what is heard ----

void Link::take(const Message& message) {
    if (message.reply()) return take_reply(message);
    if (message.ev == "fill") return take_fill(message);
    if (message.ev == "order" && message.state == "cancelled") return take_ending(message);
    if (message.ev == "delivery") return take_delivery(message);
    if (message.ev == "settlement") return take_settlement(message);
}

void Link::take_reply(const Message& message) {
    // Ids follow one another; those before the front belong to questions that nobody waits for.
    if (in_flight() == 0 || message.id < at(head_).id || message.id > at(tail_ - 1).id) return;
    Pending& entry = at(head_ + (message.id - at(head_).id));
    if (entry.done || entry.busy) return;
    if (!message.ok && message.error.code == "BUSY") {
        ++tally_.busy;
        ++busy_;
        entry.busy = true;
        return;
    }
    const Pending pending = entry;
    answered(entry);
    if (pending.kind == Pending::Kind::status) {
        if (message.ok) take_status(message, pending.order);
    } else {
        tally_.ack_us.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - pending.sent).count()));
        if (message.dup) ++tally_.told_again;
        if (message.ok)
            take_order_reply(pending, message);
        else
            take_refusal(pending, message);
    }
}

void Link::answered(Pending& pending) {
    pending.done = true;
    --open_;
    while (head_ != tail_ && at(head_).done) ++head_;
}

void Link::take_order_reply(const Pending& pending, const Message& message) {
    switch (pending.kind) {
        case Pending::Kind::place: {
            Order& order = orders_[pending.order];
            order.oid = number(message.oid);
            ++tally_.placed;
            log_acked(order, message.cid, message.oid);
            return;
        }
        case Pending::Kind::replace: ++tally_.replaced; return;
        case Pending::Kind::cancel: ++tally_.cancelled; return;
        case Pending::Kind::advance: ++tally_.advances; return;
        case Pending::Kind::status: return;
        case Pending::Kind::ready:
        case Pending::Kind::meter: return take_report(pending, message);
    }
}

void Link::take_refusal(const Pending& pending, const Message& message) {
    if (pending.kind == Pending::Kind::advance)
        throw Refused(fmt::format("clock.advance: {} {}", message.error.code, message.error.msg));
    // Said twice because of a cut: the first time did it, and the order may be gone since.
    const bool done_before = pending.again && pending.kind != Pending::Kind::place;
    if (done_before) return take_order_reply(pending, message);
    if (pending.kind == Pending::Kind::place) orders_[pending.order].ended = true;
    ++tally_.refused[std::string(message.error.code)];
    if (tally_.refusals.size() < refusals_kept) tally_.refusals.emplace_back(message.raw);
}

void Link::take_fill(const Message& message) {
    const std::uint32_t place = orders_.of_cid(message.cid);
    if (place == no_order) return;
    const Order& order = orders_[place];
    const bool taker = message.liquidity == "taker";
    const Trade trade{.tid = number(message.tid),
                      .family = order.family,
                      .period = order.strip() ? hour_of_symbol(message.symbol) : order.period,
                      .price = ticks(message.price),
                      .lots = lots(message.qty),
                      .aggressor = taker ? order.side : engine::opposite(order.side),
                      .maker_told = !taker,
                      .taker_told = taker};
    orders_.filled(place, trade.lots, trade.price);
    trades_.add(trade);
}

void Link::take_ending(const Message& message) {
    const std::uint32_t place = orders_.of_cid(message.cid);
    if (place == no_order) return;
    orders_[place].ended = true;
    if (message.reason == "GATE_CLOSED") ++tally_.gate_closed;
    if (message.reason == "SELF_TRADE") ++tally_.self_traded;
}

void Link::log_acked(const Order& order, std::string_view cid, std::string_view oid) {
    if (acked_ == nullptr) return;
    fmt::print(acked_, "{} {} {}\n", scenario_.accounts[order.account], cid, oid);
}

}  // namespace gridbook::gateway::replay
