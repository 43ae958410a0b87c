// SPDX-License-Identifier: Apache-2.0
#pragma once
// A follower worked by hand, a mirror that keeps what it hears in a comparable form, and files whose bytes
// are changed.

#include <fstream>

#include "ledger/energy/resource_book.hpp"
#include "ledger/follower.hpp"
#include "ledger/snapshots/pack.hpp"
#include "ledger/snapshots/reconcile.hpp"
#include "story.hpp"

namespace gridbook::ledger::test {

inline std::unique_ptr<Projection> open_projection(const std::filesystem::path& data) {
    auto projection = Projection::open(data, Access::write, std::size_t{1} << 20);
    if (!projection) FAIL(projection.error().text);
    return std::move(*projection);
}

inline void begin(Follower& follower) {
    const auto begun = follower.begin();
    if (!begun) FAIL(begun.error().text);
}

// Applies all there is.
inline void catch_up(Follower& follower) {
    while (true) {
        const auto more = follower.step();
        if (!more) FAIL(more.error().text);
        if (!*more) return;
    }
}

inline void snapshot(Follower& follower) {
    const auto written = follower.snapshot();
    if (!written) FAIL(written.error().text);
}

// The market as its events tell it.
class PlainMirror final : public Mirror {
  public:
    struct Order {
        engine::InstrumentId instrument{};
        engine::Price price{};
        std::uint32_t leaves = 0, cum = 0;
        engine::OrderState state{};
        friend bool operator==(const Order&, const Order&) = default;
    };

    void remember(const engine::Event& event) override { hear(event); }
    void hear(const engine::Event& event) override {
        using enum engine::EventKind;
        place_ = {event.header.sequence, std::max(place_.second, event.header.time)};
        if (event.header.number.value != 0) numbers_[event.header.account] = event.header.number;
        if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
        resources_.hear(event);
        hear_choice(event);
        switch (event.kind()) {
            case account_opened:
                names_.push_back(std::string(event.as<engine::AccountOpened>().name.view()));
                break;
            case family_defined: ++families_; break;
            case band_changed:
                bands_[event.as<engine::BandChanged>().family] = event.as<engine::BandChanged>().version;
                break;
            case phase_changed: {
                const auto phase = event.as<engine::PhaseChanged>();
                if (phase.phase == engine::Phase::open || phases_.contains(phase.instrument))
                    phases_[phase.instrument] = phase.phase;
                break;
            }
            case order: hear_order(event.as<engine::OrderEvent>()); break;
            case fill: hear_fill(event); break;
            case limits_set: limits_[event.header.account] = event.as<engine::LimitsSet>().limits; break;
            default: break;
        }
    }
    void past_trade(const engine::Event& fill) override { trades_.push_back(fill.as<engine::Fill>().trade); }
    void totals(const InstrumentTotals& totals) override {
        if (totals.trades > 0) last_[totals.instrument] = {totals.last_price, totals.traded, totals.trades};
    }

    const auto& choices() const { return choices_; }
    const ResourceBook& resources() const { return resources_; }

    // What has been delivered is forgotten by a snapshot and not by this mirror: it is not compared.
    void forget_delivered() {
        std::erase_if(phases_, [](const auto& p) { return p.second >= engine::Phase::delivering; });
        std::erase_if(last_, [&](const auto& l) { return !phases_.contains(l.first); });
    }
    friend bool operator==(const PlainMirror& a, const PlainMirror& b) {
        const auto all = [](const PlainMirror& m) {
            return std::tie(m.place_, m.numbers_, m.names_, m.families_, m.bands_, m.phases_, m.orders_,
                            m.trades_, m.last_, m.limits_, m.resources_, m.choices_);
        };
        return all(a) == all(b);
    }

  private:
    // Which families an any-of order named, in its order.
    void hear_choice(const engine::Event& event) {
        if (event.kind() == engine::EventKind::alternative) {
            const auto told = event.as<engine::Alternative>();
            choices_[told.order].push_back(told.instrument.family);
        }
    }
    void hear_order(const engine::OrderEvent& o) {
        if (o.state == engine::OrderState::open || o.state == engine::OrderState::parked)
            orders_[o.order] = {o.instrument, o.price, o.leaves, o.cum, o.state};
        else
            orders_.erase(o.order);
    }
    void hear_fill(const engine::Event& event) {
        const auto fill = event.as<engine::Fill>();
        if (const auto found = orders_.find(fill.order); found != orders_.end()) {
            found->second.leaves = fill.leaves;
            found->second.cum += fill.qty;
            if (fill.leaves == 0) orders_.erase(found);
        }
        if (!completes_trade(fill)) return;
        trades_.push_back(fill.trade);
        auto& [price, traded, trades] = last_[fill.instrument];
        price = fill.price;
        traded += engine::Quantity{fill.qty};
        ++trades;
    }

    std::pair<engine::Sequence, engine::Time> place_;
    std::map<engine::AccountId, engine::StreamNumber> numbers_;
    std::map<engine::AccountId, engine::AccountLimits> limits_;
    std::vector<std::string> names_;
    int families_ = 0;
    std::map<engine::FamilyId, std::uint32_t> bands_;
    std::map<engine::InstrumentId, engine::Phase> phases_;
    std::map<engine::OrderId, Order> orders_;
    std::map<engine::OrderId, std::vector<engine::FamilyId>> choices_;
    ResourceBook resources_;
    std::vector<engine::TradeId> trades_;
    std::map<engine::InstrumentId, std::tuple<engine::Price, engine::Quantity, std::uint64_t>> last_;
};

inline void flip_bit(const std::filesystem::path& file, std::uint64_t bit) {
    // A closed segment may not be written; a disk does not ask.
    std::filesystem::permissions(file, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(bit / 8));
    const int was = bytes.get();
    bytes.seekp(static_cast<std::streamoff>(bit / 8));
    bytes.put(static_cast<char>(was ^ (1 << (bit % 8))));
}

}  // namespace gridbook::ledger::test
