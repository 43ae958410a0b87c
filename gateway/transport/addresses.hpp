// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one address may take of the server: open connections, and HTTP requests a second. An IPv6 host usually
// has a /64 to itself, so that counts as one address. Entries that say nothing any more are forgotten.

#include <string>
#include <unordered_map>

#include "gateway/token_bucket.hpp"

namespace gridbook::gateway {

class Addresses {
  public:
    // 0 of either: no limit.
    Addresses(std::uint32_t connections_max, std::uint32_t http_per_s)
        : connections_max_(connections_max), http_{http_per_s, http_per_s} {}

    // One more connection of the address. False: it has too many already, this one included; it must still
    // be released.
    bool connect(const std::string& address) {
        return ++hosts_[address].connections <= connections_max_ || connections_max_ == 0;
    }
    void release(const std::string& address, engine::Time now) {
        const auto host = hosts_.find(address);
        if (host == hosts_.end()) return;
        --host->second.connections;
        forget(host, now);
    }
    // One more HTTP request; otherwise `retry` says when to come again.
    bool ask(const std::string& address, engine::Time now, engine::Duration& retry) {
        return hosts_[address].http.take(http_, 1, now, retry);
    }
    // Now and then: forgets who has neither connections nor a used bucket.
    void tick(engine::Time now) {
        for (auto it = hosts_.begin(); it != hosts_.end();) forget(it++, now);
    }
    std::uint32_t connections_max() const { return connections_max_; }
    std::uint32_t http_per_s() const { return http_.per_s; }
    std::size_t size() const { return hosts_.size(); }

  private:
    struct Host {
        std::uint32_t connections = 0;
        Bucket http{};
    };
    using Hosts = std::unordered_map<std::string, Host>;
    void forget(Hosts::iterator host, engine::Time now) {
        if (host->second.connections == 0 && host->second.http.full(now)) hosts_.erase(host);
    }

    const std::uint32_t connections_max_;
    const Rate http_;
    Hosts hosts_;
};

}  // namespace gridbook::gateway
