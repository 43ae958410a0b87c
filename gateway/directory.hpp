// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names and ids of everything that has a name: the gateway's mirror of the catalogue, the participants and
// the keys, built from durable events alone. Ingress asks it for ids, egress for names.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/event.hpp"
#include "gateway/address_list.hpp"
#include "ledger/energy/resource_book.hpp"
#include "ledger/surveillance/spread.hpp"

namespace gridbook::gateway {

class Directory {
  public:
    struct Class {
        engine::ClassDefined defined;
        std::string name;
        // In force since they were first changed; until then those that it was defined with.
        std::optional<engine::FactorsChanged> factors{};
        std::vector<engine::FactorsChanged> scheduled{};  // by version

        std::uint32_t version() const { return factors ? factors->version : defined.version; }
        std::uint16_t k_train() const { return factors ? factors->k_train : defined.k_train; }
        std::uint16_t k_infer() const { return factors ? factors->k_infer : defined.k_infer; }
    };
    struct Zone {
        engine::ZoneDefined defined;
        std::string name;
    };
    struct Tier {
        engine::TierDefined defined;
        std::string name;
    };
    struct Family {
        engine::FamilyDefined defined;
        std::string name;            // H100.CN-EAST.G2
        engine::BandChanged band{};  // in force
        std::optional<engine::BandChanged> scheduled;
    };
    struct Account {
        std::string name;
        std::string group;
        std::uint8_t roles = 0;
        std::uint64_t number = 0;        // last n of its stream
        engine::AccountLimits limits{};  // narrower than the market's
    };
    struct Key {
        std::string name;
        std::array<std::uint8_t, 32> public_key{};
        engine::AccountId account = engine::no_account;
        std::uint8_t roles = 0;
        bool on_behalf = false;
        AddressList addresses{};  // that it may come from
    };

    // Registered, and not withdrawn.
    struct Resource {
        engine::AccountId account = engine::no_account;
        engine::FamilyId family = engine::no_family;
    };

    // Takes in one durable event; events that carry no name only move counters.
    void apply(const engine::Event& event);

    // Ids are dense: index = id.
    const std::vector<Class>& classes() const { return classes_; }
    const std::vector<Zone>& zones() const { return zones_; }
    const std::vector<Tier>& tiers() const { return tiers_; }
    const std::vector<Family>& families() const { return families_; }
    const std::vector<Account>& accounts() const { return accounts_; }
    const std::vector<Key>& keys() const { return keys_; }

    std::optional<engine::ClassId> class_id(std::string_view name) const;
    std::optional<engine::ZoneId> zone_id(std::string_view name) const;
    std::optional<engine::TierId> tier_id(std::string_view name) const;
    std::optional<engine::FamilyId> family_id(std::string_view name) const;
    std::optional<engine::AccountId> account_id(std::string_view name) const;
    std::optional<engine::KeyIndex> key_index(std::string_view name) const;
    // nullopt: there is none of this id, or it was withdrawn.
    std::optional<Resource> resource(std::uint32_t id) const;

    // "H100.CN-EAST.G2.20261201T01Z" -> instrument; nullopt when the text names none that could exist.
    std::optional<engine::InstrumentId> instrument(std::string_view symbol) const;
    // "20261201T01Z" or "20261201" -> the period; nullopt when it is no window of the product.
    static std::optional<engine::Period> window(std::string_view text, engine::Product product);
    // Appends the symbol of an instrument / its window alone.
    void append_window(engine::InstrumentId instrument, std::string& out) const;
    void append_symbol(engine::InstrumentId instrument, std::string& out) const;
    std::string symbol(engine::InstrumentId instrument) const {
        std::string out;
        append_symbol(instrument, out);
        return out;
    }
    engine::Product product(engine::FamilyId family) const { return families_[family.value].defined.product; }

    engine::Sequence sequence() const { return sequence_; }  // of the last event taken in
    engine::Time time() const { return time_; }
    engine::Time epoch() const { return epoch_; }  // when the journal began: tells one journal from another
    engine::ClockMode clock() const { return clock_; }
    const engine::SetRules& rules() const { return rules_; }  // in force

    // Where keys may come from: those of the configuration by name, those of the signed request that set a
    // key by its sequence (nullopt: no request did). The later word holds. Before anything is told.
    using KeyAddresses = std::function<std::optional<AddressList>(engine::Sequence)>;
    void use_addresses(std::unordered_map<std::string, AddressList> configured, KeyAddresses requested) {
        configured_addresses_ = std::move(configured);
        requested_addresses_ = std::move(requested);
    }

    // What the configuration says of energy; before anything is told.
    void use_energy(ledger::EnergyRates rates) { energy_ = std::move(rates); }
    const ledger::EnergyRates& energy_rates() const { return energy_; }
    // Which classes of hours serve which of tokens.
    void use_serving(std::vector<ledger::Serving> serving) { serving_ = std::move(serving); }
    const std::vector<ledger::Serving>& serving() const { return serving_; }
    // Of all that is registered in the family now; nullopt: nothing is.
    std::optional<ledger::Energy> energy(engine::FamilyId family) const { return energy(family, time_); }
    // Of what was registered at `time`, by all or by one account.
    std::optional<ledger::Energy> energy(engine::FamilyId family, engine::Time time,
                                         engine::AccountId account = engine::no_account) const {
        return energy_book_.of(family, time, energy_.pue, account);
    }

  private:
    void take(const engine::Started& e, engine::Time time);
    void take(const engine::ClassDefined& e);
    void take(const engine::ZoneDefined& e);
    void take(const engine::TierDefined& e);
    void take(const engine::FamilyDefined& e);
    void take(const engine::BandChanged& e);
    void take(const engine::FactorsChanged& e);
    void take(const engine::AccountOpened& e, engine::AccountId id);
    void take(const engine::KeySet& e, const engine::EventHeader& header);
    void take(const engine::ResourceRegistered& e, engine::AccountId account);
    AddressList addresses_of(const std::string& key, engine::Sequence sequence) const;

    std::vector<Class> classes_;
    std::vector<Zone> zones_;
    std::vector<Tier> tiers_;
    std::vector<Family> families_;
    std::vector<Account> accounts_;
    std::vector<Key> keys_;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
    };
    template <class Id>
    using Index = std::unordered_map<std::string, Id, Hash, std::equal_to<>>;
    Index<engine::ClassId> class_ids_;
    Index<engine::ZoneId> zone_ids_;
    Index<engine::TierId> tier_ids_;
    Index<engine::FamilyId> family_ids_;
    Index<engine::AccountId> account_ids_;
    Index<engine::KeyIndex> key_ids_;
    engine::Sequence sequence_{};
    engine::Time time_{};
    engine::Time epoch_{};
    engine::ClockMode clock_ = engine::ClockMode::real;
    engine::SetRules rules_{};
    std::unordered_map<std::uint32_t, Resource> resources_;
    ledger::ResourceBook energy_book_;
    ledger::EnergyRates energy_{};
    std::vector<ledger::Serving> serving_;
    std::unordered_map<std::string, AddressList> configured_addresses_;
    KeyAddresses requested_addresses_;
};

}  // namespace gridbook::gateway
