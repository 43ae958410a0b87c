// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a participant of the demo owes to its buyers: it says ready as soon as a delivery is made, and reports
// each minute of the window once, now and then a little less than all, and now and then not at all. It knows
// deliveries by what the exchange tells of them, and no sockets.

#include <map>
#include <string>
#include <vector>

#include "gateway/client/json.hpp"
#include "gateway/demo/scene.hpp"

namespace gridbook::gateway::demo {

class Duties {
  public:
    explicit Duties(std::string who) : who_(std::move(who)) {}

    // A delivery as an event or as a row of deliveries.get; `at` is its JSON pointer, with a slash behind.
    void hear(const JsonDocument& document, const std::string& at, const Scene& scene);
    void forget() { duties_.clear(); }

    // An op and its members, to be said now.
    struct Saying {
        std::string op;
        std::string members;
    };
    // At most `most` of them.
    std::vector<Saying> due(engine::Time now, Chance& chance, std::size_t most);
    std::size_t size() const { return duties_.size(); }

  private:
    struct Duty {
        engine::Time start{};  // of the window
        std::int64_t lots = 0;
        std::int64_t from = 0;  // minutes of the window
        std::int64_t end = 0;
        std::int64_t told = -1;  // the last minute that was reported or left out
        bool ready = false;
    };
    std::string who_;
    std::map<std::string, Duty> duties_;  // by did
};

}  // namespace gridbook::gateway::demo
