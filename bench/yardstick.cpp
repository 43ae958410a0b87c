// SPDX-License-Identifier: Apache-2.0
// libgridbook_yardstick.so: the real exchange behind the C interface of the public yardstick. Each message
// becomes the ordinary command for it, with all checks of the market on, and the events of that command
// become reports. Where a price would leave the hard band, an ordinary band change comes first.
#include "bench/yardstick.hpp"

#include <immintrin.h>

#include <algorithm>

#include "bench/id_map.hpp"
#include "bench/market.hpp"

namespace gridbook::bench::yardstick {

namespace {

// Where the yardstick's prices begin, and the width of the band around it.
constexpr std::int64_t middle = 33'504;
constexpr std::int64_t first_band = 1 << 20;
// What a book can hold: the highest price, and the widest band.
constexpr std::int64_t highest_price = engine::max_price.value;
constexpr std::int64_t widest_band = engine::widest_band;
// How far beyond the price that would leave it a band is moved.
constexpr std::int64_t band_step = 1 << 16;

constexpr std::uint32_t records = 1u << 21;

[[noreturn]] void fail(const std::string& sentence) {
    fmt::print(stderr, "gridbook_yardstick: {}\n", sentence);
    std::abort();
}

MarketSize size() {
    MarketSize s;
    // Orders of opposite sides never share an account, so no two that meet are of one owner group.
    s.accounts = 2;
    s.orders = 1u << 20;
    s.records = records;
    s.pages = 1u << 16;
    s.resources = 64;
    s.floor = engine::Price{static_cast<std::int32_t>(std::max<std::int64_t>(1, middle - first_band / 2))};
    s.ceiling =
        engine::Price{static_cast<std::int32_t>(std::min(highest_price, middle + first_band / 2 - 1))};
    s.guidance = engine::Price{middle};
    return s;
}

// A command that is kept and filled in where it stands, message after message: one that is made elsewhere
// and copied is read before its bytes have arrived.
template <class Body>
struct Form {
    engine::Command command = engine::Command::of(Body{});
    Body& body() { return *std::launder(reinterpret_cast<Body*>(command.body.data())); }
};
// An event's body where it stands in the ring, for the same reason.
template <class Body>
const Body& body_of(const engine::Record& record) {
    static_assert(sizeof(Body) + sizeof(engine::EventHeader) == sizeof(engine::Record));
    return *std::launder(reinterpret_cast<const Body*>(record.bytes.data() + sizeof(engine::EventHeader)));
}

class Yardstick {
  public:
    Yardstick(const Transport* transport, void* sink)
        : transport_(transport), sink_(sink), market_(size()), orders_(records), ids_(1u << 22) {
        low_ = size().floor.value;
        high_ = size().ceiling.value;
        place_.body().instrument = market_.instrument(0);
        choose_cid();
    }

    void enter(const NewOrder& m) {
        ids_.prefetch(m.order_id);
        hold(m.price);
        message_ = {m.order_id, m.sequence, m.side, m.price, m.quantity};
        tells_ack_ = tells_cancel_ = true;
        place(m.ioc != 0);
        if (refused_) fail(fmt::format("the exchange refuses order {}", m.order_id));
    }
    void cancel(const Cancel& m) {
        message_ = {m.order_id, m.sequence, 0, 0, 0};
        tells_ack_ = false;
        tells_cancel_ = true;
        if (!cancel_order()) tell(ReportType::cancel_reject, 0, 0, 0);
    }
    // A replace of the exchange does what a modify says, but keeps the place of an order that only shrinks:
    // such a one is cancelled and placed.
    void modify(const Modify& m) {
        message_ = {m.order_id, m.sequence, m.side, m.price, m.quantity};
        tells_ack_ = tells_cancel_ = false;
        const std::uint32_t id = ids_.get(m.order_id);
        if (id == 0) return tell(ReportType::modify_reject, 0, 0, 0);
        const Order& order = orders_[id & (records - 1)];
        if (order.client != m.order_id || order.done) return tell(ReportType::modify_reject, 0, 0, 0);
        hold(m.price);
        if (m.price == order.price && order.filled + m.quantity <= order.quantity) {
            if (cancel_order()) place(false);
        } else {
            replace(id, order, order.filled + m.quantity);
        }
        if (refused_) return tell(ReportType::modify_reject, 0, 0, 0);
        tell(ReportType::modify_ack, m.side, m.price, m.quantity);
    }

