// SPDX-License-Identifier: Apache-2.0
// Maintenance declared ahead and the list of resources in the words of the wire.

#include "gateway/egress/refusal.hpp"
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;
using engine::MaintenanceChanged;
using engine::MaintenanceState;
using engine::RejectField;
using engine::RejectReason;

MaintenanceChanged maintenance(const Egress& x, std::uint32_t id, engine::Origin origin = {}) {
    MaintenanceChanged m;
    m.origin = origin;
    m.maintenance = engine::MaintenanceId{id};
    m.resource = 1;
    m.family = engine::FamilyId{0};
    m.state = MaintenanceState::declared;
    m.start = x.directory.instrument(example_symbol)->period;
    m.windows = 5;
    m.count = engine::Quantity{80};
    m.capacity = engine::Quantity{920};
    return m;
}

engine::ResourceRow resource(std::uint32_t id, engine::Origin origin, engine::Decimal cost = {}) {
    engine::ResourceRow row;
    row.resource.origin = origin;
    row.resource.resource = id;
    row.resource.family = engine::FamilyId{0};
    row.resource.factor = 1'000;
    row.resource.factor_version = 1;
    row.resource.green_share = 4'000;
    row.resource.pue = 1'250;
    row.resource.count = engine::Quantity{160};
    row.resource.registered = engine::Quantity{480};
    row.resource.cost = cost;
    return row;
}

template <class Body>
Event answered(const Body& body) {
    return event({99}, body);
}

Event end(engine::Origin origin, bool more = false) {
    engine::RowsEnd e;
    e.origin = origin;
    e.question = engine::CommandKind::query_resources;
    e.more = more;
    return answered(e);
}

std::string refused(const Egress& x, RejectReason reason, RejectField field, std::int64_t low,
                    std::int64_t high, std::int64_t got, InstrumentId instrument = engine::no_instrument,
                    engine::Pool pool = engine::Pool::none) {
    engine::Refused r;
    r.command = engine::CommandKind::declare_maintenance;
    r.reason = reason;
    r.field = field;
    r.limit_low = low;
    r.limit_high = high;
    r.got = got;
    r.instrument = instrument;
    r.pool = pool;
    std::string out;
    append_error_member(refusal(event({1}, r), x.directory, x.bands), out);
    return out;
}

std::string error(std::string_view code, std::string_view rest) {
    return R"("error":{"code":")" + std::string(code) + R"(",)" + std::string(rest) + "}";
}

const std::string members =
    R"("maintenance":"3","resource":"1","family":"H100.CN-EAST.G2","start":"20261201T01Z","windows":5,"count":"8","capacity":"92","ts":"1760000000123456789"})";

}  // namespace

TEST_CASE("maintenance is answered to who declares it, and an event to the account's other connections") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.acme);
    x.publish({event({50, 4, x.acme, reply}, maintenance(x, 3, x.ask(1, "7", "maintenance.declare")))});
    const std::string declared = R"("ev":"maintenance","state":"declared","seq":50,"n":4,)" + members;
    CHECK(x.outbox.to(1) == Texts{R"({"id":"7","ok":true,)" + declared});
    CHECK(x.outbox.to(2) == Texts{"{" + declared});
    x.outbox.clear();
    auto cancelled = maintenance(x, 3);
    cancelled.state = MaintenanceState::cancelled;
    x.publish({event({51, 5, x.acme}, cancelled)});
    CHECK(x.outbox.to(1) == Texts{R"({"ev":"maintenance","state":"cancelled","seq":51,"n":5,)" + members});
}

TEST_CASE("each resource is listed with what is declared of it") {
    Egress x;
    const auto origin = x.ask(1, "5", "resources.get");
    const MaintenanceChanged first = maintenance(x, 3, origin);
    MaintenanceChanged second = maintenance(x, 4, origin);
    second.windows = 1;
    x.publish({answered(resource(1, origin)), answered(engine::MaintenanceRow{first}),
               answered(engine::MaintenanceRow{second}), answered(resource(2, origin)),
               answered(resource(3, origin, engine::Decimal{10'500'000})),
               answered(engine::MaintenanceRow{second}), end(origin, true)});
    const std::string said =
        R"("family":"H100.CN-EAST.G2","count":"16","registered":"48","factor":"1","factor_version":1,"green_share":"0.4","pue":"1.25",)";
    const std::string row4 =
        R"({"maintenance":"4","start":"20261201T01Z","windows":1,"count":"8","capacity":"92"})";
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"5","ok":true,"resources":[{"resource":"1",)" + said +
            R"("maintenance":[{"maintenance":"3","start":"20261201T01Z","windows":5,"count":"8","capacity":"92"},)" +
            row4 + R"(]},{"resource":"2",)" + said + R"("maintenance":[]},{"resource":"3",)" + said +
            R"("cost":"10.5","maintenance":[)" + row4 + R"(]}],"more":true,"seq":99})"});
    x.outbox.clear();
    const auto none = x.ask_http(31, "GET /v1/account/resources");
    x.publish({end(none)});
    REQUIRE(x.outbox.responses.size() == 1);
    CHECK(x.outbox.responses[0].body.starts_with(R"({"ok":true,"resources":[],"more":false,"seq":99,"ts":)"));
}

