// SPDX-License-Identifier: Apache-2.0
// Who hears what, and in which words: replies, account streams, answers to questions, HTTP. The texts are
// compared with the protocol's examples to the letter.

#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;

const std::string order_members =
    R"("ev":"order","state":"open","seq":88120,"n":412,"oid":"551200","cid":"b-1","symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","price":"14.20","qty":"16","leaves":"16","cum":"0","hold":"227.681664","band":7,"flags":[],"ts":"1760000000123456789")";
const std::string fill_text =
    R"({"ev":"fill","seq":88120,"n":413,"oid":"551200","cid":"b-1","symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","price":"13.50","qty":"16","leaves":"0","cum":"16","tid":"90331","liquidity":"taker","fee":"0.432","tax":"0.02592","released":"11.223744","ts":"1760000000123456789"})";

engine::Refused band_refusal(InstrumentId instrument, engine::Origin origin = {}) {
    engine::Refused r;
    r.origin = origin;
    r.cid = engine::Cid("p-5");
    r.limit_low = 9'800'000;
    r.limit_high = 19'600'000;
    r.got = 9'790'000;
    r.instrument = instrument;
    r.band = 7;
    r.reason = engine::RejectReason::price_band_hard;
    r.field = engine::RejectField::price;
    r.command = engine::CommandKind::place_order;
    return r;
}

TEST_CASE("the reply to an order and its fill are the protocol's examples") {
    Egress x;
    x.sign_in(1, x.acme);
    const auto origin = x.ask(1, "7");
    x.publish({event({88119}, resting(x.instrument(), 1, Side::sell, 1350, 200)),
               event({88120, 412, x.acme, reply}, example_order(x.instrument(), origin)),
               event({88120}, maker_fill(x.instrument(), 1, Side::sell, 1350, 160, 40)),
               event({88120, 413, x.acme}, example_fill(x.instrument()))});
    CHECK(x.outbox.to(1) == Texts{R"({"id":"7","ok":true,)" + order_members + "}", fill_text});
    CHECK(x.outbox.flushes == 1);
    CHECK(x.requests.size() == 0);
}

TEST_CASE("the refusal below the floor is the protocol's example") {
    Egress x;
    x.sign_in(1, x.acme);
    x.publish({event({88121, 0, x.acme, reply}, band_refusal(x.instrument(), x.ask(1, "8")))});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"8","ok":false,"error":{"code":"PRICE_BAND_HARD","msg":"below floor 9.80 = 14.00 x 0.70","field":"price","rule":"hard","band":7,"rationale":"G-2026-11-28/3","limit":["9.80","19.60"],"got":"9.79"},"cid":"p-5","seq":88121,"ts":"1760000000123456789"})"});
}

TEST_CASE("a refusal is told to nobody but the one who asked") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.acme);
    x.publish({event({88121, 0, x.acme, reply}, band_refusal(x.instrument(), x.ask(1, "8")))});
    CHECK(x.outbox.to(2).empty());
}

TEST_CASE("the reply stands for the event on its own connection, the account's others get the event") {
    Egress x;
    for (const ConnectionId c : {1u, 2u, 3u}) x.sign_in(c, c == 3 ? x.zeta : x.acme);
    x.publish({event({88120, 412, x.acme, reply}, example_order(x.instrument(), x.ask(1, "7")))});
    CHECK(x.outbox.to(1) == Texts{R"({"id":"7","ok":true,)" + order_members + "}"});
    CHECK(x.outbox.to(2) == Texts{"{" + order_members + "}"});
    CHECK(x.outbox.to(3).empty());
}

TEST_CASE("when the asker has gone, the account still hears the event") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.acme);
    const auto origin = x.ask(1, "7");
    x.requests.drop(1);
    x.sessions.closed(1);
    x.publish({event({88120, 412, x.acme, reply}, example_order(x.instrument(), origin))});
    CHECK(x.outbox.to(1).empty());
    CHECK(x.outbox.to(2) == Texts{"{" + order_members + "}"});
}

