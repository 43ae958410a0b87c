// SPDX-License-Identifier: Apache-2.0
#include "gateway/rim.hpp"

#include "gateway/clock.hpp"

namespace gridbook::gateway {
namespace {

// How often heartbeats and silent clients are looked after.
constexpr engine::Duration tick_every = engine::millisecond * 250;

ServerLimits server_limits(const Config& config) {
    ServerLimits limits;
    limits.connections = config.server.connections;
    return limits;
}

TradeLimits trade_limits(const engine::Genesis& genesis) {
    return {.open_orders = genesis.account_orders,
            .qty = engine::Decimal{genesis.max_qty},
            .notional = engine::Money{genesis.max_notional}};
}

}  // namespace

Rim::Rim(const Config& config, engine::Ring<engine::Command>& commands, ledger::BlobQueue& blobs,
         BandTexts texts)
    : server_(config.server.address, config.server.port, server_limits(config), door_),
      bands_(std::move(texts)),
      market_(config.genesis.orders),
      sessions_(directory_, server_, trade_limits(config.genesis)),
      feed_(directory_, market_, sessions_.outbox()),
      port_(commands, blobs),
      public_api_(directory_, bands_, market_, metrics_, config.genesis, [this] { return not_ready_; }),
      http_api_(directory_, public_api_, requests_, port_, server_, machine_time()),
      ingress_(directory_, sessions_, requests_, port_, feed_, http_api_, machine_time,
               config.sessions.cancel_grace_ms),
      publisher_(directory_, bands_, market_, feed_, requests_, sessions_, sessions_.outbox(), metrics_) {}

std::size_t Rim::poll(engine::Time now) {
    if (now - ticked_ >= tick_every) {
        ingress_.tick();
        ticked_ = now;
    }
    return server_.poll();
}

}  // namespace gridbook::gateway
