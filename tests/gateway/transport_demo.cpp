// SPDX-License-Identifier: Apache-2.0
// The demo market against the real exchange: it opens, trades, moves bands, survives a restart, and leaves a
// journal that the audit passes.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <set>
#include <sstream>
#include <thread>

#include "gateway/demo/demo.hpp"
#include "gateway/demo/market.hpp"
#include "ledger/audit.hpp"

using namespace gridbook;
using namespace gridbook::gateway;

namespace {

Config demo_config(const std::filesystem::path& folder) {
    std::string error;
    auto config = read_config(std::string(GRIDBOOK_SOURCE_DIR) + "/config/demo.toml", error);
    INFO(error);
    REQUIRE(config);
    config->server.port = 0;
    config->data.folder = folder.string();
    // Small pools: the test is about the market, not about its size.
    config->genesis.orders = 1 << 14;
    config->genesis.records = 1 << 16;
    config->genesis.pages = 1 << 14;
    config->genesis.positions = 1 << 14;
    return *config;
}

demo::Options options_of(const Config& config, const std::string& url) {
    return {.url = url,
            .folder = config.data.folder + "/demo",
            .operator_key = {"op-1", config.data.folder + "/keys/op-1.pem"},
            .regulator_key = {"reg-1", config.data.folder + "/keys/reg-1.pem"},
            .seed = 7,
            .orders_per_s = 400,
            .providers = 4,
            .buyers = 6,
            .band_every_s = 1};
}

// Runs the exchange with a market beside it until `enough` holds of its stats, at most twenty seconds.
template <class Enough>
demo::Stats run_market(const Config& config, Enough enough) {
    std::promise<std::string> ready;
    std::unique_ptr<demo::DemoMarket> market;
    ServeOptions options{.config = config, .status_line = false, .seconds = 20};
    options.on_ready = [&](const std::string& url) {
        market = std::make_unique<demo::DemoMarket>(options_of(config, url));
        market->start();
        ready.set_value(url);
    };
    int status = -1;
    std::thread exchange([&] { status = serve(options); });
    const bool opened = ready.get_future().wait_for(std::chrono::seconds(15)) == std::future_status::ready;
    demo::Stats stats;
    for (int i = 0; opened && i < 1'500 && !enough(stats = market->stats()); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (market) market->stop();
    // The way a user stops it.
    ::kill(::getpid(), SIGTERM);
    exchange.join();
    CHECK(opened);
    CHECK(status == 0);
    return stats;
}

}  // namespace

TEST_CASE("the demo market opens, trades, moves bands, and goes on after a restart", "[demo]") {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("gridbook-demo-{}", ::getpid());
    std::filesystem::remove_all(folder);
    const Config config = demo_config(folder);

    const auto enough = [](const demo::Stats& s) {
        return s.accepted > 800 && s.fills > 40 && s.bands_moved >= 4;
    };
    const demo::Stats first = run_market(config, enough);
    INFO(first.trouble);
    CHECK(enough(first));
    CHECK(first.participants == 10);
    CHECK(first.reconnects == 0);
    CHECK(first.refused * 20 < first.accepted);  // participants know the rules

    const demo::Stats second = run_market(config, enough);
    INFO(second.trouble);
    CHECK(enough(second));
    CHECK(second.participants == 10);

    std::ostringstream report;
    const int status = ledger::audit(config.data.folder, report);
    INFO(report.str());
    CHECK(status == 0);
    std::filesystem::remove_all(folder);
}

TEST_CASE("without the keys it needs the demo says which one is missing", "[demo]") {
    const auto folder =
        std::filesystem::temp_directory_path() / fmt::format("gridbook-nodemo-{}", ::getpid());
    Config config = demo_config(folder);
    std::erase_if(config.keys,
                  [](const Config::Key& key) { return (key.body.roles & engine::role::regulator) != 0; });
    const ServeOptions options = with_demo_market({.config = config});
    CHECK_THROWS_WITH(options.on_ready("http://127.0.0.1:1"), Catch::Contains("regulator"));
}

TEST_CASE("the demo's prices are whole ticks around guidance and inside the band", "[demo]") {
    using namespace gridbook::gateway::demo;
    CHECK(price_text(1'350) == "13.50");
    CHECK(price_text(5) == "0.05");
    CHECK(quantity_text(160) == "16");
    CHECK(quantity_text(165) == "16.5");
    CHECK(ticks_of("13.50") == 1'350);
    CHECK(!ticks_of("13.505"));
    CHECK(lots_of("16.5") == 165);
    CHECK(!lots_of("x"));

    Scene scene(3);
    scene.families().push_back({"H100.CN-EAST.G2", "H100", "CN-EAST", "G2", 1'400, 980, 1'960, 1, 0});
    const engine::Time now{1'795'292'006'133'696'511};  // 2026-11-21T20:13:26Z
    scene.set_now(now);
    Chance chance(3);
    std::set<std::string> symbols;
    for (int i = 0; i < 10'000; ++i) {
        scene.wander();
        const Spot spot = scene.spot(chance, 0);
        REQUIRE(scene.open(spot));
        // The gate is fifteen minutes before the hour begins.
        REQUIRE(spot.hour * engine::hour.value - 15 * engine::minute.value > now.value);
        const std::int64_t fair = scene.fair(spot);
        REQUIRE(fair > 1'400 * 80 / 100);
        REQUIRE(fair < 1'400 * 120 / 100);
        symbols.insert(scene.symbol(spot));
        REQUIRE(scene.spot_of(scene.symbol(spot)) == spot);
    }
    CHECK(symbols.size() == 12);
    CHECK(*symbols.begin() == "H100.CN-EAST.G2.20261121T21Z");
    CHECK(scene.within_band(0, 100) == 980);
    CHECK(scene.within_band(0, 5'000) == 1'960);
    scene.learn_band(0, 1'200, 1'500);
    CHECK(scene.within_band(0, 1'000) == 1'200);
}