TEST_CASE("on a connection that acts on behalf everything names its account") {
    Egress x;
    x.sign_in(1, x.zeta, true);
    x.sessions.name(*x.sessions.find(1), x.acme);
    x.sign_in(2, x.acme);
    x.publish({event({88120, 412, x.acme, reply}, example_order(x.instrument(), x.ask(1, "7")))});
    x.publish({event({88121, 0, x.acme, reply}, band_refusal(x.instrument(), x.ask(1, "8")))});
    engine::TimeAdvanced advanced;
    advanced.origin = x.ask(1, "9", "clock.advance");
    advanced.to = Time{1'760'000'100'000'000'000};
    x.publish({event({88122, 0, x.zeta, reply}, advanced)});

    const Texts heard = x.outbox.to(1);
    REQUIRE(heard.size() == 3);
    CHECK(heard[0] == R"({"id":"7","ok":true,)" + order_members + R"(,"account":"acme"})");
    CHECK(heard[1].ends_with(R"("ts":"1760000000123456789","account":"acme"})"));
    CHECK(heard[2] == R"({"id":"9","ok":true,"ts":"1760000100000000000","seq":88122,"account":"zeta"})");
    CHECK(x.outbox.to(2) == Texts{"{" + order_members + "}"});
}

TEST_CASE("a duplicate is told again to its asker alone, without n, and changes no book") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.acme);
    x.publish({event({88119, 1, x.acme}, example_order(x.instrument()))});
    x.outbox.clear();
    x.publish({event({88120, 0, x.acme, dup}, example_order(x.instrument(), x.ask(1, "7"))),
               event({88121, 0, x.acme, dup}, band_refusal(x.instrument(), x.ask(1, "8")))});
    const Texts heard = x.outbox.to(1);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].starts_with(
        R"({"id":"7","ok":true,"ev":"order","state":"open","seq":88120,"oid":"551200")"));
    CHECK(heard[0].ends_with(R"("ts":"1760000000123456789","dup":true})"));
    CHECK(heard[1].starts_with(R"({"id":"8","ok":false,"error":{"code":"PRICE_BAND_HARD")"));
    CHECK(heard[1].ends_with(R"("cid":"p-5","seq":88121,"ts":"1760000000123456789","dup":true})"));
    CHECK(x.outbox.to(2).empty());
    CHECK(x.market.find(x.instrument())->bids.lots_at(Price{1420}).value == 160);
}

TEST_CASE("a cancelled order tells its reason, a replaced one whether it kept its place") {
    Egress x;
    x.sign_in(1, x.acme);
    auto order = example_order(x.instrument());
    x.publish({event({10, 1, x.acme}, order)});
    x.outbox.clear();
    order.qty = order.leaves = 100;
    order.hold = engine::Money{142'301'040};
    order.replaced = order.priority_kept = true;
    order.moved = false;
    x.publish({event({11, 2, x.acme}, order)});
    order.replaced = false;
    order.leaves = 0;
    order.hold = {};
    order.state = engine::OrderState::cancelled;
    order.reason = engine::CancelReason::gate_closed;
    x.publish({event({12, 3, x.acme}, order)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"order","state":"open","seq":11,"n":2,"oid":"551200","cid":"b-1","symbol":")" +
                example_symbol +
                R"(","side":"buy","price":"14.20","qty":"10","leaves":"10","cum":"0","hold":"142.30104","band":7,"flags":[],"kept":true,"ts":"1760000000123456789"})",
            R"({"ev":"order","state":"cancelled","seq":12,"n":3,"oid":"551200","cid":"b-1","symbol":")" +
                example_symbol +
                R"(","side":"buy","price":"14.20","qty":"10","leaves":"0","cum":"0","hold":"0","band":7,"flags":[],"reason":"GATE_CLOSED","ts":"1760000000123456789"})"});
}

