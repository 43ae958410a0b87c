// SPDX-License-Identifier: Apache-2.0
// Any-of orders that demand instead of naming: which families are chosen, when none is, and that the same
// order sent again gets the families that it got before.
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

// Three families of H100: at home, in the west, and abroad; the west is the greenest and the cheapest.
struct Choosing {
    Gateway g;
    ConnectionId connection = g.signed_in("k-buyer");
    engine::FamilyId home{0}, west{2}, abroad{3};
    std::uint32_t resources = 0;

    Choosing() {
        zone(1, "CN-GS", "CN");
        zone(2, "SG", "SG");
        family(west, 1);
        family(abroad, 2);
        guidance(home, 1400);
        guidance(west, 1200);
        guidance(abroad, 1600);
        resource(home, 4'000);
        resource(home, 3'000);
        resource(west, 6'000);
        resource(abroad, 5'000);
    }
    void zone(std::uint16_t id, std::string_view name, std::string_view residency) {
        g.journal.apply(engine::ZoneDefined{.id = engine::ZoneId{id},
                                            .name = engine::Text<16>(name),
                                            .residency = engine::Text<16>(residency)});
    }
    void family(engine::FamilyId id, std::uint16_t of_zone) {
        g.journal.apply(engine::FamilyDefined{.id = id,
                                              .class_id = engine::ClassId{0},
                                              .zone_id = engine::ZoneId{of_zone},
                                              .tier_id = engine::TierId{0}});
    }
    void guidance(engine::FamilyId id, std::int32_t price) {
        engine::BandChanged band;
        band.family = id;
        band.version = 1;
        band.guidance = engine::Price{price};
        g.journal.apply(band);
        engine::FactorsChanged factors;
        factors.k_train = factors.k_infer = 1'000;
        g.journal.apply(factors);
    }
    void resource(engine::FamilyId id, std::uint16_t green) {
        engine::ResourceRegistered r;
        r.resource = ++resources;
        r.family = id;
        r.count = engine::Quantity{100};
        r.green_share = green;
        g.journal.apply(r, g.prov);
    }
    std::string say(const std::string& cid, const std::string& demand) {
        return g.say(connection,
                     fmt::format(R"({{"id":"7","op":"anyof.place",{},"start":"20261201T09Z","hours":1,)"
                                 R"("need":"16","price":"14.00","profile":"train","cid":"{}"}})",
                                 demand, cid));
    }
    std::vector<engine::FamilyId> chosen(const std::string& cid, const std::string& demand) {
        const std::string reply = say(cid, demand);
        INFO(demand << "\n" << reply);
        REQUIRE(reply.empty());
        const auto body = g.entered().as<engine::PlaceAnyOf>();
        return {body.families.begin(), body.families.begin() + body.count};
    }
    // The error without its message.
    std::string refused(const std::string& demand) {
        const std::string reply = say("r-1", demand);
        CHECK(g.nothing_entered());
        const std::size_t at = reply.find(R"("field")");
        REQUIRE(at != std::string::npos);
        return code_in(reply) + " " + reply.substr(at);
    }
    template <class Body>
    void hear(const Body& body) {
        engine::Event event;
        event.header.time = g.directory.time();
        event.header.account = g.acme;
        event.set(body);
        g.ingress.choice().hear(event);
    }
};

using Families = std::vector<engine::FamilyId>;

}  // namespace

TEST_CASE("a demand chooses every family that meets it, the cheapest by guidance first", "[ingress]") {
    Choosing c;
    CHECK(c.chosen("a-1", R"("class":"H100")") == Families{c.west, c.home, c.abroad});
    CHECK(c.chosen("a-2", R"("class":"H100","residency":"CN")") == Families{c.west, c.home});
    CHECK(c.chosen("a-3", R"("class":"H100","tier":"G2","zone":"SG")") == Families{c.abroad});
    // The least of 0.4 and 0.3 counts.
    CHECK(c.chosen("a-4", R"("green_share_min":"0.4")") == Families{c.west, c.abroad});
    CHECK(c.chosen("a-5", R"("green_share_min":0.3,"residency":"CN")") == Families{c.west, c.home});
    // Named families stay in their order.
    CHECK(
        c.chosen("a-6", R"("families":["H100.CN-EAST.G2","H100.SG.G2","H100.CN-GS.G2"],"residency":"CN")") ==
        Families{c.home, c.west});
}

TEST_CASE("a demand that no family meets is refused with the best there is", "[ingress]") {
    Choosing c;
    CHECK(c.refused(R"("class":"H100","green_share_min":"0.61")") ==
          R"(SPEC_MISMATCH "field":"green_share_min","rule":"green_share","limit":["0.6"],"got":"0.61"}})");
    CHECK(c.refused(R"("class":"H100","residency":"SG","green_share_min":"0.51")") ==
          R"(SPEC_MISMATCH "field":"green_share_min","rule":"green_share","limit":["0.5"],"got":"0.51"}})");
    CHECK(c.refused(R"("class":"H100","residency":"EU")") ==
          R"(SPEC_MISMATCH "field":"residency","rule":"residency","limit":["CN","SG"],"got":"EU"}})");
    CHECK(c.refused(R"("class":"H999")") == R"(CLASS_UNKNOWN "field":"class","got":"H999"}})");
    CHECK(c.refused(R"("zone":"MARS")") == R"(CLASS_UNKNOWN "field":"zone","got":"MARS"}})");
    CHECK(c.refused(R"("class":"CHAT-L")") ==
          R"(SYMBOL_UNKNOWN "field":"class","rule":"listed","got":"CHAT-L"}})");
    CHECK(c.refused(R"("families":["X"],"residency":"CN")") ==
          R"(SYMBOL_UNKNOWN "field":"families","rule":"listed","got":"X"}})");
    CHECK(c.refused(R"("families":["H100.SG.G2"],"class":"H100")") ==
          R"(FORMAT_FIELD "field":"families","rule":"families or class, zone, tier"}})");
    CHECK(c.refused(R"("green_share_min":"1.01")") ==
          R"(FORMAT_VALUE "field":"green_share_min","rule":"0 to 1, at most four decimals","got":"1.01"}})");
    CHECK(code_in(c.say("r-2", R"("tif":"fok")")) == "FORMAT_FIELD");
}

TEST_CASE("the same order sent again gets the same families, whatever was registered since", "[ingress]") {
    Choosing c;
    const std::string demand = R"("class":"H100","green_share_min":"0.4")";
    const Families before{c.west, c.abroad};
    REQUIRE(c.chosen("a-1", demand) == before);
    c.resource(c.west, 1'000);
    CHECK(c.chosen("a-1", demand) == before);
    CHECK(c.chosen("a-2", demand) == Families{c.abroad});
    // What those families cannot have met is another order, for the engine to refuse by its id.
    CHECK(c.chosen("a-1", R"("class":"H100","residency":"SG")") == Families{c.abroad});
}

TEST_CASE("durable events tell what was chosen before a restart, and duplicates change nothing",
          "[ingress]") {
    Choosing c;
    const auto tell = [&](engine::FamilyId family) {
        engine::Alternative a;
        a.order = engine::OrderId{9};
        a.instrument = engine::instrument(family, engine::Period{1});
        c.hear(a);
    };
    tell(c.home);
    tell(c.west);
    engine::AnyOfEvent order;
    order.cid = engine::Cid("old");
    c.hear(order);
    c.hear(order);  // again, without its families
    CHECK(c.chosen("old", R"("class":"H100","green_share_min":"0.4")") == Families{c.home, c.west});
    // Longer ago than client order ids are kept, it is nobody's.
    c.g.ingress.choice().retain(engine::Duration{0});
    CHECK(c.chosen("old", R"("class":"H100","green_share_min":"0.4")") == Families{c.west, c.abroad});
}

}  // namespace gridbook::gateway::rim
