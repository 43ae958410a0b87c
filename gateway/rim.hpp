// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything that lives on the I/O thread, put together: sockets, sign-in, decoding, and on the way back
// mirrors, replies and market data. It only wires; what each part does is in its own file.
//
//   Server ──frames, HTTP──▶ Ingress ──▶ CommandPort (ring)
//   Server ◀──frames, HTTP── Publisher ◀── durable events (ring)

#include <memory>

#include "engine/pipeline/ring.hpp"
#include "gateway/config.hpp"
#include "gateway/egress/metrics.hpp"
#include "gateway/egress/public_api.hpp"
#include "gateway/egress/publisher.hpp"
#include "gateway/ingress/command_port.hpp"
#include "gateway/ingress/ingress.hpp"
#include "gateway/transport/server.hpp"

namespace gridbook::gateway {

class Rim final : public ledger::Mirror {
  public:
    // Listens at once, so that a taken port is found before a long recovery; nobody is served before poll().
    Rim(const Config& config, engine::Ring<engine::Command>& commands, ledger::BlobQueue& blobs,
        BandTexts texts, AuditLog::Texts log = {});

    // Reads the sockets, runs heartbeats and time limits. Returns how much was done.
    std::size_t poll(engine::Time now);
    // Events of the past, trades and totals that a snapshot remembers: they fill the mirrors, nothing is
    // sent.
    void remember(const engine::Event& event) override { publisher_.remember(event); }
    void hear(const engine::Event& event) override { publisher_.recover(event); }
    void past_trade(const engine::Event& fill) override {
        market_.recall_trade(fill.as<engine::Fill>(), fill.header);
    }
    void totals(const ledger::InstrumentTotals& totals) override { market_.recall(totals); }
    // What has left the memory is asked there.
    void use_history(const ledger::Journal& journal, const ledger::Projection& history) {
        streams_.use_history(past_.emplace(journal, history));
        replay_.use_history(history);
        public_api_.use_history(history);
        billing_.use_history(history);
    }
    // Alerts of what happens from now on are told on channel `alerts`, all of them by GET.
    void use_watch(ledger::Watch& watch, bool names) {
        watch_ = &watch;
        alerts_named_ = names;
        alerts_from_ = directory_.sequence();
        http_api_.use_watch(watch);
    }
    void use_sandbox(SandboxRuns& runs) { http_api_.use_sandbox(runs); }
    void publish(const engine::Event& event) { publisher_.publish(event); }
    void end_of_batch() { publisher_.end_of_batch(); }
    // What /readyz says from now on; empty: ready.
    void not_ready(std::string why) { not_ready_ = std::move(why); }
    // Tells everybody that a restart comes.
    void announce_shutdown() { ingress_.announce_shutdown(); }

    Server& server() { return server_; }
    const Server& server() const { return server_; }
    CommandPort& port() { return port_; }
    Metrics& metrics() { return metrics_; }
    const Directory& directory() const { return directory_; }

  private:
    void tell_alerts();
    // The server needs its inbox and the inbox needs the server: this stands between them.
    class Door final : public Inbox {
      public:
        explicit Door(Rim& rim) : rim_(rim) {}
        void opened(ConnectionId c, Endpoint e, std::string_view remote) override {
            rim_.ingress_.opened(c, e, remote);
        }
        void received(ConnectionId c, std::string_view text) override { rim_.ingress_.received(c, text); }
        void closed(ConnectionId c) override { rim_.ingress_.closed(c); }
        void requested(HttpId request, const HttpRequest& http) override {
            rim_.ingress_.requested(request, http);
        }
        bool accepting() const override { return rim_.ingress_.accepting(); }

      private:
        Rim& rim_;
    };

    Door door_{*this};
    Server server_;
    Directory directory_;
    Bands bands_;
    MarketData market_;
    Metrics metrics_;
    Requests requests_;
    std::optional<ledger::StreamHistory> past_;
    AccountStreams streams_;
    Sessions sessions_;
    Discovery discovery_{directory_, bands_, market_};
    MarketFeed feed_;
    StreamReplay replay_;
    RateLimits rates_;
    CommandPort port_;
    std::string not_ready_ = "starting";  // why /readyz is not ready; empty: it is
    PublicApi public_api_;
    Billing billing_{directory_};
    HttpApi http_api_;
    Ingress ingress_;
    Publisher publisher_;
    ledger::Watch* watch_ = nullptr;
    bool alerts_named_ = false;
    engine::Sequence alerts_from_{};  // alerts up to here were told by an earlier process
    std::uint64_t alerts_told_ = 0;   // number of the last one that was looked at
    engine::Time ticked_{};
    engine::Time fed_{};
};

}  // namespace gridbook::gateway