TEST_CASE("fills add up in cum, also over a replace") {
    Egress x;
    x.sign_in(1, x.acme);
    auto order = resting(x.instrument(), 1, Side::sell, 1350, 160);
    auto taker = example_fill(x.instrument());
    taker.qty = taker.leaves = 60;
    x.publish({event({10, 1, x.acme}, order), event({11}, example_order(x.instrument())),
               event({11, 2, x.acme}, maker_fill(x.instrument(), 1, Side::sell, 1350, 60, 100))});
    CHECK(x.outbox.to(1)[1].find(R"("qty":"6","leaves":"10","cum":"6")") != std::string::npos);
    order.qty = 120;
    order.leaves = 60;
    order.cum = 60;
    order.replaced = true;
    x.publish({event({12, 3, x.acme}, order),
               event({13, 4, x.acme}, maker_fill(x.instrument(), 1, Side::sell, 1350, 60, 0))});
    CHECK(x.outbox.to(1)[3].find(R"("qty":"6","leaves":"0","cum":"12")") != std::string::npos);
    CHECK(x.market.find(x.instrument())->asks.empty());
}

TEST_CASE("credits, resources and keys are events of the account's stream") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::Credited credit;
    credit.amount = engine::Money{1'500'000'000};
    credit.cash = engine::Money{2'000'000'000};
    engine::ResourceRegistered resource;
    resource.origin = x.ask(1, "3", "resource.register");
    resource.resource = 4;
    resource.family = engine::FamilyId{0};
    resource.factor = 1'000;
    resource.factor_version = 2;
    resource.green_share = 3'500;
    resource.pue = 1'250;
    resource.count = engine::Quantity{160};
    resource.registered = engine::Quantity{200};
    engine::ResourceWithdrawn withdrawn;
    withdrawn.resource = 4;
    withdrawn.family = engine::FamilyId{0};
    withdrawn.count = engine::Quantity{160};
    withdrawn.registered = engine::Quantity{40};
    x.publish({event({10, 1, x.acme}, credit), event({11, 2, x.acme, reply}, resource),
               event({12, 3, x.acme}, withdrawn)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"credit","seq":10,"n":1,"amount":"1500","cash":"2000","ts":"1760000000123456789"})",
            R"({"id":"3","ok":true,"ev":"resource","state":"registered","seq":11,"n":2,"resource":"4","family":"H100.CN-EAST.G2","count":"16","registered":"20","factor":"1","factor_version":2,"green_share":"0.35","pue":"1.25","ts":"1760000000123456789"})",
            R"({"ev":"resource","state":"withdrawn","seq":12,"n":3,"resource":"4","family":"H100.CN-EAST.G2","count":"16","registered":"4","ts":"1760000000123456789"})"});
}

