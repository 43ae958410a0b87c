// SPDX-License-Identifier: Apache-2.0
#pragma once
// Invoices of an account as they are asked for (protocol section 5), read from the projection: the list with
// what is not invoiced yet, and one with its lines in the FOCUS columns, as CSV or JSON. It is behind the
// market by a moment, and every answer names the sequence up to which it knows.

#include <optional>

#include "gateway/directory.hpp"
#include "gateway/transport/http_answer.hpp"
#include "gateway/wire_error.hpp"
#include "ledger/projection/projection.hpp"

namespace gridbook::gateway {

class Billing {
  public:
    static constexpr std::size_t lines_max = 20'000;  // of one answer; the rest by `after`

    explicit Billing(const Directory& directory) : directory_(directory) {}
    void use_history(const ledger::Projection& history) { history_ = &history; }

    // {"ok":true,"period":"day","invoices":[…],"open":{…},"more":…,"seq":…}: those after the number `after`.
    std::optional<WireError> list(engine::AccountId account, std::string_view period, std::uint64_t after,
                                  std::size_t limit, std::string& out) const;
    // The same without the opening brace's "ok", as a reply on the socket has it.
    std::optional<WireError> append_list(engine::AccountId account, std::string_view period,
                                         std::uint64_t after, std::size_t limit, std::string& out) const;
    // `name`: D12 or M3, alone or with .csv or .json behind it. Lines after the account's line `after`.
    std::optional<WireError> one(engine::AccountId account, std::string_view name, std::uint64_t after,
                                 std::size_t limit, HttpAnswer& answer) const;

  private:
    const Directory& directory_;
    const ledger::Projection* history_ = nullptr;
};

}  // namespace gridbook::gateway
