// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/setup.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include "gateway/client/admin_client.hpp"
#include "gateway/client/json.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway::replay {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Setup {
  public:
    Setup(const SetupOptions& options, const SigningKey& key, const Scenario& scenario, Link& link)
        : options_(options),
          scenario_(scenario),
          link_(link),
          http_(http_url(options.url)),
          admin_(http_url(options.url), options.key_name, key) {}

    void run() {
        persistently([&] { check_exchange(); });
        std::vector<bool> provides(scenario_.accounts.size());
        for (const Node& node : scenario_.nodes) provides[node.account] = true;
        for (std::size_t i = 0; i < scenario_.accounts.size(); ++i)
            persistently([&] { open(scenario_.accounts[i], provides[i] ? "provider" : "buyer"); });
        persistently([&] { link_.connect(); });
        register_nodes();
    }

  private:
    // The exchange may be killed and started again at any moment: what fails for want of a connection is
    // tried again.
    template <class Step>
    void persistently(Step&& step) {
        for (const auto deadline = Clock::now() + options_.reconnect;;) {
            try {
                return step();
            } catch (const Refused&) {
                throw;
            } catch (const std::runtime_error&) {
                if (Clock::now() >= deadline) throw;
                std::this_thread::sleep_for(100ms);
            }
        }
    }

    void check_exchange() {
        const HttpAnswer answer = http_.get("/v1/families");
        if (answer.status != 200)
            throw Refused(fmt::format("GET /v1/families: {} {}", answer.status, answer.body));
        const JsonDocument document(answer.body);
        std::set<std::string> there;
        for (std::size_t i = 0; i < document.size("/families"); ++i)
            there.insert(document.text(fmt::format("/families/{}/family", i)).value_or(""));
        for (const Family& family : scenario_.families)
            if (!there.contains(family.name()))
                throw Refused(
                    fmt::format("the exchange at {} has no family {}; start it with config/replay-{}.toml",
                                options_.url, family.name(), scenario_.trace));
        check_clock(document.text("/ts").value_or(""));
    }

    void check_clock(const std::string& ts) {
        std::int64_t now = 0;
        std::from_chars(ts.data(), ts.data() + ts.size(), now);
        if (now <= scenario_.begin.value) return;
        throw Refused(
            fmt::format("the market at {} is already {} s past the begin of the trace; start the "
                        "exchange with an empty data folder",
                        options_.url, (now - scenario_.begin.value) / engine::second.value));
    }

    void open(const std::string& name, std::string_view role) {
        const HttpAnswer opened = admin_.post("/v1/admin/participants",
                                              fmt::format(R"({{"name":"{}","roles":["{}"]}})", name, role));
        const bool was_there =
            opened.status == 400 && opened.body.find("no account yet") != std::string::npos;
        if (opened.status != 200 && !was_there) refuse("participants", name, opened);
        const HttpAnswer credited = admin_.post(
            "/v1/admin/credits", fmt::format(R"({{"account":"{}","amount":"{}"}})", name, credit_cny));
        if (credited.status != 200) refuse("credits", name, credited);
    }

    [[noreturn]] void refuse(std::string_view what, const std::string& name, const HttpAnswer& answer) {
        throw Refused(fmt::format("POST /v1/admin/{} for {}: {} {}", what, name, answer.status, answer.body));
    }

    // One resource an account and family: registered is what all its nodes can deliver in an hour.
    void register_nodes() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> lots;
        for (const Node& node : scenario_.nodes) lots[{node.account, node.family}] += node.lots;
        const std::string zone_tier(family_suffix.substr(1));
        const std::size_t dot = zone_tier.find('.');
        for (const auto& [owner, count] : lots) {
            std::string qty;
            append_lots(count, qty);
            const std::string members =
                fmt::format(R"("account":"{}","class":"{}","zone":"{}","tier":"{}","count":"{}")",
                            scenario_.accounts[owner.first], scenario_.families[owner.second].class_name,
                            zone_tier.substr(0, dot), zone_tier.substr(dot + 1), qty);
            persistently([&] { register_one(members); });
        }
    }

    void register_one(const std::string& members) {
        try {
            link_.ask("resource.register", members);
        } catch (const Refused&) {
            throw;
        } catch (const std::runtime_error&) {
            link_.connect();
            link_.ask("resource.register", members);
        }
    }

    const SetupOptions& options_;
    const Scenario& scenario_;
    Link& link_;
    HttpClient http_;
    AdminClient admin_;
};

}  // namespace

void set_up(const SetupOptions& options, const SigningKey& key, const Scenario& scenario, Link& link) {
    Setup(options, key, scenario, link).run();
}

}  // namespace gridbook::gateway::replay
