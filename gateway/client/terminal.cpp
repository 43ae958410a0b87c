// SPDX-License-Identifier: Apache-2.0
#include "gateway/client/terminal.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "gateway/client/json.hpp"
#include "gateway/client/table.hpp"
#include "gateway/client/words.hpp"
#include "gateway/keys.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;
constexpr Milliseconds patience{10'000};

// A socket on which requests are answered one after the other; what else is said is shown.
class Line {
  public:
    Line(const TerminalOptions& options, std::string_view path) : json_(options.json) {
        ws_.connect(parse_url(options.url).as_ws(path).text(), patience, options.authority);
    }

    // The reply's text. Throws when there is none.
    std::string ask(std::string_view op, std::string_view members) {
        const std::string id = std::to_string(++last_);
        ws_.send(fmt::format(R"({{"id":"{}","op":"{}"{}{}}})", id, op, members.empty() ? "" : ",", members));
        std::optional<std::string> reply;
        const auto end = Clock::now() + patience;
        while (!reply && Clock::now() < end)
            ws_.poll(
                [&](std::string_view text) {
                    // What was no request at all is refused without its id.
                    const JsonDocument said(text);
                    const auto answered = said.text("/id");
                    if (answered == id || (answered == "" && said.flag("/ok") == false))
                        reply = text;
                    else
                        show_event(text);
                },
                Milliseconds(100));
        if (!reply) throw std::runtime_error(fmt::format("{} was not answered in time", op));
        return *reply;
    }
    void show_events(Milliseconds at_most) {
        ws_.poll([&](std::string_view text) { show_event(text); }, at_most);
    }
    // The next message, whatever it is.
    std::string first() {
        std::optional<std::string> got;
        const auto end = Clock::now() + patience;
        while (!got && Clock::now() < end)
            ws_.poll([&](std::string_view text) { got = text; }, Milliseconds(100));
        if (!got) throw std::runtime_error("the exchange says nothing");
        return *got;
    }
    int descriptor() const { return ws_.descriptor(); }

  private:
    void show_event(std::string_view text) {
        if (JsonDocument(text).text("/ev") == "hb") return;
        std::cout << (json_ ? std::string(text) + "\n" : readable(text)) << std::flush;
    }
    WsClient ws_;
    const bool json_;
    std::uint64_t last_ = 0;
};

class Terminal {
  public:
    explicit Terminal(const TerminalOptions& options) : options_(options) {}

    bool good() const { return good_; }

    // False: no more lines are wanted.
    bool take(const std::string& line) {
        const Said said = understand(line);
        if (const auto* local = std::get_if<LocalWords>(&said)) return take(*local);
        if (const auto* words = std::get_if<TradeWords>(&said)) show(trade().ask(words->op, words->members));
        if (const auto* words = std::get_if<MarketWords>(&said)) watch(*words);
        if (const auto* words = std::get_if<HttpWords>(&said))
            show(HttpClient(options_.url, patience, options_.authority).get(words->target).body);
        if (const auto* words = std::get_if<Misunderstood>(&said)) {
            good_ = false;
            fmt::print(stderr, "gridbook: {}\n", words->sentence);
        }
        return true;
    }

    // At a terminal: lines and events, whichever comes first.
    void converse() {
        fmt::print("help tells all commands, quit ends\n");
        if (!options_.key_name.empty()) trade();
        std::string line;
        for (bool more = prompt(); more;) {
            pollfd watched[2] = {{STDIN_FILENO, POLLIN, 0}, {trade_ ? trade_->descriptor() : -1, POLLIN, 0}};
            poll(watched, 2, 1'000);
            if (trade_) trade_->show_events(Milliseconds(0));
            if ((watched[0].revents & (POLLIN | POLLHUP)) == 0) continue;
            more = static_cast<bool>(std::getline(std::cin, line)) && attempt(line) && prompt();
        }
    }

  private:
    static bool prompt() {
        fmt::print("> ");
        std::fflush(stdout);
        return true;
    }
    // A mistake of one line does not end the conversation.
    bool attempt(const std::string& line) {
        try {
            return take(line);
        } catch (const std::exception& error) {
            fmt::print(stderr, "gridbook: {}\n", error.what());
            trade_.reset();
            return true;
        }
    }
    bool take(LocalWords words) {
        if (words == LocalWords::help) fmt::print("{}", help_text());
        if (words == LocalWords::events) linger(trade());
        return words != LocalWords::quit;
    }
    void show(const std::string& text) {
        if (JsonDocument(text).text("/error/code")) good_ = false;
        std::cout << (options_.json ? text + "\n" : readable(text)) << std::flush;
    }
    void watch(const MarketWords& words) {
        Line market(options_, "/v1/market");
        std::string members = R"("channels":)" + words.channels + R"(,"symbols":[)";
        append_json_string(members, words.symbol);
        const std::string reply = market.ask("subscribe", members + "]");
        if (JsonDocument(reply).text("/error/code")) return show(reply);
        linger(market);
    }
    void linger(Line& line) {
        const auto end = options_.seconds == 0 ? Clock::time_point::max()
                                               : Clock::now() + std::chrono::seconds(options_.seconds);
        while (Clock::now() < end) line.show_events(Milliseconds(100));
    }
    Line& trade() {
        if (trade_) return *trade_;
        if (options_.key_name.empty()) throw std::runtime_error("this needs --key NAME and --pem FILE");
        const SigningKey key = SigningKey::load(options_.key_file);
        trade_.emplace(options_, "/v1/trade");
        const std::string nonce = JsonDocument(trade_->first()).text("/nonce").value_or("");
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const std::string ts =
            std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
        std::string members = "\"key\":";
        append_json_string(members, options_.key_name);
        const std::string sig = key.sign(fmt::format("logon\n{}\n{}\n{}", nonce, options_.key_name, ts));
        members += fmt::format(R"(,"ts":"{}","sig":"{}")", ts, sig);
        const std::string reply = trade_->ask("session.logon", members);
        if (const auto code = JsonDocument(reply).text("/error/code"))
            throw std::runtime_error(fmt::format("the exchange refused the logon: {}", readable(reply)));
        return *trade_;
    }

    const TerminalOptions& options_;
    std::optional<Line> trade_;
    bool good_ = true;
};

void read_script(Terminal& terminal) {
    std::string line;
    while (std::getline(std::cin, line) && terminal.take(line)) {
    }
}

}  // namespace

int run_terminal(const TerminalOptions& options) {
    try {
        Terminal terminal(options);
        std::string line;
        for (const std::string& word : options.command) line += (line.empty() ? "" : " ") + word;
        if (!line.empty())
            terminal.take(line);
        else if (isatty(STDIN_FILENO) != 0)
            terminal.converse();
        else
            read_script(terminal);
        return terminal.good() ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "gridbook: {}\n", error.what());
        return 2;
    }
}

}  // namespace gridbook::gateway
