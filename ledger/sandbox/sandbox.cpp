// SPDX-License-Identifier: Apache-2.0
#include "ledger/sandbox/sandbox.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/reject_reason.hpp"
#include "ledger/audit/progress.hpp"
#include "ledger/export/export.hpp"
#include "ledger/export/names.hpp"
#include "ledger/journal.hpp"
#include "ledger/recovery.hpp"
#include "ledger/sandbox/draft_market.hpp"
#include "ledger/snapshots/snapshots.hpp"

namespace gridbook::ledger {

using engine::BasisPoints;
using engine::Catalogue;
using engine::code;
using engine::Command;
using engine::CommandKind;
using engine::DefineFamily;
using engine::Event;
using engine::EventKind;
using engine::Exchange;
using engine::Family;
using engine::FamilyId;
using engine::no_family;
using engine::Refused;
using engine::Sequence;
using engine::SetBand;
using engine::SetRules;
using engine::Text;

namespace {

// Class, zone and tier, as in a symbol.
std::string family_name(const Catalogue& catalogue, const Family& family) {
    const DefineFamily& d = family.defined;
    return fmt::format("{}.{}.{}", catalogue.classes()[d.class_id.value].defined.name.view(),
                       catalogue.zones()[d.zone_id.value].name.view(),
                       catalogue.tiers()[d.tier_id.value].name.view());
}

std::string told(const DraftBand& draft, const Refused& r) {
    return fmt::format("the draft for {} is refused: {} (limit {} to {}, got {}, in millionths)",
                       draft.family, code(r.reason), r.limit_low, r.limit_high, r.got);
}

class Sandbox {
  public:
    Sandbox(const std::filesystem::path& data, const Journal& journal, const SandboxOptions& options)
        : snapshots_(data), journal_(journal), options_(options), draft_(exchange_) {
        report_.from = options.from;
        report_.upto = options.upto;
    }
    Result<SandboxReport> run();

  private:
    bool before_the_day(Sequence sequence) const;
    void go_to_a_snapshot();
    Result<bool> see_batch(const BatchView& batch, Rerun& rerun);
    void see_command(const BatchView& batch, std::size_t i, std::size_t first_event);
    FamilyId find(const std::string& family) const;
    std::string missing() const;
    Result<void> begin();
    void set_four_eyes(SetRules rules, BasisPoints share);
    Result<void> put_in_force(const DraftBand& draft);
    void conclude();

    Snapshots snapshots_;
    const Journal& journal_;
    const SandboxOptions& options_;
    Exchange exchange_;
    DraftMarket draft_;
    DayCount was_, would_be_;
    SandboxReport report_;
    std::vector<FamilyId> drafted_;
    bool day_seen_ = false;
    bool begun_ = false;
};

// Was the command with this sequence stamped before the day?
bool Sandbox::before_the_day(Sequence sequence) const {
    auto reader = journal_.read_from(sequence);
    if (!reader) return false;
    const auto more = reader->next();
    return more && *more && reader->batch().header.time < options_.from;
}

// The newest snapshot of a moment before the day; otherwise the way begins at genesis.
void Sandbox::go_to_a_snapshot() {
    std::vector<std::string> passed_over;
    snapshots_.newest<bool>(
        journal_, journal_.last(),
        [&](const Snapshots::Entry& entry, const SnapshotPlace& place) -> Result<bool> {
            if (!before_the_day(entry.sequence)) return failure(ErrorCode::gap, "made after the day began");
            if (auto restored = restore_snapshot(entry.file, place, exchange_); !restored)
                return restored.error();
            return true;
        },
        passed_over);
}

Result<SandboxReport> Sandbox::run() {
    go_to_a_snapshot();
    auto reader = journal_.read_from(Sequence{exchange_.sequence().value + 1});
    if (!reader) return reader.error();
    Rerun rerun(exchange_);
    Progress progress("sandbox");
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) break;
        auto goes_on = see_batch(reader->batch(), rerun);
        if (!goes_on) return goes_on.error();
        if (!*goes_on) break;
        if (options_.progress) progress.at(reader->batch().header.last(), journal_.last());
    }
    if (day_seen_ && !begun_)
        return failure(ErrorCode::absent, fmt::format("there was no family {} on that day", missing()));
    if (!begun_)
        return failure(ErrorCode::absent, fmt::format("no command between {} and {}: the journal ends at {}",
                                                      time_text(options_.from), time_text(options_.upto),
                                                      time_text(journal_.time())));
    conclude();
    return std::move(report_);
}

