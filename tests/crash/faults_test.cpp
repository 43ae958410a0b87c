// SPDX-License-Identifier: Apache-2.0
// The disk fails. Each of the first calls of open, write, sync, mmap and rename fails once, in each way it
// can, while the whole ledger runs. Nothing is acknowledged after a commit that failed; nothing is lost; and
// with the fault gone the exchange starts again and goes on to the same end.
//
//   GRIDBOOK_FAULTS=200 build/release/tests/test_crash "[faults]"      # each of the first 200 calls; a
//   sample in CI
#include "child.hpp"
#include "disk.hpp"
#include "market.hpp"

using namespace gridbook;
using namespace gridbook::crash;

namespace {

struct Fault {
    Call call{};
    int number = 0;  // of the call, from 1
    int error = 0;   // 0: a short write
};

class Failing final : public Disk {
  public:
    explicit Failing(const Fault& fault) : fault_(fault) {}
    int before(Call call, const std::string&, std::size_t& bytes) override {
        if (call != fault_.call || ++seen_ != fault_.number) return 0;
        met = true;
        if (fault_.error == 0) bytes = (bytes + 1) / 2;
        return fault_.error;
    }
    bool met = false;

  private:
    Fault fault_;
    int seen_ = 0;
};

constexpr int came_to_the_end = 0, failed = 1, told_after_failure = 2, not_met = 3;

// told.a: the last sequence acknowledged.
int run(const std::filesystem::path& data, const Fault& fault, Told& told) {
    Failing disk(fault);
    const Watch watch(data, disk);
    auto market = Market::open(data, true);
    if (!market) return told.say(market.error().text), failed;
    for (int round = 0; !(*market)->at_end(); ++round) {
        if (!(*market)->commit(8)) {
            const std::uint64_t delivered = (*market)->delivered();
            for (int more = 0; more < 3; ++more) (*market)->commit(8);
            return (*market)->delivered() == delivered ? failed : told_after_failure;
        }
        told.a = (*market)->acknowledged();
        if (round % 4 == 0) (*market)->follow(round % 12 == 0);
    }
    return disk.met ? came_to_the_end : not_met;
}

// From what is left it goes on, and ends where a run without a fault ends.
int go_on(const std::filesystem::path& data, std::uint64_t acknowledged, Told& told) {
    const auto started = restart(data);
    if (!started) return told.say(started.error().text), 1;
    if (started->sequence.value < acknowledged) return told.say("acknowledged commands are lost"), 2;
    auto market = Market::open(data, true);
    if (!market) return told.say(market.error().text), 3;
    (*market)->go_on_at(started->sequence);
    while (!(*market)->at_end())
        if (!(*market)->commit(64) || !(*market)->follow(false)) return told.say("it does not go on"), 4;
    (*market)->follow(true);
    market->reset();
    const auto end = restart(data);
    if (!end) return told.say(end.error().text), 5;
    told.a = end->hash;
    return 0;
}

std::string words(const Fault& fault) {
    static constexpr std::array calls{"open", "write", "sync", "mmap", "rename"};
    return std::string(calls[static_cast<std::size_t>(fault.call)]) + " number " +
           std::to_string(fault.number) +
           (fault.error == 0 ? " is short" : " fails with errno " + std::to_string(fault.error));
}

std::uint64_t hash_at_the_end() {
    engine::Exchange exchange;
    engine::EventBuffer buffer;
    for (const tests::Step& step : played()) {
        engine::EventSink sink = buffer.sink();
        exchange.apply(step.command, sink);
    }
    return exchange.state_hash();
}

}  // namespace

TEST_CASE("each call to the disk fails once: nothing is told after it, nothing is lost, and it goes on",
          "[faults]") {
    const int all = rounds("GRIDBOOK_FAULTS", 0);
    const std::uint64_t wanted = hash_at_the_end();
    std::map<Call, std::vector<int>> errors{{Call::open, {EIO, EMFILE}},
                                            {Call::write, {ENOSPC, EIO, EINTR, 0}},
                                            {Call::sync, {EIO, ENOSPC, EINTR}},
                                            {Call::map, {ENOMEM}},
                                            {Call::rename, {EIO, ENOSPC}}};
    int tried = 0, stopped = 0;
    for (const auto& [call, kinds] : errors)
        for (const int error : kinds)
            for (int number = 1; number <= (all > 0 ? all : 200); number += all > 0 ? 1 : 1 + number / 2) {
                const Fault fault{call, number, error};
                INFO(words(fault));
                const TempFolder folder;
                const Ended ended = in_child([&](Told& told) { return run(folder.path(), fault, told); });
                INFO(ended.told.text);
                REQUIRE(ended.by_itself);
                if (ended.status == not_met) break;  // there are not so many
                REQUIRE(ended.status != told_after_failure);
                ++tried;
                stopped += ended.status == failed;
                const std::uint64_t acknowledged = ended.told.a;
                const Ended again =
                    in_child([&](Told& told) { return go_on(folder.path(), acknowledged, told); });
                INFO(again.told.text);
                REQUIRE(again.by_itself);
                REQUIRE(again.status == 0);
                REQUIRE(again.told.a == wanted);
            }
    CHECK(tried > 20);
    CHECK(stopped > 5);
    WARN(tried << " faults, " << stopped
               << " stopped the ledger; after all of them it went on to the same end");
}
