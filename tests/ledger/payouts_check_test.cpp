// SPDX-License-Identifier: Apache-2.0
// What the audit says of payouts: nothing of what the exchange tells, and a failed check of each amount that
// is told otherwise than it was asked.
#include "tests/ledger/forged.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::PayoutChanged;
using engine::PayoutState;

namespace {

constexpr engine::AccountId acme = tests::Market::acme, bert = tests::Market::bert;

void request(tests::Drawing& x, engine::AccountId who, std::int64_t amount) {
    engine::RequestPayout r;
    r.amount = engine::Money{amount};
    r.reference = engine::Text<32>{"p-1"};
    x.d.send(engine::Command::of(r, who, engine::no_key, tests::asked));
}
void decide(tests::Drawing& x, std::uint32_t payout, bool paid) {
    engine::DecidePayout d;
    d.payout = engine::PayoutId{payout};
    d.paid = paid;
    x.d.send(engine::Command::of(d, engine::no_account, engine::no_key, tests::asked));
}

// One is said twice and paid, one is refused, one waits.
tests::Drawing payouts() {
    tests::Drawing x;
    request(x, acme, 500);
    request(x, acme, 500);
    request(x, bert, 70);
    decide(x, 1, true);
    decide(x, 2, false);
    request(x, acme, 9);
    return x;
}

// The first that is told in this state to its account; a decision is told before that to who decided.
std::string forged(PayoutState state, const std::function<void(PayoutChanged&)>& wrong) {
    tests::Drawing x = payouts();
    const auto which = [state](const PayoutChanged& p) { return p.state == state; };
    return failed(x, nth<PayoutChanged>(state == PayoutState::requested ? 0 : 1, which, wrong));
}

}  // namespace

TEST_CASE("payouts as the exchange tells them fail nothing", "[checks][payouts]") {
    tests::Drawing x = payouts();
    CHECK(failed(x, [](engine::Event&) { return true; }).empty());
}

TEST_CASE("a payout of another amount than was asked, or that nobody asked, is named", "[checks][payouts]") {
    const auto more = [](PayoutChanged& p) { p.amount.value += 1; };
    const auto other = [](PayoutChanged& p) { p.payout.value += 7; };
    const auto cash = [](PayoutChanged& p) { p.cash.value -= 1; };
    for (const PayoutState state : {PayoutState::requested, PayoutState::paid, PayoutState::refused}) {
        CHECK_FALSE(forged(state, more).empty());
        CHECK_FALSE(forged(state, other).empty());
        CHECK_FALSE(forged(state, cash).empty());
    }
    CHECK_FALSE(forged(PayoutState::paid, [](PayoutChanged& p) { p.state = PayoutState::refused; }).empty());
}
