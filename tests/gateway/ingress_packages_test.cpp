// SPDX-License-Identifier: Apache-2.0
// Token packages from a frame to the command, what never becomes one, and the questions that anybody may ask.
#include "gateway/admin/routes.hpp"
#include "tests/gateway/ingress_fixture.hpp"
#include "tests/gateway/ingress_frames.hpp"

namespace gridbook::gateway::rim {

namespace {

const std::string terms = R"("class":"H100","blocks":4,"days":30,"price":"40.5")";

HttpRequest get(std::string_view target) {
    HttpRequest http;
    http.method = "GET";
    http.target = target;
    return http;
}

}  // namespace

TEST_CASE("every field of a package reaches its command", "[ingress][packages]") {
    Gateway g;
    const ConnectionId seller = g.signed_in("k-provider");
    const auto offered = [&](const std::string& fields) {
        CHECK(g.say(seller, frame("package.offer", fields)).empty());
        return g.entered().as<engine::OfferPackage>();
    };
    const auto o = offered(terms + R"(,"carry":50,"overage":"12.000001")");
    CHECK(o.class_id == engine::ClassId{0});
    CHECK(o.blocks == 4);
    CHECK(o.days == 30);
    CHECK(o.carry == 50);
    CHECK(o.price == engine::Money{40'500'000});
    CHECK(o.overage == engine::Money{12'000'001});
    const auto least = offered(terms);
    CHECK(least.carry == 0);
    CHECK(least.overage == engine::Money{});
    CHECK(offered(R"("class":"H1000","blocks":1,"days":1,"price":"1")").class_id ==
          engine::ClassId{UINT16_MAX});
    CHECK(g.say(seller, frame("package.withdraw", R"("package":"7")")).empty());
    CHECK(g.entered().as<engine::WithdrawPackage>().package == engine::PackageId{7});

    const ConnectionId buyer = g.signed_in("k-buyer");
    CHECK(g.say(buyer, frame("package.buy", R"("package":"7","qty":3,"purchase":"p 1/7")")).empty());
    const auto b = g.entered().as<engine::BuyPackage>();
    CHECK(b.package == engine::PackageId{7});
    CHECK(b.qty == 3);
    CHECK(b.purchase == engine::Text<32>("p 1/7"));
    CHECK(g.say(buyer, frame("token.draw", R"("grant":"5","uncached":1,"usage":"u")")).empty());
    const auto d = g.entered().as<engine::DrawTokens>();
    CHECK(d.grant == engine::GrantId{5});
    CHECK(d.holding == engine::DeliveryId{});
    CHECK(d.class_id == engine::ClassId{});
}

TEST_CASE("questions of packages reach the engine with their page", "[ingress][packages]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.say(c, frame("packages.get", R"("after":"7","limit":5)")).empty());
    const auto p = g.entered().as<engine::QueryPackages>();
    CHECK(p.after == engine::PackageId{7});
    CHECK(p.limit == 5);
    CHECK(g.say(c, frame("grants.get", R"("after":"9")")).empty());
    const auto q = g.entered().as<engine::QueryGrants>();
    CHECK(q.after == engine::GrantId{9});
    CHECK(q.limit == 1'000);
    CHECK(g.say(c, frame("reserves.get", "")).empty());
    const engine::Command own = g.entered();
    CHECK(own.header.account == g.prov);
    CHECK(own.as<engine::QueryReserves>().limit == 100);
    CHECK(own.as<engine::QueryReserves>().after_issuer == engine::no_account);
    CHECK(g.say(c, frame("reserves.get", R"("after":"prov/H100","limit":2)")).empty());
    const auto r = g.entered().as<engine::QueryReserves>();
    CHECK(r.after_issuer == g.prov);
    CHECK(r.after_class == engine::ClassId{0});
    CHECK(r.limit == 2);
    for (const char* after : {"prov", "prov/", "nobody/H100", "prov/H1000", "/"}) {
        INFO(after);
        CHECK(code_in(g.say(c, frame("reserves.get", fmt::format(R"("after":"{}")", after)))) ==
              "FORMAT_VALUE");
    }
}

TEST_CASE("packages of wrong form are refused with their field", "[ingress][packages]") {
    const auto field = [](std::string_view op, std::string_view fields) {
        const Read read(frame(op, fields));
        return read.code() + " " + read.field();
    };
    const auto offer = [&](const char* more) { return field("package.offer", terms + "," + more); };
    CHECK(field("package.offer", R"("class":"H100","blocks":4,"days":30)") == "FORMAT_FIELD price");
    CHECK(field("package.offer", R"("class":"H100","blocks":0,"days":30,"price":"1")") ==
          "FORMAT_VALUE blocks");
    CHECK(field("package.offer", R"("class":"H100","blocks":1000001,"days":30,"price":"1")") ==
          "FORMAT_VALUE blocks");
    CHECK(field("package.offer", R"("class":"H100","blocks":1,"days":367,"price":"1")") ==
          "FORMAT_VALUE days");
    CHECK(offer(R"("carry":101)") == "FORMAT_VALUE carry");
    CHECK(offer(R"("carry":"50")") == "FORMAT_FIELD carry");
    CHECK(offer(R"("overage":"-1")") == "FORMAT_VALUE overage");
    CHECK(field("package.withdraw", R"("package":"4294967296")") == "FORMAT_VALUE package");
    CHECK(field("package.buy", R"("package":"1","qty":1)") == "FORMAT_FIELD purchase");
    CHECK(field("package.buy", R"("package":"1","qty":0,"purchase":"p")") == "FORMAT_VALUE qty");
    CHECK(field("package.buy", fmt::format(R"("package":"1","qty":1,"purchase":"{}")",
                                           std::string(33, 'x'))) == "FORMAT_VALUE purchase");
    CHECK(field("token.draw", R"("grant":"1","class":"H100","uncached":1,"usage":"u")") ==
          "FORMAT_FIELD holding");
    CHECK(field("token.draw", R"("grant":"1","holding":"1","uncached":1,"usage":"u")") ==
          "FORMAT_FIELD holding");
    CHECK(field("token.draw", R"("grant":"4294967296","uncached":1,"usage":"u")") == "FORMAT_VALUE grant");
    CHECK(field("grants.get", R"("after":"0")") == "FORMAT_VALUE after");
    CHECK(field("reserves.get", R"("limit":101)") == "FORMAT_VALUE limit");
}

TEST_CASE("anybody asks for packages and reserves, for nobody's account", "[admin][packages]") {
    Gateway g;
    CHECK(g.ask(get("/v1/packages?after=3&limit=9")).status == 0);
    engine::Command said = g.entered();
    CHECK(said.header.account == engine::no_account);
    CHECK(said.as<engine::QueryPackages>().after == engine::PackageId{3});
    CHECK(said.as<engine::QueryPackages>().limit == 9);
    CHECK(g.ask(get("/v1/reserves")).status == 0);
    said = g.entered();
    CHECK(said.header.account == engine::no_account);
    CHECK(said.as<engine::QueryReserves>().limit == 100);
    CHECK(g.ask(get("/v1/reserves?issuer=prov&after=prov/H100")).status == 0);
    said = g.entered();
    CHECK(said.header.account == g.prov);
    CHECK(said.as<engine::QueryReserves>().after_issuer == g.prov);

    const auto refused = [&](std::string_view target) {
        const auto answer = g.ask(get(target));
        return fmt::format("{} {}", answer.status, code_in(answer.body));
    };
    CHECK(refused("/v1/reserves?issuer=nobody") == "404 ACCOUNT_UNKNOWN");
    CHECK(refused("/v1/reserves?after=prov") == "400 FORMAT_VALUE");
    CHECK(refused("/v1/packages?issuer=prov") == "400 FORMAT_FIELD");
    CHECK(refused("/v1/packages?limit=x") == "400 FORMAT_VALUE");
    HttpRequest post = get("/v1/packages");
    post.method = "POST";
    CHECK(g.ask(post).status == 405);
    CHECK(g.nothing_entered());
}

}  // namespace gridbook::gateway::rim
