// SPDX-License-Identifier: Apache-2.0
#include "ledger/export/export.hpp"

#include <fmt/format.h>

#include "ledger/audit/progress.hpp"
#include "ledger/energy/resource_book.hpp"
#include "ledger/export/names.hpp"
#include "ledger/export/table.hpp"
#include "ledger/postings.hpp"

namespace gridbook::ledger {

namespace {

constexpr int done = 0, failed = 1, not_possible = 2;

std::string word(Cause cause) {
    switch (cause) {
        case Cause::credit: return "credit";
        case Cause::order_entered: return "order_entered";
        case Cause::order_replaced: return "order_replaced";
        case Cause::order_decremented: return "order_decremented";
        case Cause::order_ended: return "order_ended";
        case Cause::bought: return "bought";
        case Cause::sold: return "sold";
        case Cause::delivery_replaced: return "delivery_replaced";
        case Cause::delivery_settled: return "delivery_settled";
        case Cause::dispute_suspended: return "dispute_suspended";
        case Cause::dispute_decided: return "dispute_decided";
        case Cause::payout_requested: return "payout_requested";
        case Cause::payout_paid: return "payout_paid";
        case Cause::payout_refused: return "payout_refused";
        case Cause::package_bought: return "package_bought";
        case Cause::overage_paid: return "overage_paid";
        case Cause::position_settled: break;
    }
    return "position_settled";
}

std::string word(MoneyAccount money) {
    static constexpr std::array words{"cash",     "hold",       "margin",      "receivable",   "penalty",
                                      "clearing", "fee_income", "tax_payable", "default_fund", "bank"};
    static_assert(words.size() == static_cast<std::size_t>(MoneyAccount::count_));
    return words[static_cast<std::size_t>(money)];
}

// Only these can a settled delivery have been.
std::string word(engine::DeliveryState was) {
    switch (was) {
        case engine::DeliveryState::failed: return "failed";
        case engine::DeliveryState::replaced: return "replaced";
        default: return "provisional";
    }
}

std::uint32_t rate(const std::map<std::string, std::uint32_t, std::less<>>& rates, const std::string& name) {
    const auto found = rates.find(name);
    return found == rates.end() ? 0 : found->second;
}

std::vector<std::string> columns(ExportOf of) {
    switch (of) {
        case ExportOf::fills:
            return {"sequence",  "time",  "account", "order",  "cid", "trade", "symbol",  "side",
                    "liquidity", "price", "qty",     "leaves", "fee", "tax",   "released"};
        case ExportOf::postings:
            return {"entry", "sequence", "time", "cause", "order", "trade", "account", "money", "amount"};
        case ExportOf::hashes: return {"sequence", "time", "day", "hash", "open_orders", "trades"};
        case ExportOf::deliveries:
            return {"sequence", "time",    "account", "party",     "delivery",    "was",       "symbol",
                    "seller",   "buyer",   "price",   "qty",       "promised",    "delivered", "short",
                    "refund",   "penalty", "zone",    "residency", "green_share", "pue",       "carbon_g"};
        case ExportOf::statements: break;
    }
    return {"account",      "entry",      "sequence",     "time",
            "cause",        "order",      "trade",        "cash",
            "hold",         "margin",     "receivable",   "penalty",
            "cash_after",   "hold_after", "margin_after", "receivable_after",
            "penalty_after"};
}

class Export {
  public:
    Export(std::ostream& out, const ExportOptions& options)
        : options_(options), table_(out, options.as == ExportAs::json_lines, columns(options.of)) {}

    std::optional<Difference> see(const BatchView& batch) {
        for (std::size_t i = 0, event = 0; i < batch.header.count; ++i) {
            if (!postings_) postings_.emplace(batch.command(i).as<engine::Genesis>());
            for (std::size_t n = batch.event_count(i); n > 0; --n)
                if (auto difference = see(batch.event(event++))) return difference;
        }
        return std::nullopt;
    }

