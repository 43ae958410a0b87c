// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP (protocol section 5): public GETs are answered at once from egress, but for packages and reserves,
// which are questions to the engine; signed calls pass the signature gate and the role check and become a
// question or a command, whose answer egress sends when it is durable. Every command takes its signed request
// along as a blob. What this process does not keep (invoices without a projection, sandbox runs) is answered
// NOT_AVAILABLE with 422: well said, but it cannot be done here.

#include "gateway/admin/audit_log.hpp"
#include "gateway/admin/bodies.hpp"
#include "gateway/admin/routes.hpp"
#include "gateway/admin/sandbox_runs.hpp"
#include "gateway/admin/signature_gate.hpp"
#include "gateway/egress/billing.hpp"
#include "gateway/egress/public_api.hpp"
#include "gateway/egress/stream_replay.hpp"
#include "gateway/egress/target.hpp"
#include "gateway/ingress/command_port.hpp"
#include "gateway/ingress/decoder.hpp"
#include "gateway/requests.hpp"
#include "ledger/surveillance/watch.hpp"

namespace gridbook::gateway {

class HttpApi {
  public:
    // `started` is the machine's time at which this process began to listen (signature_gate.hpp).
    HttpApi(const Directory& directory, const Bands& bands, const PublicApi& pages, Requests& requests,
            CommandPort& port, Outbox& outbox, engine::Time started, AuditLog::Texts texts = {})
        : directory_(directory),
          bands_(bands),
          public_(pages),
          requests_(requests),
          port_(port),
          outbox_(outbox),
          gate_(directory, started),
          log_(std::move(texts)) {}
    HttpApi(const HttpApi&) = delete;
    HttpApi& operator=(const HttpApi&) = delete;

    // Where the fills of accounts are read; before the first request.
    void use_fills(const StreamReplay& fills) { fills_ = &fills; }
    // And their invoices.
    void use_billing(const Billing& billing) { billing_ = &billing; }
    // What surveillance finds; without it, it is turned off. Before the first request.
    void use_watch(ledger::Watch& watch) { watch_ = &watch; }
    // Who tries drafts on past days; without it nobody does. Before the first request.
    void use_sandbox(SandboxRuns& runs) { sandbox_ = &runs; }
    // Answers now, or opens a request that egress answers.
    void handle(HttpId id, const HttpRequest& http, engine::Time now);

  private:
    // A request on its way: what it is, and who signed it.
    struct Call {
        HttpId id = 0;
        const HttpRequest& http;
        std::string_view path;
        engine::Time now{};
        engine::KeyIndex key = engine::no_key;
    };
    using Refusal = std::optional<WireError>;

    // Each answers, enters, or tells why not.
    Refusal dispatch(Call& call);
    Refusal sign(Call& call, std::uint8_t roles);
    Refusal admin(Call& call, const AdminCall& what);
    Refusal answer(Call& call, const SignedRoute& route);
    Refusal account(const Call& call, const SignedRoute& route);
    Refusal ask(const Call& call, const OpenRoute& route);
    Refusal fills(const Call& call);
    Refusal audit(const Call& call);
    Refusal billing(const Call& call, const SignedRoute& route);
    Refusal alerts(const Call& call);
    Refusal limits(const Call& call);
    Refusal band(const Call& call);
    Refusal sandbox(const Call& call, const SignedRoute& route);
    Refusal begin_sandbox(const Call& call, const SignedRoute& route);
    static bool protects(engine::CommandKind kind);
    Refusal enter(const Call& call, engine::Command command, std::string blob);
    std::variant<engine::Command, WireError> question(const Call& call, engine::CommandKind kind) const;
    std::variant<engine::Command, WireError> explanation(Target& target, std::string_view path) const;
    void refuse(HttpId id, unsigned status, const WireError& error);

    const Directory& directory_;
    const Bands& bands_;
    const PublicApi& public_;
    Requests& requests_;
    CommandPort& port_;
    Outbox& outbox_;
    SignatureGate gate_;
    AuditLog log_;
    Decoder decoder_;
    const StreamReplay* fills_ = nullptr;
    const Billing* billing_ = nullptr;
    ledger::Watch* watch_ = nullptr;
    SandboxRuns* sandbox_ = nullptr;
};

}  // namespace gridbook::gateway