// False: the day is over.
Result<bool> Sandbox::see_batch(const BatchView& batch, Rerun& rerun) {
    std::size_t event = 0;
    for (std::size_t i = 0; i < batch.header.count; event += batch.event_count(i), ++i) {
        const Command command = batch.command(i);
        if (command.header.sequence <= exchange_.sequence() && !begun_) continue;
        if (command.header.time >= options_.upto) return false;
        day_seen_ = day_seen_ || command.header.time >= options_.from;
        if (day_seen_ && !begun_ && !exchange_.unfinished() && missing().empty()) {
            report_.first = command.header.sequence;
            if (auto good = begin(); !good) return good.error();
        }
        if (begun_) {
            see_command(batch, i, event);
        } else if (auto same = rerun.apply(batch, i, event); !same) {
            return same.error();
        }
    }
    return true;
}

Result<void> Sandbox::begin() {
    begun_ = true;
    was_.begin(exchange_.state(), options_.from);
    would_be_.begin(exchange_.state(), options_.from);
    // Nobody has to approve a draft; the changes of that day need their second signature again.
    const SetRules rules = exchange_.state().rules;
    set_four_eyes(rules, BasisPoints{});
    for (const DraftBand& draft : options_.drafts)
        if (auto good = put_in_force(draft); !good) return good.error();
    set_four_eyes(rules, rules.four_eyes);
    return {};
}

void Sandbox::set_four_eyes(SetRules rules, BasisPoints share) {
    rules.four_eyes = share;
    draft_.enter(Command::of(rules), options_.from, [](const Command&, const Event&) {});
}

FamilyId Sandbox::find(const std::string& family) const {
    const Catalogue& catalogue = exchange_.state().catalogue;
    for (std::size_t i = 0; i < catalogue.families().size(); ++i)
        if (family_name(catalogue, catalogue.families()[i]) == family)
            return FamilyId{static_cast<std::uint16_t>(i)};
    return no_family;
}

// A drafted family that is not there (yet: the journal may begin on that day); empty: all are.
std::string Sandbox::missing() const {
    for (const DraftBand& draft : options_.drafts)
        if (find(draft.family) == no_family) return draft.family;
    return {};
}

Result<void> Sandbox::put_in_force(const DraftBand& draft) {
    SetBand band;
    band.family = find(draft.family);
    band.expect = exchange_.state().catalogue.family(band.family).last_version;
    band.floor = draft.floor;
    band.ceiling = draft.ceiling;
    band.guidance = draft.guidance;
    band.rationale = Text<24>{"sandbox"};
    std::string refused;
    draft_.keep_band_of(band.family);
    drafted_.push_back(band.family);
    draft_.enter(Command::of(band), options_.from, [&](const Command& command, const Event& event) {
        if (event.kind() == EventKind::refused && command.kind() == CommandKind::set_band)
            refused = told(draft, event.as<Refused>());
        would_be_.see(command, event);
    });
    if (!refused.empty()) return failure(ErrorCode::differs, refused);
    return {};
}

void Sandbox::see_command(const BatchView& batch, std::size_t i, std::size_t first_event) {
    const Command command = batch.command(i);
    report_.last = command.header.sequence;
    report_.commands += 1;
    for (std::size_t n = 0; n < batch.event_count(i); ++n) {
        const Event event = batch.event(first_event + n);
        draft_.hear(event);
        was_.see(command, event);
    }
    draft_.apply(command, [&](const Command& c, const Event& e) { would_be_.see(c, e); });
    was_.add_families(exchange_.state());
    would_be_.add_families(exchange_.state());
}

void Sandbox::conclude() {
    was_.end();
    would_be_.end();
    const Catalogue& catalogue = exchange_.state().catalogue;
    for (std::size_t i = 0; i < catalogue.families().size(); ++i) {
        const Family& family = catalogue.families()[i];
        FamilyOutcome o;
        o.drafted = std::ranges::find(drafted_, FamilyId{static_cast<std::uint16_t>(i)}) != drafted_.end();
        o.was = was_.families()[i];
        o.draft = would_be_.families()[i];
        if (!o.drafted && o.was == o.draft) continue;
        o.family = family_name(catalogue, family);
        o.product = family.product;
        o.floor = family.band.low;
        o.ceiling = family.band.high;
        o.guidance = family.band.guidance;
        report_.families.push_back(std::move(o));
    }
    std::ranges::stable_partition(report_.families, [](const FamilyOutcome& o) { return o.drafted; });
}

}  // namespace

Result<SandboxReport> run_sandbox(const std::filesystem::path& data, const SandboxOptions& options) {
    auto journal = open_to_read(data);
    if (!journal) return journal.error();
    return Sandbox(data, **journal, options).run();
}

}  // namespace gridbook::ledger
