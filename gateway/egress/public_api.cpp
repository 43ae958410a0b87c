// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/public_api.hpp"

#include <map>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/family_filter.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/market_encoder.hpp"
#include "gateway/egress/page.hpp"
#include "gateway/egress/public_rows.hpp"
#include "gateway/specs/specs.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view book_path = "/v1/book/";

// A list: a comma before every row but the first.
void append_comma(std::string& out) {
    if (out.back() != '[') out += ',';
}

}  // namespace

std::optional<HttpAnswer> PublicApi::get(std::string_view text) const {
    Target target(text);
    const std::string& path = target.path();
    if (path == "/") return page();
    if (path == "/healthz") return HttpAnswer{200, std::string(text_type), "ok\n"};
    if (path == "/readyz") return ready();
    if (path == "/metrics") return metrics();
    const Route* found = route(path.starts_with(book_path) ? book_path : std::string_view(path));
    if (found == nullptr) return std::nullopt;

    HttpAnswer answer{200, std::string(json_type), {}};
    (this->*found->handler)(target, answer.body);
    if (const auto error = target.error())
        return HttpAnswer{http_status(error->code), answer.content_type, http_error(*error)};
    return answer;
}

std::span<const PublicApi::Route> PublicApi::routes() {
    static constexpr Route table[] = {
        {"/v1/classes", &PublicApi::classes},
        {"/v1/families", &PublicApi::families, "class zone tier residency green_share_min"},
        {"/v1/instruments", &PublicApi::instruments, "family after limit"},
        {book_path, &PublicApi::book, "depth"},
        {"/v1/trades", &PublicApi::trades, "symbol family limit"},
        {"/v1/bands", &PublicApi::bands, "family"},
        {"/v1/rules", &PublicApi::rules},
        {"/v1/candles", &PublicApi::candles, "symbol interval limit"},
        {"/v1/capacity", &PublicApi::capacity,
         "class zone tier residency green_share_min family qty price from to hours"},
        {"/v1/cost", &PublicApi::cost,
         "symbol family class zone tier residency green_share_min tokens_per_second step_s devices "
         "power_kw pue green_share carbon_g"},
        {"/v1/preview", &PublicApi::preview, "symbol side price qty"},
        {"/v1/openapi.json", &PublicApi::openapi},
        {"/v1/asyncapi.json", &PublicApi::asyncapi}};
    return table;
}

const PublicApi::Route* PublicApi::route(std::string_view path) {
    for (const Route& r : routes())
        if (r.path == path) return &r;
    return nullptr;
}

std::vector<PublicApi::Path> PublicApi::paths() {
    std::vector<Path> out;
    for (const Route& r : routes()) out.push_back({r.path, r.parameters});
    return out;
}

void PublicApi::classes(Target&, std::string& out) const {
    out += "{\"classes\":[";
    for (const Directory::Class& c : directory_.classes()) {
        append_comma(out);
        append_class_row(c, out);
    }
    append_end(out);
}

void PublicApi::families(Target& target, std::string& out) const {
    const FamilyFilter filter(target);
    out += "{\"families\":[";
    for (const Directory::Family& f : directory_.families()) {
        if (!filter.takes(f, directory_)) continue;
        append_comma(out);
        append_family_row(f, bands_.in_force(f.defined.id), directory_, out);
    }
    append_end(out);
}

void PublicApi::instruments(Target& target, std::string& out) const {
    const auto family = family_parameter(target);
    const std::size_t limit = target.count("limit", 1'000, 5'000);
    engine::InstrumentId after{engine::FamilyId{0}, 0, engine::Period{0}};
    if (const std::string* symbol = target.parameter("after")) {
        const auto instrument = directory_.instrument(*symbol);
        if (!instrument)
            return target.refuse(
                {"SYMBOL_UNKNOWN", "after: no such instrument: " + *symbol, "after", "listed", {}, *symbol});
        after = *instrument;
    }
    if (target.error()) return;

    out += "{\"instruments\":[";
    std::size_t rows = 0;
    for (const Directory::Family& f : directory_.families())
        if (!family || f.defined.id == *family) append_listed(f.defined.id, after, limit, rows, out);
    Members(out).raw("]").truth<"more">(rows > limit);
    append_place(out);
}