TEST_CASE("a band change is answered by HTTP as in the protocol, a conflict with 409") {
    Egress x;
    auto band = band_v7();
    band.origin = x.ask_http(31);
    band.version = 8;
    band.orders_parked = 12;
    band.qty_parked = engine::Quantity{3'400};
    band.participants = 3;
    engine::Refused conflict;
    conflict.origin = x.ask_http(32);
    conflict.reason = engine::RejectReason::version_conflict;
    conflict.field = engine::RejectField::expect;
    conflict.limit_low = 8;
    conflict.got = 7;
    conflict.command = engine::CommandKind::set_band;
    x.publish({event({88125, 0, engine::no_account, reply}, band),
               event({88126, 0, engine::no_account, reply}, conflict)});
    REQUIRE(x.outbox.responses.size() == 2);
    CHECK(x.outbox.responses[0].request == 31);
    CHECK(x.outbox.responses[0].status == 200);
    CHECK(
        x.outbox.responses[0].body ==
        R"({"ok":true,"version":8,"seq":88125,"status":"applied","impact":{"orders_parked":12,"qty_parked":"340","participants":3}})");
    CHECK(x.outbox.responses[1].status == 409);
    CHECK(
        x.outbox.responses[1].body ==
        R"({"ok":false,"error":{"code":"VERSION_CONFLICT","msg":"expected version 7, the latest is 8","field":"expect","rule":"expect","limit":["8"],"got":"7"}})");
}

TEST_CASE("participants, keys and credits are answered by HTTP") {
    Egress x;
    auto opened = account("nova");
    opened.origin = x.ask_http(41);
    engine::KeySet key;
    key.origin = x.ask_http(42);
    key.name = engine::Text<24>("k-9");
    key.roles = engine::role::buyer;
    engine::Credited credit;
    credit.origin = x.ask_http(43);
    credit.amount = credit.cash = engine::Money{500'000'000};
    const AccountId nova{2};
    x.publish({event({20, 0, nova, reply}, opened), event({21, 0, nova, reply}, key),
               event({22, 1, nova, reply}, credit)});
    REQUIRE(x.outbox.responses.size() == 3);
    CHECK(x.outbox.responses[0].body == R"({"ok":true,"account":"nova","seq":20})");
    CHECK(x.outbox.responses[1].body == R"({"ok":true,"key":"k-9","account":"nova","seq":21})");
    CHECK(x.outbox.responses[2].body == R"({"ok":true,"account":"nova","cash":"500","seq":22})");
}

// ---- questions ----

template <class Row>
Event row(engine::Origin origin, Row body) {
    body.origin = origin;
    return event({99, 0, AccountId{0}, reply}, body);
}
Event order_row(engine::Origin origin, InstrumentId instrument) {
    return event({99, 0, AccountId{0}, reply}, engine::OrderRow{example_order(instrument, origin)});
}
Event end(engine::Origin origin, engine::CommandKind question, bool more = false) {
    engine::RowsEnd e;
    e.question = question;
    e.more = more;
    return row(origin, e);
}

TEST_CASE("order.status answers the order, or ORDER_UNKNOWN") {
    Egress x;
    const auto known = x.ask(1, "5", "order.status");
    x.publish({order_row(known, x.instrument()), end(known, engine::CommandKind::query_order)});
    const auto unknown = x.ask(1, "6", "order.status");
    x.publish({end(unknown, engine::CommandKind::query_order)});
    const Texts heard = x.outbox.to(1);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].starts_with(R"({"id":"5","ok":true,"ev":"order","state":"open","seq":99,"oid":"551200")"));
    CHECK(heard[1].starts_with(R"({"id":"6","ok":false,"error":{"code":"ORDER_UNKNOWN")"));
    CHECK(x.requests.size() == 0);
}

TEST_CASE("orders.open and positions.get answer lists that say whether there is more") {
    Egress x;
    const auto orders = x.ask(1, "5", "orders.open");
    x.publish({order_row(orders, x.instrument()), order_row(orders, x.instrument()),
               end(orders, engine::CommandKind::query_orders, true)});
    const auto positions = x.ask(1, "6", "positions.get");
    engine::PositionRow p;
    p.instrument = x.instrument();
    p.bought = engine::Quantity{160};
    p.open_sells = engine::Quantity{5};
    p.registered = engine::Quantity{200};
    p.maintenance = engine::Quantity{80};
    p.margin = engine::Money{44'800'000};
    x.publish({row(positions, p), end(positions, engine::CommandKind::query_positions)});
    const std::string one =
        R"({"state":"open","oid":"551200","cid":"b-1","symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","price":"14.20","qty":"16","leaves":"16","cum":"0","hold":"227.681664","band":7,"flags":[]})";
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"5","ok":true,"orders":[)" + one + "," + one + R"(],"more":true,"seq":99})",
            R"({"id":"6","ok":true,"positions":[{"symbol":"H100.CN-EAST.G2.20261201T01Z","bought":"16","sold":"0","open_sells":"0.5","registered":"20","maintenance":"8","margin":"44.8","receivable":"0","zone":"CN-EAST","residency":"CN"}],"more":false,"seq":99})"});
}

