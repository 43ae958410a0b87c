// SPDX-License-Identifier: Apache-2.0
// What is entered at start, tried on the real engine: its events fill the directory as they would after a
// restart.
#include "gateway/bootstrap.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "engine/exchange.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

namespace fs = std::filesystem;

const std::string small_market = R"(
clock = "replay"
clock_start = "2026-01-01T00:00:00Z"
[pools]
orders = 64
records = 256
pages = 64
accounts = 16
keys = 16
families = 16
books = 64
positions = 64
resources = 16
[[classes]]
name = "H100"
tflops = "989.4"
memory_gb = 80
bandwidth = "3.35"
[[classes]]
name = "H200"
tflops = "989.4"
memory_gb = 141
bandwidth = "4.8"
[[zones]]
name = "CN-EAST"
hub = "Yangtze delta"
residency = "CN"
[[tiers]]
name = "G2"
availability = "99.5"
[[families]]
classes = ["H100", "H200"]
zones = "CN-EAST"
tiers = "G2"
benchmark = "14.00"
horizon = 4
[[accounts]]
name = "exchange"
roles = "operator"
[[accounts]]
name = "acme"
group = "acme-group"
roles = "buyer"
[[keys]]
name = "k-7"
account = "acme"
roles = "buyer"
private_key = "keys/k-7.pem"
)";

