// SPDX-License-Identifier: Apache-2.0
#pragma once
// The obvious twin of Exchange::apply, written from market-rules.md alone: maps, vectors, and a sort whenever
// an order is asked for. It promises the same events for the same commands, in the same order. It knows
// nothing of rings, slots, pages or bitmaps, and not of the limit of 4,096 events: a command has its whole
// effect at once, and a follow-on only takes its place in the sequence (the comparison joins an engine's
// follow-ons to their command).

#include "tests/twin/naive_market.hpp"

namespace gridbook::twin {

class Rows;

class NaiveExchange : public NaiveMarket {
  public:
    void apply(const engine::Command& command, Events& out);
    void answer(const engine::Command& question, Events& out) const;
    engine::Time next_timer() const;

    // What a flow and the invariants look at besides the state.
    // The executable orders of one side, best first, then oldest.
    std::vector<const Order*> queue(engine::InstrumentId instrument, engine::Side side) const;
    // What may trade in the instrument now; the hard band where no dynamic layer is in force.
    Edges effective(engine::InstrumentId i) const;
    Edges due_band(engine::InstrumentId i) const;
    // Quarters of a token that the account holds of a class, of days that run or are to come.
    engine::Wide held(engine::AccountId account, engine::ClassId of) const;
    engine::Wide outstanding(engine::AccountId issuer, engine::ClassId of) const;

  private:
    using Refusal = std::optional<engine::Refused>;

    // naive_exchange.cpp: the door, catalogue; naive_participants.cpp: accounts, keys, money, resources.
    void carry_out(const engine::Command& command);
    void start(const engine::Genesis& g);
    void set_rules(const engine::SetRules& r);
    void define_class(const engine::DefineClass& d);
    void define_zone(const engine::DefineZone& d);
    void define_tier(const engine::DefineTier& d);
    void define_family(const engine::DefineFamily& d);
    void open_account(const engine::OpenAccount& o);
    void set_key(const engine::SetKey& s);
    void credit(const engine::Credit& c);
    void register_resource(const engine::RegisterResource& r);
    void withdraw_resource(const engine::WithdrawResource& w);
    Refusal resource_refusal(const engine::RegisterResource& r) const;
    Refusal withdrawal_refusal(const Resource& r, std::uint32_t id) const;
    void set_limits(const engine::SetLimits& s);
    std::int64_t most_qty() const;  // of who asks
    std::int64_t most_notional() const;
    std::int64_t most_orders() const;
    Refusal family_refusal(const engine::DefineFamily& d) const;
    Refusal band_value_refusal(engine::Decimal value, engine::RejectField field) const;
    engine::Refused pool_full(engine::Pool pool, std::int64_t limit) const;

    // naive_cids.cpp: client order ids.
    bool told_before(const engine::Cid& cid);  // the same cid again was answered
    void tell_again(const Remembered& r);
    void refuse_order(engine::Refused refused, const engine::Cid& cid);
    engine::OrderId next_id(const CidKey& key);
    engine::OrderId remember(const engine::Cid& cid);
    const Remembered* remembered(const CidKey& key) const;
    // The id that a request names, by id or by cid; 0: none.
    engine::OrderId named(engine::AccountId account, engine::OrderId id, const engine::Cid& cid) const;
    const Order* find(engine::OrderId id) const;

    // naive_checks.cpp: what is refused, in its order.
    Refusal order_refusal(Asked& a) const;
    Refusal killed_refusal(engine::InstrumentId first, std::int64_t hours) const;
    Refusal symbol_refusal(engine::InstrumentId i) const;
    Refusal tick_refusal(engine::Decimal price) const;
    Refusal quantity_refusal(const engine::PlaceOrder& p) const;
    Refusal notional_refusal(engine::Wide notional) const;
    Refusal band_refusal(Asked& a) const;
    Refusal hard_refusal(engine::FamilyId family, engine::Decimal price) const;
    Refusal reason_refusal(const Asked& a) const;
    Refusal account_refusal(const Asked& a) const;
    Refusal post_only_refusal(const Asked& a) const;
    Refusal funds_refusal(std::int64_t available, std::int64_t needed) const;
    Refusal capacity_refusal(engine::InstrumentId i, std::int64_t room, std::int64_t lots) const;
    Refusal limit_refusal(engine::Pool resting) const;
    std::uint8_t soft_flags(std::int64_t price, std::int64_t guidance) const;
    Reach reach(const Order& order) const;