    // The best price of a side, or `none`.
    std::int64_t best(engine::Side side, std::int64_t none) const {
        const engine::Price best = book().front_of(side);
        return best == engine::Price{} ? none : best.value;
    }
    std::uint64_t depth(std::int64_t ticks, engine::Side side) const {
        if (ticks < 1 || ticks > highest_price) return 0;
        const engine::State& state = market_.exchange().state();
        const engine::Ladder& ladder = book().side(side);
        const engine::Price wanted = engine::Price{static_cast<std::int32_t>(ticks)};
        const engine::Level* level = ladder.level_if_any(state.levels, wanted);
        return level == nullptr ? 0 : static_cast<std::uint64_t>(level->total);
    }

  private:
    struct Order {
        std::uint64_t client = 0;
        std::int64_t price = 0;
        std::uint32_t quantity = 0, filled = 0;  // lots, the filled part included
        bool buys = false, done = false;
    };
    struct Message {
        std::uint64_t id = 0, sequence = 0;
        std::uint8_t side = 0;
        std::int64_t price = 0;
        std::uint32_t quantity = 0;
    };

    static std::int32_t price(std::int64_t ticks) { return static_cast<std::int32_t>(ticks); }
    engine::AccountId account(bool buys) const { return market_.account(buys, 0); }
    const engine::HardBand& band() const {
        return market_.exchange().state().catalogue.family(Market::family).band;
    }
    const engine::Book& book() const {
        const engine::State& state = market_.exchange().state();
        return state.books[state.catalogue.family(Market::family).book_of(market_.instrument(0).period)];
    }

    void place(bool ioc) {
        const bool buys = message_.side == 0;
        engine::PlaceOrder& order = place_.body();
        order.price = engine::decimal_of(engine::Price{price(message_.price)});
        order.qty = engine::Decimal{message_.quantity * engine::gpu_lot_decimal};
        order.side = buys ? engine::Side::buy : engine::Side::sell;
        order.tif = ioc ? engine::TimeInForce::ioc : engine::TimeInForce::gate;
        place_.command.header.account = account(buys);
        send(place_.command);
        choose_cid();
    }
    // The name that the next order will have is chosen now, and the exchange asks the memory for where it
    // will keep it: of the order itself nothing is known yet, not even its side.
    void choose_cid() {
        place_.body().cid = Market::cid_of(++cids_);
        for (const bool buys : {true, false}) {
            place_.command.header.account = account(buys);
            market_.exchange().prefetch(place_.command, place_.command, place_.command);
        }
    }
    void replace(std::uint32_t id, const Order& known, std::uint32_t total) {
        engine::ReplaceOrder& order = replace_.body();
        order.order = engine::OrderId{id};
        order.price = engine::decimal_of(engine::Price{price(message_.price)});
        order.qty = engine::Decimal{total * engine::gpu_lot_decimal};
        replace_.command.header.account = account(known.buys);
        send(replace_.command);
    }
    // The exchange itself knows whether the order still rests.
    bool cancel_order() {
        const std::uint32_t id = ids_.get(message_.id);
        if (id == 0) return false;
        cancel_.body().order = engine::OrderId{id};
        cancel_.command.header.account = account(orders_[id & (records - 1)].buys);
        send(cancel_.command);
        return !refused_;
    }
    void send(engine::Command& command) {
        refused_ = false;
        market_.apply(command, [this](const engine::Record& record) { hear(record); });
    }
    void hear(const engine::Record& record) {
        switch (static_cast<engine::EventKind>(record.kind())) {
            case engine::EventKind::order: return order_told(body_of<engine::OrderEvent>(record));
            case engine::EventKind::fill: return filled(body_of<engine::Fill>(record));
            case engine::EventKind::refused: refused_ = true; return;
            default: return;
        }
    }
    void order_told(const engine::OrderEvent& e) {
        Order& order = orders_[e.order.value & (records - 1)];
        if (e.moved) {
            if (e.order.value > UINT32_MAX) fail("more than 4294967295 orders");
            order = {message_.id, message_.price, e.qty, e.cum, message_.side == 0, false};
            ids_[message_.id] = static_cast<std::uint32_t>(e.order.value);
            if (tells_ack_) tell(ReportType::order_ack, message_.side, message_.price, message_.quantity);
        } else if (e.state == engine::OrderState::cancelled) {
            order.done = true;
            const bool rest = e.reason == engine::CancelReason::ioc;
            if (tells_cancel_)
                tell(ReportType::cancel_ack, order.buys ? 0 : 1, e.price.value, rest ? e.qty - e.cum : 0);
        }
    }
    void filled(const engine::Fill& fill) {
        Order& order = orders_[fill.order.value & (records - 1)];
        order.filled += fill.qty;
        order.done = fill.leaves == 0;
        if (fill.liquidity != engine::Liquidity::maker) return;
        Report report{};
        report.type = ReportType::trade;
        report.sequence = message_.sequence;
        report.price = fill.price.value;
        report.quantity = fill.qty;
        report.maker = order.client;
        report.taker = message_.id;
        push(report);
    }

