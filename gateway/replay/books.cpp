// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/books.hpp"

#include <fmt/format.h>

#include <array>
#include <thread>

#include "gateway/replay/wire_numbers.hpp"

namespace gridbook::gateway::replay {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The projection, which has the invoices, follows the market at the lowest priority.
constexpr auto patience = 300s;
constexpr int page_size = 500;
constexpr std::array kind_names{"usage",   "sales",     "fees",         "taxes",
                                "refunds", "penalties", "replacements", "advances"};

struct Invoiced {
    std::uint64_t invoices = 0;
    engine::Money total{};  // with what is not invoiced yet
    bool open = false;      // there is such
    std::map<std::string, engine::Money> kinds;
};

Invoiced invoiced(Link& link, const std::string& account, std::string_view period) {
    Invoiced sum;
    for (bool more = true; more;) {
        const JsonDocument page =
            link.query("invoices.get", fmt::format(R"("account":"{}","period":"{}","after":{},"limit":{})",
                                                   account, period, sum.invoices, page_size));
        const std::size_t rows = page.size("/invoices");
        for (std::size_t i = 0; i < rows; ++i) {
            const auto amount = [&](std::string_view name) {
                return money(page.text(fmt::format("/invoices/{}/{}", i, name)).value_or("0"));
            };
            ++sum.invoices;
            sum.total += amount("total");
            for (const char* kind : kind_names) sum.kinds[kind] += amount(kind);
        }
        more = rows > 0 && page.flag("/more").value_or(false);
        // The period that still runs has no invoice yet; its lines count as well.
        if (more) continue;
        sum.open = page.size("/open") > 0;
        sum.total += money(page.text("/open/total").value_or("0"));
    }
    return sum;
}

class Reader {
  public:
    Reader(const Scenario& scenario, engine::Money credited, Link& link)
        : scenario_(scenario), credited_(credited), link_(link), deadline_(Clock::now() + patience) {}

    Books run() {
        for (const std::string& account : scenario_.accounts) one(account);
        engine::Money between{};
        for (const auto& [kind, amount] : books_.kinds)
            if (kind == "fees" || kind == "taxes")
                books_.fees += amount;
            else if (kind == "advances")
                books_.advances += amount;
            else
                between += amount;
        // Whom the fund helped paid that much less than the others got.
        if (between.value + books_.advances.value != 0)
            books_.wrong.push_back(
                fmt::format("participants paid one another {} micro-CNY in sum, advances {}", between.value,
                            books_.advances.value));
        return std::move(books_);
    }

  private:
    void one(const std::string& account) {
        const JsonDocument balance = link_.query("balance.get", fmt::format(R"("account":"{}")", account));
        for (const char* part : {"hold", "margin", "receivable", "penalty"})
            if (const std::string left = balance.text(fmt::format("/{}", part)).value_or(""); left != "0")
                books_.wrong.push_back(fmt::format("{} still has {} as {}", account, left, part));
        const engine::Money cash = money(balance.text("/cash").value_or("0"));
        const engine::Money taken{credited_.value - cash.value};
        const Invoiced days = until_told(account, "day", taken), months = until_told(account, "month", taken);
        if (days.open) books_.wrong.push_back(account + " has lines that no invoice of a day has");
        if (days.total != taken || months.total != taken)
            books_.wrong.push_back(
                fmt::format("{}: cash fell by {} micro-CNY, invoices by day are {}, by month {}", account,
                            taken.value, days.total.value, months.total.value));
        ++books_.accounts;
        books_.invoices += days.invoices;
        for (const auto& [kind, amount] : days.kinds) books_.kinds[kind] += amount;
    }

    Invoiced until_told(const std::string& account, std::string_view period, engine::Money taken) {
        for (;;) {
            Invoiced sum = invoiced(link_, account, period);
            // The run ends behind a midnight: every day is to be invoiced. The month still runs.
            const bool whole = sum.total == taken && (period == "month" || !sum.open);
            if (whole || Clock::now() >= deadline_) return sum;
            std::this_thread::sleep_for(200ms);
        }
    }

    const Scenario& scenario_;
    engine::Money credited_;
    Link& link_;
    Clock::time_point deadline_;
    Books books_;
};

}  // namespace

Books Books::of(const Scenario& scenario, engine::Money credited, Link& link) {
    return Reader(scenario, credited, link).run();
}

}  // namespace gridbook::gateway::replay
