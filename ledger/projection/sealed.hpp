// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a row of the projection is stored: the value, then the CRC32C of key and value. Whoever opens one
// proves it.

#include <fmt/format.h>

#include <cstring>

#include "ledger/checksum.hpp"
#include "ledger/store.hpp"

namespace gridbook::ledger {

inline constexpr std::size_t crc_bytes = 4;
inline constexpr std::array<std::string_view, table_count> table_words{
    "commands", "events",  "blobs",   "meta",  "balances", "positions", "fills", "trades",
    "orders",   "candles", "streams", "lines", "invoices", "bills",     "place"};

inline std::uint32_t checksum(Key key, Bytes value) {
    return crc32c(value, crc32c(std::as_bytes(std::span(key.data(), key.size()))));
}

inline std::vector<std::byte> sealed(Key key, Bytes value) {
    std::vector<std::byte> bytes(value.begin(), value.end());
    const std::uint32_t crc = checksum(key, value);
    bytes.resize(value.size() + crc_bytes);
    std::memcpy(bytes.data() + value.size(), &crc, crc_bytes);
    return bytes;
}

// The checksum that a sealed value ends with.
inline std::uint32_t crc_of(Bytes sealed_value) {
    std::uint32_t crc = 0;
    std::memcpy(&crc, sealed_value.data() + sealed_value.size() - crc_bytes, crc_bytes);
    return crc;
}

inline Error damaged(Table table) {
    return failure(
        ErrorCode::checksum,
        fmt::format("a row in table {} of the projection differs from its checksum: stop the exchange and "
                    "run gridbook rebuild",
                    table_words[static_cast<std::size_t>(table)]));
}

inline Result<Bytes> opened(Table table, Key key, Bytes stored) {
    if (stored.size() < crc_bytes) return damaged(table);
    const Bytes value = stored.first(stored.size() - crc_bytes);
    if (crc_of(stored) != checksum(key, value)) return damaged(table);
    return value;
}

template <class Row>
Result<Row> row_of(Table table, Key key, Bytes stored) {
    auto value = opened(table, key, stored);
    if (!value) return value.error();
    if (value->size() != sizeof(Row)) return damaged(table);
    Row row;
    std::memcpy(static_cast<void*>(&row), value->data(), sizeof row);
    return row;
}

}  // namespace gridbook::ledger
