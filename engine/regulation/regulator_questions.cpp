// SPDX-License-Identifier: Apache-2.0
#include "engine/regulation/regulator_questions.hpp"

#include <algorithm>

#include "engine/bands/band_checks.hpp"
#include "engine/bands/impact.hpp"
#include "engine/regulation/factors.hpp"

namespace gridbook::engine {
namespace {

void answer_changes(const State& state, Answer& answer, const QueryChanges& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    std::uint32_t rows = 0;
    for (const Proposal& p : state.changes.all()) {
        if (p.told.change <= q.after) continue;
        if (rows++ == limit) return answer.end(true);
        ChangeRow row{p.told};
        row.change.origin = answer.origin();
        answer.row(row);
    }
    answer.end(false);
}

void refuse(Answer& answer, Refused r, CommandKind command) {
    r.command = command;
    answer.row(refusal_row(r, answer.origin()));
    answer.end(false);
}

void impact_row(const State& state, Answer& answer, FamilyId id, const HardBand& after, BandStatus status) {
    Impact impact(state);
    impact.add(state, id, after);
    ImpactRow row{told_band(id, after, status, impact)};
    row.band.origin = answer.origin();
    answer.row(row);
}

void try_band(const State& state, Answer& answer, const BandAsk& ask, CommandKind command) {
    if (const Refused r = check_ask(state, ask); !passed(r)) return refuse(answer, r, command);
    const HardBand after = outcome(state, ask.family, change_of(state, ask));
    BandStatus status = ask.effective > state.time ? BandStatus::scheduled : BandStatus::applied;
    if (needs_second(state, state.catalogue.family(ask.family).band, after)) status = BandStatus::proposed;
    ImpactRow all{told_band(ask.family, after, status, impact_of(state, ask.family, after))};
    all.band.origin = answer.origin();
    answer.row(all);
    impact_row(state, answer, ask.family, after, status);
    for_followers(state, ask.family, [&](FamilyId id, const Family& family) {
        impact_row(state, answer, id, follow(state, family, after), status);
        return true;
    });
    answer.end(false);
}

void try_factors(const State& state, Answer& answer, const SetFactors& body) {
    if (const Refused r = check_factors(state, body); !passed(r))
        return refuse(answer, r, CommandKind::set_factors);
    FactorsRow row{outcome(state, body)};
    row.factors.origin = answer.origin();
    answer.row(row);
    for_class_followers(state, body.class_id, [&](FamilyId id, const Family& family) {
        impact_row(state, answer, id, band_with(state, family, row.factors.k_train), row.factors.status);
        return true;
    });
    answer.end(false);
}

}  // namespace

RefusalRow refusal_row(const Refused& r, Origin origin) {
    RefusalRow row;
    row.origin = origin;
    row.limit_low = r.limit_low;
    row.limit_high = r.limit_high;
    row.got = r.got;
    row.instrument = r.instrument;
    row.band = r.band;
    row.reason = r.reason;
    row.field = r.field;
    row.pool = r.pool;
    row.command = r.command;
    return row;
}

bool answer_regulator(const State& state, Answer& answer, const Command& question) {
    switch (question.kind()) {
        case CommandKind::query_changes: answer_changes(state, answer, question.as<QueryChanges>()); break;
        case CommandKind::try_band:
            try_band(state, answer, ask_of(question.view<SetBand>()), CommandKind::set_band);
            break;
        case CommandKind::try_guidance:
            try_band(state, answer, ask_of(question.view<SetGuidance>()), CommandKind::set_guidance);
            break;
        case CommandKind::try_factors: try_factors(state, answer, question.as<SetFactors>()); break;
        default: return false;
    }
    return true;
}

}  // namespace gridbook::engine
