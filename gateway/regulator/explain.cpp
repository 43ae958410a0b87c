// SPDX-License-Identifier: Apache-2.0
#include "gateway/regulator/explain.hpp"

#include <fmt/format.h>

#include "gateway/admin/signed_text.hpp"
#include "gateway/client/table.hpp"
#include "gateway/egress/answers.hpp"
#include "gateway/egress/band_explanation.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/regulator_encoder.hpp"
#include "ledger/recovery.hpp"

namespace gridbook::gateway {

namespace {

constexpr int explained = 0, unknown = 1, unreadable = 2;

// The market as of a sequence, with the names and bands that an answer is written with.
class Copy {
  public:
    explicit Copy(const ledger::Journal& journal)
        : journal_(journal), bands_([this](engine::Sequence s) { return reason_of(s); }), rerun_(exchange_) {}

    // Empty: it is there. Otherwise why not.
    std::string apply_until(engine::Sequence last) {
        auto reader = journal_.read_from(engine::Sequence{1});
        if (!reader) return reader.error().text;
        for (;;) {
            auto more = reader->next();
            if (!more) return more.error().text;
            if (!*more) return {};
            const ledger::BatchView& batch = reader->batch();
            std::size_t event = 0;
            for (std::size_t i = 0; i < batch.header.count; ++i) {
                if (batch.command(i).header.sequence > last) return {};
                if (auto same = rerun_.apply(batch, i, event); !same) return same.error().text;
                for (std::size_t e = 0; e < batch.event_count(i); ++e) hear(batch.event(event + e));
                event += batch.event_count(i);
            }
        }
    }
    const Directory& directory() const { return directory_; }

    // The members of the answer, as the exchange gives them; empty: there is no such order.
    std::string ask(const engine::QueryExplain& query, engine::AccountId account) {
        engine::EventBuffer buffer;
        engine::EventSink sink = buffer.sink();
        exchange_.answer(engine::Command::of(query, account), sink);
        std::vector<engine::Event> rows;
        for (std::size_t i = 0; i + 1 < sink.count(); ++i) rows.push_back(buffer[i].event());
        if (rows.empty()) return {};
        std::string out;
        append_answer(buffer[sink.count() - 1].event(), rows, directory_, out);
        append_grounds(rows, directory_, bands_, out);
        return out;
    }

    // The same of a band; empty: there is no such family or version.
    std::string ask_band(const std::string& family, std::uint32_t version) {
        const auto id = directory_.family_id(family);
        std::string out;
        if (!id || append_band_explanation({*id, version}, directory_, bands_, out)) return {};
        return out;
    }

  private:
    void hear(const engine::Event& event) {
        directory_.apply(event);
        bands_.apply(event);
    }
    std::string reason_of(engine::Sequence sequence) const {
        const auto text = journal_.blob(sequence);
        return text && text.value() ? reason_in(*text.value()) : std::string();
    }

    const ledger::Journal& journal_;
    engine::Exchange exchange_;
    Directory directory_;
    Bands bands_;
    ledger::Rerun rerun_;
};

int fail(std::ostream& out, const std::string& sentence, int status) {
    out << "explain: " << sentence << '\n';
    return status;
}

}  // namespace

int explain(const ExplainOptions& options, std::ostream& out) {
    auto journal = ledger::Journal::open({options.data, ledger::Access::read, std::size_t{1} << 20});
    if (!journal) return fail(out, journal.error().text, unreadable);
    Copy copy(**journal);
    const engine::Sequence last{options.at == 0 ? UINT64_MAX : options.at};
    if (const std::string why = copy.apply_until(last); !why.empty()) return fail(out, why, unreadable);
    const auto told = [&](const std::string& members) {
        const std::string text = "{\"ok\":true," + members + "}";
        out << (options.json ? text + "\n" : readable(text));
        return explained;
    };
    if (!options.family.empty()) {
        const std::string members = copy.ask_band(options.family, options.version);
        return members.empty() ? fail(out, "no such family or band version", unknown) : told(members);
    }
    engine::QueryExplain query{.cid = engine::Cid(options.cid), .order = engine::OrderId{options.order}};
    engine::AccountId account = engine::no_account;
    if (!options.account.empty()) {
        const auto found = copy.directory().account_id(options.account);
        if (!found) return fail(out, "there is no account " + options.account, unknown);
        account = *found;
    }
    const std::string members = copy.ask(query, account);
    if (members.empty()) return fail(out, "no such order, or it is done and forgotten", unknown);
    return told(members);
}

}  // namespace gridbook::gateway