    // naive_orders.cpp: place, replace, cancel.
    void place(const engine::PlaceOrder& p);
    void replace(const engine::ReplaceOrder& r);
    void change(Order& order, const Asked& a, std::int64_t lots, bool kept);
    void cancel(const engine::CancelOrder& c);
    bool refuse_unless_live(engine::OrderId found, engine::OrderId id, const engine::Cid& cid);
    void flag(Order& order);
    std::uint32_t session_of_order() const;

    // naive_matching.cpp: matching, fills, holds, what is told of an order.
    void enter_book(Order& order);
    void leave_book(Order& order);
    void reserve(Order& order);    // takes hold or margin and capacity for its leaves
    void give_back(Order& order);  // the reverse, for what is left
    void shrink(Order& order, std::int64_t leaves);
    void match(Order& order);
    // Own orders meet: acts by the taker's mode. Tells which of the two are left.
    void prevent(Order& maker, Order& taker);
    void trade(Order& maker, Order& taker, std::int64_t price);
    void fill(Order& order, std::int64_t price, std::int64_t lots, engine::Liquidity liquidity,
              bool call = false);
    void traded(engine::InstrumentId i, std::int64_t price);
    void touch(engine::InstrumentId i);
    void end(Order& order, engine::OrderState state, engine::CancelReason reason);
    void cancel_and_tell(engine::OrderId id, engine::CancelReason reason);
    std::int64_t buy_hold(engine::Wide notional) const;
    std::int64_t hold_for(const Order& order, std::int64_t leaves) const;
    std::int64_t margin_for(engine::FamilyId family, std::int64_t price, std::int64_t lots) const;
    engine::OrderEvent picture(const Order& order) const;
    void tell(const Order& order, std::uint8_t flags = 0, std::uint8_t more = 0);

    // naive_time.cpp: timers, listing, gates.
    void advance(engine::Time to);
    void fire(engine::Time instant);
    void close_gate(engine::InstrumentId i);
    void list(engine::InstrumentId i);
    void cross_boundary(engine::FamilyId f);
    void expire();
    void lost_sessions_and_switches();
    engine::Time next_minute() const;
    // Families in the order of their symbols: the order in which timers of one instant fire.
    std::vector<engine::FamilyId> by_symbol() const;
    std::vector<engine::InstrumentId> hours_of(engine::FamilyId f) const;
    std::vector<engine::InstrumentId> hours_by_symbol() const;
    std::vector<engine::InstrumentId> in_symbol_order(const std::set<engine::InstrumentId>& some) const;
    std::vector<engine::OrderId> resting(engine::InstrumentId i, engine::Side side) const;

    // naive_bands.cpp: the hard band, suspensions.
    void set_band(const engine::SetBand& s, const engine::SetGuidance* formula = nullptr, By by = {});
    Refusal band_refusal(const engine::SetBand& s, const engine::SetGuidance* formula) const;
    Refusal band_shape_refusal(const Band& after) const;
    Refusal cost_refusal(engine::FamilyId f, const Band& after) const;
    Band changed(const Band& before, const BandChange& change) const;
    Band outcome(engine::FamilyId f, const BandChange& change) const;
    engine::BandChanged told(engine::FamilyId f, const Band& after, engine::BandStatus status) const;
    using Bands = std::vector<std::pair<engine::FamilyId, Band>>;
    template <class Told>
    void count_parked(const Bands& after, Told& e) const;
    void bands_due();
    void suspend(const engine::SuspendDynamic& s);

