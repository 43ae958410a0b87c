// SPDX-License-Identifier: Apache-2.0
// JSON taken apart, strictly.
#include "tests/gateway/ingress_frames.hpp"

namespace gridbook::gateway::rim {

TEST_CASE("the order of the protocol's example is read", "[decoder]") {
    const Read read(
        R"({"id":"7","op":"order.place","symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","type":"limit","price":"14.20","qty":"16","tif":"gate","cid":"b-1"})");
    const auto& place = read.as<PlaceRequest>();
    CHECK(read.request.id == "7");
    CHECK(place.symbol == "H100.CN-EAST.G2.20261201T01Z");
    CHECK(place.side == engine::Side::buy);
    CHECK(place.tif == engine::TimeInForce::gate);
    CHECK(place.price == engine::Decimal{14'200'000});
    CHECK(place.qty == engine::Decimal{16'000'000});
    CHECK(place.cid == engine::Cid("b-1"));
}

TEST_CASE("words become what they name", "[decoder]") {
    CHECK(Read(order({{"side", R"("sell")"}, {"tif", R"("ioc")"}})).as<PlaceRequest>().side ==
          engine::Side::sell);
    CHECK(Read(order({{"tif", R"("ioc")"}})).as<PlaceRequest>().tif == engine::TimeInForce::ioc);
    CHECK(Read(order()).as<PlaceRequest>().tif == engine::TimeInForce::gate);
    CHECK_FALSE(Read(order({{"stp", R"("cancel_taker")"},
                            {"on_band", R"("reject")"},
                            {"post_only", "false"},
                            {"standby", "false"}}))
                    .error);
}

TEST_CASE("what is not one JSON object is FORMAT_JSON", "[decoder]") {
    const std::string good = order();
    for (const std::string& text : std::vector<std::string>{"",
                                                            " ",
                                                            "{",
                                                            "}",
                                                            "[]",
                                                            "\"a\"",
                                                            "1",
                                                            "null",
                                                            "true",
                                                            "{]",
                                                            "{\"a\"}",
                                                            "{\"a\":}",
                                                            "{\"a\":1,}",
                                                            "{,}",
                                                            "{a:1}",
                                                            "{'a':1}",
                                                            "{\"a\":1 \"b\":2}",
                                                            "{\"a\":tru}",
                                                            "{\"a\":nul}",
                                                            "{\"a\":trueish}",
                                                            "{\"a\":01}",
                                                            "{\"a\":1.}",
                                                            "{\"a\":.5}",
                                                            "{\"a\":+1}",
                                                            "{\"a\":1e}",
                                                            "{\"a\":-}",
                                                            "{\"a\":0x1}",
                                                            "{\"a\":NaN}",
                                                            "{\"a\":1abc}",
                                                            "{\"a\":\"b\"c}",
                                                            "{\"a\":\"\\x\"}",
                                                            "{\"a\":\"\\u12\"}",
                                                            "{\"a\":\"\\ud800\"}",
                                                            "{\"a\":\"\n\"}",
                                                            "{\"a\":\"\x01\"}",
                                                            "{\"a\":\"\xff\"}",
                                                            "{\"a\":\"\xc0\x80\"}",
                                                            "{\"a\":[1,]}",
                                                            "{\"a\":[1 2]}",
                                                            "{\"a\":{\"b\":}}",
                                                            "{\"a\":\"b}",
                                                            "// c\n{}",
                                                            "{}/**/",
                                                            std::string("{}\0", 3),
                                                            "\xef\xbb\xbf{}",
                                                            good + "x",
                                                            good + good,
                                                            good + "}",
                                                            good + ",",
                                                            good + " 1",
                                                            good.substr(0, good.size() - 1)}) {
        INFO(text);
        CHECK(Read(text).code() == "FORMAT_JSON");
    }
}

TEST_CASE("white space around the object is no trailing byte", "[decoder]") {
    CHECK_FALSE(Read(" \t\r\n" + order() + " \r\n\t").error);
}

TEST_CASE("a key that stands twice is FORMAT_JSON, however it is written", "[decoder]") {
    CHECK(Read(R"({"id":"1","id":"1","op":"balance.get"})").code() == "FORMAT_JSON");
    CHECK(Read(R"({"id":"1","op":"balance.get","\u0069d":"1"})").code() == "FORMAT_JSON");
    const Read read(R"({"id":"1","op":"balance.get","op":"orders.open"})");
    CHECK(read.code() == "FORMAT_JSON");
    CHECK(read.field() == "op");
    CHECK(Read(frame("order.batch", R"("orders":[{"a":1,"a":2}])")).code() == "FORMAT_JSON");
    CHECK(Read(frame("order.batch", R"("orders":[{"a":{"b":1,"b":2}}])")).code() == "FORMAT_JSON");
}

TEST_CASE("bad JSON is bad before anything is said about its meaning", "[decoder]") {
    CHECK(Read(R"({"id":7,"op":"no.such","x":tru})").code() == "FORMAT_JSON");
    CHECK(Read(R"({"op":"order.place","bogus":[1,2,{"a":01}]})").code() == "FORMAT_JSON");
    CHECK(Read(std::string(R"({"a":)") + std::string(40, '[') + std::string(40, ']') + "}").code() ==
          "FORMAT_JSON");
}

TEST_CASE("a frame of 16 KiB is read, one byte more is not", "[decoder]") {
    const std::string good = order();
    const std::string full = good + std::string(frame_bytes_max - good.size(), ' ');
    CHECK_FALSE(Read(full).error);
    const Read over(full + " ");
    CHECK(over.code() == "FORMAT_JSON");
    CHECK(over.error->rule == "length");
    CHECK(over.error->limit == std::vector<std::string>{"16384"});
    CHECK(over.error->got == "16385");
}

TEST_CASE("a decoder reads the next frame whatever the one before was", "[decoder]") {
    Decoder decoder;
    for (const char* text : {"{\"a\":\"unterminated", "", "{\"a\":[[[", "{\"a\":\"\xff\"}"}) {
        CHECK(decoder.decode(text));
        CHECK(decoder.frame().members().empty());
        REQUIRE_FALSE(decoder.decode(R"({"a":"x\n\u00e9"})"));
        CHECK(decoder.frame().text("a") == "x\n\xc3\xa9");
    }
}

TEST_CASE("more members than any op has are refused, not written past the end", "[decoder]") {
    std::string text = R"({"id":"1","op":"balance.get")";
    for (int i = 0; i < 200; ++i) text += fmt::format(",\"f{}\":{}", i, i);
    const Read read(text + "}");
    CHECK(read.code() == "FORMAT_FIELD");
    CHECK(read.error->rule == "count");
}

}  // namespace gridbook::gateway::rim