// `rows` counts what there is, also beyond the limit, so that the page can say that there is more.
void PublicApi::append_listed(engine::FamilyId family, engine::InstrumentId after, std::size_t limit,
                              std::size_t& rows, std::string& out) const {
    for (const Market& m : market_.markets(family)) {
        if (m.phase == engine::Phase::unlisted || m.instrument <= after) continue;
        if (++rows > limit) return;
        append_comma(out);
        append_instrument_row(m, directory_, out);
    }
}

void PublicApi::book(Target& target, std::string& out) const {
    const std::string symbol = target.path().substr(book_path.size());
    const auto instrument = instrument_of(target, symbol);
    const std::size_t depth = target.count("depth", 10'000, 10'000);
    if (!instrument || target.error()) return;
    const Market& m = *market_.find(*instrument);
    const engine::Product product = directory_.product(instrument->family);
    out += "{\"symbol\":\"";
    directory_.append_symbol(*instrument, out);
    out += '"';
    Members(out).number<"seq">(m.sequence.value).word<"phase">(wire_name(m.phase)).raw(",\"bids\":");
    append_levels(m.bids, product, depth, out);
    out += ",\"asks\":";
    append_levels(m.asks, product, depth, out);
    Members(out)
        .number<"crc">(book_crc(m, product))
        .time<"ts">(directory_.time())
        .rfc3339<"time">(directory_.time())
        .raw("}");
}