    // naive_regulation.cpp: guidance, conversion, factors; naive_changes.cpp: the second regulator.
    Refusal guidance_refusal(const engine::SetGuidance& g) const;
    void tell_inputs(const engine::SetGuidance& g, const Band& after);
    engine::SetBand band_of(const engine::SetGuidance& g) const;
    void set_guidance(const engine::SetGuidance& g, By by = {});
    std::optional<engine::FamilyId> benchmark_of(engine::FamilyId f) const;
    std::optional<engine::FamilyId> benchmark_of(const engine::DefineFamily& d) const;
    Band converted(const Band& from, std::uint16_t k, const Band& before) const;
    // The families that follow this one and what they become, by symbol.
    Bands following(engine::FamilyId benchmark, const Band& band) const;
    Bands following(engine::ClassId of, std::uint16_t k) const;
    void tell_followers(const Bands& bands, std::vector<engine::FamilyId>& moved);
    Refusal factors_refusal(const engine::SetFactors& s) const;
    void set_factors(const engine::SetFactors& s, By by = {});
    Factors changed(Factors before, const engine::SetFactors& s) const;
    engine::FactorsChanged told(engine::ClassId of, const Factors& after) const;
    void factors_due(std::vector<engine::FamilyId>& moved);
    void propose(const engine::Command& command, engine::Change change);
    void decide(const engine::DecideChange& d);
    void close(Proposed& p, engine::ChangeState state, engine::AccountId account, std::uint8_t flags);
    void changes_due();
    bool above_four_eyes(std::int64_t before, std::int64_t after) const;
    engine::AccountId signer() const;
    std::vector<engine::Event> try_out(const engine::Command& question) const;
    engine::Sequence text_of(const engine::Sha256& blob, By by) const;

    // naive_dynamic.cpp: references, effective bands, orders that move with them, waking; what follows.
    void follow();
    std::int64_t width(engine::InstrumentId i) const;
    std::int64_t reference(engine::InstrumentId i) const;
    bool layered(engine::FamilyId f) const;  // has a dynamic layer
    bool suspended(engine::FamilyId f) const;
    void look(engine::InstrumentId i);
    void move(engine::InstrumentId i, engine::BandCause cause, std::int64_t trades = 0);
    void move_family(engine::FamilyId f, engine::BandCause cause);
    void wake(engine::InstrumentId i);
    void widen();
    const Order* best(engine::InstrumentId i, engine::Side side) const;
    bool unparked(engine::InstrumentId i, engine::Side side) const;

    // naive_phases.cpp: limit states, pauses, calls.
    void limit_state(engine::InstrumentId i);
    void limits_and_pauses();
    void tell_phase(engine::InstrumentId i, engine::PhaseReason reason, engine::Time until);
    void begin_pause(engine::InstrumentId i, engine::PhaseReason reason, engine::Time until);
    enum class PauseEnd { timer, resume, call };
    void end_pause(engine::InstrumentId i, PauseEnd how);
    void reopen(engine::InstrumentId i, engine::PhaseReason reason, engine::BandCause cause,
                std::int64_t price);
    bool extend(engine::InstrumentId i, std::int64_t edge);
    std::int64_t edge_met(engine::InstrumentId i) const;
    std::int64_t call(engine::InstrumentId i);  // its price; 0: nothing was executable
    CallPrice call_price(engine::InstrumentId i) const;
    std::vector<Paired> pairs(engine::InstrumentId i, const CallPrice& at) const;
    void tell_indicative(engine::InstrumentId i);
    void set_phase(const engine::SetPhase& s);

