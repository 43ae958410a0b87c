// SPDX-License-Identifier: Apache-2.0
#include "gateway/client/trade_client.hpp"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

#include "gateway/client/json.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway {

namespace {

using Clock = std::chrono::steady_clock;

std::string trade_url(const std::string& url) {
    const Url parsed = parse_url(url);
    return parsed.as_ws(parsed.path == "/" ? "/v1/trade" : parsed.path).text();
}

std::int64_t now_ns() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
}

}  // namespace

struct TradeClient::State {
    State(std::string url_, std::string key_name_, const SigningKey& key_, Options options_)
        : url(trade_url(url_)), key_name(std::move(key_name_)), key(key_), options(std::move(options_)) {}

    std::string url;
    std::string key_name;
    const SigningKey& key;
    Options options;
    WsClient ws;
    MessageReader reader;
    MessageReader kept_reader;  // keeps the reply that call() returns
    std::uint64_t last_id = 0;
    std::string text;

    std::uint64_t request(std::string_view op, std::string_view members_json);
    Message await(std::uint64_t id, Clock::time_point end, const MessageHandler& other);
    std::string wait_for_welcome(Clock::time_point end);
};

TradeClient::TradeClient(std::string url, std::string key_name, const SigningKey& key)
    : TradeClient(std::move(url), std::move(key_name), key, Options{}) {}
TradeClient::TradeClient(std::string url, std::string key_name, const SigningKey& key, Options options)
    : state_(std::make_unique<State>(std::move(url), std::move(key_name), key, std::move(options))) {}
TradeClient::~TradeClient() = default;
TradeClient::TradeClient(TradeClient&&) noexcept = default;
TradeClient& TradeClient::operator=(TradeClient&&) noexcept = default;

TradeClient::Logon TradeClient::logon() {
    State& state = *state_;
    const auto end = Clock::now() + state.options.timeout;
    state.ws.connect(state.url, state.options.timeout, state.options.authority);
    const std::string nonce = state.wait_for_welcome(end);
    const std::string ts = std::to_string(now_ns());
    const std::string signature = state.key.sign(fmt::format("logon\n{}\n{}\n{}", nonce, state.key_name, ts));
    const auto id =
        state.request("session.logon", fmt::format(R"("key":"{}","ts":"{}","sig":"{}","cod":"{}")",
                                                   state.key_name, ts, signature, state.options.cod));
    const Message reply = state.await(id, end, {});
    if (!reply.ok)
        throw LogonRefused(fmt::format("{}: key {} may not sign in: {} {}", state.url, state.key_name,
                                       reply.error.code, reply.error.msg),
                           reply.error.code);
    const JsonDocument document(reply.raw);
    return {std::string(reply.account), document.text("/role").value_or(""),
            document.text("/stream").value_or(""), reply.n, reply.seq};
}

std::string TradeClient::State::wait_for_welcome(Clock::time_point end) {
    std::string nonce;
    while (nonce.empty()) {
        if (Clock::now() >= end) throw std::runtime_error(url + ": no welcome in time");
        const auto take = [&](std::string_view frame) {
            if (reader.read(frame).ev == "welcome") nonce = JsonDocument(frame).text("/nonce").value_or("");
        };
        ws.poll(take, std::chrono::ceil<Milliseconds>(end - Clock::now()));
    }
    return nonce;
}

std::uint64_t TradeClient::request(std::string_view op, std::string_view members_json) {
    return state_->request(op, members_json);
}

std::uint64_t TradeClient::State::request(std::string_view op, std::string_view members_json) {
    text.clear();
    fmt::format_to(std::back_inserter(text), R"({{"id":"{}","op":"{}"{}{}}})", ++last_id, op,
                   members_json.empty() ? "" : ",", members_json);
    ws.send(text);
    return last_id;
}

void TradeClient::flush() { state_->ws.flush(); }

std::size_t TradeClient::poll(const MessageHandler& handler, Milliseconds at_most) {
    return state_->ws.poll([&](std::string_view frame) { handler(state_->reader.read(frame)); }, at_most);
}

Message TradeClient::call(std::string_view op, std::string_view members_json, const MessageHandler& other) {
    const auto id = request(op, members_json);
    return state_->await(id, Clock::now() + state_->options.timeout, other);
}

Message TradeClient::State::await(std::uint64_t id, Clock::time_point end, const MessageHandler& other) {
    std::optional<Message> reply;
    const auto take = [&](std::string_view frame) {
        const Message message = reader.read(frame);
        if (message.id == id) {
            reply = kept_reader.read(frame);
        } else if (other) {
            other(message);
        }
    };
    while (!reply) {
        const auto left = std::chrono::ceil<Milliseconds>(end - Clock::now());
        if (left.count() <= 0)
            throw std::runtime_error(fmt::format("{}: no reply to request {} in time", url, id));
        ws.poll(take, left);
    }
    return *reply;
}

void TradeClient::close() { state_->ws.close(); }
void TradeClient::drop() { state_->ws = WsClient(); }
bool TradeClient::connected() const { return state_->ws.connected(); }
std::size_t TradeClient::unsent_bytes() const { return state_->ws.unsent_bytes(); }
const std::string& TradeClient::key_name() const { return state_->key_name; }

}  // namespace gridbook::gateway
