// SPDX-License-Identifier: Apache-2.0
// The part of Link that speaks and hears of deliveries.
#include <fmt/format.h>

#include <iterator>

#include "gateway/replay/link.hpp"
#include "gateway/replay/wire_numbers.hpp"

namespace gridbook::gateway::replay {

namespace {

std::uint64_t number(std::string_view text) { return static_cast<std::uint64_t>(scaled_decimal(text, 0)); }

// What an event says, by its members; what it does not say is "0".
struct Told {
    explicit Told(std::string_view raw) : document(raw) {}
    std::string text(std::string_view name) const {
        return document.text(fmt::format("/{}", name)).value_or("0");
    }
    std::uint64_t count(std::string_view name) const {
        return document.number(fmt::format("/{}", name)).value_or(0);
    }
    std::uint64_t lots_of(std::string_view name) const {
        return static_cast<std::uint64_t>(scaled_decimal(text(name), 1));
    }
    engine::Money money_of(std::string_view name) const { return money(text(name)); }
    JsonDocument document;
};

// States between the first and the last change nothing of what is done or counted.
engine::DeliveryState state_of(std::string_view name) {
    using State = engine::DeliveryState;
    if (name == "gated") return State::gated;
    if (name == "failed") return State::failed;
    if (name == "replaced") return State::replaced;
    return State::delivering;
}

bool says(std::string_view raw, std::string_view member) {
    return raw.find(member) != std::string_view::npos;
}

}  // namespace

void Link::write_report(Pending& pending) {
    const Delivery& delivery = deliveries_[pending.order];
    fmt::format_to(std::back_inserter(text_), R"("account":"{}","did":"{}",)",
                   scenario_.accounts[delivery.seller], pending.order);
    if (pending.kind == Pending::Kind::ready) {
        fmt::format_to(std::back_inserter(text_), R"("endpoint_ref":"replay://{}")", pending.order);
        pending.id = client_.request("delivery.ready", text_);
        return;
    }
    fmt::format_to(std::back_inserter(text_), R"("minute":{},"available":")", pending.value);
    append_lots(delivery.lots, text_);
    text_ += '"';
    pending.id = client_.request("meter.report", text_);
}

void Link::take_report(const Pending& pending, const Message& message) {
    if (pending.kind == Pending::Kind::ready) {
        ++tally_.readies;
        return;
    }
    ++tally_.meters;
    if (!message.dup) ++deliveries_[pending.order].reported;
}

std::uint32_t Link::account(const std::string& name) const {
    const auto found = accounts_.find(name);
    if (found == accounts_.end())
        throw std::runtime_error("the market told of an account of another: " + name);
    return found->second;
}

// Each change is told to both sides; the seller's copy is enough.
void Link::take_delivery(const Message& message) {
    if (!says(message.raw, R"("party":"seller")")) return;
    const bool replaces = says(message.raw, R"("replaces":)");
    const engine::DeliveryState state = state_of(message.state);
    if (state == engine::DeliveryState::delivering && !replaces) return;
    const Told told(message.raw);
    Delivery delivery;
    delivery.seller = account(told.text("seller"));
    delivery.buyer = account(told.text("buyer"));
    delivery.replaces = static_cast<std::uint32_t>(number(told.text("replaces")));
    delivery.lots = lots(message.qty);
    delivery.period = hour_of_symbol(message.symbol);
    delivery.price = ticks(message.price);
    delivery.first_minute = static_cast<std::uint16_t>(told.count("from_minute"));
    delivery.minutes = static_cast<std::uint16_t>(told.count("minutes"));
    delivery.state = state;
    deliveries_.hear(static_cast<std::uint32_t>(number(told.text("did"))), delivery);
}

void Link::take_settlement(const Message& message) {
    const Told told(message.raw);
    const std::string of = told.text("of");
    if (of == "delivery") {
        Delivery& delivery = deliveries_[static_cast<std::uint32_t>(number(told.text("did")))];
        ++delivery.settled_told;
        delivery.promised = told.lots_of("promised");
        delivery.delivered = told.lots_of("delivered");
        delivery.short_of = told.lots_of("short");
        delivery.refund = told.money_of("refund");
        delivery.penalty = told.money_of("penalty");
    } else if (of == "position") {
        deliveries_.hear_position(account(std::string(message.account)), hour_of_symbol(message.symbol),
                                  {.sold = told.lots_of("sold"),
                                   .receivable = told.money_of("receivable"),
                                   .owed = told.money_of("owed"),
                                   .paid = told.money_of("paid")});
    } else if (of == "replacement" && told.text("party") == "standby") {
        deliveries_.hear_replacement(told.money_of("cost"));
    }
}

}  // namespace gridbook::gateway::replay