    // naive_strips.cpp, naive_strip_fills.cpp: strips.
    void place_strip(const engine::PlaceStrip& p);
    Refusal strip_refusal(const engine::PlaceStrip& p) const;
    Refusal strip_hours_refusal(const engine::PlaceStrip& p) const;
    Refusal strip_account_refusal(const Strip& s) const;
    Strip strip_of(const engine::PlaceStrip& p) const;
    Sweep sweep(engine::InstrumentId first, std::int64_t hours, engine::Side side, std::int64_t lots,
                engine::AccountId account, bool kills) const;
    Outlook outlook(const Strip& s) const;
    const Strip* strip_to_take(const Strip& s) const;
    void retry_strips();
    void fill_strip(engine::OrderId id, const Outlook& o);
    void fill_against_strip(Strip& older, Strip& younger);
    void fill_leg(Strip& s, const StripLeg& leg);
    engine::Fill leg_fill(engine::InstrumentId i, std::int64_t price, std::int64_t lots,
                          engine::Liquidity liquidity) const;
    void reserve_strip(Strip& s);
    void end_strip(Strip& s, engine::OrderState state, engine::CancelReason reason);
    engine::StripEvent picture(const Strip& s, const Outlook* o) const;
    engine::StripEvent picture(const Strip& s) const;
    void tell(const Strip& s, std::uint8_t flags = 0);
    std::vector<engine::OrderId> strips_in_time() const;

    // naive_any_of.cpp.
    void place_any_of(const engine::PlaceAnyOf& p);
    Refusal any_of_refusal(const engine::PlaceAnyOf& p) const;
    Choice choice(const engine::PlaceAnyOf& p, engine::FamilyId family) const;
    void tell_alternatives(const engine::PlaceAnyOf& p, const std::vector<Choice>& choices,
                           engine::OrderId id);
    void fill_any_of(AnyOf& a, const Choice& c);

    // naive_mass.cpp: mass cancels, dead man's switches, sessions, kill switches.
    void cancel_all(const engine::CancelAll& c);
    void cancel_after(const engine::CancelAfter& c);
    void open_session(const engine::OpenSession& o);
    void close_session();
    void kill(const engine::Kill& k);
    std::uint32_t kill_resting(const engine::Kill& k);
    std::uint32_t kill_hour(engine::InstrumentId i);
    std::uint32_t kill_family(engine::FamilyId f);
    std::uint32_t cancel_account(engine::AccountId account, engine::CancelReason reason);
    std::uint32_t cancel_these(const std::vector<engine::OrderId>& ids, engine::CancelReason reason);
    std::vector<engine::OrderId> open_of(engine::AccountId account) const;
    void tell_mass(engine::AccountId account, std::uint32_t orders, engine::CancelReason reason, bool reply);

    // naive_standby.cpp: offers beside the book, for deliveries that fail.
    Refusal standby_refusal(const engine::PlaceOrder& p) const;
    void place_standby(Order order);
    void end_standby(engine::OrderId id, engine::OrderState state, engine::CancelReason reason);
    bool firm(engine::OrderId id) const;  // an offer whose gate is over: nobody may take it back
    bool refuse_firm(engine::OrderId found, const engine::CancelOrder& c);
    std::vector<engine::OrderId> standbys_of(engine::FamilyId f) const;
    std::vector<engine::OrderId> offers_for(const Delivery& d) const;
    Worth worth(const Delivery& d, const Order& offer) const;
    std::int64_t enough_for(const Delivery& d, const Order& offer) const;
    std::size_t live_records() const { return live_.size() + strips_.size() + standbys_.size(); }