  private:
    std::optional<Difference> see(const engine::Event& event) {
        names_.hear(event);
        resources_.hear(event);
        const bool told = event.header.sequence >= options_.from && event.header.sequence <= options_.to;
        if (told && options_.of == ExportOf::fills && event.kind() == engine::EventKind::fill) fill(event);
        if (told && options_.of == ExportOf::hashes && event.kind() == engine::EventKind::state_hashed)
            hash(event);
        if (told && options_.of == ExportOf::deliveries &&
            event.kind() == engine::EventKind::delivery_settled)
            delivery(event);
        if (options_.of != ExportOf::postings && options_.of != ExportOf::statements) return std::nullopt;
        for (const Entry& entry : postings_->of(event)) {
            ++entries_;
            const Balances before = options_.of == ExportOf::statements ? touched(entry) : Balances{};
            balances_.post(entry);
            if (told && options_.of == ExportOf::postings) posting(event, entry);
            if (told && options_.of == ExportOf::statements) statement(event, entry, before);
        }
        return postings_->difference();
    }

    bool wanted(engine::AccountId account) const {
        return options_.account.empty() || names_.account(account) == options_.account;
    }

    void fill(const engine::Event& event) {
        if (!wanted(event.header.account)) return;
        const auto f = event.as<engine::Fill>();
        const engine::FamilyId family = f.instrument.family;
        table_.number(event.header.sequence.value).text(time_text(event.header.time));
        table_.text(names_.account(event.header.account)).id(f.order.value).text(std::string(f.cid.view()));
        table_.id(f.trade.value).text(names_.symbol(f.instrument));
        table_.text(f.side == engine::Side::buy ? "buy" : "sell");
        table_.text(f.liquidity == engine::Liquidity::maker ? "maker" : "taker").text(price_text(f.price));
        table_.text(names_.qty(engine::Quantity{f.qty}, family));
        table_.text(names_.qty(engine::Quantity{f.leaves}, family));
        table_.text(money_text(f.fee)).text(money_text(f.tax)).text(money_text(f.released)).end();
    }

    void hash(const engine::Event& event) {
        const auto h = event.as<engine::StateHashed>();
        const std::string time = time_text(event.header.time);
        table_.number(event.header.sequence.value).text(time).text(time.substr(0, time.find('T')));
        table_.text(fmt::format("{:016x}", h.hash)).number(h.open_orders).number(h.trades).end();
    }

    void delivery(const engine::Event& event) {
        if (!wanted(event.header.account)) return;
        const auto d = event.as<engine::DeliverySettled>();
        const engine::FamilyId family = d.instrument.family;
        const auto minutes = [&](std::uint64_t lots) {
            table_.text(names_.qty(engine::Quantity{static_cast<std::int64_t>(lots)}, family));
        };
        table_.number(event.header.sequence.value).text(time_text(event.header.time));
        table_.text(names_.account(event.header.account));
        table_.text(d.party == engine::Side::sell ? "seller" : "buyer")
            .id(d.delivery.value)
            .text(word(d.was));
        table_.text(names_.symbol(d.instrument)).text(names_.account(d.seller));
        table_.text(names_.account(d.buyer)).text(price_text(d.price));
        table_.text(names_.qty(engine::Quantity{d.qty}, family));
        minutes(d.promised), minutes(d.delivered), minutes(d.short_of);
        table_.text(money_text(d.refund)).text(money_text(d.penalty));
        table_.text(names_.zone(family)).text(names_.residency(family));
        energy(d);
        table_.end();
    }

