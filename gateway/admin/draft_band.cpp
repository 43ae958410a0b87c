// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/draft_band.hpp"

#include "gateway/decimal.hpp"

namespace gridbook::gateway {

namespace {

// An empty value leaves what was; false: it is none.
bool read_price(std::string_view text, engine::Decimal& price) {
    if (text.empty()) return true;
    const auto value = parse_decimal(text);
    if (!value || value->value <= 0) return false;
    price = *value;
    return true;
}

}  // namespace

std::optional<ledger::DraftBand> read_draft(std::string_view text) {
    const auto next = [&] {
        const std::size_t end = text.find(':');
        const std::string_view part = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        return part;
    };
    ledger::DraftBand draft;
    draft.family = next();
    const bool good = read_price(next(), draft.floor) && read_price(next(), draft.ceiling) &&
                      read_price(next(), draft.guidance);
    const bool any = draft.floor.value != 0 || draft.ceiling.value != 0 || draft.guidance.value != 0;
    if (draft.family.empty() || !good || !any || !text.empty()) return std::nullopt;
    return draft;
}

}  // namespace gridbook::gateway
