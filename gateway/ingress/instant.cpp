// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/instant.hpp"

#include <chrono>

namespace gridbook::gateway {

namespace {

constexpr unsigned year_max = 2261;  // the last whole year of 64 bits of nanoseconds

// Reads a text from its front; after the first thing that does not fit, everything fails.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    unsigned digits(std::size_t count, unsigned least, unsigned most) {
        unsigned value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return fail();
            value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value < least || value > most ? fail() : value;
    }
    void one_of(std::string_view choice) {
        if (rest_.empty() || choice.find(rest_.front()) == std::string_view::npos) {
            fail();
            return;
        }
        last_ = rest_.front();
        rest_.remove_prefix(1);
    }
    // The decimals of a second, as nanoseconds; 0 when there are none.
    std::int64_t fraction() {
        if (!rest_.starts_with('.')) return 0;
        rest_.remove_prefix(1);
        std::int64_t value = 0;
        std::size_t count = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
             ++count, rest_.remove_prefix(1)) {
            if (count == 9) return fail();
            value = value * 10 + (rest_.front() - '0');
        }
        if (count == 0) return fail();
        for (; count < 9; ++count) value *= 10;
        return value;
    }
    char last() const { return last_; }
    bool done() const { return good_ && rest_.empty(); }

  private:
    unsigned fail() {
        good_ = false;
        return 0;
    }
    std::string_view rest_;
    char last_ = 0;
    bool good_ = true;
};

}  // namespace

std::optional<engine::Time> parse_instant(std::string_view text) {
    Reader in(text);
    const std::chrono::year year{static_cast<int>(in.digits(4, 1970, year_max))};
    in.one_of("-");
    const std::chrono::month month{in.digits(2, 1, 12)};
    in.one_of("-");
    const std::chrono::year_month_day date{year, month, std::chrono::day{in.digits(2, 1, 31)}};
    in.one_of("Tt");
    const std::int64_t hours = in.digits(2, 0, 23);
    in.one_of(":");
    const std::int64_t minutes = in.digits(2, 0, 59);
    in.one_of(":");
    const std::int64_t seconds = in.digits(2, 0, 59);
    const std::int64_t fraction = in.fraction();
    in.one_of("Zz+-");
    std::int64_t offset_minutes = 0;
    if (const char sign = in.last(); sign == '+' || sign == '-') {
        const std::int64_t offset_hours = in.digits(2, 0, 23);
        in.one_of(":");
        offset_minutes = (offset_hours * 60 + in.digits(2, 0, 59)) * (sign == '-' ? -1 : 1);
    }
    if (!in.done() || !date.ok()) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
    const std::int64_t whole_seconds = ((days * 24 + hours) * 60 + minutes - offset_minutes) * 60 + seconds;
    if (whole_seconds < 0) return std::nullopt;
    return engine::Time{whole_seconds * engine::second.value + fraction};
}

}  // namespace gridbook::gateway
