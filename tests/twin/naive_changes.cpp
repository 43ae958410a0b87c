// SPDX-License-Identifier: Apache-2.0
// The second pair of eyes in the twin: what is too large for one regulator waits for another one.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::ChangeState;
using engine::RejectField;
using engine::RejectReason;

namespace {

constexpr std::size_t kept = 256;

}  // namespace

// The share by which a value moves, against the rules' share; 0 asks nobody.
bool NaiveExchange::above_four_eyes(std::int64_t before, std::int64_t after) const {
    const std::int64_t step = std::max(before, after) - std::min(before, after);
    return rules_.four_eyes.value != 0 && step * 10'000 > rules_.four_eyes.value * before;
}

engine::AccountId NaiveExchange::signer() const {
    return header().key.value < keys_.size() ? keys_[header().key.value].account : header().account;
}

engine::Sequence NaiveExchange::text_of(const engine::Sha256& blob, By by) const {
    if (blob == engine::Sha256{}) return {};
    return by.proposed.value != 0 ? by.proposed : sequence_;
}

void NaiveExchange::propose(const engine::Command& command, engine::Change change) {
    const auto open = std::count_if(changes_.begin(), changes_.end(),
                                    [](const auto& p) { return p.second.told.state == ChangeState::open; });
    if (open == kept) return refuse(pool_full(engine::Pool::changes, kept));
    if (changes_.size() == kept)
        changes_.erase(std::find_if(changes_.begin(), changes_.end(),
                                    [](const auto& p) { return p.second.told.state != ChangeState::open; }));
    change.change = ++last_change_;
    change.state = ChangeState::open;
    change.what = command.kind();
    change.proposed_by = header().key;
    change.proposed = sequence_;
    change.expires = now_ + engine::second * (rules_.approval_s == 0 ? 86'400u : rules_.approval_s);
    changes_[change.change] = {change, command, signer()};
    change.origin = header().origin;
    emit(header().account, engine::ChangeProposed{change}, false, engine::event_flag::reply);
}

void NaiveExchange::close(Proposed& p, ChangeState state, engine::AccountId account, std::uint8_t flags) {
    p.told.state = state;
    engine::ChangeClosed e{p.told};
    if (flags == engine::event_flag::reply) e.change.origin = header().origin;
    emit(account, e, false, flags);
}

void NaiveExchange::decide(const engine::DecideChange& d) {
    const auto found = changes_.find(d.change);
    if (found == changes_.end() || found->second.told.state != ChangeState::open) {
        auto r = refusal(RejectReason::change_unknown, RejectField::change);
        r.got = d.change;
        return refuse(r);
    }
    Proposed& p = found->second;
    const engine::AccountId who = signer();
    const bool known = account_known(who) && account_known(p.by);
    if (d.verdict == engine::Verdict::approve && (who == p.by || (known && same_group(who, p.by)))) {
        auto r = refusal(RejectReason::auth_role, RejectField::change);
        r.got = d.change;
        return refuse(r);
    }
    p.told.decided = sequence_;
    p.told.decided_by = header().key;
    if (d.verdict == engine::Verdict::reject)
        return close(p, ChangeState::rejected, header().account, engine::event_flag::reply);
    const By by{p.told.proposed, static_cast<std::uint16_t>(p.told.proposed_by.value + 1)};
    Refusal r;
    engine::SetGuidance g;
    engine::SetBand s;
    if (p.command.kind() == engine::CommandKind::set_factors) {
        r = factors_refusal(p.command.as<engine::SetFactors>());
    } else if (p.command.kind() == engine::CommandKind::set_guidance) {
        g = p.command.as<engine::SetGuidance>();
        s = band_of(g);
        r = band_refusal(s, &g);
    } else {
        s = p.command.as<engine::SetBand>();
        r = band_refusal(s, nullptr);
    }
    if (r) {
        p.told.refused = r->reason;
        close(p, ChangeState::refused, header().account, 0);
        return refuse(*r);
    }
    close(p, ChangeState::approved, header().account, 0);
    if (p.command.kind() == engine::CommandKind::set_factors)
        return set_factors(p.command.as<engine::SetFactors>(), by);
    if (p.command.kind() == engine::CommandKind::set_guidance) return set_guidance(g, by);
    set_band(s, nullptr, by);
}

// A dry run: what would be told were it entered now, family by family, or why it would be refused. The events
// are rows without a header.
std::vector<engine::Event> NaiveExchange::try_out(const engine::Command& question) const {
    std::vector<engine::Event> rows;
    const auto add = [&](const auto& body) { rows.emplace_back().set(body); };
    const auto refused = [&](const engine::Refused& r, engine::CommandKind command) {
        engine::RefusalRow row;
        row.limit_low = r.limit_low;
        row.limit_high = r.limit_high;
        row.got = r.got;
        row.instrument = r.instrument;
        row.band = r.band;
        row.reason = r.reason;
        row.field = r.field;
        row.pool = r.pool;
        row.command = command;
        add(row);
        return rows;
    };
    const auto add_bands = [&](const Bands& bands, engine::BandStatus status) {
        for (const auto& [id, band] : bands) {
            engine::ImpactRow row{told(id, band, status)};
            if (status != engine::BandStatus::in_force) count_parked({{id, band}}, row.band);
            add(row);
        }
    };
    if (question.kind() == engine::CommandKind::try_factors) {
        const auto f = question.as<engine::SetFactors>();
        if (const auto r = factors_refusal(f)) return refused(*r, engine::CommandKind::set_factors);
        const auto& c = classes_[f.class_id.value];
        engine::FactorsRow row{told(f.class_id, changed(factors_[f.class_id.value], f))};
        row.factors.version = factors_[f.class_id.value].last_version + 1;
        row.factors.effective = std::max(f.effective, now_);
        row.factors.status = f.effective > now_ ? engine::BandStatus::scheduled : engine::BandStatus::applied;
        if (above_four_eyes(c.k_train, row.factors.k_train) ||
            above_four_eyes(c.k_infer, row.factors.k_infer))
            row.factors.status = engine::BandStatus::proposed;
        add(row);
        add_bands(following(f.class_id, row.factors.k_train), row.factors.status);
        return rows;
    }
    const bool guided = question.kind() == engine::CommandKind::try_guidance;
    const auto g = guided ? question.as<engine::SetGuidance>() : engine::SetGuidance{};
    const auto s = guided ? band_of(g) : question.as<engine::SetBand>();
    if (const auto r = band_refusal(s, guided ? &g : nullptr))
        return refused(*r, guided ? engine::CommandKind::set_guidance : engine::CommandKind::set_band);
    const Family& f = families_[s.family.value];
    const Band after = outcome(s.family, {f.last_version + 1, s, std::max(s.effective, now_), {}, 0});
    engine::BandStatus status =
        s.effective > now_ ? engine::BandStatus::scheduled : engine::BandStatus::applied;
    if (above_four_eyes(f.band.lo, after.lo) || above_four_eyes(f.band.hi, after.hi) ||
        above_four_eyes(f.band.guidance, after.guidance))
        status = engine::BandStatus::proposed;
    const Bands followers = following(s.family, after);
    Bands all = followers;
    all.insert(all.begin(), {s.family, after});
    engine::ImpactRow first{told(s.family, after, status)};
    count_parked(all, first.band);
    add(first);
    add_bands(all, status);
    return rows;
}

void NaiveExchange::changes_due() {
    for (;;) {
        Proposed* next = nullptr;
        for (auto& [id, p] : changes_)
            if (p.told.state == ChangeState::open && p.told.expires <= now_ &&
                (next == nullptr || p.told.expires < next->told.expires))
                next = &p;
        if (next == nullptr) return;
        close(*next, ChangeState::expired, engine::no_account, 0);
    }
}

}  // namespace gridbook::twin