    // Green share, PUE and carbon are decimals with six places, as money is.
    void energy(const engine::DeliverySettled& d) {
        const engine::FamilyId family = d.instrument.family;
        const engine::Product product = names_.product(family);
        const engine::Time gate = engine::gate_time(d.instrument.period, product);
        // The gate comes before every command of its instant.
        const auto e = resources_.of(family, engine::Time{gate.value - 1}, options_.energy.pue, d.seller);
        if (!e) return void(table_.text("").text("").text(""));
        table_.text(money_text(engine::Money{std::int64_t{e->green_least} * 100}));
        table_.text(money_text(engine::Money{std::int64_t{e->pue_most} * 1'000}));
        const std::uint32_t power = rate(options_.energy.power_w, names_.class_name(family));
        const std::uint32_t grid = rate(options_.energy.carbon_mg, names_.zone(family));
        if (product != engine::Product::gpu || power == 0 || grid == 0) return void(table_.text(""));
        const std::int64_t each = carbon_a_unit_hour(power, e->grey, grid);
        table_.text(money_text(engine::Money{carbon_of(each, static_cast<std::int64_t>(d.delivered))}));
    }

    void begin_line(const engine::Event& event, const Entry& entry) {
        table_.number(entries_).number(entry.sequence.value).text(time_text(event.header.time));
        table_.text(word(entry.cause)).id(entry.order.value).id(entry.trade.value);
    }

    void posting(const engine::Event& event, const Entry& entry) {
        for (const Posting& p : entry.postings) {
            if (!wanted(p.account)) continue;
            begin_line(event, entry);
            table_.text(names_.account(p.account)).text(word(p.money)).text(money_text(p.amount)).end();
        }
    }

    // The participants of an entry as they are before it.
    Balances touched(const Entry& entry) const {
        Balances before;
        for (const Posting& p : entry.postings)
            if (!of_house(p.money)) before.put(p.account, balances_.of(p.account));
        return before;
    }

    void statement(const engine::Event& event, const Entry& entry, const Balances& before) {
        for (const auto& [account, was] : before.participants()) {
            if (!wanted(account)) continue;
            const Balances::Participant is = balances_.of(account);
            table_.text(names_.account(account));
            begin_line(event, entry);
            for (const engine::Money m : {is.cash - was.cash, is.hold - was.hold, is.margin - was.margin,
                                          is.receivable - was.receivable, is.penalty - was.penalty, is.cash,
                                          is.hold, is.margin, is.receivable, is.penalty})
                table_.text(money_text(m));
            table_.end();
        }
    }

    const ExportOptions& options_;
    TableWriter table_;
    Names names_;
    ResourceBook resources_;
    std::optional<Postings> postings_;
    Balances balances_;
    std::uint64_t entries_ = 0;
};

int complain(std::ostream& complaints, int status, std::string_view text) {
    complaints << "export: " << text << std::endl;
    return status;
}

}  // namespace

Result<std::unique_ptr<Journal>> open_to_read(const std::filesystem::path& data) {
    auto journal = Journal::open({data, Access::read, std::size_t{1} << 20});
    if (journal || journal.error().code != ErrorCode::locked) return journal;
    return Journal::open({data, Access::beside, std::size_t{1} << 20});
}

int export_journal(const std::filesystem::path& data, std::ostream& out, std::ostream& complaints,
                   const ExportOptions& options) {
    const auto journal = open_to_read(data);
    if (!journal) return complain(complaints, not_possible, journal.error().text);
    auto reader = (*journal)->read_from(engine::Sequence{1});
    if (!reader) return complain(complaints, not_possible, reader.error().text);
    Export journal_export(out, options);
    Progress progress("export");
    while (true) {
        auto more = reader->next();
        if (!more) return complain(complaints, failed, more.error().text);
        if (!*more || reader->batch().header.first > options.to) break;
        if (const auto difference = journal_export.see(reader->batch()))
            return complain(complaints, failed,
                            fmt::format("the postings differ at sequence {}: {}", difference->sequence.value,
                                        difference->text));
        if (options.progress) progress.at(reader->batch().header.last(), (*journal)->last());
    }
    out.flush();
    return out.good() ? done
                      : complain(complaints, failed, "the text could not be written: is the disk full?");
}

}  // namespace gridbook::ledger
