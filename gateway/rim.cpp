// SPDX-License-Identifier: Apache-2.0
#include "gateway/rim.hpp"

#include "gateway/admin/signed_text.hpp"
#include "gateway/clock.hpp"

namespace gridbook::gateway {
namespace {

// How often heartbeats and silent clients are looked after.
constexpr engine::Duration tick_every = engine::millisecond * 250;
// Channel book.100ms, and readers that had fallen behind.
constexpr engine::Duration feed_every = engine::millisecond * 100;

ServerLimits server_limits(const Config& config) {
    ServerLimits limits;
    limits.connections = config.server.connections;
    limits.connections_per_address = config.server.connections_per_address;
    limits.messages_per_s =
        config.genesis.clock == engine::ClockMode::replay ? 0 : config.server.messages_per_s;
    limits.http_per_s = config.server.http_per_s;
    return limits;
}

// A trace runs in its own time; how fast its messages come says nothing about the participants in it.
RateLimits rate_limits(const Config& config) {
    if (config.genesis.clock == engine::ClockMode::replay) return {{}, {}};
    return {config.rates.key, config.rates.account};
}

TradeLimits trade_limits(const engine::Genesis& genesis) {
    return {.open_orders = genesis.account_orders,
            .qty = engine::Decimal{genesis.max_qty},
            .notional = engine::Money{genesis.max_notional}};
}

// What the configuration says of its keys; read_config has checked it.
std::unordered_map<std::string, AddressList> configured_addresses(const Config& config) {
    std::unordered_map<std::string, AddressList> by_key;
    for (const Config::Key& key : config.keys) {
        const std::vector<std::string_view> texts(key.addresses.begin(), key.addresses.end());
        if (!texts.empty()) by_key.emplace(key.body.name.view(), *AddressList::of(texts));
    }
    return by_key;
}

// The signed request that set a key is kept with its command.
Directory::KeyAddresses requested_addresses(AuditLog::Texts log) {
    if (!log) return {};
    return [log = std::move(log)](engine::Sequence sequence) -> std::optional<AddressList> {
        const auto texts = log(engine::Sequence{sequence.value - 1}, 1);
        if (texts.empty() || texts[0].sequence != sequence) return std::nullopt;
        return addresses_in(texts[0].text);
    };
}

}  // namespace

Rim::Rim(const Config& config, engine::Ring<engine::Command>& commands, ledger::BlobQueue& blobs,
         BandTexts texts, AuditLog::Texts log)
    : server_(config.server.address, config.server.port, server_limits(config), door_),
      bands_(std::move(texts)),
      market_(config.genesis.orders),
      streams_(config.sessions.resume_events),
      sessions_(directory_, server_, streams_, trade_limits(config.genesis)),
      feed_(directory_, market_, sessions_.outbox()),
      replay_(directory_, streams_, sessions_),
      rates_(rate_limits(config)),
      port_(commands, blobs),
      public_api_(directory_, bands_, market_, metrics_, config.genesis, [this] { return not_ready_; }),
      http_api_(directory_, bands_, public_api_, requests_, port_, server_, machine_time(), log),
      ingress_(directory_, sessions_, requests_, port_, feed_, http_api_, replay_, rates_, machine_time,
               config.sessions.cancel_grace_ms),
      publisher_(directory_, bands_, market_, feed_, requests_, sessions_, sessions_.outbox(), metrics_,
                 streams_) {
    directory_.use_addresses(configured_addresses(config), requested_addresses(std::move(log)));
    directory_.use_energy(config.energy);
    directory_.use_serving(config.surveillance.thresholds.serving);
    feed_.use_discovery(discovery_);
    http_api_.use_fills(replay_);
    http_api_.use_billing(billing_);
    ingress_.use_billing(billing_);
    ingress_.choice().retain(engine::second * config.genesis.retention_s);
    publisher_.use_choice(ingress_.choice());
    publisher_.on_session_opened([this](ConnectionId connection, const std::optional<WireError>& error) {
        ingress_.session_opened(connection, error);
    });
    if (config.server.certificate.empty()) return;
    server_.use_tls(config.server.certificate, config.server.key);
    if (!config.server.plain_address.empty())
        server_.listen_plain(config.server.plain_address, config.server.plain_port);
}

void Rim::tell_alerts() {
    if (watch_ == nullptr) return;
    watch_->collect();
    if (watch_->told() == alerts_told_) return;
    constexpr std::size_t at_once = 100;
    for (const ledger::Watch::Told& alert : watch_->after(alerts_told_, at_once)) {
        alerts_told_ = alert.number;
        if (alert.sequence > alerts_from_)
            feed_.alert(alert.family, alerts_named_ ? alert.members : alert.unnamed);
    }
}

std::size_t Rim::poll(engine::Time now) {
    if (now - ticked_ >= tick_every) {
        ingress_.tick();
        ticked_ = now;
    }
    if (now - fed_ >= feed_every) {
        feed_.tick(now);
        tell_alerts();
        fed_ = now;
    }
    const std::size_t replayed = replay_.step(now) ? 1 : 0;
    return server_.poll() + replayed;
}

}  // namespace gridbook::gateway
