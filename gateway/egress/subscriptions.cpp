// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/subscriptions.hpp"

#include <algorithm>

#include "engine/units/hash.hpp"

namespace gridbook::gateway {

std::size_t Subscriptions::Hash::operator()(const Topic& topic) const noexcept {
    const std::uint64_t scope = (std::uint64_t{topic.scope.family.value} << 32) | topic.scope.period.value;
    return engine::mix(scope * 16 + static_cast<std::uint64_t>(topic.channel));
}

bool Subscriptions::add(ConnectionId connection, const Topic& topic) {
    Subscriber& subscriber = subscribers_[connection];
    subscriber.connection = connection;
    if (has(connection, topic)) return false;
    subscriber.topics.push_back(topic);
    topics_[topic].push_back(&subscriber);
    return true;
}

void Subscriptions::remove(ConnectionId connection, const Topic& topic) {
    const auto it = subscribers_.find(connection);
    if (it == subscribers_.end() || std::erase(it->second.topics, topic) == 0) return;
    leave(it->second, topic);
}

void Subscriptions::drop(ConnectionId connection) {
    const auto it = subscribers_.find(connection);
    if (it == subscribers_.end()) return;
    for (const Topic& topic : it->second.topics) leave(it->second, topic);
    subscribers_.erase(it);
}

void Subscriptions::drop_before(engine::InstrumentId instrument) {
    std::erase_if(topics_, [&](const auto& entry) {
        const auto& [topic, listeners] = entry;
        if (topic.scope.family != instrument.family || topic.scope.period >= instrument.period) return false;
        for (Subscriber* s : listeners) std::erase(s->topics, topic);
        return true;
    });
}

void Subscriptions::leave(Subscriber& subscriber, const Topic& topic) {
    const auto it = topics_.find(topic);
    std::erase(it->second, &subscriber);
    if (it->second.empty()) topics_.erase(it);
}

std::size_t Subscriptions::count(ConnectionId connection) const {
    const auto it = subscribers_.find(connection);
    return it == subscribers_.end() ? 0 : it->second.topics.size();
}

bool Subscriptions::has(ConnectionId connection, const Topic& topic) const {
    const auto it = subscribers_.find(connection);
    return it != subscribers_.end() && std::ranges::find(it->second.topics, topic) != it->second.topics.end();
}

bool Subscriptions::heard(std::initializer_list<Topic> topics) const {
    return std::ranges::any_of(topics, [&](const Topic& topic) { return topics_.contains(topic); });
}

}  // namespace gridbook::gateway
