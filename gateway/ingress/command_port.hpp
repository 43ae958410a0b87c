// SPDX-License-Identifier: Apache-2.0
#pragma once
// The mouth of the pipeline: the only place where commands enter the ring. An eighth of the ring is kept for
// what takes risk away (cancels) and for time; everything else gets BUSY there, before it has a sequence.

#include <memory>

#include "engine/pipeline/ring.hpp"
#include "ledger/blob.hpp"

namespace gridbook::gateway {

class CommandPort {
  public:
    CommandPort(engine::Ring<engine::Command>& ring, ledger::BlobQueue& blobs) : ring_(ring), blobs_(blobs) {}

    // False: BUSY. Use for everything that is not urgent.
    bool enter(const engine::Command& command) {
        return !disk_full_ && ring_.room(reserve() + 1) > reserve() && ring_.push(command);
    }
    // False only when the ring is full to the last slot. Use for cancels, questions about them, and time.
    bool enter_urgent(const engine::Command& command) { return ring_.push(command); }
    // With the text that belongs to it; the blob goes first (ledger/blob.hpp). Urgent is what protects the
    // market: bands, phases, the kill switch.
    bool enter(const engine::Command& command, std::unique_ptr<ledger::Blob> blob, bool urgent) {
        const std::size_t kept = urgent ? 0 : reserve();
        if ((disk_full_ && !urgent) || ring_.room(kept + 1) <= kept || !blobs_.push(blob.get())) return false;
        blob.release();
        ring_.push(command);
        return true;
    }
    // While the disk has too little room only what is urgent enters; all else is BUSY.
    void disk_full(bool full) { disk_full_ = full; }
    bool disk_full() const { return disk_full_; }
    // The sockets are read only while this holds.
    bool accepting() const { return ring_.capacity() - ring_.used() > 64; }

  private:
    std::size_t reserve() const { return ring_.capacity() / 8; }

    engine::Ring<engine::Command>& ring_;
    ledger::BlobQueue& blobs_;
    bool disk_full_ = false;
};

}  // namespace gridbook::gateway
