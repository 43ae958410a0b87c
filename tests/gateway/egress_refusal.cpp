// SPDX-License-Identifier: Apache-2.0
// Every reason for which the engine refuses, in the words of the wire: code, sentence, field, rule, limit,
// got, each value in the unit of its field.

#include "gateway/egress/refusal.hpp"

#include <set>

#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using engine::Refused;
using engine::RejectField;
using engine::RejectReason;

struct Case {
    RejectReason reason;
    RejectField field;
    std::int64_t low;
    std::int64_t high;
    std::int64_t got;
    std::string told;  // the error object after its code
    engine::Pool pool = engine::Pool::none;
};

const std::vector<Case>& cases() {
    using R = RejectReason;
    using F = RejectField;
    static const std::vector<Case>
        all{
            {R::cid_reused, F::cid, 0, 0, 0,
             R"("msg":"cid b-1 was used before with another body","field":"cid","rule":"cid","got":"b-1")"},
            {R::killed, F::account, 0, 0, 0,
             R"("msg":"stopped by the kill switch","field":"account","rule":"kill")"},
            {R::symbol_unknown, F::symbol, 0, 0, 0,
             R"("msg":"H100.CN-EAST.G2.20261201T01Z is not listed now","field":"symbol","rule":"listed","got":"H100.CN-EAST.G2.20261201T01Z")"},
            {R::gate_closed, F::symbol, 0, 0, 0,
             R"("msg":"the gate of H100.CN-EAST.G2.20261201T01Z closed at 2026-12-01T00:45:00Z","field":"symbol","rule":"gate","got":"H100.CN-EAST.G2.20261201T01Z")"},
            {R::phase_closed, F::symbol, 0, 0, 0,
             R"("msg":"the instrument takes no such order in its phase","field":"symbol","rule":"phase","got":"H100.CN-EAST.G2.20261201T01Z")"},
            {R::tick, F::price, 0, 10'000, 14'205'000,
             R"("msg":"price 14.205 is not a multiple of the tick 0.01","field":"price","rule":"tick","limit":["0.01"],"got":"14.205")"},
            {R::lot, F::qty, 0, 100'000, 50'000,
             R"("msg":"qty 0.05 is not a multiple of the lot 0.1","field":"qty","rule":"lot","limit":["0.1"],"got":"0.05")"},
            {R::qty_limit, F::qty, 100'000, 10'000'000'000, 10'000'100'000,
             R"("msg":"qty 10000.1 is above the limit 10000","field":"qty","rule":"qty_limit","limit":["0.1","10000"],"got":"10000.1")"},
            {R::qty_limit, F::qty, 100'000, 10'000'000'000, 0,
             R"("msg":"qty 0 is not above zero","field":"qty","rule":"qty_limit","limit":["0.1","10000"],"got":"0")"},
            {R::notional_limit, F::notional, 0, 5'000'000'000'000, 5'000'001'000'000,
             R"("msg":"notional 5000001 is above the limit 5000000","field":"notional","rule":"notional_limit","limit":["5000000"],"got":"5000001")"},
            {R::price_band_hard, F::price, 9'800'000, 19'600'000, 9'790'000,
             R"("msg":"below floor 9.80 = 14.00 x 0.70","field":"price","rule":"hard","band":7,"rationale":"G-2026-11-28/3","limit":["9.80","19.60"],"got":"9.79")"},
            {R::price_band_hard, F::price, 9'800'000, 19'600'000, 19'610'000,
             R"("msg":"above ceiling 19.60 = 14.00 x 1.40","field":"price","rule":"hard","band":7,"rationale":"G-2026-11-28/3","limit":["9.80","19.60"],"got":"19.61")"},
            {R::price_band_dynamic, F::price, 13'300'000, 14'700'000, 14'710'000,
             R"("msg":"price 14.71 is beyond the dynamic band 13.30 to 14.70","field":"price","rule":"dynamic","band":7,"rationale":"G-2026-11-28/3","limit":["13.30","14.70"],"got":"14.71")"},
            {R::reason_required, F::none, 0, 0, 0,
             R"("msg":"outside the soft range of guidance a reason is needed","rule":"guidance")"},
            {R::reason_required, F::floor, 10'500'000, 0, 9'000'000,
             R"("msg":"floor 9.00 lies under 10.50, what a provider declared as its cost: a reason is needed","field":"floor","rule":"declared_cost","limit":["10.50"],"got":"9.00")"},
            {R::funds, F::cash, 0, 0, 227'681'664,
             R"("msg":"needs 227.681664 CNY, available 0","field":"cash","rule":"hold","limit":["0"],"got":"227.681664")"},
            {R::capacity, F::capacity, 0, 500'000, 16'000'000,
             R"("msg":"asks for 16 units of the hour, free 0.5","field":"capacity","rule":"capacity","limit":["0.5"],"got":"16")"},
            {R::post_only, F::price, 0, 0, 13'500'000,
             R"("msg":"would trade on arrival","field":"price","rule":"post_only","got":"13.50")"},
            {R::order_unknown, F::order, 0, 0, 551200,
             R"("msg":"no such order: 551200","field":"oid","got":"551200")"},
            {R::order_unknown, F::order, 0, 0, 0, R"("msg":"no such order: b-1","field":"oid","got":"b-1")"},
            {R::already_filled, F::order, 0, 0, 551200,
             R"("msg":"the order is done already","field":"oid","got":"551200")"},
            {R::engine_limit, F::pool, 0, 4096, 0,
             R"("msg":"pool books is full, its size is 4096","field":"pool","rule":"pool","limit":["4096"])",
             engine::Pool::books},
            {R::engine_limit, F::ceiling, 0, 83'886'080'000, 90'000'000'000,
             R"("msg":"ceiling 90000.00 is above the highest price of a book, 83886.08","field":"ceiling","rule":"pool","limit":["83886.08"],"got":"90000.00")",
             engine::Pool::price},
            {R::orders_limit, F::account, 0, 1000, 0,
             R"("msg":"the account has its 1000 open orders already","field":"account","rule":"orders_limit","limit":["1000"])"},
            {R::auth_role, F::role, 0, 0, 0,
             R"("msg":"the role does not allow this","field":"role","rule":"role")"},
            {R::account_unknown, F::account, 0, 0, 0, R"("msg":"no such account","field":"account")"},
            {R::class_unknown, F::zone, 0, 0, 0,
             R"("msg":"zone names nothing in the catalogue","field":"zone")"},
            {R::spec_mismatch, F::tflops, 0, 989'400, 1'978'900,
             R"("msg":"1978.9 TFLOPS is the sparse figure of H100, the dense one is 989.4","field":"tflops","rule":"nameplate","limit":["989.4"],"got":"1978.9")"},
            {R::spec_mismatch, F::tflops, 0, 989'400, 1'000'000,
             R"("msg":"1000 TFLOPS is not within the dense figure of the nameplate, 989.4","field":"tflops","rule":"nameplate","limit":["989.4"],"got":"1000")"},
            {R::obligation, F::capacity, 0, 4'000'000, 16'000'000,
             R"("msg":"open sells and units sold of H100.CN-EAST.G2.20261201T01Z need 16, left would be 4","field":"capacity","rule":"capacity","limit":["4"],"got":"16")"},
            {R::version_conflict, F::expect, 0, 8, 7,
             R"("msg":"expected version 7, the latest is 8","field":"expect","rule":"expect","limit":["8"],"got":"7")"},
            {R::effective, F::effective, 1'760'000'000'000'000'000, 0, 1'759'999'999'000'000'000,
             R"("msg":"effective 2025-10-09T08:53:19Z is in the past","field":"effective","rule":"effective","limit":["2025-10-09T08:53:20Z"],"got":"2025-10-09T08:53:19Z")"},
            {R::format_value, F::floor, 10'000, 19'600'000, 20'000'000,
             R"("msg":"floor 20.00 is outside 0.01 to 19.60","field":"floor","rule":"range","limit":["0.01","19.60"],"got":"20.00")"},
            {R::format_value, F::account, 0, 0, 0,
             R"("msg":"account is empty, too long or in use already","field":"account","rule":"range")"},
            {R::format_value, F::expire, 60'000'000'000, 0, 30'000'000'000,
             R"("msg":"expire 1970-01-01T00:00:30Z is not after the market's time 1970-01-01T00:01:00Z","field":"expire","rule":"range","limit":["1970-01-01T00:01:00Z"],"got":"1970-01-01T00:00:30Z")"},
            {R::format_value, F::pue, 1'000, 10'000, 900,
             R"("msg":"pue 0.9 is outside 1 to 10","field":"pue","rule":"range","limit":["1","10"],"got":"0.9")"},
            {R::format_value, F::utilisation, 1, 10'000, 10'001,
             R"("msg":"util 1.0001 is outside 0.0001 to 1","field":"util","rule":"range","limit":["0.0001","1"],"got":"1.0001")"},
            {R::format_value, F::factor, 1, 65'535, 0,
             R"("msg":"factor 0 is outside 0.001 to 65.535","field":"factor","rule":"range","limit":["0.001","65.535"],"got":"0")"},
            {R::guidance_formula, F::guidance, 0, 13'996'409, 14'020'000,
             R"("msg":"guidance 14.02 differs by 0.023591 from the 13.996409 that the formula gives; a tick is allowed","field":"guidance","rule":"cost_1","limit":["13.996409"],"got":"14.02")"},
            {R::change_unknown, F::change, 0, 0, 17,
             R"("msg":"change 17 is not open: there is none, or it is decided or expired","field":"change","rule":"open","got":"17")"},
            {R::auth_role, F::change, 0, 0, 17,
             R"("msg":"a change is approved by a regulator of another participant than the one that proposed it","field":"change","rule":"role","got":"17")"},
            {R::format_value, F::meter_minute, 0, 0, 1,
             R"("msg":"minute 1 is not one of 0 to 0, the minutes that have begun","field":"minute","rule":"range","limit":["0","0"],"got":"1")"},
            {R::format_value, F::meter_minute, 23, 59, 60,
             R"("msg":"minute 60 is not one of 23 to 59, the minutes that have begun","field":"minute","rule":"range","limit":["23","59"],"got":"60")"},
            {R::format_value, F::requests, 0, 0, 7,
             R"("msg":"requests are reported of token days: of an hour say what was available","field":"requests","rule":"range","limit":["0","0"],"got":"7")"},
            {R::format_value, F::served, 90, 100, 89,
             R"("msg":"served 89 is outside 90 to 100: totals of the day never fall, and no more are served than there are","field":"served","rule":"range","limit":["90","100"],"got":"89")"},
            {R::payout_unknown, F::payout, 0, 0, 17,
             R"("msg":"no payout 17 waits for a decision","field":"payout","rule":"open","got":"17")"},
            {R::cid_reused, F::reference, 0, 0, 0,
             R"("msg":"a payout of another amount waits under this reference","field":"reference","rule":"cid")"},
            {R::format_value, F::standby, 0, 0, 0,
             R"("msg":"a standby offer is a limit sell of GPU hours, good till gate, without post_only and min_qty","field":"standby","rule":"range")"},
            {R::lot, F::available, 0, 100'000, 15'550'000,
             R"("msg":"available 15.55 is not a multiple of the lot 0.1","field":"available","rule":"lot","limit":["0.1"],"got":"15.55")"},
            {R::delivery_unknown, F::delivery, 0, 0, 17,
             R"("msg":"no delivery 17 of this account","field":"did","rule":"party","got":"17")"},
            {R::delivery_state, F::delivery, 0, 0, 17,
             R"("msg":"delivery 17 takes no such report: it has failed, or its window or the time for reports is over, or it is the other party's to say","field":"did","rule":"state","got":"17")"},
            {R::quota_exhausted, F::class_name, 0, 34'900'001, 40'000'000,
             R"("msg":"needs 10000000 standard tokens, left 8725000.25","field":"class","rule":"holding","limit":["8725000.25"],"got":"10000000")"},
            {R::quota_exhausted, F::holding, 0, 0, 1,
             R"("msg":"needs 0.25 standard tokens, left 0","field":"holding","rule":"holding","limit":["0"],"got":"0.25")"},
            {R::cid_reused, F::usage, 0, 0, 0,
             R"("msg":"this usage drew before, with another body","field":"usage","rule":"cid")"},
            {R::delivery_unknown, F::holding, 0, 0, 17,
             R"("msg":"no holding 17 of this account","field":"holding","rule":"party","got":"17")"},
            {R::delivery_state, F::holding, 0, 0, 17,
             R"("msg":"holding 17 is drawn on its own UTC day only","field":"holding","rule":"state","got":"17")"},
            {R::format_value, F::uncached, 1, 0, 0,
             R"("msg":"a draw of no tokens: give uncached, cached or output","field":"uncached","rule":"range","limit":["1"],"got":"0")"},
            {R::format_value, F::output, 0, 1'099'511'627'776, 1'099'511'627'777,
             R"("msg":"output 1099511627777 is not a value it can have","field":"output","rule":"range","limit":["1099511627776"],"got":"1099511627777")"},
            {R::package_unknown, F::package, 0, 0, 17,
             R"("msg":"package 17 is not sold: there is none, or it was withdrawn","field":"package","rule":"open","got":"17")"},
            {R::package_unknown, F::grant, 0, 0, 17,
             R"("msg":"no grant 17 of this account, or it is over","field":"grant","rule":"open","got":"17")"},
            {R::reserve, F::package, 0, 0, 12'800'001,
             R"("msg":"of the class the issuer holds 0 standard tokens and needs 3200000.25: 80 % of what buyers could draw after this sale","field":"package","rule":"reserve","limit":["0"],"got":"3200000.25")"},
            {R::quota_exhausted, F::grant, 0, 4, 5,
             R"("msg":"needs 1.25 standard tokens, left 1","field":"grant","rule":"holding","limit":["1"],"got":"1.25")"},
            {R::cid_reused, F::purchase, 0, 0, 0,
             R"("msg":"this purchase was made before, with another body","field":"purchase","rule":"cid")"},
            {R::format_value, F::package, 0, 0, 17,
             R"("msg":"package 17 is one's own, or of one's group","field":"package","rule":"range","got":"17")"},
            {R::format_value, F::carry, 0, 100, 101,
             R"("msg":"carry 101 is outside 0 to 100","field":"carry","rule":"range","limit":["0","100"],"got":"101")"},
            {R::format_value, F::overage, 0, 5'000'000'000'000, 5'000'000'000'001,
             R"("msg":"overage 5000000.000001 is outside 0 to 5000000","field":"overage","rule":"range","limit":["0","5000000"],"got":"5000000.000001")"},
            {R::format_value, F::ts, 0, 0, 42,
             R"("msg":"ts 42 is not a value it can have","field":"ts","rule":"range","got":"42")"},
        };
    return all;
}

// H100 with the figure of its brochure.
void with_sparse_figure(Egress& x) {
    auto c = h100();
    c.sparse_tflops = 1'978'900;
    x.directory = {};
    for (const Event& e : {event({1}, c), event({2}, east()), event({3}, g2()),
                           event({4}, engine::FamilyDefined{}), event({4}, band_v7())})
        x.directory.apply(e);
}

bool of_band(RejectReason reason) {
    return reason == RejectReason::price_band_hard || reason == RejectReason::price_band_dynamic;
}

TEST_CASE("every refusal names its rule, limit and what was got, in the unit of the field") {
    Egress x;
    const InstrumentId instrument = x.instrument();
    with_sparse_figure(x);
    for (const Case& c : cases()) {
        Refused r;
        r.cid = engine::Cid("b-1");
        r.reason = c.reason;
        r.field = c.field;
        r.limit_low = c.low;
        r.limit_high = c.high;
        r.got = c.got;
        r.pool = c.pool;
        r.instrument = instrument;
        r.band = of_band(c.reason) ? 7 : 0;
        std::string out;
        append_error_member(refusal(event({1}, r), x.directory, x.bands), out);
        CHECK(out == R"("error":{"code":")" + std::string(engine::code(c.reason)) + R"(",)" + c.told + "}");
    }
}

TEST_CASE("the table above leaves no reason out") {
    std::set<RejectReason> seen;
    for (const Case& c : cases()) seen.insert(c.reason);
    CHECK(seen.size() + 1 == static_cast<std::size_t>(RejectReason::count_));
}

Refused hard(InstrumentId instrument, std::int64_t low, std::int64_t got, std::uint32_t version) {
    Refused r;
    r.reason = RejectReason::price_band_hard;
    r.field = RejectField::price;
    r.limit_low = low;
    r.limit_high = 8'230'000;
    r.got = got;
    r.instrument = instrument;
    r.band = version;
    return r;
}

TEST_CASE("the sentence shows how an edge follows from guidance only where it does") {
    Egress x;
    auto band = band_v7();
    band.version = 8;
    band.guidance = Price{588};  // k 0.42: 4.12 / 8.23
    band.floor = Price{412};
    band.ceiling = Price{823};
    x.bands.apply(event({20}, band));
    const auto told = [&](std::int64_t low, std::int64_t got, std::uint32_t version) {
        return refusal(event({21}, hard(x.instrument(), low, got, version)), x.directory, x.bands).msg;
    };
    CHECK(told(4'120'000, 4'110'000, 8) == "below floor 4.12 = 5.88 x 0.70, rounded inward to the tick");
    CHECK(told(4'120'000, 8'240'000, 8) == "above ceiling 8.23 = 5.88 x 1.40, rounded inward to the tick");
    band.version = 9;
    band.floor = Price{500};
    x.bands.apply(event({22}, band));
    CHECK(told(5'000'000, 4'990'000, 9) == "below floor 5.00");
    CHECK(told(9'000'000, 8'990'000, 77) == "below floor 9.00");  // a version nobody remembers
}

TEST_CASE("old bands are forgotten, the one in force and scheduled ones never") {
    Bands bands;
    auto band = band_v7();
    bands.apply(event({1}, band));
    for (std::uint32_t v = 8; v < 200; ++v) {
        band.version = v;
        band.status = v == 20 ? engine::BandStatus::scheduled : engine::BandStatus::applied;
        bands.apply(event({v}, band));
    }
    const engine::FamilyId family{0};
    CHECK(bands.version(family, 7) == nullptr);
    CHECK(bands.version(family, 199) != nullptr);
    CHECK(bands.in_force(family)->band.version == 199);
    REQUIRE(bands.scheduled(family).size() == 1);
    CHECK(bands.scheduled(family)[0]->band.version == 20);
    CHECK(bands.in_force(engine::FamilyId{5}) == nullptr);
}

}  // namespace

}  // namespace gridbook::gateway::egress
