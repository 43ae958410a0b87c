// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be traded (market-rules section 2): classes, zones, tiers, and families made of one of each. Ids
// are dense and given in order. A family owns a run of books, one for each period of its horizon, reused
// round and round: the book of period p is first_book + p mod horizon. A period leaves its book when its
// window starts, exactly when the period one horizon later is listed.

#include <vector>

#include "engine/bands/hard_band.hpp"

namespace gridbook::engine {

// An accepted change of a class's factors.
struct FactorChange {
    std::uint32_t version = 0;
    Provenance provenance = Provenance::nameplate;
    std::uint8_t reserved = 0;
    std::uint16_t proposer = 0;  // key index + 1 of who proposed it; 0: it needed no second signature
    std::uint16_t k_train = 0;
    std::uint16_t k_infer = 0;
    Time issued{};
    Time effective{};
    Sequence blob{};
};

// What the factors in force are the lesser of, and what is still to come.
struct FactorRegistry {
    std::uint16_t own_train = 0;
    std::uint16_t own_infer = 0;
    Provenance provenance = Provenance::nameplate;  // of the class's own figure
    std::uint8_t reserved = 0;
    std::uint16_t certified_train = 0;  // 0: no certificate that counts
    std::uint16_t certified_infer = 0;
    std::uint16_t reserved_more = 0;
    Time issued{};  // of the certificate
    Schedule<FactorChange> schedule{};
};

struct ClassEntry {
    DefineClass defined{};           // its k_train and k_infer are those in force
    std::uint32_t version = 1;       // of its factors, in force
    std::uint32_t last_version = 1;  // accepted, perhaps not yet in force; above 1 the registry speaks
    FactorRegistry registry{};
};

// What an order asks for stands in front.
struct Family {
    Product product = Product::gpu;
    bool killed = false;
    std::uint32_t first_book = 0;
    std::uint32_t horizon = 0;
    Period last_listed{};
    std::uint32_t last_slot = 0;  // last_listed mod horizon
    std::uint32_t rank = 0;       // place among the families in the order of their symbols
    Time suspended_until{};       // of the dynamic layer; 0: in force
    HardBand band{};
    DefineFamily defined{};
    std::uint32_t last_version = 0;  // latest accepted band version, in force or scheduled
    BandSchedule schedule{};

    void list_up_to(Period p) {
        last_listed = p;
        last_slot = p.value % horizon;
    }
    // The book of a listed period. Counted back from the last one, because a division costs more than all
    // else here.
    std::uint32_t book_of(Period p) const {
        const std::uint32_t back = last_listed.value - p.value;
        if (back >= horizon) [[unlikely]]
            return first_book + p.value % horizon;
        return first_book + (last_slot >= back ? last_slot - back : last_slot + horizon - back);
    }
    bool dynamic() const { return defined.dynamic_width.value != 0; }
    bool dynamic_in_force() const { return dynamic() && suspended_until == Time{}; }
};

class Catalogue {
  public:
    // Of classes, of zones and of tiers.
    static constexpr std::size_t most_entries = 1024;

    void reserve(std::size_t families, std::size_t books) {
        families_limit_ = families;
        books_limit_ = books;
        families_.reserve(families);
        classes_.reserve(most_entries);
        zones_.reserve(most_entries);
        tiers_.reserve(most_entries);
        by_symbol_.reserve(families);
    }

    std::vector<ClassEntry>& classes() { return classes_; }
    std::vector<DefineZone>& zones() { return zones_; }
    std::vector<DefineTier>& tiers() { return tiers_; }
    const std::vector<ClassEntry>& classes() const { return classes_; }
    const std::vector<DefineZone>& zones() const { return zones_; }
    const std::vector<DefineTier>& tiers() const { return tiers_; }

    bool known(FamilyId id) const { return id.value < known_; }
    Family& family(FamilyId id) { return families_[id.value]; }
    const Family& family(FamilyId id) const { return families_[id.value]; }
    const std::vector<Family>& families() const { return families_; }
    // Families in the order of their symbols, which is the order of timers at one instant (section 1).
    const std::vector<FamilyId>& by_symbol() const { return by_symbol_; }
    bool exists(ClassId c, ZoneId z, TierId t) const;
    bool full() const { return families_.size() == families_limit_; }
    std::size_t families_limit() const { return families_limit_; }
    std::size_t books_limit() const { return books_limit_; }
    std::size_t books_used() const { return books_used_; }
    // The family of the benchmark class in this zone and tier, from whose band others are converted;
    // no_family: there is none, or the class is the benchmark itself.
    FamilyId benchmark_of(ClassId c, ZoneId z, TierId t, Product p) const;
    FamilyId benchmark_of(const Family& f) const {
        return benchmark_of(f.defined.class_id, f.defined.zone_id, f.defined.tier_id, f.product);
    }
    // The caller has checked full() and the books left.
    FamilyId add(const DefineFamily& defined);

  private:
    using Symbol = Text<64>;
    Symbol symbol(const Family& family) const;

    std::vector<ClassEntry> classes_;
    std::vector<DefineZone> zones_;
    std::vector<DefineTier> tiers_;
    std::vector<Family> families_;
    std::size_t known_ = 0;  // families_.size(), without the division
    std::vector<FamilyId> by_symbol_;
    std::size_t families_limit_ = 0;
    std::size_t books_limit_ = 0;
    std::size_t books_used_ = 0;
};

}  // namespace gridbook::engine