    // Moves the band when `ticks` would leave it, so far that the next prices fit, too. The old band stays
    // inside the new one unless that were wider than a book can hold: then the far side gives way.
    void hold(std::int64_t ticks) {
        if (ticks < low_ || ticks > high_) [[unlikely]]
            move_band(ticks);
    }
    void move_band(std::int64_t ticks) {
        if (ticks < 1 || ticks > highest_price)
            fail(fmt::format("a price of {} ticks; a book holds 1 to {}", ticks, highest_price));
        low_ = std::max<std::int64_t>(1, std::min(low_, ticks - band_step));
        high_ = std::min(highest_price, std::max(high_, ticks + band_step));
        if (ticks + band_step >= high_)
            low_ = std::max(low_, high_ - widest_band + 1);
        else
            high_ = std::min(high_, low_ + widest_band - 1);
        engine::SetBand change;
        change.family = Market::family;
        change.expect = band().version;
        change.floor = engine::decimal_of(engine::Price{price(low_)});
        change.ceiling = engine::decimal_of(engine::Price{price(high_)});
        change.guidance = engine::decimal_of(engine::Price{price(ticks)});
        change.rationale = engine::Text<24>{"price left the band"};
        engine::Command command = engine::Command::of(change);
        send(command);
        if (refused_) fail(fmt::format("the exchange refuses a band of {} to {} ticks", low_, high_));
    }

    void tell(ReportType type, std::uint8_t side, std::int64_t ticks, std::uint32_t quantity) {
        Report report{};
        report.type = type;
        report.side = side;
        report.sequence = message_.sequence;
        report.order_id = message_.id;
        report.price = ticks;
        report.quantity = quantity;
        push(report);
    }
    void push(const Report& report) {
        while (transport_->push(sink_, &report) == 0) _mm_pause();
    }

    const Transport* transport_;
    void* sink_;
    Market market_;
    engine::PoolVector<Order> orders_;  // by the slot of the exchange's order id
    IdMap ids_;                         // the exchange's order id by the client's
    Form<engine::PlaceOrder> place_;
    Form<engine::ReplaceOrder> replace_;
    Form<engine::CancelOrder> cancel_;
    Message message_;  // being worked on
    std::int64_t low_ = 0, high_ = 0;
    std::uint64_t cids_ = 0;
    bool tells_ack_ = false, tells_cancel_ = false, refused_ = false;
};

std::unique_ptr<Yardstick> yardstick;

}  // namespace

}  // namespace gridbook::bench::yardstick

#define YARDSTICK_EXPORT extern "C" __attribute__((visibility("default")))
namespace y = gridbook::bench::yardstick;
namespace e = gridbook::engine;

YARDSTICK_EXPORT void engine_init(std::uint64_t, const y::Transport* transport, void* sink) {
    y::yardstick = std::make_unique<y::Yardstick>(transport, sink);
}
YARDSTICK_EXPORT void engine_shutdown() { y::yardstick.reset(); }
YARDSTICK_EXPORT void engine_on_new_order(const y::NewOrder* m) { y::yardstick->enter(*m); }
YARDSTICK_EXPORT void engine_on_cancel(const y::Cancel* m) { y::yardstick->cancel(*m); }
YARDSTICK_EXPORT void engine_on_modify(const y::Modify* m) { y::yardstick->modify(*m); }
// Everything is matched and told when a call returns.
YARDSTICK_EXPORT void engine_flush() {}
YARDSTICK_EXPORT std::int64_t engine_query_best_bid() { return y::yardstick->best(e::Side::buy, INT64_MIN); }
YARDSTICK_EXPORT std::int64_t engine_query_best_ask() { return y::yardstick->best(e::Side::sell, INT64_MAX); }
YARDSTICK_EXPORT std::uint64_t engine_query_depth_at(std::int64_t price, std::uint8_t side) {
    return y::yardstick->depth(price, side == 0 ? e::Side::buy : e::Side::sell);
}
