// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/demo.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "gateway/demo/market.hpp"

namespace gridbook::gateway {

namespace {

demo::KeyFile key_with(const Config& config, std::uint8_t role, std::string_view word) {
    for (const Config::Key& key : config.keys)
        if ((key.body.roles & role) != 0 && !key.private_key.empty())
            return {std::string(key.body.name.view()), config.data.folder + "/" + key.private_key};
    throw std::runtime_error(
        fmt::format("{}: the demo needs a key with roles = \"{}\" and a private_key file, and there is none",
                    config.place.file, word));
}

demo::Options demo_options(const Config& config, const std::string& url) {
    return {.url = url,
            .folder = config.data.folder + "/demo",
            .operator_key = key_with(config, engine::role::operator_, "operator"),
            .regulator_key = key_with(config, engine::role::regulator, "regulator"),
            .seed = config.demo.seed,
            .orders_per_s = config.demo.orders_per_s,
            .providers = config.demo.providers,
            .buyers = config.demo.buyers};
}

// 0.0.0.0 is where one listens, not where one connects.
std::string reachable(std::string url) {
    for (const std::string_view any : {"//0.0.0.0:", "//[::]:", "//:::"})
        if (const auto at = url.find(any); at != std::string::npos)
            return url.replace(at, any.size(), "//127.0.0.1:");
    return url;
}

void say_where_to_look(const std::string& url, const Config::Demo& demo) {
    fmt::print(
        "The demo market is open: {} providers and {} buyers at about {} orders/s.\n"
        "  page         {}/\n"
        "  instruments  {}/v1/instruments\n"
        "  trades       {}/v1/trades\n"
        "  metrics      {}/metrics\n"
        "Ctrl-C closes it; starting again goes on.\n",
        demo.providers, demo.buyers, demo.orders_per_s, url, url, url, url);
    std::fflush(stdout);
}

}  // namespace

ServeOptions with_demo_market(ServeOptions options) {
    // The market's thread may wait for the exchange while it closes, so it is only asked to end then, and
    // waited for when the sockets are gone: when the last of these functions is.
    const auto market = std::make_shared<std::unique_ptr<demo::DemoMarket>>();
    const Config config = options.config;
    options.on_ready = [market, config](const std::string& where) {
        const std::string url = reachable(where);
        *market = std::make_unique<demo::DemoMarket>(demo_options(config, url));
        say_where_to_look(url, config.demo);
        (*market)->start();
    };
    options.on_stop = [market] {
        if (*market) (*market)->request_stop();
    };
    return options;
}

}  // namespace gridbook::gateway
