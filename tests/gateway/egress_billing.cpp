// SPDX-License-Identifier: Apache-2.0
// Invoices as they are asked for: the list, one of them in the columns of FOCUS, and what there is not.
#include <cstdlib>
#include <filesystem>

#include "gateway/egress/billing.hpp"
#include "gateway/egress/invoice_columns.hpp"
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using ledger::InvoicePeriod;

constexpr Time first_of_december{1'796'083'200'000'000'000};

// A projection with the lines of acme: what it bought on the first, and what came back on the second.
struct Billed : Egress {
    Billed() {
        std::string pattern = "/tmp/gridbook-billing-XXXXXX";
        folder = ::mkdtemp(pattern.data());
        auto opened = ledger::Projection::open(folder, ledger::Access::write, std::size_t{1} << 20);
        REQUIRE(opened.has_value());
        projection = std::move(*opened);
        ledger::Invoices invoices(
            [&](AccountId a, const ledger::LineRow& line) {
                put(ledger::Table::lines, ledger::line_key(a, line.number), line);
            },
            [&](AccountId a, InvoicePeriod period, const ledger::InvoiceRow& row) {
                put(ledger::Table::invoices, ledger::invoice_key(a, period, row.number), row);
            });
        ledger::Postings postings{genesis()};
        postings.of(event({4}, band_v7()));
        invoices.see(event({10, 1, acme, 0, first_of_december}, example_fill(instrument())), postings);
        engine::DeliverySettled s;
        s.delivery = engine::DeliveryId{17};
        s.instrument = instrument();
        s.seller = zeta;
        s.buyer = acme;
        s.qty = 160;
        s.short_of = 480;
        s.refund = engine::Money{10'800'000};
        s.penalty = engine::Money{5'400'000};
        s.price = Price{1350};
        s.party = Side::buy;
        invoices.see(event({20, 2, acme, 0, first_of_december + engine::day}, s), postings);
        for (const AccountId a : invoices.take_changed())
            put(ledger::Table::bills, ledger::bill_key(a), invoices.bills().at(a));
        REQUIRE(projection->write(rows, {.applied = Sequence{20}}).has_value());
        REQUIRE(projection->verify().has_value());
        billing.use_history(*projection);
    }
    ~Billed() {
        projection.reset();
        std::filesystem::remove_all(folder);
    }
    template <class Row>
    void put(ledger::Table table, const ledger::RowKey& key, const Row& row) {
        const auto bytes = std::as_bytes(std::span(&row, 1));
        rows.push_back({table, key.text(), {bytes.begin(), bytes.end()}});
    }
    std::string list(std::string_view period, std::uint64_t after = 0) {
        std::string out;
        REQUIRE_FALSE(billing.append_list(acme, period, after, 10, out));
        return out;
    }
    std::string code(std::string_view name) {
        HttpAnswer answer;
        const auto error = billing.one(acme, name, 0, 10, answer);
        return error ? std::string(error->code) : std::string();
    }

    std::filesystem::path folder;
    std::unique_ptr<ledger::Projection> projection;
    std::vector<ledger::Projection::Put> rows;
    Billing billing{directory};
};

}  // namespace

TEST_CASE("invoices are listed with what has none yet") {
    Billed x;
    CHECK(
        x.list("day") ==
        R"("period":"day","invoices":[{"invoice":"D1","start":"2026-12-01T00:00:00Z","end":"2026-12-02T00:00:00Z","issued":"2026-12-02T00:00:00Z","lines":3,"currency":"CNY","total":"216.45792","usage":"216","fees":"0.432","taxes":"0.02592"}],"open":{"start":"2026-12-02T00:00:00Z","lines":2,"total":"-16.2","refunds":"-10.8","penalties":"-5.4"},"more":false,"seq":20)");
    CHECK(
        x.list("month") ==
        R"("period":"month","invoices":[],"open":{"start":"2026-12-01T00:00:00Z","lines":5,"total":"200.25792","usage":"216","fees":"0.432","taxes":"0.02592","refunds":"-10.8","penalties":"-5.4"},"more":false,"seq":20)");
    CHECK(x.list("day", 1).find(R"("invoices":[])") != std::string::npos);
    std::string out;
    CHECK(x.billing.append_list(x.acme, "week", 0, 10, out)->code == "FORMAT_VALUE");
}

