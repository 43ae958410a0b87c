// SPDX-License-Identifier: Apache-2.0
// Token packages, grants and reserves in the words of the wire, and their lines on an invoice.

#include <fmt/format.h>

#include "gateway/egress/invoice_columns.hpp"
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;
using engine::GrantChange;
using engine::GrantChanged;

const std::string at = R"(,"ts":"1760000000123456789"})";

GrantChanged grant(const Egress& x, GrantChange change) {
    GrantChanged g;
    g.grant = engine::GrantId{5};
    g.package = engine::PackageId{3};
    g.other = x.acme;
    g.change = change;
    g.end = Time{1'796'256'000'000'000'000};
    g.balance = 34'900'000;
    return g;
}

// As both sides hear it: the issuer zeta on connection 2, the buyer acme on 1.
Texts told(Egress& x, GrantChanged g, const std::string& reply_to = {}) {
    const Event issuer = event({50, 9, x.zeta}, g);
    g.party = Side::buy;
    g.other = x.zeta;
    if (!reply_to.empty()) g.origin = x.ask(1, reply_to, "package.buy");
    const std::uint8_t flags = reply_to.empty() ? 0 : engine::event_flag::reply;
    x.publish({issuer, event({50, 4, x.acme, flags}, g)});
    Texts all = x.outbox.to(1);
    for (const std::string& text : x.outbox.to(2)) all.push_back(text);
    x.outbox.clear();
    return all;
}

std::string both(std::string_view change, std::uint64_t n, std::string_view party, std::string_view rest) {
    return fmt::format(
        R"("ev":"grant","change":"{}","seq":50,"n":{},"grant":"5","package":"3","class":"H100","party":"{}",)"
        R"("issuer":"zeta","buyer":"acme","balance":"8725000",{}"end":"2026-12-03T00:00:00Z")",
        change, n, party, rest);
}

}  // namespace

TEST_CASE("a package is told to its issuer with its terms") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::PackageChanged p;
    p.origin = x.ask(1, "7", "package.offer");
    p.package = engine::PackageId{3};
    p.issuer = x.acme;
    p.change = engine::PackageChange::offered;
    p.blocks = 4;
    p.days = 30;
    p.carry = 50;
    p.price = engine::Money{40'500'000};
    x.publish({event({50, 4, x.acme, engine::event_flag::reply}, p)});
    const std::string terms =
        R"("issuer":"acme","class":"H100","blocks":4,"days":30,"carry":50,"price":"40.5","overage":)";
    CHECK(x.outbox.to(1) ==
          Texts{R"({"id":"7","ok":true,"ev":"package","change":"offered","seq":50,"n":4,"package":"3",)" +
                terms + R"("0")" + at});
    x.outbox.clear();
    p.origin = {};
    p.change = engine::PackageChange::withdrawn;
    p.overage = engine::Money{12'000'000};
    x.publish({event({51, 5, x.acme}, p)});
    CHECK(x.outbox.to(1) == Texts{R"({"ev":"package","change":"withdrawn","seq":51,"n":5,"package":"3",)" +
                                  terms + R"("12")" + at});
}

TEST_CASE("a purchase is answered with the grant, which the issuer hears of as an event") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.zeta);
    GrantChanged g = grant(x, GrantChange::bought);
    g.amount = 48'000'000;
    g.cost = engine::Money{120'000'000};
    g.reference = engine::Text<32>("p-1");
    const std::string rest = R"("amount":"12000000","cost":"120","purchase":"p-1",)";
    CHECK(told(x, g, "7") == Texts{R"({"id":"7","ok":true,)" + both("bought", 4, "buyer", rest) + at,
                                   "{" + both("bought", 9, "issuer", rest) + at});
    // Told again: in nobody's stream.
    g.party = Side::buy;
    g.other = x.zeta;
    g.origin = x.ask(1, "8", "package.buy");
    x.publish({event({51, 0, x.acme, engine::event_flag::reply | engine::event_flag::duplicate}, g)});
    REQUIRE(x.outbox.to(1).size() == 1);
    CHECK(x.outbox.to(1)[0].starts_with(
        R"({"id":"8","ok":true,"ev":"grant","change":"bought","seq":51,"grant")"));
    CHECK(x.outbox.to(1)[0].ends_with(R"("dup":true})"));
    CHECK(x.outbox.to(2).empty());
}

TEST_CASE("a grant tells what was drawn of it and what that costs, and what was lost at its end") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.zeta);
    GrantChanged g = grant(x, GrantChange::drawn);
    g.amount = 5'100'001;
    g.excess = 100'000;
    g.cost = engine::Money{300'000};
    g.reference = engine::Text<32>("u-1");
    std::string rest = R"("amount":"1275000.25","excess":"25000","cost":"0.3","usage":"u-1",)";
    CHECK(told(x, g) ==
          Texts{"{" + both("drawn", 4, "buyer", rest) + at, "{" + both("drawn", 9, "issuer", rest) + at});
    for (const auto& [change, word] :
         {std::pair{GrantChange::carried, "carried"}, std::pair{GrantChange::expired, "expired"}}) {
        g = grant(x, change);
        g.amount = 2;
        rest = R"("amount":"0.5",)";
        CHECK(told(x, g) ==
              Texts{"{" + both(word, 4, "buyer", rest) + at, "{" + both(word, 9, "issuer", rest) + at});
    }
    g = grant(x, GrantChange::notice);
    g.party = Side::buy;
    g.other = x.zeta;
    x.publish({event({50, 4, x.acme}, g)});
    CHECK(x.outbox.to(1) == Texts{"{" + both("notice", 4, "buyer", "") + at});
}