void PublicApi::trades(Target& target, std::string& out) const {
    const std::string* symbol = target.parameter("symbol");
    const auto family = family_parameter(target);
    const std::size_t limit = target.count("limit", 100, 1'000);
    std::optional<engine::InstrumentId> instrument;
    if (symbol != nullptr) {
        instrument = directory_.instrument(*symbol);
        if (!instrument)
            target.refuse(
                {"SYMBOL_UNKNOWN", "no such instrument: " + *symbol, "symbol", "listed", {}, *symbol});
    }
    if (target.error()) return;
    out += "{\"trades\":[";
    const TradeTape& tape = market_.tape();
    for (std::size_t age = 0, rows = 0; age < tape.size() && rows < limit; ++age) {
        const Trade& t = tape.at(age);
        if ((instrument && t.instrument != *instrument) || (family && t.instrument.family != *family))
            continue;
        append_comma(out);
        append_trade_row(t, directory_, out);
        ++rows;
    }
    append_end(out);
}

std::vector<Candle> PublicApi::candles_of(engine::InstrumentId instrument, int minutes,
                                          std::size_t limit) const {
    const engine::Duration interval = engine::minute * minutes;
    std::vector<Candle> kept = market_.candles().of(instrument, interval, limit);
    if (history_ == nullptr) return kept;
    std::map<engine::Time, Candle> rows;
    const auto resolution = minutes % 1'440 == 0 ? ledger::Resolution::day
                            : minutes % 60 == 0  ? ledger::Resolution::hour
                                                 : ledger::Resolution::minute;
    // An hour is listed for eight days: at most twelve pages of minutes.
    for (engine::Time from{};;) {
        const auto page = history_->candles(resolution, instrument, from, ledger::Projection::page_limit);
        if (!page) return kept;
        for (const ledger::CandleRow& row : page->rows) {
            const engine::Time start{row.start.value - row.start.value % interval.value};
            const auto [at, fresh] = rows.try_emplace(
                start, Candle{.start = start, .open = row.open, .high = row.high, .low = row.low});
            Candle& candle = at->second;
            candle.high = std::max(candle.high, row.high);
            candle.low = std::min(candle.low, row.low);
            candle.close = row.close;
            candle.qty += static_cast<std::uint64_t>(row.qty.value);
            candle.trades += static_cast<std::uint32_t>(row.trades);
        }
        if (!page->more) break;
        from = engine::Time{page->rows.back().start.value + 1};
    }
    for (const Candle& candle : kept) {
        const auto [at, fresh] = rows.try_emplace(candle.start, candle);
        if (!fresh && candle.trades > at->second.trades) at->second = candle;
    }
    std::vector<Candle> latest;
    for (const auto& [start, candle] : rows)
        if (rows.size() <= limit || start >= std::prev(rows.end(), static_cast<std::ptrdiff_t>(limit))->first)
            latest.push_back(candle);
    return latest;
}

void PublicApi::candles(Target& target, std::string& out) const {
    static constexpr std::pair<std::string_view, int> lengths[] = {{"1m", 1},  {"5m", 5},   {"15m", 15},
                                                                   {"1h", 60}, {"4h", 240}, {"1d", 1'440}};
    const std::string* symbol = target.parameter("symbol");
    const std::string* interval = target.parameter("interval");
    const std::size_t limit = target.count("limit", 500, 1'500);
    const std::string_view wanted = interval == nullptr ? "1m" : std::string_view(*interval);
    const auto length = std::ranges::find(lengths, wanted, [](const auto& entry) { return entry.first; });
    if (symbol == nullptr)
        target.refuse({"FORMAT_FIELD", "candles need a symbol", "symbol", "required"});
    else if (length == std::end(lengths))
        target.refuse({"FORMAT_VALUE",
                       "no such interval",
                       "interval",
                       "one of 1m, 5m, 15m, 1h, 4h, 1d",
                       {},
                       std::string(wanted)});
    if (target.error()) return;
    const auto instrument = directory_.instrument(*symbol);
    if (!instrument)
        return target.refuse(
            {"SYMBOL_UNKNOWN", "no such instrument: " + *symbol, "symbol", "listed", {}, *symbol});
    out += "{\"symbol\":";
    append_quoted(*symbol, out);
    Members(out).word<"interval">(wanted).raw(",\"candles\":[");
    for (const Candle& candle : candles_of(*instrument, length->second, limit)) {
        append_comma(out);
        append_candle_row(candle, directory_.product(instrument->family), out);
    }
    append_end(out);
}

void PublicApi::openapi(Target&, std::string& out) const { append_openapi(out); }
void PublicApi::asyncapi(Target&, std::string& out) const { append_asyncapi(out); }

void PublicApi::bands(Target& target, std::string& out) const {
    const auto family = family_parameter(target);
    if (target.error()) return;
    out += "{\"bands\":[";
    for (const Directory::Family& f : directory_.families()) {
        if (family && f.defined.id != *family) continue;
        std::vector<const Bands::Version*> rows = bands_.scheduled(f.defined.id);
        if (const Bands::Version* band = bands_.in_force(f.defined.id)) rows.insert(rows.begin(), band);
        for (const Bands::Version* band : rows) {
            append_comma(out);
            append_band_row(*band, directory_, out);
        }
    }
    append_end(out);
}

void PublicApi::rules(Target&, std::string& out) const {
    out += '{';
    append_rules(genesis_, directory_.rules(), out);
    append_place(out);
}

void PublicApi::append_end(std::string& out) const {
    out += ']';
    append_place(out);
}

void PublicApi::append_place(std::string& out) const {
    Members(out)
        .number<"seq">(directory_.sequence().value)
        .time<"ts">(directory_.time())
        .rfc3339<"time">(directory_.time())
        .raw("}");
}

std::optional<engine::FamilyId> PublicApi::family_parameter(Target& target) const {
    const std::string* name = target.parameter("family");
    if (name == nullptr) return std::nullopt;
    const auto family = directory_.family_id(*name);
    if (!family) target.refuse({"SYMBOL_UNKNOWN", "no such family: " + *name, "family", "listed", {}, *name});
    return family;
}

std::optional<engine::InstrumentId> PublicApi::instrument_of(Target& target,
                                                             const std::string& symbol) const {
    const auto instrument = directory_.instrument(symbol);
    if (instrument && market_.find(*instrument) != nullptr) return instrument;
    target.refuse(
        {"SYMBOL_UNKNOWN", "no such instrument is listed: " + symbol, "symbol", "listed", {}, symbol});
    return std::nullopt;
}

HttpAnswer PublicApi::ready() const {
    const std::string why = not_ready_ ? not_ready_() : std::string();
    if (why.empty()) return {200, std::string(text_type), "ready\n"};
    return {503, std::string(text_type), why + "\n"};
}

HttpAnswer PublicApi::metrics() const {
    HttpAnswer answer{200, "text/plain; version=0.0.4; charset=utf-8", {}};
    metrics_.append_prometheus(answer.body);
    return answer;
}

HttpAnswer PublicApi::page() const {
    return {200, "text/html; charset=utf-8", first_page(directory_.families().size(), directory_.sequence())};
}

}  // namespace gridbook::gateway
