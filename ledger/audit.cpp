// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "ledger/audit/engine_checks.hpp"
#include "ledger/audit/progress.hpp"
#include "ledger/recovery.hpp"

namespace gridbook::ledger {

namespace {

constexpr int passed = 0, failed = 1, not_possible = 2;

class Audit {
  public:
    Audit(const Journal& journal, const AuditOptions& options)
        : journal_(journal), rerun_(exchange_), requests_(options.verify_request) {}

    void run(const AuditOptions& options);
    std::vector<const Check*> checks() const;
    std::string summary(const std::filesystem::path& data) const;

  private:
    void read(JournalReader& reader, const AuditOptions& options);
    void see_batch(const JournalReader& reader);
    void see_command(const JournalReader& reader, std::size_t i, std::size_t first_event);
    void run_again(const BatchView& batch, std::size_t i, std::size_t first_event);
    void check_blob(const JournalReader& reader, const engine::Command& command);
    void refused(const Error& error);
    void conclude();

    const Journal& journal_;
    engine::Exchange exchange_;
    Rerun rerun_;
    std::optional<MarketChecks> market_;
    std::optional<EngineChecks> engine_;
    std::uint64_t batches_ = 0, commands_ = 0, events_ = 0;
    engine::Sequence last_{};
    engine::Time first_time_{}, last_time_{};

    Check chain_{"chain", "chain and checksums"};
    Check sequence_{"sequence", "sequences without a gap"};
    Check events_check_{"events", "the same events when run again"};
    Check state_{"state", "the same state hashes when run again"};
    Check blobs_{"texts", "signed texts present and equal to their SHA-256"};
    RequestCheck requests_;
};

void Audit::run(const AuditOptions& options) {
    auto reader = journal_.read_from(engine::Sequence{1}, Proof::hashes);
    if (!reader) return refused(reader.error());
    read(*reader, options);
    conclude();
}

void Audit::read(JournalReader& reader, const AuditOptions& options) {
    Progress progress("audit");
    while (true) {
        auto more = reader.next();
        if (!more) return refused(more.error());
        if (!*more) return;
        see_batch(reader);
        if (options.progress) progress.at(last_, journal_.last());
    }
}

void Audit::refused(const Error& error) {
    (error.code == ErrorCode::gap ? sequence_ : chain_).fail(error.sequence, error.text);
}

void Audit::see_batch(const JournalReader& reader) {
    const BatchView& batch = reader.batch();
    chain_.pass();
    if (batches_++ == 0) first_time_ = batch.command(0).header.time;
    std::size_t event = 0;
    for (std::size_t i = 0; i < batch.header.count; ++i) {
        see_command(reader, i, event);
        event += batch.event_count(i);
    }
    events_ += batch.header.event_count;
    last_time_ = batch.header.time;
}

void Audit::see_command(const JournalReader& reader, std::size_t i, std::size_t first_event) {
    const BatchView& batch = reader.batch();
    const engine::Command command = batch.command(i);
    const engine::Sequence sequence = command.header.sequence;
    sequence_.pass();
    ++commands_;
    if (!market_ && command.header.kind == engine::CommandKind::genesis) {
        market_.emplace(command.as<engine::Genesis>());
        engine_.emplace(exchange_, *market_);
    }
    run_again(batch, i, first_event);
    check_blob(reader, command);
    last_ = sequence;
    for (std::size_t e = 0; e < batch.event_count(i); ++e) requests_.see(batch.event(first_event + e));
    if (!market_) return;
    market_->begin(command);
    for (std::size_t e = 0; e < batch.event_count(i); ++e) market_->see(batch.event(first_event + e));
    market_->end(sequence);
    if (command.header.kind == engine::CommandKind::checkpoint && events_check_.ok())
        engine_->compare_balances(sequence);
}

// After the first difference the engine stands elsewhere than the journal: going on would only repeat it.
void Audit::run_again(const BatchView& batch, std::size_t i, std::size_t first_event) {
    if (!events_check_.ok()) return;
    const bool checkpoint = batch.command(i).header.kind == engine::CommandKind::checkpoint;
    auto same = rerun_.apply(batch, i, first_event);
    for (std::size_t e = 0; e < batch.event_count(i); ++e) events_check_.pass();
    if (checkpoint) state_.pass();
    if (same) return;
    events_check_.fail(same.error().sequence, same.error().text);
    if (checkpoint)
        state_.fail(same.error().sequence, "the state differs from the one that was recorded here");
}

void Audit::check_blob(const JournalReader& reader, const engine::Command& command) {
    const auto named = blob_of(command);
    if (!named) return;
    blobs_.pass();
    const engine::Sequence sequence = command.header.sequence;
    auto text = reader.blob(sequence);
    if (!text) return blobs_.fail(sequence, text.error().text);
    if (!*text) return blobs_.fail(sequence, "the text that the command names is missing");
    requests_.see(command, **text);
    if (sha256(std::as_bytes(std::span(**text))) != *named)
        blobs_.fail(sequence, "the text is not the one that the command names");
}

void Audit::conclude() {
    chain_.tell(fmt::format("{} batches, epoch {}", batches_, journal_.epoch()));
    sequence_.tell(commands_ == 0 ? "no commands" : fmt::format("1 to {}", last_.value));
    events_check_.tell(
        fmt::format("{} events of {} commands, byte for byte", events_check_.examined(), commands_));
    blobs_.tell(fmt::format("{} texts", blobs_.examined()));
    requests_.finish();
    if (!market_ && commands_ > 0) sequence_.fail(engine::Sequence{1}, "the first command is not genesis");
    if (!events_check_.ok()) {
        state_.skip("not run to the end");
    } else {
        state_.tell(fmt::format("{} recorded; {:016x} at sequence {}", state_.examined(),
                                exchange_.started() ? exchange_.state_hash() : 0, last_.value));
    }
    if (!market_) return;
    market_->finish(last_, !events_check_.ok() || exchange_.unfinished());
    if (!events_check_.ok()) {
        for (Check* c : {&engine_->balances, &engine_->holds, &engine_->positions, &engine_->orders,
                         &engine_->deliveries, &engine_->grants})
            c->skip("not run to the end");
        return;
    }
    engine_->compare_all(last_);
    engine_->balances.tell(
        fmt::format("{} accounts, {} comparisons", market_->accounts().size(), engine_->balances.examined()));
    engine_->holds.tell(fmt::format("{} open orders", market_->postings().orders().size()));
    engine_->positions.tell(fmt::format("{} positions", engine_->positions.examined()));
    engine_->orders.tell(fmt::format("{} open orders", engine_->orders.examined()));
    engine_->deliveries.tell(fmt::format("{} open deliveries", engine_->deliveries.examined()));
    engine_->grants.tell(fmt::format("{} open grants and reserves", engine_->grants.examined()));
}

std::vector<const Check*> Audit::checks() const {
    std::vector<const Check*> all{&chain_, &sequence_, &events_check_,
                                  &state_, &blobs_,    &requests_.signatures};
    if (!market_) return all;
    all.insert(all.end(), {&market_->zero_sum,
                           &market_->clearing,
                           &market_->formulas,
                           &engine_->balances,
                           &engine_->holds,
                           &market_->not_negative,
                           &engine_->positions,
                           &market_->capacity,
                           &engine_->orders,
                           &engine_->deliveries,
                           &engine_->grants,
                           &market_->pairs,
                           &market_->bands,
                           &market_->crossed,
                           &market_->cids(),
                           &market_->streams,
                           &market_->tokens().holdings,
                           &market_->tokens().usages,
                           &market_->packages().grants,
                           &market_->packages().purchases,
                           &market_->packages().reserves});
    return all;
}

std::string instant(engine::Time t) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(static_cast<std::time_t>(t.value / engine::second.value)));
}

