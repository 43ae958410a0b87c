// SPDX-License-Identifier: Apache-2.0
#include "engine/book/ladder.hpp"

namespace gridbook::engine {
namespace {

// Bits at and above `from` / at and below `upto`.
constexpr std::uint64_t bits_from(unsigned from) { return ~0ull << from; }
constexpr std::uint64_t bits_upto(unsigned upto) { return ~0ull >> (63 - upto); }
unsigned lowest(std::uint64_t bits) { return static_cast<unsigned>(std::countr_zero(bits)); }
unsigned highest(std::uint64_t bits) { return 63 - static_cast<unsigned>(std::countl_zero(bits)); }

}  // namespace

void LevelPool::reserve(std::size_t pages) {
    // A node is needed for every 4,096 ticks that hold a page; one a page is always enough.
    pages_.assign(pages + 1, LevelPage{});
    nodes_.assign(pages + 1, LevelNode{});
    free_pages_.resize(pages);
    free_nodes_.resize(pages);
    for (std::size_t i = 0; i < pages; ++i)
        free_pages_[i] = free_nodes_[i] = static_cast<std::uint32_t>(pages - i);
    look();
}

std::uint32_t LevelPool::take_page() {
    GRIDBOOK_CHECK(!free_pages_.empty());
    const std::uint32_t slot = free_pages_.back();
    free_pages_.pop_back();
    look();
    return slot;
}

std::uint32_t LevelPool::take_node() {
    GRIDBOOK_CHECK(!free_nodes_.empty());
    const std::uint32_t slot = free_nodes_.back();
    free_nodes_.pop_back();
    look();
    return slot;
}

void Ladder::make_page(LevelPool& levels, const Path& at) {
    if (node_[at.node] == 0) node_[at.node] = levels.take_node();
    LevelNode& node = levels.node(node_[at.node]);
    if (node.page[at.page] == 0) node.page[at.page] = levels.take_page();
}

void Ladder::let_page_go(LevelPool& levels, const Path& at) {
    LevelNode& node = levels.node(node_[at.node]);
    levels.give_back_page(node.page[at.page]);
    node.page[at.page] = 0;
    node.pages_used &= ~(1ull << at.page);
    if (node.pages_used != 0) return;
    levels.give_back_node(node_[at.node]);
    node_[at.node] = 0;
    used_[at.node >> 6] &= ~(1ull << (at.node & 63));
}

Price Ladder::lowest_at_least(const LevelPool& levels, Price price) const {
    if (price.value - base_ >= ladder_span) return Price{};
    const Path at = path(price.value < base_ ? Price{base_} : price);
    if (node_[at.node] != 0) {
        const LevelNode& node = levels.node(node_[at.node]);
        if (const std::uint64_t bits = node.levels_used[at.page] & bits_from(at.level))
            return price_at(at.node, at.page, lowest(bits));
        if (const std::uint64_t bits = at.page == 63 ? 0 : node.pages_used & bits_from(at.page + 1)) {
            const unsigned page = lowest(bits);
            return price_at(at.node, page, lowest(node.levels_used[page]));
        }
    }
    const unsigned found = lowest_node_above(at.node);
    if (found == none) return Price{};
    const LevelNode& node = levels.node(node_[found]);
    const unsigned page = lowest(node.pages_used);
    return price_at(found, page, lowest(node.levels_used[page]));
}

Price Ladder::highest_at_most(const LevelPool& levels, Price price) const {
    if (price.value < base_ || price < Price{1}) return Price{};
    const Path at = path(price.value - base_ >= ladder_span ? Price{base_ + (ladder_span - 1)} : price);
    if (node_[at.node] != 0) {
        const LevelNode& node = levels.node(node_[at.node]);
        if (const std::uint64_t bits = node.levels_used[at.page] & bits_upto(at.level))
            return price_at(at.node, at.page, highest(bits));
        if (const std::uint64_t bits = at.page == 0 ? 0 : node.pages_used & bits_upto(at.page - 1)) {
            const unsigned page = highest(bits);
            return price_at(at.node, page, highest(node.levels_used[page]));
        }
    }
    const unsigned found = highest_node_below(at.node);
    if (found == none) return Price{};
    const LevelNode& node = levels.node(node_[found]);
    const unsigned page = highest(node.pages_used);
    return price_at(found, page, highest(node.levels_used[page]));
}

unsigned Ladder::lowest_node_above(unsigned node) const {
    std::uint64_t mask = (node & 63) == 63 ? 0 : bits_from((node & 63) + 1);
    for (unsigned word = node >> 6; word < nodes / 64; ++word, mask = ~0ull)
        if (const std::uint64_t bits = used_[word] & mask) return word << 6 | lowest(bits);
    return none;
}

unsigned Ladder::highest_node_below(unsigned node) const {
    std::uint64_t mask = (node & 63) == 0 ? 0 : bits_upto((node & 63) - 1);
    for (unsigned word = (node >> 6) + 1; word-- > 0; mask = ~0ull)
        if (const std::uint64_t bits = used_[word] & mask) return word << 6 | highest(bits);
    return none;
}

}  // namespace gridbook::engine