TEST_CASE("an invoice as CSV has the columns of FOCUS, guidance beside the price of the trade") {
    Billed x;
    HttpAnswer answer;
    REQUIRE_FALSE(x.billing.one(x.acme, "D1.csv", 0, 100, answer));
    CHECK(answer.content_type == "text/csv; charset=utf-8");
    CHECK(
        answer.body ==
        "InvoiceId,InvoiceIssuerName,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
        "ChargeCategory,ChargeDescription,ChargeFrequency,ChargePeriodStart,ChargePeriodEnd,BilledCost,"
        "EffectiveCost,ContractedCost,ListCost,ListUnitPrice,ContractedUnitPrice,PricingQuantity,PricingUnit,"
        "ConsumedQuantity,ConsumedUnit,ProviderName,PublisherName,RegionId,RegionName,ResourceId,"
        "ServiceCategory,ServiceName,SkuId,x_Residency,x_GreenShare,x_Pue,x_CarbonGrams,x_Line,x_Sequence,"
        "x_Time,x_OrderId,x_TradeId,x_DeliveryId,x_PackageId,x_GrantId\r\n"
        "D1,Gridbook,acme,CNY,2026-12-01T00:00:00Z,2026-12-02T00:00:00Z,Usage,Compute bought,One-Time,"
        "2026-12-01T01:00:00Z,2026-12-01T02:00:00Z,216,216,216,224,14.00,13.50,16,Unit-Hours,16,Unit-Hours,"
        "Gridbook,Gridbook,CN-EAST,Yangtze delta,H100.CN-EAST.G2.20261201T01Z,Compute,Accelerator hours,"
        "H100.CN-EAST.G2,CN,,,,1,10,2026-12-01T00:00:00Z,551200,90331,,,\r\n"
        "D1,Gridbook,acme,CNY,2026-12-01T00:00:00Z,2026-12-02T00:00:00Z,Purchase,Trading fee,One-Time,"
        "2026-12-01T01:00:00Z,2026-12-01T02:00:00Z,0.432,0.432,0.432,0.432,14.00,13.50,,,,,"
        "Gridbook,Gridbook,CN-EAST,Yangtze delta,H100.CN-EAST.G2.20261201T01Z,Compute,Accelerator hours,"
        "H100.CN-EAST.G2,CN,,,,2,10,2026-12-01T00:00:00Z,551200,90331,,,\r\n"
        "D1,Gridbook,acme,CNY,2026-12-01T00:00:00Z,2026-12-02T00:00:00Z,Tax,Tax on the fee,One-Time,"
        "2026-12-01T01:00:00Z,2026-12-01T02:00:00Z,0.02592,0.02592,0.02592,0.02592,14.00,13.50,,,,,"
        "Gridbook,Gridbook,CN-EAST,Yangtze delta,H100.CN-EAST.G2.20261201T01Z,Compute,Accelerator hours,"
        "H100.CN-EAST.G2,CN,,,,3,10,2026-12-01T00:00:00Z,551200,90331,,,\r\n");
}

TEST_CASE("a line tells green share and PUE of its time, and the carbon of what it buys or gives back") {
    Billed x;
    x.know_energy();
    HttpAnswer bought;
    REQUIRE_FALSE(x.billing.one(x.acme, "D1.csv", 0, 1, bought));
    // 16 units for an hour at 427.594125 g.
    CHECK(bought.body.ends_with(",CN,0.2,1.5,6841.506,1,10,2026-12-01T00:00:00Z,551200,90331,,,\r\n"));
    HttpAnswer fee;
    REQUIRE_FALSE(x.billing.one(x.acme, "D1.csv", 1, 1, fee));
    CHECK(fee.body.ends_with(",CN,0.2,1.5,,2,10,2026-12-01T00:00:00Z,551200,90331,,,\r\n"));
    // What was not delivered comes off: 48 unit-minutes; the penalty is about money alone.
    const ledger::InvoiceRow invoice{};
    const auto lines = x.projection->lines(x.acme, 4, 2);
    REQUIRE(lines.has_value());
    std::string refund, penalty;
    append_csv_line({x.directory, invoice, "D2", x.acme, lines->rows.at(0)}, refund);
    append_csv_line({x.directory, invoice, "D2", x.acme, lines->rows.at(1)}, penalty);
    CHECK(refund.find(",CN,0.2,1.5,-342.0753,4,") != std::string::npos);
    CHECK(penalty.find(",CN,0.2,1.5,,5,") != std::string::npos);
}

TEST_CASE("the same as JSON, in pages") {
    Billed x;
    HttpAnswer answer;
    REQUIRE_FALSE(x.billing.one(x.acme, "D1", 2, 100, answer));
    CHECK(answer.content_type == "");
    CHECK(answer.body.starts_with(R"({"ok":true,"invoice":{"invoice":"D1",)"));
    CHECK(answer.body.find(R"("ChargeCategory":"Tax","ChargeDescription":"Tax on the fee")") !=
          std::string::npos);
    CHECK(answer.body.find(R"("ChargeCategory":"Usage")") == std::string::npos);
    CHECK(answer.body.ends_with(R"(}],"more":false,"seq":20})"));
    HttpAnswer first;
    REQUIRE_FALSE(x.billing.one(x.acme, "D1.json", 0, 1, first));
    CHECK(first.body.ends_with(R"(}],"more":true,"seq":20})"));
}

TEST_CASE("what is no invoice of the account is refused, and without a projection there is none") {
    Billed x;
    for (const char* name :
         {"D2", "M1", "D0", "D01", "D", "X1", "1", "D1.pdf", "D1x", "D99999999999999999999"}) {
        INFO(name);
        CHECK(x.code(name) == "ORDER_UNKNOWN");
    }
    HttpAnswer answer;
    CHECK(x.billing.one(x.zeta, "D1", 0, 10, answer)->code == "ORDER_UNKNOWN");
    const Billing without(x.directory);
    CHECK(without.one(x.acme, "D1", 0, 10, answer)->code == "NOT_AVAILABLE");
}

}  // namespace gridbook::gateway::egress
