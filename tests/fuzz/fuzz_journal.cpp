// SPDX-License-Identifier: Apache-2.0
// A batch as the disk gives it back: header, commands and events of any bytes. The checksums are set right
// before, or nothing behind them would ever be looked at; then the same bytes are read as they came, too.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "ledger/checksum.hpp"
#include "ledger/codec.hpp"

using namespace gridbook::ledger;
namespace engine = gridbook::engine;

namespace {

void read(engine::Sequence sequence, Bytes commands, Bytes events) {
    const auto batch = decode(sequence, commands, events, Proof::checksums);
    if (!batch) return;
    const BatchView& view = batch.value();
    std::size_t told = 0;
    for (std::size_t i = 0; i < view.header.count; ++i) {
        view.command(i);
        told += view.event_count(i);
    }
    for (std::size_t i = 0; i < told; ++i) view.event(i);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto* first = reinterpret_cast<const std::byte*>(data) + 2;
    const std::size_t split = std::min(std::size_t{data[0]} + std::size_t{data[1]} * 256, size - 2);
    std::vector<std::byte> commands(first, first + split), events(first + split, first + size - 2);
    BatchHeader header;
    engine::Sequence sequence{1};
    read(sequence, commands, events);
    if (commands.size() >= sizeof header) {
        std::memcpy(&header, commands.data(), sizeof header);
        sequence = header.first;
        header.commands_crc = crc32c(Bytes(commands).subspan(sizeof header));
        header.events_crc = crc32c(events);
        std::memcpy(commands.data(), &header, sizeof header);
        header.header_crc = crc32c(Bytes(commands).first(offsetof(BatchHeader, header_crc)));
        std::memcpy(commands.data(), &header, sizeof header);
        read(sequence, commands, events);
    }
    static_cast<void>(decode_blob(sequence, events));
    return 0;
}
