// SPDX-License-Identifier: Apache-2.0
#include "bench/gateway/exchange.hpp"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/gateway/load.hpp"
#include "gateway/client/admin_client.hpp"
#include "gateway/client/json.hpp"
#include "gateway/client/trade_client.hpp"
#include "gateway/keys.hpp"
#include "gateway/serve.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::bench {

namespace {

constexpr std::uint16_t hours = 130;  // from the third on, one for each of 128 peers
constexpr std::string_view credit_cny = "1000000000";
constexpr std::string_view operator_key = "op";

std::int64_t now_ns() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
}

std::string make_folder(const std::string& in) {
    std::string name = (std::filesystem::path(in) / "bench-gateway-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create a folder in " + in);
    return name;
}

gateway::Config::Account account(const std::string& name, std::uint8_t roles) {
    gateway::Config::Account made;
    made.body.name = engine::Text<32>{name};
    made.body.roles = roles;
    return made;
}

gateway::Config::Key key(const std::string& name, const std::string& account, std::uint8_t roles,
                         const gateway::PublicKey& secret) {
    gateway::Config::Key made;
    made.account = account;
    made.body.name = engine::Text<24>{name};
    made.body.public_key = secret;
    made.body.roles = roles;
    made.body.on_behalf = true;
    return made;
}

}  // namespace

struct RunningExchange::State {
    explicit State(const ExchangeOptions& o)
        : options(o), folder(make_folder(o.folder)), secret(gateway::SigningKey::generate()) {}

    const ExchangeOptions options;
    const std::string folder;
    const gateway::SigningKey secret;  // of all keys: who signs is not what is measured
    std::string url;
    std::uint16_t port = 0;
    std::vector<std::string> symbols;
    std::thread thread;

    gateway::Config config() const;
    void add_delivering(gateway::Config& config) const;
    void start();
    void fund();
    void list_symbols();
};

// Names and ids of tiers go no further than 999.
void RunningExchange::State::add_delivering(gateway::Config& config) const {
    config.genesis.clock = engine::ClockMode::replay;
    config.clock_start = tests::day_one;
    config.genesis.resources = 1u << 18;
    for (std::uint16_t f = 0; f < options.delivering; ++f) {
        const std::string tier = fmt::format("D{:03}", f);
        config.tiers.push_back({tests::g2_tier()});
        config.tiers.back().body.name = engine::Text<8>{tier};
        config.families.push_back({"H100", "CN-EAST", tier, tests::h100_family("14.00", 3)});
    }
}

gateway::Config RunningExchange::State::config() const {
    gateway::Config config;
    config.server.port = 0;
    config.server.connections_per_address = config.server.messages_per_s = config.server.http_per_s = 0;
    config.data.folder = folder;
    config.snapshots.every_s = options.followed ? 5 : 0;
    config.rates = {{}, {}};
    config.log_level = "warn";
    config.classes.push_back({tests::h100_class()});
    config.zones.push_back({tests::east_zone()});
    config.tiers.push_back({tests::g2_tier()});
    config.families.push_back({"H100", "CN-EAST", "G2", tests::h100_family("14.00", hours)});
    if (options.delivering != 0) add_delivering(config);
    constexpr std::uint8_t traders = engine::role::buyer | engine::role::provider;
    config.accounts.push_back(account("exchange", engine::role::operator_));
    config.keys.push_back(
        key(std::string(operator_key), "exchange", engine::role::operator_, secret.public_key()));
    for (std::size_t i = 0; i < options.peers; ++i) {
        config.accounts.push_back(account(buyer_of(i), traders));
        config.accounts.push_back(account(seller_of(i), traders));
        config.keys.push_back(key(key_of(i), buyer_of(i), traders, secret.public_key()));
    }
    return config;
}

void RunningExchange::State::start() {
    std::promise<std::string> ready;
    auto opened = ready.get_future();
    thread = std::thread([this, &ready] {
        pthread_setname_np(pthread_self(), "exchange");
        bool open = false;
        gateway::serve({.config = config(), .status_line = false, .on_ready = [&](const std::string& where) {
                            open = true;
                            ready.set_value(where);
                        }});
        if (!open) ready.set_value({});
    });
    url = opened.get();
    if (url.empty()) throw std::runtime_error("the exchange did not open");
    port = static_cast<std::uint16_t>(std::stoi(gateway::parse_url(url).port));
}

// Money for all, and for each the capacity to sell what it may sell before it has bought.
void RunningExchange::State::fund() {
    std::vector<std::string> accounts;
    for (std::size_t i = 0; i < options.peers; ++i)
        accounts.insert(accounts.end(), {buyer_of(i), seller_of(i)});
    gateway::AdminClient office(url, std::string(operator_key), secret);
    for (const std::string& account : accounts) {
        const auto answer = office.post(
            "/v1/admin/credits", fmt::format(R"({{"account":"{}","amount":"{}"}})", account, credit_cny));
        if (answer.status != 200) throw std::runtime_error("no credit: " + answer.body);
    }
    gateway::TradeClient client(url, key_of(0), secret);
    client.logon();
    for (const std::string& account : accounts)
        client.request(
            "resource.register",
            fmt::format(R"("account":"{}","class":"H100","zone":"CN-EAST","tier":"G2","count":"9000")",
                        account));
    for (std::size_t registered = 0; registered < accounts.size();)
        client.poll(
            [&](const gateway::Message& message) {
                if (!message.reply()) return;
                if (!message.ok) throw std::runtime_error("no resource: " + std::string(message.raw));
                ++registered;
            },
            std::chrono::milliseconds(1'000));
}

void RunningExchange::State::list_symbols() {
    const auto answer = gateway::HttpClient(url).get("/v1/instruments?family=H100.CN-EAST.G2&limit=1000");
    const gateway::JsonDocument document(answer.body);
    // The first hours are near their gates.
    for (std::size_t i = 2; i < document.size("/instruments"); ++i)
        symbols.push_back(document.text(fmt::format("/instruments/{}/symbol", i)).value_or(""));
    if (symbols.size() < 100) throw std::runtime_error("no instruments: " + answer.body.substr(0, 200));
}

RunningExchange::RunningExchange(const ExchangeOptions& options) : state_(std::make_unique<State>(options)) {
    state_->start();
    state_->fund();
    state_->list_symbols();
}

RunningExchange::~RunningExchange() {
    // The way a user stops it.
    ::kill(::getpid(), SIGTERM);
    state_->thread.join();
    std::error_code ignored;
    std::filesystem::remove_all(state_->folder, ignored);
}

std::uint16_t RunningExchange::port() const { return state_->port; }

gateway::TradeClient RunningExchange::client() const {
    gateway::TradeClient client(state_->url, key_of(0), state_->secret);
    client.logon();
    return client;
}

std::string RunningExchange::symbol(std::size_t peer) const {
    return state_->symbols[peer % state_->symbols.size()];
}

std::string RunningExchange::logon(std::size_t peer, std::string_view welcome) const {
    const std::string nonce = gateway::JsonDocument(welcome).text("/nonce").value_or("");
    const std::string ts = std::to_string(now_ns()), name = key_of(peer);
    return fmt::format(R"({{"id":"l","op":"session.logon","key":"{}","ts":"{}","sig":"{}"}})", name, ts,
                       state_->secret.sign(fmt::format("logon\n{}\n{}\n{}", nonce, name, ts)));
}

}  // namespace gridbook::bench
