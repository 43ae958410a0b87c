// SPDX-License-Identifier: Apache-2.0
// What the audit says of maintenance: nothing of what the exchange tells, also when the engine has forgotten
// what is over, and a failed check of a capacity that is told otherwise.
#include "engine/delivery/window.hpp"
#include "tests/ledger/forged.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::MaintenanceChanged;
using engine::Product;

namespace {

constexpr engine::AccountId prov = tests::Market::prov;
constexpr std::uint32_t own = 4;  // prov's resource

engine::Period in_hours(std::uint32_t hours) {
    return engine::Period{engine::period_at(tests::day_one, Product::gpu).value + hours};
}
void cancel(tests::Drawing& x, std::uint32_t maintenance) {
    engine::CancelMaintenance c;
    c.maintenance = engine::MaintenanceId{maintenance};
    x.d.send(engine::Command::of(c, prov, engine::no_key, tests::asked));
}

// Two that overlap; the first is over and forgotten when the second is taken back.
tests::Drawing overlapping() {
    tests::Drawing x;
    x.d.send(tests::maintain(prov, own, in_hours(1), 2, 8'990));
    x.d.send(tests::maintain(prov, own, in_hours(1), 10, 5));
    x.d.m.at(engine::window_end(in_hours(2), Product::gpu) + engine::final_after);
    x.d.send(tests::maintain(prov, own, in_hours(100), 1));
    cancel(x, 2);
    return x;
}

}  // namespace

TEST_CASE("maintenance as the exchange tells it fails nothing", "[checks][maintenance]") {
    tests::Drawing x = overlapping();
    int told = 0;
    CHECK(failed(x, [&told](engine::Event& e) {
              told += e.kind() == engine::EventKind::maintenance;
              return true;
          }).empty());
    CHECK(told == 4);
}

TEST_CASE("a capacity that the events do not give is named", "[checks][maintenance]") {
    const int which = GENERATE(0, 1, 2, 3);
    tests::Drawing x = overlapping();
    const auto any = [](const MaintenanceChanged&) { return true; };
    CHECK(failed(x, nth<MaintenanceChanged>(
                        which, any, [](MaintenanceChanged& m) { m.capacity.value += 1; })) == "capacity ");
}
