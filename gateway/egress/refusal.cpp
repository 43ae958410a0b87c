// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/refusal.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/refusal_values.hpp"

namespace gridbook::gateway {

namespace {

using engine::RejectField;
using engine::RejectReason;

// The short name of the rule that was applied.
std::string_view rule_name(RejectReason reason) {
    switch (reason) {
        case RejectReason::cid_reused: return "cid";
        case RejectReason::killed: return "kill";
        case RejectReason::symbol_unknown: return "listed";
        case RejectReason::gate_closed: return "gate";
        case RejectReason::phase_closed: return "phase";
        case RejectReason::tick: return "tick";
        case RejectReason::lot: return "lot";
        case RejectReason::qty_limit: return "qty_limit";
        case RejectReason::notional_limit: return "notional_limit";
        case RejectReason::price_band_hard: return "hard";
        case RejectReason::price_band_dynamic: return "dynamic";
        case RejectReason::reason_required: return "guidance";
        case RejectReason::funds: return "hold";
        case RejectReason::capacity: return "capacity";
        case RejectReason::post_only: return "post_only";
        case RejectReason::engine_limit: return "pool";
        case RejectReason::orders_limit: return "orders_limit";
        case RejectReason::auth_role: return "role";
        case RejectReason::spec_mismatch: return "nameplate";
        case RejectReason::obligation: return "capacity";
        case RejectReason::version_conflict: return "expect";
        case RejectReason::effective: return "effective";
        case RejectReason::format_value: return "range";
        case RejectReason::guidance_formula: return "cost_1";
        case RejectReason::change_unknown: return "open";
        case RejectReason::quota_exhausted: return "holding";
        case RejectReason::delivery_unknown: return "party";
        case RejectReason::payout_unknown: return "open";
        case RejectReason::delivery_state: return "state";
        case RejectReason::package_unknown: return "open";
        case RejectReason::reserve: return "reserve";
        default: return "";
    }
}

// A floor under a declared cost, set without saying why.
bool under_cost(const engine::Refused& r) {
    return r.reason == RejectReason::reason_required && r.field == RejectField::floor;
}

// " = 14.00 x 0.70" when the edge is what follows from guidance, so that the reader can check it by hand.
std::string derivation(engine::Price edge, const engine::BandChanged& band, RejectField which) {
    const std::int64_t share = which == RejectField::floor ? 70 : 140;
    const std::int64_t exact = band.guidance.value * share;
    const std::int64_t inward = which == RejectField::floor ? (exact + 99) / 100 : exact / 100;
    if (band.guidance.value == 0 || inward != edge.value) return {};
    return fmt::format(FMT_COMPILE(" = {} x {}{}"), price_text(band.guidance), share == 70 ? "0.70" : "1.40",
                       exact % 100 == 0 ? "" : ", rounded inward to the tick");
}

std::string band_sentence(const engine::Refused& r, const Bands::Version* version) {
    const bool below = r.got < r.limit_low;
    const std::string edge = value_text(r.field, below ? r.limit_low : r.limit_high);
    std::string why;
    if (version != nullptr)
        why = below ? derivation(version->band.floor, version->band, RejectField::floor)
                    : derivation(version->band.ceiling, version->band, RejectField::ceiling);
    return fmt::format(FMT_COMPILE("{} {}{}"), below ? "below floor" : "above ceiling", edge, why);
}

std::string gate_sentence(const engine::Refused& r, const Directory& directory) {
    if (!names_instrument(r, directory)) return "the gate of this instrument is closed";
    const auto product = directory.product(r.instrument.family);
    return fmt::format(FMT_COMPILE("the gate of {} closed at {}"), directory.symbol(r.instrument),
                       time_text(engine::gate_time(r.instrument.period, product)));
}

std::string symbol_sentence(const engine::Refused& r, const Directory& directory) {
    if (!names_instrument(r, directory)) return "the symbol names nothing that is traded here";
    return fmt::format(FMT_COMPILE("{} is not listed now"), directory.symbol(r.instrument));
}

std::string lot_sentence(const engine::Refused& r, const Directory& directory, const std::string& got) {
    const engine::FamilyId family = r.instrument.family;
    if (family.value >= directory.families().size())
        return fmt::format(FMT_COMPILE("{} {} is not a whole number of lots"), name(r.field), got);
    std::string lot;
    append_quantity(engine::Quantity{1}, directory.product(family), lot);
    return fmt::format(FMT_COMPILE("{} {} is not a multiple of the lot {}"), name(r.field), got, lot);
}

std::string limit_sentence(const engine::Refused& r, const WireError& e) {
    if (r.command == engine::CommandKind::declare_maintenance)
        return fmt::format(FMT_COMPILE("count {} is more than the {} units of the resource that are there in "
                                       "all of these windows"),
                           e.got, e.limit.empty() ? "" : e.limit.back());
    if (r.got <= 0) return fmt::format(FMT_COMPILE("{} {} is not above zero"), e.field, e.got);
    return fmt::format(FMT_COMPILE("{} {} is above the limit {}"), e.field, e.got,
                       e.limit.empty() ? "" : e.limit.back());
}

std::string first(const std::vector<std::string>& limit) {
    return limit.empty() ? std::string("0") : limit[0];
}

// Which window is owed: of a family's windows the first where too little would be left.
std::string obligation_sentence(const engine::Refused& r, const WireError& e, const Directory& directory) {
    return fmt::format(FMT_COMPILE("open sells and units sold{}{} need {}, left would be {}"),
                       names_instrument(r, directory) ? " of " : "",
                       names_instrument(r, directory) ? directory.symbol(r.instrument) : "", e.got,
                       first(e.limit));
}

// The brochure's figure with sparsity is the known trap (market-rules section 2): say so.
std::string nameplate_sentence(const engine::Refused& r, const WireError& e, const Directory& directory) {
    for (const Directory::Class& c : directory.classes())
        if (c.defined.sparse_tflops == r.got && c.defined.tflops == r.limit_high)
            return fmt::format(FMT_COMPILE("{} TFLOPS is the sparse figure of {}, the dense one is {}"),
                               e.got, c.name, first(e.limit));
    return fmt::format(FMT_COMPILE("{} TFLOPS is not within the dense figure of the nameplate, {}"), e.got,
                       first(e.limit));
}

std::string pool_sentence(const engine::Refused& r, const WireError& e) {
    if (r.pool == engine::Pool::events)
        return fmt::format(FMT_COMPILE("would meet more than {} orders of others at once"), first(e.limit));
    if (r.pool == engine::Pool::price)
        return fmt::format(FMT_COMPILE("{} {} is above the highest price of a book, {}"), e.field, e.got,
                           first(e.limit));
    return fmt::format(FMT_COMPILE("pool {} is full, its size is {}"), name(r.pool), first(e.limit));
}

std::string formula_sentence(const engine::Refused& r) {
    return fmt::format(
        FMT_COMPILE("guidance {} differs by {} from the {} that the formula gives; a tick is allowed"),
        price_text(engine::Decimal{r.got}), money_text(r.got - r.limit_high), money_text(r.limit_high));
}

std::string value_sentence(const engine::Refused& r, const WireError& e) {
    if (r.field == RejectField::standby)
        return "a standby offer is a limit sell of GPU hours, good till gate, without post_only and min_qty";
    if (r.field == RejectField::resource)
        return fmt::format(FMT_COMPILE("no resource {} of this account, or it was withdrawn"), e.got);
    if (r.field == RejectField::maintenance)
        return fmt::format(FMT_COMPILE("no maintenance {} of this account, or it is over"), e.got);
    // Where only the last of them is too far away, the start itself is within the limits.
    if (r.field == RejectField::start && r.command == engine::CommandKind::declare_maintenance)
        return fmt::format(FMT_COMPILE("windows from {} on: the first begins at {} or later, the last by {}"),
                           e.got, time_text(engine::Time{r.limit_low}),
                           time_text(engine::Time{r.limit_high}));
    if (r.field == RejectField::package)
        return fmt::format(FMT_COMPILE("package {} is one's own, or of one's group"), e.got);
    if (r.field == RejectField::meter_minute)
        return fmt::format(FMT_COMPILE("minute {} is not one of {} to {}, the minutes that have begun"),
                           e.got, e.limit[0], e.limit[1]);
    if (r.field == RejectField::minutes)
        return fmt::format(
            FMT_COMPILE("minute {} is not one of {} to {}, the minutes that are over and may be disputed"),
            e.got, e.limit[0], e.limit[1]);
    if (r.field == RejectField::requests && r.limit_high == 0)
        return "requests are reported of token days: of an hour say what was available";
    if (r.field == RejectField::requests || r.field == RejectField::served)
        return fmt::format(FMT_COMPILE("{} {} is outside {} to {}: totals of the day never fall, and no more "
                                       "are served than there are"),
                           e.field, e.got, e.limit[0], e.limit[1]);
    if (r.field == RejectField::uncached && r.got == 0)
        return "a draw of no tokens: give uncached, cached or output";
    if (e.field == name(RejectField::expire))
        return fmt::format(FMT_COMPILE("expire {} is not after the market's time {}"), e.got, first(e.limit));
    if (e.got.empty()) return fmt::format(FMT_COMPILE("{} is empty, too long or in use already"), e.field);
    if (e.limit.size() == 2)
        return fmt::format(FMT_COMPILE("{} {} is outside {} to {}"), e.field, e.got, e.limit[0], e.limit[1]);
    return fmt::format(FMT_COMPILE("{} {} is not a value it can have"), e.field, e.got);
}

std::string package_sentence(const engine::Refused& r) {
    if (r.field == RejectField::grant)
        return fmt::format(FMT_COMPILE("no grant {} of this account, or it is over"), r.got);
    if (r.command == engine::CommandKind::withdraw_package)
        return fmt::format(FMT_COMPILE("no package {} of this account that is sold"), r.got);
    return fmt::format(FMT_COMPILE("package {} is not sold: there is none, or it was withdrawn"), r.got);
}

std::string_view thing_delivered(const engine::Refused& r) {
    return r.field == RejectField::holding ? "holding" : "delivery";
}

std::string reused_sentence(const engine::Refused& r) {
    switch (r.field) {
        case RejectField::usage: return "this usage drew before, with another body";
        case RejectField::purchase: return "this purchase was made before, with another body";
        case RejectField::reference: return "a payout of another amount waits under this reference";
        default: return fmt::format(FMT_COMPILE("cid {} was used before with another body"), r.cid.view());
    }
}

std::string sentence(const engine::Refused& r, const WireError& e, const Directory& directory,
                     const Bands::Version* band) {
    switch (r.reason) {
        case RejectReason::cid_reused: return reused_sentence(r);
        case RejectReason::quota_exhausted:
            return fmt::format(FMT_COMPILE("needs {} standard tokens, left {}"), e.got, first(e.limit));
        case RejectReason::killed: return "stopped by the kill switch";
        case RejectReason::symbol_unknown: return symbol_sentence(r, directory);
        case RejectReason::gate_closed: return gate_sentence(r, directory);
        case RejectReason::phase_closed: return "the instrument takes no such order in its phase";
        case RejectReason::tick:
            return fmt::format(FMT_COMPILE("{} {} is not a multiple of the tick 0.01"), e.field, e.got);
        case RejectReason::lot: return lot_sentence(r, directory, e.got);
        case RejectReason::qty_limit:
        case RejectReason::notional_limit: return limit_sentence(r, e);
        case RejectReason::price_band_hard: return band_sentence(r, band);
        case RejectReason::price_band_dynamic:
            return e.limit.size() != 2
                       ? "outside the dynamic band"
                       : fmt::format(FMT_COMPILE("price {} is beyond the dynamic band {} to {}"), e.got,
                                     e.limit[0], e.limit[1]);
        case RejectReason::reason_required:
            return under_cost(r)
                       ? fmt::format(FMT_COMPILE("floor {} lies under {}, what a provider declared as "
                                                 "its cost: a reason is needed"),
                                     e.got, first(e.limit))
                       : "outside the soft range of guidance a reason is needed";
        case RejectReason::funds:
            return fmt::format(FMT_COMPILE("needs {} CNY, available {}"), e.got, first(e.limit));
        case RejectReason::capacity:
            return fmt::format(FMT_COMPILE("asks for {} units of the hour, free {}"), e.got, first(e.limit));
        case RejectReason::post_only: return "would trade on arrival";
        case RejectReason::order_unknown:
            return fmt::format(FMT_COMPILE("no such order: {}"),
                               r.got != 0 ? std::to_string(r.got) : std::string(r.cid.view()));
        case RejectReason::already_filled: return "the order is done already";
        case RejectReason::engine_limit: return pool_sentence(r, e);
        case RejectReason::orders_limit:
            return fmt::format(FMT_COMPILE("the account has its {} open orders already"), first(e.limit));
        case RejectReason::auth_role:
            return r.field == RejectField::change ? "a change is approved by a regulator of another "
                                                    "participant than the one that proposed it"
                                                  : "the role does not allow this";
        case RejectReason::guidance_formula: return formula_sentence(r);
        case RejectReason::change_unknown:
            return fmt::format(
                FMT_COMPILE("change {} is not open: there is none, or it is decided or expired"), r.got);
        case RejectReason::account_unknown: return "no such account";
        case RejectReason::class_unknown:
            return r.command == engine::CommandKind::draw_tokens ||
                           r.command == engine::CommandKind::offer_package
                       ? "no tokens of this class are traded here"
                       : fmt::format(FMT_COMPILE("{} names nothing in the catalogue"), e.field);
        case RejectReason::spec_mismatch: return nameplate_sentence(r, e, directory);
        case RejectReason::obligation: return obligation_sentence(r, e, directory);
        case RejectReason::version_conflict:
            return fmt::format(FMT_COMPILE("expected version {}, the latest is {}"), e.got, first(e.limit));
        case RejectReason::effective: return fmt::format(FMT_COMPILE("effective {} is in the past"), e.got);
        case RejectReason::package_unknown: return package_sentence(r);
        case RejectReason::reserve:
            return fmt::format(FMT_COMPILE("of the class the issuer holds {} standard tokens and needs {}: "
                                           "80 % of what buyers could draw after this sale"),
                               first(e.limit), e.got);
        case RejectReason::payout_unknown:
            return fmt::format(FMT_COMPILE("no payout {} waits for a decision"), r.got);
        case RejectReason::delivery_unknown:
            return fmt::format(FMT_COMPILE("no {} {} of this account"), thing_delivered(r), r.got);
        case RejectReason::delivery_state:
            if (r.field == RejectField::holding)
                return fmt::format(FMT_COMPILE("holding {} is drawn on its own UTC day only"), r.got);
            return fmt::format(
                FMT_COMPILE("delivery {} takes no such report: it has failed, or its window or "
                            "the time for reports is over, or it is the other party's to say"),
                r.got);
        default: return value_sentence(r, e);
    }
}

// A withdrawal of no resource is told by the engine as an order's id; what it names is a resource.
engine::Refused named(engine::Refused r) {
    if (r.command == engine::CommandKind::withdraw_resource && r.field == RejectField::order)
        r.field = RejectField::resource;
    return r;
}

}  // namespace

WireError refusal(const engine::Event& event, const Directory& directory, const Bands& bands) {
    const engine::Refused r = named(event.as<engine::Refused>());
    const Bands::Version* band = bands.version(r.instrument.family, r.band);
    WireError e{engine::code(r.reason), {}};
    e.field = engine::name(r.field);
    e.rule = under_cost(r) ? "declared_cost" : rule_name(r.reason);
    e.limit = limit_texts(r);
    e.got = got_text(r, directory);
    e.band = r.band;
    if (band != nullptr) e.rationale = band->band.rationale.view();
    e.msg = sentence(r, e, directory, band);
    return e;
}

void append_refusal_members(const engine::Event& event, const WireError& error, std::string& out) {
    append_error_member(error, out);
    Members m(out);
    if (const auto r = event.as<engine::Refused>(); !r.cid.empty()) m.text<"cid">(r.cid.view());
    m.number<"seq">(event.header.sequence.value).time<"ts">(event.header.time);
}

}  // namespace gridbook::gateway
