// SPDX-License-Identifier: Apache-2.0
// Guidance, factors, decisions and their questions by signed HTTP: what each body becomes, what is refused
// before it is sequenced, and the log of what was signed.
#include "gateway/admin/audit_log.hpp"
#include "gateway/admin/signed_text.hpp"
#include "gateway/admin/verify_request.hpp"
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

const std::string guidance =
    R"("family":"H100.CN-EAST.G2","price":"14.00","formula":"cost-1","capex":"230000","life_h":35040,"util":"0.8",)"
    R"("power_kw":"0.7","pue":"1.3","tariff":"0.65","opex_h":"5.2","index":"1.02","expect":3,"rationale":"survey")";

struct Regulator {
    Gateway g;
    engine::Command of(const std::string& path, const std::string& body) {
        const auto answer = g.ask(g.sign("k-regulator", "POST", "/v1/admin/" + path, body));
        INFO(body << "\n" << answer.body);
        REQUIRE(answer.status == 0);
        return g.entered();
    }
    std::string refused(const std::string& path, const std::string& body) {
        const auto answer = g.ask(g.sign("k-regulator", "POST", "/v1/admin/" + path, body));
        CHECK(g.nothing_entered());
        return code_in(answer.body) + " " + field_in(answer.body);
    }
};

std::string with(std::string body, const std::string& from, const std::string& to) {
    const std::size_t at = body.find(from);
    REQUIRE(at != std::string::npos);
    return "{" + body.replace(at, from.size(), to) + "}";
}

}  // namespace