    // naive_delivery.cpp: pairing, reports, what is told of a delivery.
    using Left = std::map<std::string, std::pair<engine::AccountId, std::int64_t>>;  // by name, lots
    void pair(engine::InstrumentId i);
    void pair_those_of_before(engine::InstrumentId i, Left& sellers, Left& buyers);
    void deliver(engine::InstrumentId i, Left::value_type& seller, Left::value_type& buyer,
                 std::int64_t lots);
    Delivery& make(Delivery d);
    void tell(const Delivery& d, bool reply = false, std::int64_t covers = 0);
    engine::DeliveryChanged picture(const Delivery& d, engine::Side party) const;
    void change(Delivery& d, engine::DeliveryState state);
    void ready(const engine::ReportReady& r);
    void meter(const engine::ReportMeter& m);
    Refusal report_refusal(engine::DeliveryId id) const;
    Refusal meter_refusal(const Delivery& d, const engine::ReportMeter& m) const;
    Refusal requests_refusal(const std::optional<Delivery::Day>& before, const engine::ReportMeter& m) const;
    void take_requests(Delivery& d, const engine::ReportMeter& m);
    static std::optional<Delivery::Day> day_of(const Delivery& d);
    void settle_day(const Delivery& d, engine::DeliverySettled& e) const;
    engine::Time start_of(const Delivery& d) const;
    engine::Time end_of(const Delivery& d) const;
    bool of_tokens(const Delivery& d) const { return product(d.instrument.family) == engine::Product::token; }
    std::int64_t running_minute(const Delivery& d) const;  // may lie before or behind the window

    // naive_clock.cpp: what time does to deliveries; failure and replacement.
    void clock();
    void tick(Delivery& d);
    void notice(const Delivery& d);
    void minute_over(Delivery& d, std::int64_t minute);
    void fail(Delivery& d);
    void take_offer(Delivery& d, engine::OrderId offer, std::int64_t covered, std::int64_t minutes);
    std::vector<engine::Time> instants(engine::InstrumentId i) const;
    engine::Time next_of_deliveries() const;

    // naive_maintenance.cpp: capacity that is not there, declared ahead.
    const Resource* own_resource(std::uint32_t id) const;  // of who asks
    engine::Refused resource_unknown(std::uint32_t id) const;
    engine::Refused owed_refusal(engine::InstrumentId i, std::int64_t left, const Position& position) const;
    void declare_maintenance(const engine::DeclareMaintenance& d);
    void cancel_maintenance(const engine::CancelMaintenance& c);
    Refusal windows_refusal(const engine::DeclareMaintenance& d, engine::Product product) const;
    Refusal missing_refusal(const engine::DeclareMaintenance& d, const Resource& r) const;
    Refusal crowd_refusal(const Maintenance& m) const;
    Refusal owed_refusal(const Maintenance& m) const;
    std::int64_t free_of(const Resource& r, const engine::DeclareMaintenance& d) const;
    bool over(const Maintenance& m) const;
    engine::MaintenanceChanged picture(engine::MaintenanceId id, const Maintenance& m,
                                       engine::MaintenanceState state) const;
    bool answer_resources(const engine::QueryResources& q, engine::AccountId who, engine::Origin origin,
                          Rows& rows) const;

    // naive_payouts.cpp: what waits for an operator.
    void request_payout(const engine::RequestPayout& r);
    void decide_payout(const engine::DecidePayout& d);
    engine::PayoutChanged picture(engine::PayoutId id, const Payout& payout, engine::PayoutState state) const;

    // naive_disputes.cpp: what waits for a regulator.
    void open_dispute(const engine::OpenDispute& o);
    void decide_dispute(const engine::DecideDispute& c);
    Refusal dispute_refusal(const Delivery& d, const engine::OpenDispute& o) const;
    std::int64_t stake_of(const Delivery& d, const Dispute& dispute, engine::Side claimant) const;
    void suspend(engine::InstrumentId i, const std::map<engine::DeliveryId, Delivery>& done);
    engine::DisputeChanged picture(const DisputeKey& key, const Dispute& dispute, engine::DisputeState state,
                                   engine::Side party) const;
    void tell(const DisputeKey& key, const Dispute& dispute, engine::DisputeState state);