std::string Audit::summary(const std::filesystem::path& data) const {
    if (commands_ == 0) return fmt::format("journal of {}: empty", data.string());
    return fmt::format("journal of {}: {} commands, {} events, {} trades, {} to {}", data.string(), commands_,
                       events_, market_ ? market_->trades() : 0, instant(first_time_), instant(last_time_));
}

bool all_ok(const std::vector<const Check*>& checks) {
    return std::all_of(checks.begin(), checks.end(), [](const Check* c) { return c->ok(); });
}

std::string line(const Check& c) {
    if (!c.ok())
        return fmt::format("FAILED   {}: first at sequence {}: {}{}", c.claim(), c.first().value, c.what(),
                           c.failures() > 1 ? fmt::format(" (and {} more)", c.failures() - 1) : "");
    if (c.skipped()) return fmt::format("skipped  {}: {}", c.claim(), c.why_skipped());
    return fmt::format("ok       {:<62} {}", c.claim(), c.numbers());
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
}

std::string json(const std::vector<const Check*>& checks) {
    std::string out = fmt::format("{{\"audit\":\"{}\",\"checks\":[", all_ok(checks) ? "passed" : "failed");
    for (const Check* c : checks) {
        if (out.back() == '}') out += ',';
        out += fmt::format("{{\"check\":\"{}\",\"result\":\"{}\",\"examined\":{},\"failures\":{}", c->name(),
                           !c->ok()       ? "failed"
                           : c->skipped() ? "skipped"
                                          : "ok",
                           c->examined(), c->failures());
        if (!c->ok())
            out += fmt::format(",\"sequence\":{},\"text\":\"{}\"", c->first().value, escaped(c->what()));
        out += '}';
    }
    return out + "]}";
}

int report(const std::vector<const Check*>& checks, std::string_view summary, std::ostream& out,
           const AuditOptions& options) {
    const bool ok = all_ok(checks);
    if (options.json) {
        out << json(checks) << '\n';
        return ok ? passed : failed;
    }
    out << summary << '\n';
    for (const Check* c : checks) out << line(*c) << '\n';
    out << (ok ? "AUDIT PASSED" : "AUDIT FAILED") << std::endl;
    return ok ? passed : failed;
}

// A journal that cannot be opened because of what stands in it fails the audit; one that is not there was not
// audited.
int report_unopened(const Error& error, const std::filesystem::path& data, std::ostream& out,
                    const AuditOptions& options) {
    switch (error.code) {
        case ErrorCode::version:
        case ErrorCode::corrupt:
        case ErrorCode::checksum:
        case ErrorCode::chain:
        case ErrorCode::gap: {
            Check chain("chain", "chain and checksums");
            chain.fail(error.sequence, error.text);
            return report({&chain}, fmt::format("journal of {}: not opened", data.string()), out, options);
        }
        default: break;
    }
    if (options.json)
        out << fmt::format("{{\"audit\":\"not_possible\",\"error\":\"{}\",\"text\":\"{}\"}}\n",
                           name(error.code), escaped(error.text));
    else
        out << "audit not possible: " << error.text << std::endl;
    return not_possible;
}

}  // namespace

int audit(const std::filesystem::path& data, std::ostream& out, const AuditOptions& options) {
    auto journal = Journal::open({data, Access::read, std::size_t{1} << 20});
    if (!journal) return report_unopened(journal.error(), data, out, options);
    Audit a(**journal, options);
    a.run(options);
    return report(a.checks(), a.summary(data), out, options);
}

}  // namespace gridbook::ledger
