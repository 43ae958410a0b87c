// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "gateway/admin/verify_request.hpp"
#include "gateway/client/terminal.hpp"
#include "gateway/demo/demo.hpp"
#include "gateway/keys.hpp"
#include "gateway/ledger_commands.hpp"
#include "gateway/regulator/commands.hpp"
#include "gateway/replay/replay.hpp"
#include "gateway/sandbox_command.hpp"
#include "gateway/serve.hpp"
#include "ledger/audit.hpp"

namespace gridbook::gateway {
namespace {

int complain(const std::string& sentence) {
    fmt::print(stderr, "gridbook: {}\n", sentence);
    return 1;
}

// Flags that override the configuration file.
struct ServeFlags {
    std::string config;
    std::string data;
    std::string address;
    int port = -1;
    std::uint32_t seconds = 0;

    void add_to(CLI::App& command, bool config_required) {
        auto* file =
            command.add_option("--config", config, "configuration file (TOML; keys in config/README.md)");
        if (config_required) file->required();
        command.add_option("--data", data, "data folder, instead of data.folder of the configuration");
        command.add_option("--address", address, "address to listen on, instead of server.address");
        command.add_option("--port", port, "port to listen on, instead of server.port; 0 takes a free one")
            ->check(CLI::Range(0, 65535));
        command.add_option("--seconds", seconds, "stop by itself after this long; 0: at Ctrl-C");
    }
    std::optional<ServeOptions> options(std::string& error) const {
        auto read = read_config(config, error);
        if (!read) return std::nullopt;
        if (!data.empty()) read->data.folder = data;
        if (!address.empty()) read->server.address = address;
        if (port >= 0) read->server.port = static_cast<std::uint16_t>(port);
        ServeOptions options{.config = std::move(*read)};
        options.seconds = seconds;
        return options;
    }
};

void add_serve(CLI::App& app, int& status) {
    auto* command =
        app.add_subcommand("serve", "run the exchange until Ctrl-C; a restart recovers and goes on");
    auto flags = std::make_shared<ServeFlags>();
    flags->add_to(*command, true);
    command->callback([flags, &status] {
        std::string error;
        auto options = flags->options(error);
        status = options ? serve(std::move(*options)) : complain(error);
    });
}

void add_demo(CLI::App& app, int& status) {
    auto* command =
        app.add_subcommand("demo", "run the exchange with a live market of simulated participants");
    auto flags = std::make_shared<ServeFlags>();
    flags->config = "config/demo.toml";
    flags->add_to(*command, false);
    command->callback([flags, &status] {
        std::string error;
        auto options = flags->options(error);
        status = options ? serve(with_demo_market(std::move(*options))) : complain(error);
    });
}

void add_replay(CLI::App& app, int& status) {
    auto* command =
        app.add_subcommand("replay", "trade a real trace through a running exchange in the trace's own time");
    auto o = std::make_shared<ReplayOptions>();
    auto reconnect = std::make_shared<std::uint32_t>(30);
    command->add_option("--trace", o->trace, "alibaba-gpu-2023, philly-2017 or philly-month")
        ->required()
        ->check(CLI::IsMember({"alibaba-gpu-2023", "philly-2017", "philly-month"}));
    command->add_option("--data-dir", o->data_dir, "folder of the traces");
    command->add_option("--connect", o->connect, "URL of an exchange with clock = \"replay\"");
    command->add_option("--speed", o->speed, "times real time; 0: as fast as it goes")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--days", o->days, "days of the trace; 0: its default (30 of Alibaba, 31 of Philly)");
    command->add_flag("--all-nodes", o->all_nodes, "offer all nodes of the trace: no thinning of the supply");
    command->add_option("--key", o->key_file,
                        "private key of the replay; default: data/replay-<trace>/replay.pem");
    command->add_option("--key-name", o->key_name, "its name at the exchange");
    command->add_option("--report", o->report_file, "write the report here, as JSON");
    command->add_option("--page", o->page_file,
                        "philly-month: write the report here as a page with pictures");
    command
        ->add_option("--patience-h", o->patience_h,
                     "philly-month: hours after which a waiting window bids more")
        ->check(CLI::Range(1, 192));
    command->add_option("--waiting-h", o->waiting_h, "philly-month: hours that a window waits at most")
        ->check(CLI::Range(1, 192));
    command->add_option("--failing-bp", o->failing_bp, "philly-month: provider-hours that fail, of 10,000")
        ->check(CLI::Range(0, 10'000));
    command->add_option("--standby-every", o->standby_every,
                        "philly-month: each so many-th node stands by; 0: none");
    command->add_flag("!--no-raises", o->raises, "philly-month: a window that waits never bids more");
    command->add_option("--acked", o->acked_file, "write one line an acknowledged order here");
    command->add_option("--window", o->window, "commands in flight at most")->check(CLI::Range(1, 1 << 20));
    command->add_option("--reconnect-s", *reconnect, "how long a lost connection is tried again, seconds");
    command->callback([=, &status] {
        o->reconnect = std::chrono::seconds(*reconnect);
        status = run_replay(*o);
    });
}

void add_audit(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "audit", "re-run a journal offline and prove it; exit status 1 when a check fails");
    auto data = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    command->add_option("--data", *data, "data folder")->required();
    command->add_flag("--json", *json, "one JSON line instead of text");
    command->callback([=, &status] {
        status = ledger::audit(*data, std::cout,
                               ledger::AuditOptions{.json = *json, .verify_request = verify_request});
    });
}

void add_client(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "client", "trade and look at the market by hand or from a script; without a command it reads lines");
    auto o = std::make_shared<TerminalOptions>();
    command->add_option("--url", o->url, "http://HOST:PORT of the exchange; https with TLS");
    command->add_option("--ca", o->authority,
                        "with https, PEM file of whom to trust; otherwise those the machine trusts");
    auto* key = command->add_option("--key", o->key_name, "name of the key, for everything but public data");
    command->add_option("--pem", o->key_file, "file of the private key")->needs(key);
    command->add_flag("--json", o->json, "answers as JSON, one a line");
    command->add_option("--seconds", o->seconds, "watch and events end after this long; 0: at Ctrl-C");
    command->add_option("command", o->command, "one command and its words; `help` tells all of them");
    command->callback([=, &status] { status = run_terminal(*o); });
}

void add_keygen(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("keygen", "make an Ed25519 key; prints its public half (base64)");
    auto out = std::make_shared<std::string>();
    auto in = std::make_shared<std::string>();
    auto* file = command->add_option("--out", *out,
                                     "file for the private key (PKCS#8 PEM, mode 0600); never overwritten");
    command->add_option("--show", *in, "print the public half of this key instead")->excludes(file);
    command->callback([=, &status] {
        try {
            if (in->empty() && out->empty()) {
                status =
                    complain("keygen: give --out FILE for a new key, or --show FILE for one that exists");
                return;
            }
            const SigningKey key = in->empty() ? SigningKey::generate() : SigningKey::load(*in);
            if (in->empty()) key.save(*out);
            fmt::print("{}\n", base64(key.public_key()));
        } catch (const std::exception& e) {
            status = complain(e.what());
        }
    });
}

}  // namespace

void add_subcommands(CLI::App& app, int& status) {
    add_serve(app, status);
    add_demo(app, status);
    add_replay(app, status);
    add_audit(app, status);
    add_ledger_subcommands(app, status);
    add_sandbox(app, status);
    add_keygen(app, status);
    add_client(app, status);
    add_regulator_subcommands(app, status);
}

}  // namespace gridbook::gateway