    // naive_tokens.cpp: what buyers draw from their token days.
    void draw(const engine::DrawTokens& d);
    bool drawn_before(const engine::DrawTokens& d);  // the same usage id again was answered
    static std::uint64_t needed(const engine::DrawTokens& d);
    void draw_from(const std::vector<engine::DeliveryId>& ids, const engine::DrawTokens& d,
                   const GrantUse* use = nullptr);
    std::vector<engine::DeliveryId> holdings_for(const engine::DrawTokens& d) const;
    std::vector<engine::DeliveryId> holdings_of(engine::AccountId holder, engine::ClassId of) const;
    std::uint64_t left_in(const std::vector<engine::DeliveryId>& ids) const;
    Refusal draw_refusal(const engine::DrawTokens& d) const;
    Refusal amount_refusal(const engine::DrawTokens& d) const;
    Refusal by_whom_refusal(const engine::DrawTokens& d) const;
    Refusal quota_refusal(std::uint64_t left, std::uint64_t needs, engine::RejectField field) const;
    Refusal holding_refusal(engine::DeliveryId id) const;
    Refusal class_refusal(engine::ClassId of) const;
    engine::HoldingChanged picture(const Delivery& d, engine::HoldingChange change,
                                   std::uint64_t amount) const;
    void tell(const Delivery& d, engine::HoldingChange change, std::uint64_t amount,
              const engine::Text<32>& usage = {});

    // naive_packages.cpp: terms and purchases; naive_grants.cpp: what becomes of what was bought.
    void offer_package(const engine::OfferPackage& o);
    void withdraw_package(const engine::WithdrawPackage& w);
    void buy_package(const engine::BuyPackage& b);
    bool bought_before(const engine::BuyPackage& b);
    Refusal packages_refusal() const;
    Refusal terms_refusal(const engine::OfferPackage& o) const;
    Refusal sale_refusal(const engine::BuyPackage& b) const;
    Refusal reserve_refusal(const Package& package, std::uint64_t bought) const;
    engine::Refused package_unknown(engine::RejectField field, std::uint32_t id) const;
    bool killed(engine::AccountId account) const;
    std::uint32_t open_grants(engine::PackageId id) const;
    void drop_if_done(engine::PackageId id);
    void tell(const Package& package, engine::PackageChange change);
    void draw_by_grant(const engine::DrawTokens& d);
    Refusal grant_refusal(const engine::DrawTokens& d) const;
    GrantUse use_of(const Grant& grant, std::uint64_t needs) const;
    engine::Time next_of_grants() const;
    void grants_due();
    void period_over(Grant& grant);
    engine::GrantChanged picture(const Grant& grant, engine::GrantChange change, engine::Side party) const;
    void tell(const Grant& grant, engine::GrantChange change, std::uint64_t amount, std::uint64_t excess = 0,
              std::int64_t cost = 0, const engine::Text<32>& reference = {});

    // naive_settlement.cpp.
    Taken take(engine::AccountId account, Position& position, std::int64_t owed);
    void settle(engine::InstrumentId i);
    Back back_of(const Delivery& d, std::int64_t delivered) const;
    std::int64_t settle_delivery(const Delivery& d);
    void settle_position(engine::AccountId account, engine::InstrumentId i, std::int64_t owed);
    const engine::DefineTier& tier_of(engine::InstrumentId i) const {
        return tiers_[family(i).defined.tier_id.value];
    }

    // naive_answer.cpp.
    engine::ExplainRow explanation(engine::OrderId id) const;
    void explain_market(engine::ExplainRow& row, engine::InstrumentId i) const;
    engine::Phase phase_of(engine::InstrumentId i) const;
    // naive_grants.cpp: each tells whether there are more rows.
    bool answer_packages(const engine::QueryPackages& q, engine::Origin origin, Rows& rows) const;
    bool answer_grants(const engine::QueryGrants& q, engine::AccountId who, engine::Origin origin,
                       Rows& rows) const;
    bool answer_reserves(const engine::QueryReserves& q, engine::AccountId who, engine::Origin origin,
                         Rows& rows) const;

    // Telling.
    void refuse(engine::Refused refused);
    engine::Refused refusal(engine::RejectReason reason, engine::RejectField field) const;
};

}  // namespace gridbook::twin
