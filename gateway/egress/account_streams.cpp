// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/account_streams.hpp"

#include <algorithm>

namespace gridbook::gateway {

void AccountStreams::keep(const engine::Event& event, std::uint32_t cum) {
    const engine::AccountId account = event.header.account;
    const bool numbered = event.header.number.value != 0;
    if (account == engine::no_account || (!numbered && event.kind() != engine::EventKind::alternative))
        return;
    if (latest_.size() <= account.value) latest_.resize(account.value + std::size_t{1});
    ++places_;
    kept_[places_ % kept_.size()] = {event, cum, latest_[account.value]};
    latest_[account.value] = places_;
}

std::optional<std::vector<const AccountStreams::Kept*>> AccountStreams::from(engine::AccountId account,
                                                                             std::uint64_t n,
                                                                             std::uint64_t last,
                                                                             std::size_t most) const {
    std::vector<const Kept*> out;
    std::uint64_t wanted = last + 1;  // the number that came last on the way back
    for (const Kept* kept = latest(account); kept != nullptr; kept = at(kept->previous)) {
        const std::uint64_t number = kept->event.header.number.value;
        // Without a number: the costs of the any-of that was just seen.
        if (number != 0 && number < n) break;
        out.push_back(kept);
        if (number != 0) wanted = number;
        // The costs of an any-of at the very edge may be gone already.
        const bool cut = kept->previous != 0 && at(kept->previous) == nullptr;
        if (cut && kept->event.kind() == engine::EventKind::any_of) return std::nullopt;
    }
    if (wanted > n) return std::nullopt;
    std::ranges::reverse(out);
    std::size_t count = 0;
    const auto numbered = [](const Kept* kept) { return kept->event.header.number.value != 0; };
    const auto end =
        std::ranges::find_if(out, [&](const Kept* kept) { return numbered(kept) && count++ == most; });
    out.erase(end, out.end());
    // Costs whose any-of comes later belong to the next piece.
    while (!out.empty() && !numbered(out.back())) out.pop_back();
    return out;
}

bool AccountStreams::reaches(engine::AccountId account, std::uint64_t n, std::uint64_t last) const {
    return from(account, n, last, 0) ||
           (history_ != nullptr && history_->has(account, engine::StreamNumber{n}));
}

std::uint64_t AccountStreams::oldest_of_all(engine::AccountId account, std::uint64_t last) const {
    const std::uint64_t here = oldest(account, last);
    return history_ == nullptr ? here : std::min(here, history_->oldest(account).value_or(here));
}

engine::Sequence AccountStreams::begins(engine::Sequence now) const {
    if (places_ == 0) return now;
    return at(places_ < kept_.size() ? 1 : places_ - kept_.size() + 1)->event.header.sequence;
}

std::uint64_t AccountStreams::oldest(engine::AccountId account, std::uint64_t last) const {
    std::uint64_t number = last + 1;
    for (const Kept* kept = latest(account); kept != nullptr; kept = at(kept->previous))
        if (kept->event.header.number.value != 0) number = kept->event.header.number.value;
    return number;
}

}  // namespace gridbook::gateway