TEST_CASE("balance.get answers by socket and by HTTP, there with both times") {
    Egress x;
    engine::BalanceRow b;
    b.cash = engine::Money{772'318'336};
    b.hold = engine::Money{227'681'664};
    for (const auto origin : {x.ask(1, "5", "balance.get"), x.ask_http(51, "GET /v1/account/balances")})
        x.publish({row(origin, b), end(origin, engine::CommandKind::query_balance)});
    const std::string members =
        R"("cash":"772.318336","hold":"227.681664","margin":"0","receivable":"0","penalty":"0","seq":99)";
    CHECK(x.outbox.to(1) == Texts{R"({"id":"5","ok":true,)" + members + "}"});
    REQUIRE(x.outbox.responses.size() == 1);
    CHECK(x.outbox.responses[0].body ==
          R"({"ok":true,)" + members +
              R"(,"ts":"1760000000123456789","time":"2025-10-09T08:53:20.123456789Z"})");
}

TEST_CASE("a logon that waits goes on with the engine's word on its session, once") {
    Egress x;
    std::vector<std::string> words;
    x.publisher.on_session_opened([&](ConnectionId connection, const std::optional<WireError>& error) {
        words.push_back(std::to_string(connection) + (error ? " " + std::string(error->code) : " opened"));
    });
    engine::SessionOpened opened;
    opened.origin = x.ask(7, "1", "session.logon");
    x.publish({event({10, 0, x.acme}, opened)});
    x.publish({event({11, 0, x.acme}, opened)});
    engine::Refused refused;
    refused.origin = x.ask(8, "1", "session.logon");
    refused.reason = engine::RejectReason::engine_limit;
    x.publish({event({12, 0, x.acme, reply}, refused)});
    CHECK(words == std::vector<std::string>{"7 opened", "8 ENGINE_LIMIT"});
    CHECK(x.outbox.sent.empty());  // the answers to the logons are not the publisher's
}

TEST_CASE("recovered events fill the mirrors and are told to nobody") {
    Egress x;
    x.sign_in(1, x.acme);
    x.publisher.recover(event({10, 1, x.acme, reply}, example_order(x.instrument(), {1, 1})));
    x.publisher.end_of_batch();
    CHECK(x.outbox.sent.empty());
    CHECK(x.market.find(x.instrument())->bids.lots_at(Price{1420}).value == 160);
    CHECK(x.directory.accounts()[0].number == 1);
    CHECK(x.metrics.orders() == 0);
}

TEST_CASE("text from outside is escaped and made valid UTF-8") {
    std::string out;
    append_error_reply("a\"b\\\n\x01", {"FORMAT_JSON", "caf\xC3\xA9 \xFF\xC3 \xE2\x82"}, out);
    CHECK(out ==
          "{\"id\":\"a\\\"b\\\\\\u000a\\u0001\",\"ok\":false,\"error\":{\"code\":\"FORMAT_JSON\",\"msg\":"
          "\"caf\xC3\xA9 "
          "\\ufffd\\ufffd \\ufffd\\ufffd\"}}");
}

TEST_CASE(
    "an error before sequencing has code, sentence and what it speaks of, in the order of the protocol") {
    std::string out;
    append_error_reply("9", {"RATE_LIMIT", "slower", "op", "bucket", {"100"}, "101", 0, "", 250}, out);
    CHECK(
        out ==
        R"({"id":"9","ok":false,"error":{"code":"RATE_LIMIT","msg":"slower","field":"op","rule":"bucket","limit":["100"],"got":"101","retry_ms":250}})");
    CHECK(http_error({"BUSY", "full"}) == R"({"ok":false,"error":{"code":"BUSY","msg":"full"}})");
}

}  // namespace

}  // namespace gridbook::gateway::egress
