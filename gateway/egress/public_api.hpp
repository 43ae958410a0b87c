// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET by anybody (protocol section 5): the catalogue, instruments, books, trades, bands, rules, the state of
// health, the metrics and the first page. Every answer is read from the mirrors of durable events, names its
// sequence, and tells times both in nanoseconds and in RFC 3339. It knows no sockets and no accounts.

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/egress/discovery.hpp"
#include "gateway/egress/market_data.hpp"
#include "gateway/egress/metrics.hpp"
#include "gateway/egress/target.hpp"
#include "gateway/transport/http_answer.hpp"
#include "ledger/projection/projection.hpp"

namespace gridbook::gateway {

class PublicApi {
  public:
    // `genesis`: the rates and limits of the journal. `not_ready` says why /readyz is not ready; empty: it
    // is.
    PublicApi(const Directory& directory, const Bands& bands, const MarketData& market,
              const Metrics& metrics, const engine::Genesis& genesis,
              std::function<std::string()> not_ready = {})
        : directory_(directory),
          bands_(bands),
          market_(market),
          metrics_(metrics),
          genesis_(genesis),
          not_ready_(std::move(not_ready)) {}

    // Candles that have left the memory are read there.
    void use_history(const ledger::Projection& history) { history_ = &history; }

    // The paths there are, for openapi.json. One that ends in '/' takes a symbol behind it.
    struct Path {
        std::string_view path;
        std::string_view parameters;  // of the query, divided by spaces
    };
    static std::vector<Path> paths();

    // nullopt: the path is none of the public ones.
    std::optional<HttpAnswer> get(std::string_view target) const;

  private:
    using Handler = void (PublicApi::*)(Target&, std::string&) const;
    struct Route {
        std::string_view path;
        Handler handler;
        std::string_view parameters{};
    };
    static std::span<const Route> routes();
    static const Route* route(std::string_view path);

    // Each writes the body, or refuses through the target.
    void classes(Target& target, std::string& out) const;
    void families(Target& target, std::string& out) const;
    void instruments(Target& target, std::string& out) const;
    void book(Target& target, std::string& out) const;
    void trades(Target& target, std::string& out) const;
    void bands(Target& target, std::string& out) const;
    void rules(Target& target, std::string& out) const;
    void candles(Target& target, std::string& out) const;
    void openapi(Target& target, std::string& out) const;
    void asyncapi(Target& target, std::string& out) const;
    void capacity(Target& target, std::string& out) const;
    void cost(Target& target, std::string& out) const;
    void preview(Target& target, std::string& out) const;

    HttpAnswer ready() const;
    HttpAnswer metrics() const;
    HttpAnswer page() const;

    // What /v1/capacity asks for, of a family; refused through the target.
    Wanted wanted(Target& target, engine::Product product) const;
    // The family a parameter names: nullopt when it is not given, and also, refused, when there is none such.
    std::optional<engine::FamilyId> family_parameter(Target& target) const;
    std::optional<engine::InstrumentId> instrument_of(Target& target, const std::string& symbol) const;
    // The latest `limit` candles of so many minutes, oldest first, from memory and projection. A candle that
    // both have is the one with more trades: each knows all but the beginning or the end.
    std::vector<Candle> candles_of(engine::InstrumentId instrument, int minutes, std::size_t limit) const;
    void append_listed(engine::FamilyId family, engine::InstrumentId after, std::size_t limit,
                       std::size_t& rows, std::string& out) const;
    void append_end(std::string& out) const;    // of a list
    void append_place(std::string& out) const;  // ,"seq":…,"ts":"…","time":"…"}

    const Directory& directory_;
    const Bands& bands_;
    const MarketData& market_;
    const Metrics& metrics_;
    engine::Genesis genesis_;
    std::function<std::string()> not_ready_;
    const ledger::Projection* history_ = nullptr;
};

}  // namespace gridbook::gateway
