// SPDX-License-Identifier: Apache-2.0
#include "gateway/demo/office.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "gateway/client/json.hpp"

namespace gridbook::gateway::demo {

namespace {

constexpr std::chrono::milliseconds timeout{5'000};
constexpr int busy_tries = 20;

[[noreturn]] void refused(std::string_view target, std::string_view body, const HttpAnswer& answer) {
    throw std::runtime_error(fmt::format("POST {} {}: HTTP {} {}", target, body, answer.status, answer.body));
}

}  // namespace

Office::Office(const std::string& url, const KeyFile& operator_key, const KeyFile& regulator_key)
    : operator_secret_(SigningKey::load(operator_key.path)),
      regulator_secret_(SigningKey::load(regulator_key.path)),
      operator_(url, operator_key.name, operator_secret_, timeout),
      regulator_(url, regulator_key.name, regulator_secret_, timeout),
      public_(url, timeout) {}

// BUSY is no refusal: the same is asked again a little later.
HttpAnswer Office::post(AdminClient& client, std::string_view target, std::string_view body) {
    HttpAnswer answer;
    for (int tries = 0; tries < busy_tries; ++tries) {
        answer = client.post(target, body);
        if (answer.status != 503 && answer.status != 429) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    return answer;
}

void Office::admit(const std::string& account, std::string_view roles, const PublicKey& key) {
    const std::string open = fmt::format(R"({{"name":"{}","roles":{}}})", account, roles);
    const HttpAnswer opened = post(operator_, "/v1/admin/participants", open);
    // After a restart on the same data folder the account is already there, and its name is what is wrong
    // then.
    const bool known = opened.status != 200 && JsonDocument(opened.body).text("/error/field") == "name";
    if (opened.status != 200 && !known) refused("/v1/admin/participants", open, opened);
    const std::string set = fmt::format(R"({{"key":"{0}","account":"{0}","roles":{1},"public_key":"{2}"}})",
                                        account, roles, base64(key));
    const HttpAnswer answer = post(operator_, "/v1/admin/keys", set);
    if (answer.status != 200) refused("/v1/admin/keys", set, answer);
}

void Office::credit(const std::string& account, std::int64_t amount_cny) {
    const std::string body = fmt::format(R"({{"account":"{}","amount":"{}"}})", account, amount_cny);
    const HttpAnswer answer = post(operator_, "/v1/admin/credits", body);
    if (answer.status != 200) refused("/v1/admin/credits", body, answer);
}

void Office::move_band(Scene& scene, Chance& chance) {
    // Also what an earlier run left behind goes back.
    for (std::size_t index = 0; index < scene.families().size(); ++index) {
        const Family& family = scene.families()[index];
        const std::int64_t floor = (family.guidance * 70 + 99) / 100;
        const std::int64_t ceiling = family.guidance * 140 / 100;
        // A converted family's edges were rounded from another place, so a tick or two do not count.
        if (std::abs(family.floor - floor) > 2 || std::abs(family.ceiling - ceiling) > 2)
            return set_band(scene, index, floor, ceiling, "demo: back to the published range");
    }
    const std::size_t index = chance.below(scene.families().size());
    const Family family = scene.families()[index];
    // One edge comes within a few percent of where trading is: resting orders beyond it park until it goes
    // back.
    const std::int64_t middle = family.guidance * (10'000 + family.drift) / 10'000;
    const std::int64_t distance = middle * chance.between(100, 400) / 10'000;
    const bool lower = chance.percent(50);
    const std::int64_t floor = lower ? std::min(middle - distance, family.ceiling - 1) : family.floor;
    const std::int64_t ceiling = lower ? family.ceiling : std::max(middle + distance, family.floor + 1);
    set_band(scene, index, floor, ceiling,
             lower ? "demo: floor towards cost" : "demo: ceiling in a shortage");
}

void Office::set_band(Scene& scene, std::size_t index, std::int64_t floor, std::int64_t ceiling,
                      std::string_view reason) {
    Family& family = scene.families()[index];
    const std::string body =
        fmt::format(R"({{"family":"{}","floor":"{}","ceiling":"{}","expect":{},"reason":"{}"}})", family.name,
                    price_text(floor), price_text(ceiling), family.version, reason);
    const HttpAnswer answer = post(regulator_, "/v1/admin/bands", body);
    const JsonDocument document(answer.body);
    if (answer.status != 200) {
        // Somebody else may have moved it.
        scene.read_bands(public_);
        refused("/v1/admin/bands", body, answer);
    }
    family.version = document.number("/version").value_or(family.version + 1);
    scene.learn_band(index, floor, ceiling);
    // Families that follow the benchmark moved with it, each with a version of its own.
    scene.read_bands(public_);
    ++bands_moved_;
}

}  // namespace gridbook::gateway::demo
