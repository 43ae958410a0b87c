// SPDX-License-Identifier: Apache-2.0
// Maintenance declared ahead, from a frame to the command, and what never becomes one.
#include "tests/gateway/ingress_fixture.hpp"
#include "tests/gateway/ingress_frames.hpp"

namespace gridbook::gateway::rim {

namespace {

constexpr std::uint32_t day = 20'788;  // 2026-12-01, counted from the epoch

struct Maintained : Gateway {
    Maintained() {
        resource(1, prov, 0);
        resource(2, prov, 1);
        resource(3, acme, 1);
    }
    void resource(std::uint32_t id, engine::AccountId account, std::uint16_t family) {
        journal.apply(engine::ResourceRegistered{.resource = id, .family = engine::FamilyId{family}},
                      account);
    }
    std::string declare(ConnectionId c, int resource, std::string_view start, std::string_view more = {}) {
        return say(
            c, frame("maintenance.declare",
                     fmt::format(R"("resource":"{}","start":"{}","windows":5{})", resource, start, more)));
    }
    engine::Period declared() { return entered().as<engine::DeclareMaintenance>().start; }
};

}  // namespace

TEST_CASE("every field of a maintenance reaches its command", "[ingress][maintenance]") {
    Maintained g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.declare(c, 1, "20261201T01Z", R"(,"count":"8.5")").empty());
    const engine::Command said = g.entered();
    CHECK(said.header.account == g.prov);
    const auto d = said.as<engine::DeclareMaintenance>();
    CHECK(d.resource == 1);
    CHECK(d.start == engine::Period{day * 24 + 1});
    CHECK(d.windows == 5);
    CHECK(d.count == engine::Decimal{8'500'000});
    CHECK(g.declare(c, 1, "20261201T01Z").empty());
    CHECK(g.entered().as<engine::DeclareMaintenance>().count == engine::Decimal{});

    CHECK(g.say(c, frame("maintenance.cancel", R"("maintenance":"3")")).empty());
    CHECK(g.entered().as<engine::CancelMaintenance>().maintenance == engine::MaintenanceId{3});
    CHECK(g.say(c, frame("resources.get", R"("after":"12","limit":50)")).empty());
    const auto q = g.entered().as<engine::QueryResources>();
    CHECK(q.after == 12);
    CHECK(q.limit == 50);
    CHECK(g.say(c, frame("resources.get")).empty());
    CHECK(g.entered().as<engine::QueryResources>().limit == 1'000);
}

TEST_CASE("a start is an hour or a day, whichever the account's resource has", "[ingress][maintenance]") {
    Maintained g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.declare(c, 2, "20261201").empty());
    CHECK(g.declared() == engine::Period{day});
    const auto refused = [&](int resource, std::string_view start) {
        const std::string reply = g.declare(c, resource, start);
        CHECK(field_in(reply) == "start");
        CHECK(g.nothing_entered());
        const auto asks_for = [&](std::string_view text) {
            return reply.find(fmt::format("symbols write it: {}\"", text)) != std::string::npos;
        };
        if (asks_for("20261201T09Z")) return code_in(reply) + " hour";
        return code_in(reply) + (asks_for("20261201") ? " day" : "");
    };
    CHECK(refused(1, "20261202") == "FORMAT_VALUE hour");
    CHECK(refused(2, "20261202T01Z") == "FORMAT_VALUE day");
    CHECK(refused(1, "20261301T01Z") == "FORMAT_VALUE hour");
    // Of what is not the account's, or is not there, only the engine speaks; a text that is no window is
    // none.
    for (const int other : {3, 4}) {
        CHECK(g.declare(c, other, "20261201T01Z").empty());
        CHECK(g.declared() == engine::Period{day * 24 + 1});
        CHECK(g.declare(c, other, "20261201").empty());
        CHECK(g.declared() == engine::Period{day});
        CHECK(refused(other, "tomorrow") == "FORMAT_VALUE");
    }
    g.journal.apply(engine::ResourceWithdrawn{.resource = 1}, g.prov);
    CHECK(g.declare(c, 1, "20261202").empty());
    g.entered();
}

TEST_CASE("a broker's word is of the account that it names", "[ingress][maintenance]") {
    Maintained g;
    const ConnectionId c = g.signed_in("k-broker");
    CHECK(g.declare(c, 3, "20261201T01Z").empty());
    g.entered();
    CHECK(code_in(g.declare(c, 3, "20261201T01Z", R"(,"account":"acme")")) == "FORMAT_VALUE");
    CHECK(g.declare(c, 3, "20261201", R"(,"account":"acme")").empty());
    CHECK(g.entered().header.account == g.acme);
}

TEST_CASE("maintenance of wrong form is refused with its field", "[ingress][maintenance]") {
    const auto field = [](std::string_view op, std::string_view fields) {
        const Read read(frame(op, fields));
        return read.code() + " " + read.field();
    };
    const auto declared = [&](std::string_view fields) { return field("maintenance.declare", fields); };
    const std::string windows = R"("resource":"1","start":"20261201T01Z","windows":)";
    CHECK(declared(R"("start":"20261201T01Z","windows":5)") == "FORMAT_FIELD resource");
    CHECK(declared(R"("resource":"1","windows":5)") == "FORMAT_FIELD start");
    CHECK(declared(R"("resource":"1","start":"20261201T01Z")") == "FORMAT_FIELD windows");
    CHECK(declared(R"("resource":"4294967296","start":"20261201T01Z","windows":5)") ==
          "FORMAT_VALUE resource");
    CHECK(declared(windows + "0") == "FORMAT_VALUE windows");
    CHECK(declared(windows + "744") == " ");
    CHECK(declared(windows + "745") == "FORMAT_VALUE windows");
    CHECK(declared(windows + "\"5\"") == "FORMAT_FIELD windows");
    CHECK(declared(windows + R"(5,"count":"0")") == "FORMAT_VALUE count");
    CHECK(declared(windows + R"(5,"count":"-1")") == "FORMAT_VALUE count");
    CHECK(declared(windows + R"(5,"count":8)") == "FORMAT_FIELD count");
    CHECK(declared(windows + R"(5,"count":"0.1")") == " ");
    CHECK(field("maintenance.cancel", "") == "FORMAT_FIELD maintenance");
    CHECK(field("maintenance.cancel", R"("maintenance":"4294967296")") == "FORMAT_VALUE maintenance");
    CHECK(field("resources.get", R"("after":"4294967296")") == "FORMAT_VALUE after");
    CHECK(field("resources.get", R"("limit":1001)") == "FORMAT_VALUE limit");
}

}  // namespace gridbook::gateway::rim
