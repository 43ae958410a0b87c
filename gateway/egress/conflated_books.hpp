// SPDX-License-Identifier: Apache-2.0
#pragma once
// Channel book.100ms: the levels that moved since its last message of an instrument, with the lots they have
// now. All changes of a tenth of a second are one message; a level that moved and moved back is told once
// more as it is, which is harmless, since levels are absolute. Only what somebody hears is kept.

#include <span>
#include <unordered_map>
#include <vector>

#include "gateway/egress/market_data.hpp"

namespace gridbook::gateway {

class ConflatedBooks {
  public:
    // A message that is due: its prev, and what moved. Empty: nothing did.
    struct Due {
        engine::Sequence previous{};
        std::vector<LevelChange> changes{};
    };

    // Somebody hears the book from now on; `sequence` is that of the snapshot he gets.
    void open(engine::InstrumentId instrument, engine::Sequence sequence) {
        books_.try_emplace(instrument, Book{.last = sequence});
    }
    void close(engine::InstrumentId instrument) { books_.erase(instrument); }
    // Changes of one instrument by one command.
    void note(std::span<const LevelChange> changes);
    // Takes what is due for the instrument as of now.
    Due take(const Market& market);
    // Instruments with something due.
    std::vector<engine::InstrumentId> moved() const;

  private:
    struct Book {
        engine::Sequence last{};  // of the last message of the channel
        std::vector<LevelChange> touched{};
    };
    struct Hash {
        std::size_t operator()(engine::InstrumentId instrument) const noexcept;
    };
    std::unordered_map<engine::InstrumentId, Book, Hash> books_;
};

}  // namespace gridbook::gateway