TEST_CASE("a guidance becomes a command with its inputs in whole steps, and keeps its rationale", "[admin]") {
    Regulator r;
    const auto body = r.of("guidance", "{" + guidance + "}").as<engine::SetGuidance>();
    CHECK(body.family == engine::FamilyId{0});
    CHECK(body.price == engine::Decimal{14'000'000});
    CHECK(body.inputs().capex == engine::Money{230'000'000'000});
    CHECK(body.life_h == 35'040);
    CHECK(body.utilisation == engine::BasisPoints{8'000});
    CHECK(body.power_w == 700);
    CHECK(body.pue == 1'300);
    CHECK(body.tariff == 650'000);
    CHECK(body.opex_h == 5'200'000);
    CHECK(body.index == 1'020);
    CHECK(body.expect == 3);
    ledger::Blob* blob = nullptr;
    REQUIRE(r.g.blobs.pop(blob));
    const std::unique_ptr<ledger::Blob> kept(blob);
    CHECK(body.blob == kept->sha256);
    CHECK(reason_in(kept->text) == "survey");
}

TEST_CASE("figures off their step are refused, never rounded", "[admin]") {
    Regulator r;
    CHECK(r.refused("guidance", with(guidance, R"("util":"0.8")", R"("util":"0.80001")")) ==
          "FORMAT_VALUE util");
    CHECK(r.refused("guidance", with(guidance, R"("power_kw":"0.7")", R"("power_kw":"0.7005")")) ==
          "FORMAT_VALUE power_kw");
    CHECK(r.refused("guidance", with(guidance, R"("tariff":"0.65")", R"("tariff":"5000")")) ==
          "FORMAT_VALUE tariff");
    CHECK(r.refused("guidance", with(guidance, R"("formula":"cost-1")", R"("formula":"cost-9")")) ==
          "FORMAT_VALUE formula");
    CHECK(r.refused("guidance", with(guidance, R"(,"rationale":"survey")", "")) == "FORMAT_FIELD rationale");
    CHECK(r.refused("guidance", with(guidance, "H100.CN-EAST.G2", "X")) == "SYMBOL_UNKNOWN family");
    const std::string factors =
        R"("class":"H100","k_train":"1","k_infer":"1.001","provenance":"regulator","expect":1)";
    const auto body = r.of("factors", "{" + factors + "}").as<engine::SetFactors>();
    CHECK(body.k_train == 1'000);
    CHECK(body.k_infer == 1'001);
    CHECK(body.provenance == engine::Provenance::regulator);
    CHECK(r.refused("factors", with(factors, "1.001", "1.0005")) == "FORMAT_VALUE k_infer");
    CHECK(r.refused("factors", with(factors, "1.001", "66")) == "FORMAT_VALUE k_infer");
    CHECK(r.refused("factors", with(factors, "regulator", "measured")) == "FORMAT_FIELD issued");
    CHECK(r.refused("factors", with(factors, R"("class":"H100")", R"("class":"H900")")) ==
          "CLASS_UNKNOWN class");
    CHECK(r.refused("bands", R"({"family":"H100.CN-EAST.G2","follow":true,"floor":"9","expect":1})") ==
          "FORMAT_FIELD floor");
    CHECK(r.of("bands", R"({"family":"H100.CN-EAST.G2","follow":true,"expect":1})")
              .as<engine::SetBand>()
              .follow);
}

TEST_CASE("a dry run is a question and keeps no text", "[admin]") {
    Regulator r;
    CHECK(r.of("guidance", "{" + guidance + R"(,"dry_run":true})").kind() ==
          engine::CommandKind::try_guidance);
    CHECK(r.of("bands", R"({"family":"H100.CN-EAST.G2","floor":"9","expect":1,"dry_run":true})").kind() ==
          engine::CommandKind::try_band);
    CHECK(
        r.of("factors",
             R"({"class":"H100","k_train":"1","k_infer":"1","provenance":"regulator","expect":1,"dry_run":true})")
            .is_query());
    ledger::Blob* blob = nullptr;
    CHECK_FALSE(r.g.blobs.pop(blob));
    CHECK(r.of("bands", R"({"family":"H100.CN-EAST.G2","floor":"9","expect":1,"dry_run":false})").kind() ==
          engine::CommandKind::set_band);
    REQUIRE(r.g.blobs.pop(blob));
    delete blob;
}

TEST_CASE("a change is approved or rejected by its number in the path", "[admin]") {
    Regulator r;
    const auto yes = r.of("17/approve", R"({"reason":"seen"})").as<engine::DecideChange>();
    CHECK(yes.change == 17);
    CHECK(yes.verdict == engine::Verdict::approve);
    CHECK(yes.blob != engine::Sha256{});
    CHECK(r.of("4294967295/reject", "{}").as<engine::DecideChange>().verdict == engine::Verdict::reject);
    CHECK(r.refused("0/approve", "{}") == "FORMAT_VALUE change");
    CHECK(r.refused("4294967296/approve", "{}") == "FORMAT_VALUE change");
    CHECK(r.refused("x/approve", "{}") == "FORMAT_VALUE change");
    CHECK(r.refused("17/approve", R"({"change":"18"})") == "FORMAT_FIELD change");
}

TEST_CASE("a dispute is decided by its delivery and claimant", "[admin]") {
    Regulator r;
    const auto yes =
        r.of("disputes", R"({"did":"17","claimant":"seller","uphold":true})").as<engine::DecideDispute>();
    CHECK(yes.delivery == engine::DeliveryId{17});
    CHECK(yes.claimant == engine::Side::sell);
    CHECK(yes.upheld);
    CHECK(yes.blob != engine::Sha256{});
    CHECK_FALSE(r.of("disputes", R"({"did":"17","claimant":"buyer","uphold":false,"reason":"none"})")
                    .as<engine::DecideDispute>()
                    .upheld);
    CHECK(r.refused("disputes", R"({"did":"4294967296","claimant":"buyer","uphold":true})") ==
          "FORMAT_VALUE did");
    CHECK(r.refused("disputes", R"({"did":"1","claimant":"both","uphold":true})") == "FORMAT_VALUE claimant");
    CHECK(r.refused("disputes", R"({"did":"1","claimant":"buyer"})") == "FORMAT_FIELD uphold");
}

TEST_CASE("an overseer asks for any order by its id, or by whose client order id it is", "[admin]") {
    Gateway g;
    const auto ask = [&](const char* target) {
        CHECK(g.ask(g.sign("k-regulator", "GET", target)).status == 0);
        return g.entered();
    };
    const engine::Command by_id = ask("/v1/admin/explain/551200");
    CHECK(by_id.as<engine::QueryExplain>().order == engine::OrderId{551'200});
    CHECK(by_id.header.account == engine::no_account);
    const engine::Command by_cid = ask("/v1/admin/explain/b-1?account=acme");
    CHECK(by_cid.as<engine::QueryExplain>().cid.view() == "b-1");
    CHECK(by_cid.header.account == g.acme);
    const auto refused = [&](const char* target) {
        return code_in(g.ask(g.sign("k-regulator", "GET", target)).body);
    };
    CHECK(refused("/v1/admin/explain/b-1") == "FORMAT_VALUE");
    CHECK(refused("/v1/admin/explain/0") == "FORMAT_VALUE");
    CHECK(refused("/v1/admin/explain/b-1?account=nobody") == "ACCOUNT_UNKNOWN");
    CHECK(refused("/v1/admin/explain/7?colour=red") == "FORMAT_FIELD");
    CHECK(ask("/v1/admin/changes?after=3&limit=5").as<engine::QueryChanges>().after == 3);
}

TEST_CASE("the log's pages carry one chain, wherever they begin", "[admin]") {
    std::vector<ledger::LoggedText> kept;
    for (std::uint64_t i = 1; i <= 2'345; ++i)
        kept.push_back({engine::Sequence{i * 3}, "{\"n\":\"" + std::to_string(i) + "\"}"});
    std::size_t read = 0;
    AuditLog log([&](engine::Sequence after, std::size_t most) {
        std::vector<ledger::LoggedText> page;
        for (const auto& text : kept)
            if (text.sequence > after && page.size() < most) page.push_back(text);
        read += page.size();
        return page;
    });
    ledger::RequestChain whole;
    for (const auto& text : kept) whole.add(text.sequence, text.text);
    std::string first, middle, last;
    log.append_page(engine::Sequence{0}, 2, first);
    CHECK(first.find(R"("entries":[{"seq":3,)") == 0);
    CHECK(first.find(R"("request":"{\"n\":\"2\"}"}],"more":true)") != std::string::npos);
    log.append_page(kept[2'343].sequence, 100, last);
    CHECK(last.find(R"("chain":")" + ledger::hex(whole.link())) != std::string::npos);
    CHECK(last.ends_with(R"("more":false)"));
    // The links on the way are remembered: the next page near there reads little.
    read = 0;
    log.append_page(kept[2'100].sequence, 10, middle);
    CHECK(read < 300);
    ledger::RequestChain to_there;
    for (std::size_t i = 0; i <= 2'101; ++i) to_there.add(kept[i].sequence, kept[i].text);
    CHECK(middle.find(ledger::hex(to_there.link())) != std::string::npos);
}

TEST_CASE("a kept request is verified against the keys that its command's key has had", "[admin]") {
    Gateway g;
    const HttpRequest http = g.sign("k-regulator", "POST", "/v1/admin/bands", "{}");
    const std::string text = signed_text(http);
    const PublicKey right = g.secrets.at("k-regulator").public_key(),
                    wrong = g.secrets.at("k-buyer").public_key();
    CHECK(verify_request(text, {"k-regulator", {wrong, right}}).empty());
    CHECK(verify_request(text, {"k-regulator", {wrong}}) == "the signature is not one of key k-regulator");
    CHECK(verify_request(text, {"k-buyer", {right}}) ==
          "the request names key k-regulator, its command key k-buyer");
    CHECK(verify_request("{}", {"k-regulator", {right}}) == "the text is no signed request");
    HttpRequest changed = http;
    changed.body = "{ }";
    CHECK_FALSE(verify_request(signed_text(changed), {"k-regulator", {right}}).empty());
}

}  // namespace gridbook::gateway::rim
