// SPDX-License-Identifier: Apache-2.0
// The configuration: what is read, and how what is wrong is told. The shipped files and the README are read
// too.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "engine/catalogue/factor.hpp"
#include "tests/gateway/config_support.hpp"

namespace gridbook::gateway {

namespace {

namespace fs = std::filesystem;

const std::string parts = two_classes + R"([[zones]]
name = "CN-EAST"
hub = "Yangtze delta"
residency = "CN"
[[tiers]]
name = "G2"
availability = "99.5"
)";

}  // namespace

TEST_CASE("an empty file gives the defaults that the rules name") {
    const Config c = good_config("");
    CHECK(c.server.address == "127.0.0.1");
    CHECK(c.server.port == 8080);
    CHECK(c.rings.commands == 1u << 17);
    CHECK(c.rings.records == 1u << 20);
    CHECK(c.genesis.records == 4'194'304);
    CHECK(c.genesis.retention_s == 86'400);
    CHECK(c.genesis.taker_fee.value == 20);
    CHECK(c.genesis.maker_fee.value == 5);
    CHECK(c.genesis.tax.value == 600);
    CHECK(c.genesis.margin.value == 2'000);
    CHECK(c.genesis.clock == engine::ClockMode::real);
}

TEST_CASE("values are taken as they are written") {
    const Config c = good_config(R"(
clock = "replay"
clock_start = "2026-01-01T00:00:00Z"
[threads]
engine = "own"
wait = "spin"
[limits]
qty = "12.5"
notional = "1000000"
[[accounts]]
name = "acme"
group = "acme-group"
roles = ["buyer", "provider"]
[[keys]]
name = "k-7"
account = "acme"
roles = "buyer"
public_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)");
    CHECK(c.genesis.clock == engine::ClockMode::replay);
    CHECK(c.clock_start.value == 1'767'225'600'000'000'000);
    CHECK(c.threads.engine_own);
    CHECK(c.threads.wait == engine::WaitStrategy::spin);
    CHECK(c.genesis.max_qty == 12'500'000);
    CHECK(c.genesis.max_notional == 1'000'000'000'000);
    REQUIRE(c.accounts.size() == 1);
    CHECK(role_words(c.accounts[0].body.roles) == "buyer, provider");
    REQUIRE(c.keys.size() == 1);
    CHECK(c.keys[0].body.public_key[31] == 31);
}

TEST_CASE("what is wrong is told with file, line, column, key, rule and value") {
    CHECK(refused_config("[server]\nport = 70000\n") ==
          "c.toml:2:8: server.port: must be 0 to 65535, got 70000");
    CHECK(refused_config("[server]\nport = \"80\"\n") ==
          "c.toml:2:8: server.port: must be a whole number, got a value of type string");
    CHECK(refused_config("[server]\nprot = 80\n") == "c.toml:2:8: server.prot: there is no such key");
    CHECK(refused_config("\n[sever]\nport = 80\n") == "c.toml:2:1: sever: there is no such key");
    CHECK(refused_config("[rings]\nrecords = 100000\n") ==
          "c.toml:2:11: rings.records: must be a power of two, got 100000");
    CHECK(refused_config("clock = \"fast\"\n") ==
          "c.toml:1:9: clock: must be one of real, replay, got \"fast\"");
    CHECK(refused_config("clock = \"replay\"\n") ==
          "c.toml:1:1: clock_start: is needed with clock = \"replay\", and only there");
    CHECK(refused_config("[pools]\norders = 1024\nrecords = 1024\n") ==
          "c.toml:1:1: pools.records: must be more than pools.orders (1024), got 1024");
    CHECK(refused_config("[pools]\npositions = 1024\ndeliveries = 512\n") ==
          "c.toml:1:1: pools.deliveries: must be at least pools.positions (1024), or 0 for a market in which "
          "nothing is delivered, got 512");
    CHECK(refused_config("[pools]\ndraws = 1000\n") ==
          "c.toml:2:9: pools.draws: must be a power of two, got 1000");
    CHECK(refused_config("[pools]\ndraws = 1\n") == "c.toml:2:9: pools.draws: must be 2 to 268435456, got 1");
    CHECK(refused_config("[pools]\npackages = 65536\n") ==
          "c.toml:2:12: pools.packages: must be 0 to 65535, got 65536");
    CHECK(refused_config("[pools]\ndraws = 0\n") ==
          "c.toml:1:1: pools.packages: without pools.draws nothing is drawn, so it must be 0, got 4096");
    CHECK(refused_config("[fees]\nmaker_bp = 21\n") ==
          "c.toml:1:1: fees.taker_bp: must be at least fees.maker_bp (21), got 20");
    CHECK(refused_config("[limits]\nqty = 1.5\n") ==
          "c.toml:2:7: limits.qty: must be a decimal in quotes, for example \"14.00\", got a value of type "
          "floating-point");
    CHECK(refused_config("[[zones]]\nname = \"CN.EAST\"\nhub = \"x\"\nresidency = \"CN\"\n") ==
          "c.toml:2:8: zones.name: must be letters, digits, - and _, got \"CN.EAST\"");
    CHECK(refused_config("[[zones]]\nname = \"CN-EAST\"\n") == "c.toml:1:1: zones.hub: is missing");
    CHECK(refused_config("[zones]\nname = \"CN-EAST\"\n") ==
          "c.toml:1:1: zones: must be written as [[zones]]");
    CHECK(refused_config("[server\n").starts_with("c.toml:1:8: "));
    CHECK(refused_config("[[accounts]]\nname = \"a\"\nroles = \"king\"\n") ==
          "c.toml:3:9: accounts.roles: must be one of observer, buyer, provider, regulator, operator, got "
          "\"king\"");
    CHECK(refused_config(
              "[[keys]]\nname = \"k\"\naccount = \"a\"\nroles = \"buyer\"\npublic_key = \"AAAA\"\n") ==
          "c.toml:5:14: keys.public_key: must be an Ed25519 public key: 32 bytes in base64");
    CHECK(refused_config("[[keys]]\nname = \"k\"\naccount = \"a\"\nroles = \"buyer\"\n") ==
          "c.toml:1:1: keys: k needs either public_key or private_key");
    CHECK(refused_config("catalogue = \"none.toml\"\n")
              .starts_with("c.toml:1:13: catalogue: there is no file "));
}

TEST_CASE("rules, pools, grace and widths of the dynamic band") {
    const Config plain = good_config("");
    CHECK(plain.genesis.strips == 16'384);
    CHECK(plain.genesis.sessions == 4'096);
    CHECK(plain.genesis.positions == 262'144);
    CHECK(plain.genesis.deliveries == 262'144);
    CHECK(good_config("[pools]\ndeliveries = 0\n").genesis.deliveries == 0);
    CHECK(plain.genesis.draws_log2 == 20);
    CHECK(good_config("[pools]\ndraws = 2\n").genesis.draws_log2 == 1);
    CHECK(good_config("[pools]\ndraws = 65536\n").genesis.draws_log2 == 16);
    CHECK(good_config("[pools]\ndraws = 0\npackages = 0\n").genesis.draws_log2 == 0);
    CHECK(plain.genesis.packages == 4'096);
    CHECK(good_config("[pools]\npackages = 7\n").genesis.packages == 7);
    CHECK(plain.sessions.cancel_grace_ms == 5'000);
    CHECK(plain.rules.reference_window_s == 300);
    const Config c = good_config(
        "[pools]\nstrips = 7\nsessions = 8\n[sessions]\ncancel_grace_ms = 0\n"
        "[rules]\nreference_window_s = 600\npause_s = 60\ntakeover_bp = 50\n");
    CHECK(c.genesis.strips == 7);
    CHECK(c.genesis.sessions == 8);
    CHECK(c.sessions.cancel_grace_ms == 0);
    CHECK(c.rules.reference_window_s == 600);
    CHECK(c.rules.pause_s == 60);
    CHECK(c.rules.takeover == engine::BasisPoints{50});
    CHECK(refused_config("[rules]\nreference_window_s = 90\n") ==
          "c.toml:2:22: rules.reference_window_s: must be whole minutes");
}

TEST_CASE("surveillance has the thresholds of the rules, or its own") {
    const Config plain = good_config("");
    CHECK(plain.surveillance.enabled);
    CHECK(plain.surveillance.thresholds.wash_share == 8'000);
    CHECK(plain.surveillance.thresholds.spiral_fall == 1'500);
    const Config c = good_config("[surveillance]\nlayering_levels = 4\nspiral_days = 7\nnames = false\n");
    CHECK(c.surveillance.thresholds.layering_levels == 4);
    CHECK(c.surveillance.thresholds.spiral_days == 7);
    CHECK_FALSE(c.surveillance.names);
    CHECK(refused_config("[surveillance]\nwash_bp = 10000\n") ==
          "c.toml:2:11: surveillance.wash_bp: must be 0 to 9999, got 10000");
    CHECK(refused_config("[surveillance]\nspiral_days = 1\n") ==
          "c.toml:2:15: surveillance.spiral_days: must be 2 to 30, got 1");
    CHECK(refused_config("[surveillance]\nwash = 1\n") ==
          "c.toml:2:8: surveillance.wash: there is no such key");
}

TEST_CASE("the width of a dynamic band is a percentage") {
    const auto with = [](const std::string& width) {
        return parts +
               "[[families]]\nclasses = \"H100\"\nzones = \"CN-EAST\"\ntiers = \"G2\"\n"
               "guidance = \"14.00\"\n" +
               width;
    };
    CHECK(good_config(with("")).families[0].body.dynamic_width == engine::BasisPoints{0});
    CHECK(good_config(with("dynamic_width = \"7.25\"\n")).families[0].body.dynamic_width ==
          engine::BasisPoints{725});
    CHECK(refused_config(with("dynamic_width = \"101\"\n")).ends_with("must be 0 to 100, got 101"));
    CHECK(refused_config(with("dynamic_width = \"0.001\"\n"))
              .ends_with("must have at most two decimals, got 0.001"));
}

TEST_CASE("a sparse figure is no nameplate") {
    CHECK(refused_config(
              "[[classes]]\nname = \"H100\"\ntflops = \"1979\"\nsparse_tflops = \"1979\"\nmemory_gb = 80\n"
              "bandwidth = \"3.35\"\n") ==
          "c.toml:1:1: classes.tflops: must be the dense figure, below sparse_tflops; class H100");
}

TEST_CASE("factors come from the nameplate, unless given") {
    const Config c = good_config(parts);
    CHECK(c.classes[0].body.k_train == 1'000);
    CHECK(c.classes[1].body.k_train == 1'137);
    CHECK(c.classes[1].body.k_infer == 1'365);
}

TEST_CASE("a class of tokens has no nameplate, and is traded by the day") {
    const std::string models = parts +
                               "[[classes]]\nname = \"CHAT-L\"\ntokens = true\n[[tiers]]\nname = \"T1\"\n"
                               "availability = \"99.0\"\nproduct = \"token\"\n";
    const auto family = [](const char* tier) {
        return fmt::format(
            "[[families]]\nclasses = \"CHAT-L\"\nzones = \"CN-EAST\"\ntiers = \"{}\"\n"
            "guidance = \"8.00\"\n",
            tier);
    };
    const Config c = good_config(models + family("T1"));
    CHECK(c.classes.back().body.tflops == 0);
    CHECK(c.classes.back().body.k_train == 1'000);
    CHECK(c.classes.back().body.k_infer == 1'000);
    CHECK(c.families.back().body.product == engine::Product::token);
    CHECK(c.families.back().body.horizon == 30);
    CHECK(refused_config(models + family("G2"))
              .ends_with("families.tiers: CHAT-L is a class of tokens, G2 is a tier of hours"));
    const std::string plate = "[[classes]]\nname = \"X\"\n";
    CHECK(refused_config(plate + "tokens = true\ntflops = \"1\"\n") ==
          "c.toml:1:1: classes.tokens: X is a class of tokens, which has no nameplate");
    CHECK(refused_config(plate + "tokens = true\nbenchmark = true\n") ==
          "c.toml:1:1: classes.benchmark: X is a class of tokens");
    CHECK(refused_config(plate + "tflops = \"1\"\nbandwidth = \"1\"\n") ==
          "c.toml:1:1: classes.memory_gb: is missing");
}

TEST_CASE("the table of factors in the market rules") {
    const auto check = [](engine::Nameplate plate, std::uint32_t train, std::uint32_t infer) {
        CHECK(engine::factor(plate, engine::train_weights) == train);
        CHECK(engine::factor(plate, engine::infer_weights) == infer);
    };
    check({989'400, 80, 3'350}, 1'000, 1'000);
    check({989'400, 141, 4'800}, 1'137, 1'365);
    check({312'000, 80, 2'039}, 404, 570);
    check({148'000, 96, 4'000}, 279, 711);
    check({780'000, 128, 3'200}, 879, 1'009);
}

TEST_CASE("families are the product of their lists, and a benchmark is converted by factor") {
    const Config c = good_config(parts + R"(
[[classes]]
name = "K042"
tflops = "1"
memory_gb = 1
bandwidth = "1"
k_train = "0.42"
[[classes]]
name = "K079"
tflops = "1"
memory_gb = 1
bandwidth = "1"
k_train = "0.79"
[[families]]
classes = ["H100", "K042", "K079"]
zones = "CN-EAST"
tiers = ["G2"]
benchmark = "14.00"
[[families]]
classes = ["K042", "K079"]
zones = "CN-BTH"
tiers = ["G2"]
benchmark = "14.00"
floor = "9.80"
ceiling = "19.60"
[[zones]]
name = "CN-BTH"
hub = "Beijing-Tianjin-Hebei"
residency = "CN"
)");
    REQUIRE(c.families.size() == 5);
    CHECK(c.families[0].name() == "H100.CN-EAST.G2");
    CHECK(c.families[0].body.guidance.value == 14'000'000);
    CHECK(c.families[0].body.horizon == 192);
    CHECK(c.families[1].body.guidance.value == 5'880'000);
    CHECK(c.families[2].body.guidance.value == 11'060'000);
    // Without edges they follow the guidance; given ones are the vectors of the market rules, section 5.
    CHECK(c.families[0].body.floor.value == 0);
    CHECK(c.families[3].name() == "K042.CN-BTH.G2");
    CHECK(c.families[3].body.floor.value == 4'120'000);
    CHECK(c.families[3].body.ceiling.value == 8'230'000);
    CHECK(c.families[4].body.floor.value == 7'750'000);
    CHECK(c.families[4].body.ceiling.value == 15'480'000);
}

TEST_CASE("the edges of a band round inward") {
    const Config c = good_config(parts +
                                 "[[families]]\nclasses = \"H100\"\nzones = \"CN-EAST\"\ntiers = \"G2\"\n"
                                 "guidance = \"6.86\"\nfloor = \"0.686\"\nceiling = \"34.305\"\n");
    CHECK(c.families[0].body.floor.value == 690'000);
    CHECK(c.families[0].body.ceiling.value == 34'300'000);
}

TEST_CASE("a family needs parts that exist, one price, and to be the only one of its name") {
    const auto family = [](const std::string& rest) {
        return parts + "[[families]]\nzones = \"CN-EAST\"\n" + rest;
    };
    CHECK(refused_config(family("classes = \"B200\"\ntiers = \"G2\"\nguidance = \"14.00\"\n")) ==
          "c.toml:19:1: families.classes: there is no class B200");
    CHECK(refused_config(family("classes = \"H100\"\ntiers = \"G9\"\nguidance = \"14.00\"\n")) ==
          "c.toml:19:1: families.tiers: there is no tier G9");
    CHECK(refused_config(family("classes = \"H100\"\ntiers = \"G2\"\n")) ==
          "c.toml:19:1: families: needs either guidance or benchmark");
    CHECK(refused_config(family("classes = \"H100\"\ntiers = \"G2\"\nguidance = \"14.005\"\n")) ==
          "c.toml:23:12: families.guidance: must be a multiple of 0.01, got 14.005");
    const std::string twice =
        refused_config(family("classes = [\"H100\", \"H100\"]\ntiers = \"G2\"\nguidance = \"14.00\"\n"));
    CHECK(twice.starts_with("c.toml:19:1: families: H100.CN-EAST.G2 is already defined at "));
}

TEST_CASE("a catalogue is read from its own file, before what the main file adds") {
    const ConfigFolder folder;
    folder.write("catalogue.toml", parts);
    const std::string path = folder.write("main.toml",
                                          "catalogue = \"catalogue.toml\"\n[[families]]\nclasses = \"H100\"\n"
                                          "zones = \"CN-EAST\"\ntiers = \"G2\"\nguidance = \"14.00\"\n");
    std::string error;
    const auto config = read_config(path, error);
    INFO(error);
    REQUIRE(config);
    CHECK(config->classes[1].body.name.view() == "H200");
    CHECK(config->classes[1].place.text().find("catalogue.toml:7:1") != std::string::npos);
    folder.write("catalogue.toml", "[server]\nport = 1\n");
    CHECK_FALSE(read_config(path, error));
    CHECK(error.find("a catalogue holds classes, serving, zones, tiers and families") != std::string::npos);
}

TEST_CASE("every shipped configuration is read without complaint") {
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(GRIDBOOK_SOURCE_DIR) / "config")) {
        const std::string name = entry.path().filename().string();
        // The two catalogue files are read through those that name them.
        if (entry.path().extension() != ".toml" || name == "catalogue.toml" || name == "families.toml")
            continue;
        std::string error;
        const auto config = read_config(entry.path().string(), error);
        INFO(error);
        CHECK(config);
        ++files;
    }
    CHECK(files >= 4);
}

TEST_CASE("config/README.md names every key, and no other") {
    std::ifstream readme(fs::path(GRIDBOOK_SOURCE_DIR) / "config" / "README.md");
    REQUIRE(readme);
    // Rows of the key tables, which follow the heading "## Keys": | `server.port` | ... |
    std::set<std::string> told;
    const std::regex row(R"(^\| `([a-z_]+(\.[a-z_]+)?)` \|.*)");
    bool keys_begun = false;
    for (std::string line; std::getline(readme, line);) {
        keys_begun = keys_begun || line == "## Keys";
        if (std::smatch match; keys_begun && std::regex_match(line, match, row)) told.insert(match[1]);
    }
    const std::vector<std::string> keys = config_keys();
    CHECK(std::set<std::string>(keys.begin(), keys.end()) == told);
}

}  // namespace gridbook::gateway
