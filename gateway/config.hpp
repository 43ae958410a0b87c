// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an operator decides, read once from TOML at start. Every key is described in config/README.md, and a
// test walks both. Unknown keys, wrong types and values out of range are refused with file, line, column,
// key, limit and value. Values here are complete and within their ranges: nobody behind this file checks them
// again. It knows nothing of what is already in the journal; that is compared in bootstrap.hpp.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/command.hpp"
#include "engine/pipeline/wait.hpp"
#include "gateway/egress/account_streams.hpp"
#include "gateway/ingress/rate_limits.hpp"
#include "ledger/energy/energy.hpp"
#include "ledger/surveillance/alert.hpp"

namespace gridbook::gateway {

// Where in a file something was said, for the sentences that speak of it later.
struct Place {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string text() const;  // gridbook.toml:12:1
};

struct Config {
    struct Server {
        std::string address = "127.0.0.1";
        std::uint16_t port = 8080;
        std::uint32_t connections = 4096;  // open sockets at once
        std::uint32_t connections_per_address =
            1024;                               // of them from one address (IPv6: one /64); 0: no limit
        std::uint32_t messages_per_s = 50'000;  // read from one WebSocket; beyond, it waits; 0: no limit
        std::uint32_t http_per_s = 5'000;       // requests from one address; beyond: 429; 0: no limit
        std::string certificate{};              // PEM chain; with `key`: TLS on everything
        std::string key{};                      // PEM private key
        std::string
            plain_address{};  // with TLS, a loopback address that also answers without it; empty: none
        std::uint16_t plain_port = 0;
    };
    struct Data {
        std::string folder = "data";        // relative to the working directory of the process
        std::uint32_t free_floor_mb = 512;  // under it new orders are BUSY; 0: none
        // A segment of the journal is closed when it has so many bytes, or so long after its first commit.
        std::uint32_t segment_mb = 512;
        std::uint32_t segment_minutes = 60;  // 0: by size only
    };
    // Of the follower: a second exchange behind the journal, with the pools of the first one once more.
    struct Snapshots {
        std::uint32_t every_s = 60;           // 0: no follower, no snapshots, no projection
        std::uint32_t commands = 10'000'000;  // at the latest after so many
        std::uint32_t keep = 3;
        bool projection = true;
        std::uint32_t stream_days = 7;  // account streams can be resumed from so long ago
    };
    // What surveillance tells from when on (market-rules section 8).
    struct Surveillance {
        bool enabled = true;
        bool names = true;                // channel `alerts`, which anybody hears, names participants
        ledger::Thresholds thresholds{};  // with what serves what
    };
    struct Threads {
        bool engine_own = false;  // false: I/O and engine share a thread; the ledger always has its own
        engine::WaitStrategy wait = engine::WaitStrategy::park;
    };
    // Slots, powers of two: commands of 128 bytes in, records of 128 bytes to the ledger, and on to egress.
    struct Rings {
        std::uint32_t commands = 1u << 17;
        std::uint32_t records = 1u << 20;
        std::uint32_t durable = 1u << 20;
    };
    struct Sessions {
        // How long the orders of a lost session wait for its key to come back (cancel on disconnect).
        std::uint32_t cancel_grace_ms = 5'000;
        // Events of all account streams that are kept for resuming; older ones are in the ledger.
        std::uint32_t resume_events = AccountStreams::events_kept;
    };
    // What a key, and an account with all its keys, may send (rate_limits.hpp). Not with a replay clock.
    struct Rates {
        gateway::Rates key{{{{2'000, 4'000}, {10'000, 20'000}, {1'000, 2'000}}}};
        gateway::Rates account{{{{4'000, 8'000}, {20'000, 40'000}, {2'000, 4'000}}}};
    };
    struct Demo {
        std::uint64_t seed = 1;
        std::uint32_t orders_per_s = 200;
        std::uint32_t providers = 12;
        std::uint32_t buyers = 24;
    };

    struct Class {
        engine::DefineClass body{};
        Place place{};
        bool tokens = false;        // of models: no nameplate
        std::uint32_t power_w = 0;  // of one unit; 0: not known
    };
    struct Zone {
        engine::DefineZone body{};
        Place place{};
        std::uint32_t carbon_mg = 0;  // CO2 a kWh of its grid; 0: not known
    };
    struct Served {
        ledger::Serving body{};
        Place place{};
    };
    struct Tier {
        engine::DefineTier body{};
        Place place{};
    };
    // A family by the names of its parts; ids are given in the order of definition. `body` has all but the
    // ids.
    struct Family {
        std::string class_name;
        std::string zone;
        std::string tier;
        engine::DefineFamily body{};
        Place place{};
        std::string name() const { return class_name + "." + zone + "." + tier; }
    };
    struct Account {
        engine::OpenAccount body{};
        Place place{};
    };
    // Either the public key is given, or a private key file in the data folder, which is made when it is
    // missing.
    struct Key {
        std::string account;
        engine::SetKey body{};
        std::string private_key;               // relative to the data folder; empty: body.public_key holds
        std::vector<std::string> addresses{};  // that it may come from; empty: all
        Place place{};
    };

    Place place{};  // the file it came from
    Server server{};
    Data data{};
    Snapshots snapshots{};
    Surveillance surveillance{};
    Threads threads{};
    Rings rings{};
    Sessions sessions{};
    Rates rates{};
    ledger::EnergyRates energy{};
    engine::SetRules rules{};                     // entered when the journal has others
    engine::Genesis genesis = default_genesis();  // pools, fees, margin, limits, retention, clock
    engine::Time clock_start{};                   // where a replay clock begins; 0 with the real clock
    std::string log_level = "info";               // trace debug info warn error off
    Demo demo{};
    std::vector<Class> classes{};
    std::vector<Zone> zones{};
    std::vector<Tier> tiers{};
    std::vector<Served> serving{};
    std::vector<Family> families{};
    std::vector<Account> accounts{};
    std::vector<Key> keys{};

    static engine::Genesis default_genesis();
};

// Reads the file and the catalogues it names. On failure: nullopt, and `error` is the sentence to print.
std::optional<Config> read_config(const std::string& path, std::string& error);

// Every key there is, as config/README.md must list them: "server.port", "classes.tflops", ...
std::vector<std::string> config_keys();

// A role word and its bit (engine/command.hpp `role`); 0: no such word.
std::uint8_t role_bit(std::string_view word);
std::string role_words(std::uint8_t roles);

}  // namespace gridbook::gateway
