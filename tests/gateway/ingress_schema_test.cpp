// SPDX-License-Identifier: Apache-2.0
// The table of ops and fields, and what each refuses.
#include "gateway/ingress/instant.hpp"
#include "tests/gateway/ingress_frames.hpp"

namespace gridbook::gateway::rim {

TEST_CASE("every request has an id and an op", "[schema]") {
    CHECK(Read(R"({"op":"balance.get"})").field() == "id");
    CHECK(Read(R"({"op":"balance.get"})").code() == "FORMAT_FIELD");
    CHECK(Read(R"({"id":7,"op":"balance.get"})").code() == "FORMAT_FIELD");
    CHECK(Read(R"({"id":"","op":"balance.get"})").code() == "FORMAT_VALUE");
    CHECK(Read(fmt::format(R"({{"id":"{}","op":"balance.get"}})", std::string(37, 'x'))).code() ==
          "FORMAT_VALUE");
    CHECK_FALSE(Read(fmt::format(R"({{"id":"{}","op":"balance.get"}})", std::string(36, 'x'))).error);
    CHECK(Read(R"({"id":"1"})").field() == "op");
    CHECK(Read(R"({"id":"1","op":null})").code() == "FORMAT_FIELD");
}

TEST_CASE("a refusal tells the id as soon as it is known", "[schema]") {
    CHECK(Read(R"({"id":"9","op":"no.such"})").request.id == "9");
    CHECK(Read(order({{"price", "1"}})).request.id == "7");
    CHECK(Read(R"({"op":"no.such"})").request.id.empty());
}

TEST_CASE("an op is unknown, or belongs elsewhere", "[schema]") {
    CHECK(Read(frame("order.plaice")).code() == "OP_UNKNOWN");
    CHECK(Read(frame("")).code() == "OP_UNKNOWN");
    const Read market(frame("subscribe", R"("channels":["book"],"symbols":["*"])"));
    CHECK(market.code() == "OP_UNKNOWN");
    CHECK(market.error->msg == "subscribe belongs to /v1/market");
}

TEST_CASE("unknown, missing and wrongly typed fields are FORMAT_FIELD and named", "[schema]") {
    const Read unknown(order({{"colour", R"("red")"}}));
    CHECK(unknown.code() == "FORMAT_FIELD");
    CHECK(unknown.field() == "colour");
    CHECK(unknown.error->rule == "unknown");
    for (const char* field : {"symbol", "side", "type", "price", "qty", "cid"}) {
        INFO(field);
        const Read missing(order({{field, ""}}));
        CHECK(missing.code() == "FORMAT_FIELD");
        CHECK(missing.field() == field);
        CHECK(missing.error->rule == "required");
        for (const char* value : {"1", "1.5", "true", "null", "[]", "[\"a\"]", "{}", "[1]"}) {
            INFO(value);
            const Read wrong(order({{field, value}}));
            CHECK(wrong.code() == "FORMAT_FIELD");
            CHECK(wrong.field() == field);
            CHECK(wrong.error->rule == "type");
        }
    }
    CHECK(Read(order({{"post_only", R"("false")"}})).error->rule == "type");
}

TEST_CASE("bad values are FORMAT_VALUE and tell rule and value", "[schema]") {
    const std::pair<const char*, const char*> bad[] = {{"price", "1e3"},
                                                       {"price", "-1"},
                                                       {"price", "-0"},
                                                       {"price", ""},
                                                       {"price", "1.0000001"},
                                                       {"price", "14,20"},
                                                       {"price", " 14"},
                                                       {"qty", "-16"},
                                                       {"qty", "1."},
                                                       {"qty", "99999999999999"},
                                                       {"side", "Buy"},
                                                       {"side", "long"},
                                                       {"type", "stop"},
                                                       {"tif", "day"},
                                                       {"cid", ""},
                                                       {"cid", "a b"},
                                                       {"cid", "a.b"},
                                                       {"cid", "\u00e9"},
                                                       {"stp", "off"},
                                                       {"on_band", "ignore"},
                                                       {"account", "a/b"},
                                                       {"symbol", ""},
                                                       {"cid", "123456789012345678901234567890123"}};
    for (const auto& [field, value] : bad) {
        INFO(field << ' ' << value);
        const Read read(order({{field, fmt::format("\"{}\"", value)}}));
        CHECK(read.code() == "FORMAT_VALUE");
        CHECK(read.field() == field);
        CHECK_FALSE(read.error->rule.empty());
        CHECK(read.error->got == value);
    }
    CHECK(Read(order({{"side", R"("long")"}})).error->rule == "one of buy, sell");
    CHECK(Read(order({{"cid", R"("12345678901234567890123456789012")"}})).code().empty());
    CHECK(Read(order({{"cid", R"("A-z_09")"}})).code().empty());
    // Steps and bands are the market's to judge, in sequence.
    CHECK(Read(order({{"price", R"("14.205")"}})).code().empty());
    CHECK(Read(order({{"price", R"("0")"}, {"qty", R"("0")"}})).code().empty());
    CHECK(Read(order({{"price", R"("14.20000000000")"}})).as<PlaceRequest>().price ==
          engine::Decimal{14'200'000});
}

TEST_CASE("an error tells back no more than 64 bytes", "[schema]") {
    CHECK(Read(order({{"side", '"' + std::string(5'000, 'x') + '"'}})).error->got.size() == 64);
    CHECK(Read(order({{std::string(5'000, 'x'), "1"}})).error->field.size() == 64);
}

TEST_CASE("an order is named by oid or by cid", "[schema]") {
    CHECK(Read(frame("order.cancel", R"("oid":"551200")")).as<CancelRequest>().name.order ==
          engine::OrderId{551'200});
    CHECK(Read(frame("order.cancel", R"("cid":"b-1")")).as<CancelRequest>().name.cid == engine::Cid("b-1"));
    CHECK(Read(frame("order.status", R"("oid":"1")")).as<StatusRequest>().name.order == engine::OrderId{1});
    const auto replace =
        Read(frame("order.replace", R"("oid":"9223372036854775807","price":"1.5","qty":"2")"))
            .as<ReplaceRequest>();
    CHECK(replace.name.order == engine::OrderId{INT64_MAX});
    CHECK(replace.price == engine::Decimal{1'500'000});
    for (const char* op : {"order.cancel", "order.status"}) {
        CHECK(Read(frame(op)).code() == "FORMAT_FIELD");
        CHECK(Read(frame(op, R"("oid":"1","cid":"a")")).code() == "FORMAT_FIELD");
        for (const char* oid : {"", "0", "01", "-1", "1.0", "x", "9223372036854775808", " 1"}) {
            INFO(oid);
            CHECK(Read(frame(op, fmt::format(R"("oid":"{}")", oid))).code() == "FORMAT_VALUE");
        }
    }
}

TEST_CASE("pages have a limit and a place to go on from", "[schema]") {
    CHECK(Read(frame("orders.open")).as<OpenOrdersRequest>().limit == 1'000);
    const auto page = Read(frame("orders.open", R"("after":"12","limit":50)")).as<OpenOrdersRequest>();
    CHECK(page.after == engine::OrderId{12});
    CHECK(page.limit == 50);
    CHECK(
        Read(frame("positions.get", R"("after":"X.Y.Z.20261201","limit":1)")).as<PositionsRequest>().after ==
        "X.Y.Z.20261201");
    for (const char* limit : {"0", "1001", "-1", "1.5", "1e2", "99999999999999999999"}) {
        INFO(limit);
        CHECK(Read(frame("orders.open", fmt::format(R"("limit":{})", limit))).code() == "FORMAT_VALUE");
    }
    CHECK(Read(frame("orders.open", R"("limit":"50")")).code() == "FORMAT_FIELD");
}

TEST_CASE("a resource is registered with decimals, figures and a certificate", "[schema]") {
    const std::string names = R"("class":"H100","zone":"CN-EAST","tier":"G2")";
    const Read full(frame(
        "resource.register",
        names +
            R"(,"count":"128.5","residency":"CN","pue":"1.25","green_share":0.45,"tflops":989.4,"dense":true,"cert":"c")"));
    const auto& r = full.as<RegisterRequest>();
    CHECK(r.count == engine::Decimal{128'500'000});
    CHECK(r.pue == engine::Decimal{1'250'000});
    CHECK(r.green_share == engine::Decimal{450'000});
    CHECK(r.tflops == engine::Decimal{989'400'000});
    CHECK(r.dense == true);
    CHECK(r.certificate == "c");
    CHECK_FALSE(Read(frame("resource.register", names + R"(,"count":"1")")).as<RegisterRequest>().dense);
    const auto with = [&](const char* more) {
        return Read(frame("resource.register", names + R"(,"count":"1",)" + more));
    };
    for (const char* bad : {R"("pue":"0.9")", R"("pue":"10.001")", R"("pue":"1.2345")",
                            R"("green_share":"1.01")", R"("green_share":"0.00001")", R"("tflops":0)",
                            R"("tflops":1e3)", R"("pue":-1.5)", R"("tflops":"1.2345")"}) {
        INFO(bad);
        CHECK(with(bad).code() == "FORMAT_VALUE");
    }
    CHECK(Read(frame("resource.register", names + R"(,"count":1)")).code() == "FORMAT_FIELD");
    CHECK(Read(frame("resource.withdraw", R"("resource":"4")")).as<WithdrawRequest>().resource == 4);
    CHECK(Read(frame("resource.withdraw", R"("resource":"4294967296")")).code() == "FORMAT_VALUE");
    CHECK(Read(frame("resource.withdraw", R"("resource":"0")")).code() == "FORMAT_VALUE");
}

TEST_CASE("time is nanoseconds in digits", "[schema]") {
    CHECK(Read(frame("clock.advance", R"("ts":"1760000000123456789")")).as<ClockAdvanceRequest>().to ==
          engine::Time{1'760'000'000'123'456'789});
    for (const char* ts : {"", "-1", "1.5", "1e9", "9223372036854775808", "2026-12-01T00:00:00Z"}) {
        INFO(ts);
        CHECK(Read(frame("clock.advance", fmt::format(R"("ts":"{}")", ts))).code() == "FORMAT_VALUE");
    }
    CHECK(Read(frame("clock.advance", R"("ts":1760000000)")).code() == "FORMAT_FIELD");
}

// Every op of the table with the least it needs, then each of its fields with a type that no form takes.
TEST_CASE("no field of any op takes an object", "[schema]") {
    for (const OpSpec& op : ops()) {
        if (op.endpoint == Endpoint::market) continue;
        for (const Field& field : op.fields) {
            INFO(op.name << ' ' << field.name);
            const Read read(frame(op.name, fmt::format(R"("{}":{{"a":1}})", field.name)));
            CHECK(read.code() == "FORMAT_FIELD");
            CHECK(read.field() == field.name);
        }
    }
}

TEST_CASE("the table names every op once, and every field of an op once", "[schema]") {
    std::map<std::string_view, int> names;
    for (const OpSpec& op : ops()) {
        CHECK(++names[op.name] == 1);
        CHECK(find_op(op.name) == &op);
        std::map<std::string_view, int> fields;
        for (const Field& field : op.fields) {
            INFO(op.name << ' ' << field.name);
            CHECK(++fields[field.name] == 1);
            CHECK((field.form == Form::word || field.form == Form::words || field.words.empty() ||
                   field.form == Form::truth));
        }
    }
}

TEST_CASE("instants are RFC 3339", "[schema]") {
    const auto seconds = [](std::string_view text) {
        const auto time = parse_instant(text);
        REQUIRE(time);
        return time->value / 1'000'000'000;
    };
    CHECK(seconds("2026-12-01T00:00:00Z") == 1'796'083'200);
    CHECK(seconds("2026-12-01T08:00:00+08:00") == 1'796'083'200);
    CHECK(seconds("2026-11-30T18:30:00-05:30") == 1'796'083'200);
    CHECK(seconds("1970-01-01t00:00:00z") == 0);
    CHECK(parse_instant("2026-12-01T00:00:00.5Z")->value == 1'796'083'200'500'000'000);
    CHECK(parse_instant("2026-12-01T00:00:00.123456789Z")->value == 1'796'083'200'123'456'789);
    for (const char* text :
         {"", "2026-12-01", "2026-12-01T00:00:00", "2026-12-01 00:00:00Z", "2026-13-01T00:00:00Z",
          "2026-02-29T00:00:00Z", "2026-12-01T24:00:00Z", "2026-12-01T00:60:00Z", "2026-12-01T00:00:60Z",
          "2026-12-01T00:00:00.Z", "2026-12-01T00:00:00.1234567890Z", "2026-12-01T00:00:00+8:00",
          "2026-12-01T00:00:00Zx", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01",
          "2262-01-01T00:00:00Z", "26-12-01T00:00:00Z", "2026-12-01T00:00:00+24:00"}) {
        INFO(text);
        CHECK_FALSE(parse_instant(text));
    }
}

}  // namespace gridbook::gateway::rim