// A data folder, and an engine that lives as long as the test.
class Market {
  public:
    Market() : folder_(fs::temp_directory_path() / ("gridbook-bootstrap-" + std::to_string(::getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~Market() { fs::remove_all(folder_); }

    // Starts with this configuration; returns the sentence of the refusal, or how many commands were entered.
    std::string start(const std::string& text) {
        std::ofstream(folder_ / "c.toml") << text;
        std::string error;
        auto config = read_config((folder_ / "c.toml").string(), error);
        INFO(error);
        REQUIRE(config);
        config->data.folder = (folder_ / "data").string();
        const auto commands = bootstrap(*config, directory_, started_ ? &genesis_ : nullptr, error);
        if (!error.empty()) {
            REQUIRE(commands.empty());
            return error.substr(error.find("c.toml"));
        }
        for (const engine::Command& command : commands) apply(command);
        return std::to_string(commands.size());
    }
    void apply(engine::Command command) {
        if (command.kind() == engine::CommandKind::genesis) genesis_ = command.as<engine::Genesis>();
        started_ = true;
        command.header.sequence = engine::Sequence{exchange_.sequence().value + 1};
        command.header.time = exchange_.time();
        if (command.kind() == engine::CommandKind::advance_time)
            command.header.time = command.as<engine::AdvanceTime>().to;
        engine::EventSink sink = buffer_.sink();
        exchange_.apply(command, sink);
        for (std::size_t i = 0; i < sink.count(); ++i) {
            const engine::Event event = buffer_[i].event();
            CHECK(event.kind() != engine::EventKind::refused);
            directory_.apply(event);
        }
        if (exchange_.unfinished()) apply(engine::Command::of(engine::FollowOn{}));
    }

    const Directory& directory() const { return directory_; }
    fs::path folder() const { return folder_; }

  private:
    fs::path folder_;
    engine::Exchange exchange_;
    engine::EventBuffer buffer_;
    engine::Genesis genesis_{};
    bool started_ = false;
    Directory directory_;
};

std::string with(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("an empty journal gets everything, and names resolve to the ids that the engine gives") {
    Market market;
    // Genesis, the replay's first time, two classes, zone, tier, two families, two accounts, one key.
    CHECK(market.start(small_market) == "11");
    const Directory& d = market.directory();
    REQUIRE(d.families().size() == 2);
    CHECK(d.families()[0].name == "H100.CN-EAST.G2");
    CHECK(d.families()[1].name == "H200.CN-EAST.G2");
    REQUIRE(d.keys().size() == 1);
    CHECK(d.accounts()[d.keys()[0].account.value].name == "acme");
    CHECK(d.time().value == 1'767'225'600'000'000'000);
}

TEST_CASE("a missing private key is made once, for its owner only") {
    Market market;
    market.start(small_market);
    const fs::path file = market.folder() / "data" / "keys" / "k-7.pem";
    CHECK((fs::status(file).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(market.directory().keys()[0].public_key == SigningKey::load(file.string()).public_key());
    CHECK(market.start(small_market) == "0");
}

TEST_CASE("starting again with the same configuration enters nothing") {
    Market market;
    market.start(small_market);
    CHECK(market.start(small_market) == "0");
}

TEST_CASE("other rules than the journal's are entered once, also the ones that hold by default") {
    Market m;
    m.start(small_market);
    CHECK(m.start(small_market + "[rules]\npause_s = 60\n") == "1");
    CHECK(m.directory().rules().pause_s == 60);
    CHECK(m.start(small_market + "[rules]\npause_s = 60\n") == "0");
    CHECK(m.start(small_market) == "1");
    CHECK(m.directory().rules().pause_s == 300);
}

TEST_CASE("what is new is entered behind what is there") {
    Market market;
    market.start(small_market);
    const std::string more =
        small_market +
        "[[zones]]\nname = \"CN-BTH\"\nhub = \"Beijing-Tianjin-Hebei\"\nresidency = \"CN\"\n"
        "[[families]]\nclasses = \"H200\"\nzones = \"CN-BTH\"\ntiers = \"G2\"\n"
        "guidance = \"15.00\"\nhorizon = 4\n";
    CHECK(market.start(more) == "2");
    CHECK(market.directory().families()[2].name == "H200.CN-BTH.G2");
}

TEST_CASE("what differs from the journal stops the start and names both values") {
    Market market;
    market.start(small_market);
    const std::string advice = "; put the configuration back or start with an empty data folder";
    CHECK(market.start(with(small_market, "orders = 64", "orders = 128")) ==
          "c.toml:1:1: pools.orders: the journal has 64, the configuration says 128" + advice);
    CHECK(market.start(with(small_market, "memory_gb = 141", "memory_gb = 140")) ==
          "c.toml:19:1: class H200: memory_gb: the journal has 141, the configuration says 140" + advice);
    CHECK(market.start(with(small_market, "Yangtze delta", "Guizhou")) ==
          "c.toml:24:1: zone CN-EAST: hub: the journal has Yangtze delta, the configuration says Guizhou" +
              advice);
    CHECK(market.start(with(small_market, "\"99.5\"", "\"99.9\"")) ==
          "c.toml:28:1: tier G2: availability: the journal has 99.5, the configuration says 99.9" + advice);
    CHECK(market.start(with(small_market, "horizon = 4", "horizon = 5")) ==
          "c.toml:31:1: family H100.CN-EAST.G2: horizon: the journal has 4, the configuration says 5" +
              advice);
    CHECK(market.start(with(small_market, "acme-group", "other")) ==
          "c.toml:40:1: account acme: group: the journal has acme-group, the configuration says other" +
              advice);
    CHECK(market.start(with(small_market, "benchmark = \"14.00\"", "benchmark = \"15.00\"")) == "0");
}

TEST_CASE("a revoked key stays revoked, a changed one is told") {
    Market market;
    market.start(small_market);
    fs::remove(market.folder() / "data" / "keys" / "k-7.pem");
    CHECK(market.start(small_market).starts_with("c.toml:44:1: key k-7: public_key: the journal has "));
    const auto& key = market.directory().keys()[0];
    engine::SetKey revoke;
    revoke.name = engine::Text<24>("k-7");
    revoke.public_key = key.public_key;
    market.apply(engine::Command::of(revoke, key.account));
    CHECK(market.start(small_market) == "0");
}

TEST_CASE("a key needs an account") {
    Market market;
    CHECK(market.start(with(small_market, "account = \"acme\"", "account = \"nobody\"")) ==
          "c.toml:44:1: key k-7: there is no account nobody");
}

}  // namespace gridbook::gateway
