// SPDX-License-Identifier: Apache-2.0
// What a file of the configuration says beside the journal: energy, tokens beside hours, where keys may come
// from.
#include "tests/gateway/config_support.hpp"

namespace gridbook::gateway {

TEST_CASE("power of classes, carbon of zones and the usual PUE are kept by name") {
    const std::string energy = R"(
[energy]
pue = "1.35"
[[classes]]
name = "H100"
tflops = "989.4"
memory_gb = 80
bandwidth = "3.35"
power_kw = "0.7"
[[zones]]
name = "CN-EAST"
hub = "Yangtze delta"
residency = "CN"
carbon_g = "561.7"
)";
    const Config c = good_config(energy);
    CHECK(c.energy.pue == 1'350);
    CHECK(c.energy.power_w == decltype(c.energy.power_w){{"H100", 700}});
    CHECK(c.energy.carbon_mg == decltype(c.energy.carbon_mg){{"CN-EAST", 561'700}});
    CHECK(good_config(two_classes).energy.pue == 1'500);
    CHECK(good_config(two_classes).energy.power_w.empty());
    CHECK(refused_config("[energy]\npue = \"0.9\"\n") == "c.toml:2:7: energy.pue: must be 1 to 10, got 0.9");
    CHECK(refused_config("[energy]\npue = \"1.2345\"\n") ==
          "c.toml:2:7: energy.pue: must have at most three decimals, got 1.2345");
}

TEST_CASE("what serves which tokens names one class of each kind, once") {
    const std::string classes = two_classes + R"(
[[classes]]
name = "CHAT-L"
tokens = true
[[serving]]
class = "H100"
tokens = "CHAT-L"
tokens_per_second = "6500.5"
)";
    const Config c = good_config("[spread]\nalert_bp = 3000\nleast_lots = 5\n" + classes);
    const ledger::Thresholds& t = c.surveillance.thresholds;
    CHECK(t.spread_share == 3'000);
    CHECK(t.spread_least == 5);
    REQUIRE(t.serving.size() == 1);
    CHECK(t.serving[0].gpu == "H100");
    CHECK(t.serving[0].tokens == "CHAT-L");
    CHECK(t.serving[0].tokens_per_second == 6'500'500);
    CHECK(good_config("").surveillance.thresholds.spread_share == 2'500);
    const auto serving = [&](const char* gpu, const char* tokens) {
        const std::string text = classes + "[[serving]]\nclass = \"" + gpu + "\"\ntokens = \"" + tokens +
                                 "\"\ntokens_per_second = \"1\"\n";
        const std::string said = refused_config(text);
        return said.substr(said.find(": ") + 2);
    };
    CHECK(serving("H999", "CHAT-L") == "serving.class: there is no class H999");
    CHECK(serving("CHAT-L", "CHAT-L") == "serving.class: CHAT-L is a class of tokens");
    CHECK(serving("H200", "H100") == "serving.tokens: H100 is no class of tokens");
    CHECK(serving("H100", "CHAT-L") == "serving: H100 and CHAT-L stand there twice");
}

TEST_CASE("a key may be bound to addresses and networks") {
    const auto key = [](const char* addresses) {
        return std::string(
                   "[[accounts]]\nname = \"a\"\nroles = \"buyer\"\n[[keys]]\nname = \"k\"\naccount = ") +
               "\"a\"\nroles = \"buyer\"\nprivate_key = \"k.pem\"\naddresses = " + addresses + "\n";
    };
    CHECK(good_config(key("\"10.0.0.0/8\"")).keys.at(0).addresses == std::vector<std::string>{"10.0.0.0/8"});
    CHECK(good_config(key("[\"10.0.0.0/8\", \"::1\"]")).keys.at(0).addresses.size() == 2);
    CHECK(refused_config(key("[\"::1\", \"home\"]")) ==
          "c.toml:9:21: keys.addresses: must be an address or a network, as 10.0.0.0/8, got \"home\"");
    CHECK(refused_config(key("[]")) == "c.toml:9:13: keys.addresses: must have 1 to 64 addresses");
}

}  // namespace gridbook::gateway
