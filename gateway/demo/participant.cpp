// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/participant.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "gateway/client/json.hpp"

namespace gridbook::gateway::demo {

namespace {

constexpr std::chrono::milliseconds timeout{5'000};
constexpr std::size_t buyer_orders_max = 30;
constexpr std::size_t asked_max = 64;  // requests on their way; more means that the exchange is behind
constexpr std::int64_t machines_lots = 200'000;  // 20,000 unit-hours an hour and family
constexpr std::int64_t blocks_a_day = 500;       // of each model
constexpr std::int64_t days_of_blocks = 3;
constexpr std::string_view cash_low = "200000";  // CNY

SigningKey load_or_make(const std::string& path, bool& fresh) {
    fresh = !std::filesystem::exists(path);
    if (!fresh) return SigningKey::load(path);
    SigningKey key = SigningKey::generate();
    key.save(path);
    return key;
}

std::string key_path(const std::string& folder, const std::string& name) {
    return folder + "/" + name + ".pem";
}

}  // namespace

Participant::Participant(Identity identity, std::string url, std::vector<std::size_t> families)
    : identity_(std::move(identity)),
      families_(std::move(families)),
      key_(load_or_make(key_path(identity_.folder, identity_.name), fresh_)),
      client_(std::move(url), identity_.name, key_, {.timeout = timeout}),
      duties_(identity_.name),
      packages_(identity_.packages, identity_.name) {}

std::string_view Participant::roles() const {
    return identity_.trade == Trade::provider ? R"(["provider","buyer"])" : R"(["buyer"])";
}

void Participant::sign_in(Scene& scene) {
    try {
        client_.logon();
    } catch (const LogonRefused& refusal) {
        // The exchange does not know this key (yet): next time the operator is asked first.
        fresh_ = refusal.code() == "AUTH_KEY";
        throw;
    }
    fresh_ = false;
    asked_.clear();
    orders_.clear();
    if (identity_.trade == Trade::provider) offer_machines(scene);
    adopt_orders(scene);
    adopt_deliveries(scene);
    packages_.forget();
}

void Participant::offer_machines(Scene& scene) {
    for (const std::size_t index : families_) offer(scene.families()[index], quantity_text(machines_lots));
    if (!identity_.models) return;
    for (const Family& model : scene.models()) offer(model, std::to_string(blocks_a_day));
}

// Registering again after a restart would double the machines, so a note beside the key remembers each offer.
void Participant::offer(const Family& family, const std::string& count) {
    const std::string note = fmt::format("{}/{}.{}.offered", identity_.folder, identity_.name, family.name);
    if (std::filesystem::exists(note)) return;
    // Green power and cooling are each provider's own, and alike after every start.
    unsigned mark = 0;
    for (const char c : identity_.name) mark = mark * 7 + static_cast<unsigned char>(c);
    const Message reply = client_.call(
        "resource.register",
        fmt::format(R"("class":"{}","zone":"{}","tier":"{}","count":"{}","green_share":"0.{}","pue":"1.{}")",
                    family.class_name, family.zone, family.tier, count, 2 + mark % 7, 12 + mark % 34));
    if (!reply.ok)
        throw std::runtime_error(fmt::format("{}: resource.register {}: {} {}", identity_.name, family.name,
                                             reply.error.code, reply.error.msg));
    std::ofstream(note) << count << '\n';
}

// The cid names the day, so that a restart offers nothing twice.
void Participant::offer_blocks(const Scene& scene, engine::Time now, Counts& counts) {
    const std::int64_t today = now.value / engine::day.value;
    if (!identity_.models || blocks_day_ == today || asked_.size() >= asked_max) return;
    blocks_day_ = today;
    for (std::size_t model = 0; model < scene.models().size(); ++model)
        for (std::int64_t day = today + 1; day <= today + days_of_blocks; ++day) {
            const Family& family = scene.models()[model];
            Asked asked;
            asked.report = true;
            asked_[client_.request(
                "order.place",
                fmt::format(
                    R"("symbol":"{}.{:%Y%m%d}","side":"sell","type":"limit","price":"{}","qty":"{}","cid":"blocks-{}-{}")",
                    family.name, fmt::gmtime(static_cast<std::time_t>(day * 86'400)),
                    price_text(family.guidance), blocks_a_day, model, day))] = asked;
            ++counts.orders;
        }
}

void Participant::trade_packages(const Scene& scene, engine::Time now, Counts& counts) {
    if (asked_.size() >= asked_max || Clock::now() < quiet_until_) return;
    const auto saying = packages_.due(scene.models(), now);
    if (!saying) return;
    Asked asked;
    asked.package = true;
    asked_[client_.request(saying->op, saying->members)] = asked;
    ++counts.reports;
}

void Participant::adopt_orders(Scene& scene) {
    const Message reply = client_.call("orders.open", R"("limit":1000)");
    if (!reply.ok) return;
    const JsonDocument document(reply.raw);
    for (std::size_t i = 0; i < document.size("/orders"); ++i) {
        const std::string row = fmt::format("/orders/{}/", i);
        const auto text = [&](std::string_view name) {
            return document.text(fmt::format("{}{}", row, name)).value_or("");
        };
        const auto spot = scene.spot_of(text("symbol"));
        if (spot)
            orders_[text("cid")] = {*spot, text("side") == "buy", ticks_of(text("price")).value_or(0), true};
    }
}

// All pages: a restart must not leave anybody waiting.
void Participant::adopt_deliveries(Scene& scene) {
    duties_.forget();
    for (std::string after;;) {
        const Message reply = client_.call("deliveries.get", after);
        if (!reply.ok) return;
        const JsonDocument document(reply.raw);
        const std::size_t rows = document.size("/deliveries");
        for (std::size_t i = 0; i < rows; ++i)
            duties_.hear(document, fmt::format("/deliveries/{}/", i), scene);
        if (!document.flag("/more").value_or(false) || rows == 0) return;
        after = fmt::format(R"("after":"{}")",
                            document.text(fmt::format("/deliveries/{}/did", rows - 1)).value_or("1"));
    }
}

void Participant::deliver(engine::Time now, Chance& chance, Counts& counts) {
    if (asked_.size() >= asked_max || Clock::now() < quiet_until_) return;
    for (const Duties::Saying& saying : duties_.due(now, chance, asked_max - asked_.size())) {
        Asked asked;
        asked.report = true;
        asked_[client_.request(saying.op, saying.members)] = asked;
        ++counts.reports;
    }
}

void Participant::turn(Scene& scene, Chance& chance, Counts& counts) {
    if (asked_.size() >= asked_max || Clock::now() < quiet_until_) return;
    if (identity_.trade == Trade::provider) {
        quote(scene, chance, counts);
    } else {
        buy_or_sell(scene, chance, counts);
    }
}

Participant::Orders::iterator Participant::order_at(Spot spot, bool buy) {
    return std::find_if(orders_.begin(), orders_.end(), [&](const auto& entry) {
        return entry.second.spot == spot && entry.second.buy == buy;
    });
}

void Participant::quote(Scene& scene, Chance& chance, Counts& counts) {
    const Spot spot = scene.spot(chance, families_[chance.below(families_.size())]);
    const bool buy = chance.percent(45);
    const std::int64_t fair = scene.fair(spot);
    const std::int64_t distance = std::max<std::int64_t>(1, fair * chance.between(20, 250) / 10'000);
    const std::int64_t price = scene.within_band(spot.family, buy ? fair - distance : fair + distance);
    const std::int64_t lots = chance.between(20, 320);
    const auto order = order_at(spot, buy);
    if (order == orders_.end()) return place(scene, spot, buy, price, lots, false, counts);
    if (!order->second.settled) return;
    if (chance.percent(6)) return cancel(order, counts);
    replace(scene, order, price, lots, counts);
}

void Participant::buy_or_sell(Scene& scene, Chance& chance, Counts& counts) {
    const Spot spot = scene.spot(chance, chance.below(scene.families().size()));
    const bool too_many = orders_.size() >= buyer_orders_max;
    if (too_many || (chance.percent(15) && !orders_.empty())) {
        const auto order =
            std::next(orders_.begin(), static_cast<std::ptrdiff_t>(chance.below(orders_.size())));
        if (order->second.settled) cancel(order, counts);
        return;
    }
    const auto stock = bought_.find(spot);
    const std::int64_t owned = stock == bought_.end() ? 0 : stock->second;
    const bool buy = owned < 20 || chance.percent(40);
    const bool ioc = chance.percent(35);
    const std::int64_t lots = buy ? chance.between(2, 60) : chance.between(1, owned);
    const std::int64_t fair = scene.fair(spot);
    // Who takes at once pays for it; who waits asks for a better price.
    const std::int64_t distance =
        std::max<std::int64_t>(1, fair * (ioc ? chance.between(50, 300) : -chance.between(10, 350)) / 10'000);
    const std::int64_t price = scene.within_band(spot.family, buy ? fair + distance : fair - distance);
    place(scene, spot, buy, price, lots, ioc, counts);
}

void Participant::place(Scene& scene, Spot spot, bool buy, std::int64_t price, std::int64_t lots, bool ioc,
                        Counts& counts) {
    const std::string cid = fmt::format("{}-{}", identity_.cid_prefix, ++cids_);
    const auto id = client_.request(
        "order.place",
        fmt::format(
            R"("symbol":"{}","side":"{}","type":"limit","price":"{}","qty":"{}","tif":"{}","cid":"{}")",
            scene.symbol(spot), buy ? "buy" : "sell", price_text(price), quantity_text(lots),
            ioc ? "ioc" : "gate", cid));
    orders_[cid] = {spot, buy, price, false};
    // Stock on offer is not offered twice; what comes back unsold is simply kept.
    if (!buy) bought_[spot] -= lots;
    asked_[id] = {cid, true, false, spot.family};
    ++counts.orders;
}

void Participant::replace(Scene& scene, Orders::iterator order, std::int64_t price, std::int64_t lots,
                          Counts& counts) {
    if (order->second.price == price || !scene.open(order->second.spot)) return;
    const auto id =
        client_.request("order.replace", fmt::format(R"("cid":"{}","price":"{}","qty":"{}")", order->first,
                                                     price_text(price), quantity_text(lots)));
    order->second.price = price;
    order->second.settled = false;
    asked_[id] = {order->first, false, false, order->second.spot.family};
    ++counts.orders;
}

void Participant::cancel(Orders::iterator order, Counts& counts) {
    const auto id = client_.request("order.cancel", fmt::format(R"("cid":"{}")", order->first));
    order->second.settled = false;
    asked_[id] = {order->first, false, false, order->second.spot.family};
    ++counts.orders;
}

void Participant::ask_balance() {
    const auto id = client_.request("balance.get", "");
    asked_[id] = {"", false, true, 0};
}

void Participant::listen(Scene& scene, Counts& counts) {
    const auto take = [&](const Message& message) { hear(message, scene, counts); };
    while (client_.poll(take, std::chrono::milliseconds{0}) > 0) {
    }
}

void Participant::hear(const Message& message, Scene& scene, Counts& counts) {
    if (message.reply()) return hear_reply(message, scene, counts);
    if (message.ev == "fill") return hear_fill(message, scene, counts);
    if (message.ev == "delivery") return duties_.hear(JsonDocument(message.raw), "/", scene);
    if (message.ev == "order" && (message.state == "cancelled" || message.state == "filled"))
        if (const auto order = orders_.find(message.cid); order != orders_.end()) orders_.erase(order);
}

void Participant::hear_reply(const Message& message, Scene& scene, Counts& counts) {
    const auto found = asked_.find(message.id);
    if (found == asked_.end()) return;
    const Asked asked = std::move(found->second);
    asked_.erase(found);
    if (asked.balance) {
        if (message.ok) hear_balance(message.raw);
        return;
    }
    if (asked.package) packages_.hear(JsonDocument(message.raw), message.ok ? "" : message.error.code);
    if ((asked.report || asked.package) && message.ok) return;
    const auto order = orders_.find(asked.cid);
    if (order != orders_.end()) order->second.settled = true;
    if (!message.ok) return hear_refusal(asked, message.error, scene, counts);
    ++counts.accepted;
    if (message.state == "cancelled" && order != orders_.end()) orders_.erase(order);
}

void Participant::hear_refusal(const Asked& asked, const MessageError& error, Scene& scene, Counts& counts) {
    if (error.code == "BUSY" || error.code == "RATE_LIMIT") {
        ++counts.busy;
        quiet_until_ = Clock::now() + std::chrono::milliseconds(std::max<std::uint64_t>(error.retry_ms, 100));
    } else {
        ++counts.refused;
    }
    if (error.code == "FUNDS") short_of_cash_ = true;
    if (error.code == "PRICE_BAND_HARD") {
        const auto floor = ticks_of(error.limit), ceiling = ticks_of(error.limit_high);
        if (floor && ceiling) scene.learn_band(asked.family, *floor, *ceiling);
    }
    const bool gone =
        error.code == "ORDER_UNKNOWN" || error.code == "ALREADY_FILLED" || error.code == "GATE_CLOSED";
    if (asked.place || gone) orders_.erase(asked.cid);
}

void Participant::hear_fill(const Message& message, Scene& scene, Counts& counts) {
    ++counts.fills;
    const auto spot = scene.spot_of(message.symbol);
    const auto lots = lots_of(message.qty);
    if (spot && lots) {
        if (message.side == "buy") bought_[*spot] += *lots;
        std::erase_if(bought_, [&](const auto& entry) { return !scene.open(entry.first); });
    }
    if (message.leaves == "0")
        if (const auto order = orders_.find(message.cid); order != orders_.end()) orders_.erase(order);
}

void Participant::hear_balance(std::string_view raw) {
    const auto cash = parse_decimal(JsonDocument(raw).text("/cash").value_or(""));
    const auto low = parse_decimal(cash_low);
    if (cash && low && *cash < *low) short_of_cash_ = true;
}

}  // namespace gridbook::gateway::demo