TEST_CASE("a refused maintenance says what is owed in which window, and what of the resource is there") {
    Egress x;
    using R = RejectReason;
    using F = RejectField;
    CHECK(
        refused(x, R::obligation, F::count, 0, 4'000'000, 16'000'000, x.instrument()) ==
        error(
            "OBLIGATION",
            R"("msg":"open sells and units sold of H100.CN-EAST.G2.20261201T01Z need 16, left would be 4","field":"count","rule":"capacity","limit":["4"],"got":"16")"));
    CHECK(
        refused(x, R::qty_limit, F::count, 100'000, 8'000'000, 9'000'000) ==
        error(
            "QTY_LIMIT",
            R"("msg":"count 9 is more than the 8 units of the resource that are there in all of these windows","field":"count","rule":"qty_limit","limit":["0.1","8"],"got":"9")"));
    CHECK(
        refused(x, R::qty_limit, F::count, 100'000, 0, 9'000'000) ==
        error(
            "QTY_LIMIT",
            R"("msg":"count 9 is more than the 0 units of the resource that are there in all of these windows","field":"count","rule":"qty_limit","limit":["0"],"got":"9")"));
    CHECK(
        refused(x, R::lot, F::count, 0, 100'000, 8'050'000) ==
        error(
            "LOT",
            R"("msg":"count 8.05 is not a whole number of lots","field":"count","rule":"lot","limit":["0.1"],"got":"8.05")"));
    CHECK(
        refused(x, R::engine_limit, F::pool, 0, 256, 0, engine::no_instrument, engine::Pool::maintenance) ==
        error(
            "ENGINE_LIMIT",
            R"("msg":"pool maintenance is full, its size is 256","field":"pool","rule":"pool","limit":["256"])"));
}

TEST_CASE("a refused maintenance names the resource, the windows, the start or the maintenance") {
    Egress x;
    using R = RejectReason;
    using F = RejectField;
    CHECK(
        refused(x, R::format_value, F::resource, 0, 0, 17) ==
        error(
            "FORMAT_VALUE",
            R"("msg":"no resource 17 of this account, or it was withdrawn","field":"resource","rule":"range","got":"17")"));
    engine::Refused withdrawal;
    withdrawal.command = engine::CommandKind::withdraw_resource;
    withdrawal.reason = R::format_value;
    withdrawal.field = F::order;
    withdrawal.got = 17;
    engine::Event told;
    told.set(withdrawal);
    CHECK(refusal(told, x.directory, x.bands).field == "resource");
    CHECK(
        refused(x, R::format_value, F::windows, 1, 744, 745) ==
        error(
            "FORMAT_VALUE",
            R"("msg":"windows 745 is outside 1 to 744","field":"windows","rule":"range","limit":["1","744"],"got":"745")"));
    CHECK(
        refused(x, R::format_value, F::start, 1'796'083'200'000'000'000, 1'827'705'600'000'000'000,
                1'796'079'600'000'000'000) ==
        error(
            "FORMAT_VALUE",
            R"("msg":"windows from 2026-11-30T23:00:00Z on: the first begins at 2026-12-01T00:00:00Z or later, the last by 2027-12-02T00:00:00Z","field":"start","rule":"range","limit":["2026-12-01T00:00:00Z","2027-12-02T00:00:00Z"],"got":"2026-11-30T23:00:00Z")"));
    CHECK(
        refused(x, R::format_value, F::maintenance, 0, 0, 3) ==
        error(
            "FORMAT_VALUE",
            R"("msg":"no maintenance 3 of this account, or it is over","field":"maintenance","rule":"range","got":"3")"));
}

}  // namespace gridbook::gateway::egress