TEST_CASE("packages, grants and reserves are answered as lists") {
    Egress x;
    const auto list = [&](const std::string& op, engine::CommandKind question, auto row) {
        row.origin = x.ask(1, "5", op);
        engine::RowsEnd end;
        end.origin = row.origin;
        end.rows = 1;
        end.question = question;
        x.publish({event({99}, row), event({99}, end)});
        const Texts texts = x.outbox.to(1);
        x.outbox.clear();
        return texts;
    };
    engine::PackageRow p;
    p.package = engine::PackageId{3};
    p.issuer = x.zeta;
    p.blocks = 4;
    p.days = 30;
    p.price = engine::Money{40'000'000};
    p.grants = 2;
    p.withdrawn = true;
    CHECK(
        list("packages.get", engine::CommandKind::query_packages, p) ==
        Texts{
            R"({"id":"5","ok":true,"packages":[{"package":"3","state":"withdrawn","issuer":"zeta","class":"H100","blocks":4,"days":30,"carry":0,"price":"40","overage":"0","grants":2}],"more":false,"seq":99})"});
    engine::GrantRow g;
    g.grant = engine::GrantId{5};
    g.package = p.package;
    g.issuer = x.zeta;
    g.buyer = x.acme;
    g.party = Side::buy;
    g.qty = 3;
    g.granted = 48'000'000;
    g.balance = 1;
    g.begin = Time{1'796'083'200'000'000'000};
    g.end = g.begin + engine::day * 30;
    g.purchase = engine::Text<32>("p-1");
    CHECK(
        list("grants.get", engine::CommandKind::query_grants, g) ==
        Texts{
            R"({"id":"5","ok":true,"grants":[{"grant":"5","package":"3","class":"H100","party":"buyer","issuer":"zeta","buyer":"acme","qty":3,"granted":"12000000","balance":"0.25","carried":false,"begin":"2026-12-01T00:00:00Z","end":"2026-12-31T00:00:00Z","purchase":"p-1"}],"more":false,"seq":99})"});
    engine::ReserveRow r;
    r.issuer = x.zeta;
    r.issued = 48'000'000;
    r.outstanding = 40'000'001;
    r.held = 40'000'000;
    r.needed = 32'000'001;
    r.ratio = 9'999;
    r.packages = 1;
    r.grants = 2;
    CHECK(
        list("reserves.get", engine::CommandKind::query_reserves, r) ==
        Texts{
            R"({"id":"5","ok":true,"reserves":[{"issuer":"zeta","class":"H100","packages":1,"grants":2,"issued":"12000000","outstanding":"10000000.25","held":"10000000","needed":"8000000.25","ratio_bp":9999,"state":"ok"}],"more":false,"seq":99})"});
    r.is_short = true;
    CHECK(list("reserves.get", engine::CommandKind::query_reserves, r)[0].find(R"("state":"short"}])") !=
          std::string::npos);
}

TEST_CASE("lines of packages have the columns of FOCUS, without a zone and an hour") {
    Egress x;
    const ledger::InvoiceRow invoice{.start = Time{1'796'083'200'000'000'000},
                                     .end = Time{1'796'169'600'000'000'000}};
    ledger::LineRow line;
    line.number = 1;
    line.sequence = Sequence{50};
    line.time = invoice.start + engine::hour;
    line.instrument = engine::no_instrument;
    line.cost = engine::Money{120'000'000};
    line.unit_price = engine::Money{40'000'000};
    line.quarters = 48'000'000;
    line.qty = 3;
    line.package = engine::PackageId{3};
    line.grant = engine::GrantId{5};
    line.days = 30;
    line.kind = ledger::LineKind::package;
    const auto csv = [&] {
        std::string out;
        append_csv_line({x.directory, invoice, "D1", x.acme, line}, out);
        return out;
    };
    CHECK(
        csv() ==
        "D1,Gridbook,acme,CNY,2026-12-01T00:00:00Z,2026-12-02T00:00:00Z,Purchase,Packages of tokens,One-Time,"
        "2026-12-01T01:00:00Z,2026-12-31T01:00:00Z,120,120,120,120,40,40,3,Packages,,,Gridbook,Gridbook,,,"
        "grant-5,AI and Machine Learning,Tokens,H100.package-3,,,,,1,50,2026-12-01T01:00:00Z,,,,3,5\r\n");
    line.cost = engine::Money{-300'001};
    line.unit_price = engine::Money{12'000'000};
    line.quarters = 100'001;
    line.qty = 0;
    line.kind = ledger::LineKind::overage;
    CHECK(
        csv() ==
        "D1,Gridbook,acme,CNY,2026-12-01T00:00:00Z,2026-12-02T00:00:00Z,Credit,Tokens drawn beyond the "
        "balance,One-Time,2026-12-01T00:00:00Z,2026-12-02T00:00:00Z,-0.300001,-0.300001,-0.300001,-0.300001,"
        "12,12,0.02500025,Token Blocks,25000.25,Standard Tokens,Gridbook,Gridbook,,,grant-5,AI and Machine "
        "Learning,Tokens,H100.package-3,,,,,1,50,2026-12-01T01:00:00Z,,,,3,5\r\n");
    line.cost = engine::Money{300'001};
    CHECK(csv().find(",Usage,") != std::string::npos);
}

}  // namespace gridbook::gateway::egress
