// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seam under the disk: tables of bytes in one LMDB environment, and the only file that knows LMDB.
// `write` is one transaction, durable when it returns (default flags: data, sync, meta page, sync). When the
// memory map is too small it grows between transactions and the same write runs again: no data is closed, no
// caller notices. It knows nothing of what the bytes mean.
//
// One thread writes. Any thread may read; a Reader is short, because it keeps old pages alive and the growing
// of the map waits for it. One that is not is ended by end_old_readers(): from then on it answers `expired`,
// and what it gave before must not be looked at. Invariant: the writing thread holds no Reader while it
// writes.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "ledger/checksum.hpp"
#include "ledger/error.hpp"
#include "ledger/folder_lock.hpp"

namespace gridbook::ledger {

// Keys order as bytes: numbers are big-endian there.
using Key = std::string_view;

class BigEndian {
  public:
    explicit BigEndian(std::uint64_t value);
    Key key() const { return {bytes_.data(), bytes_.size()}; }

  private:
    std::array<char, 8> bytes_;
};
std::optional<std::uint64_t> number(Key key);  // nullopt unless it has eight bytes

// Of the journal: commands to meta; of the projection: balances to place.
enum class Table : std::uint8_t {
    commands,
    events,
    blobs,
    meta,
    balances,
    positions,
    fills,
    trades,
    orders,
    candles,
    streams,
    lines,
    invoices,
    bills,
    place,
    count_
};
inline constexpr std::size_t table_count = static_cast<std::size_t>(Table::count_);
struct Tables {
    Table first = Table::commands;
    Table last = Table::meta;
};

struct StoreOptions {
    std::filesystem::path file;  // beside it, while somebody writes: FILE-lock
    Access access = Access::write;
    std::size_t map_bytes = std::size_t{1} << 30;  // address space, not disk
    Tables tables{};
};

class Store {
    struct Environment;

  public:
    // Views into the transaction they come from.
    struct Row {
        Key key;
        Bytes value;
    };

    class Writer {
      public:
        // Room for a value, to be filled before the transaction ends. `append`: the key is above all others.
        Result<std::span<std::byte>> append(Table table, Key key, std::size_t size);
        Result<void> put(Table table, Key key, Bytes value);
        // Removes rows from the first one on as long as `goes` says so.
        Result<void> erase_from_first(Table table, const std::function<bool(const Row&)>& goes);
        // As it stands in this transaction; a view until the next update.
        Result<std::optional<Bytes>> get(Table table, Key key) const;

      private:
        friend class Store;
        Writer(Environment& environment, void* transaction)
            : environment_(environment), transaction_(transaction) {}
        Environment& environment_;
        void* transaction_;
        int status_ = 0;
    };

    class Reader {
      public:
        Result<std::optional<Bytes>> get(Table table, Key key) const;
        Result<std::optional<Row>> at_or_after(Table table, Key key) const;
        Result<std::optional<Row>> at_or_before(Table table, Key key) const;
        Result<std::optional<Row>> last(Table table) const;
        // Rows from `key` on in order, until there are no more or `row` answers false.
        Result<void> scan(Table table, Key key, const std::function<bool(const Row&)>& row) const;

      private:
        friend class Store;
        struct State;
        explicit Reader(std::shared_ptr<State> state) : state_(std::move(state)) {}
        std::shared_ptr<State> state_;
    };

    // A writer creates the file with its folder and the tables; a reader finds them or answers `absent`. The
    // caller holds the FolderLock of the data folder.
    static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // Durable when it returns without an error. `fill` may run several times and must then do the same again.
    Result<void> write(const std::function<Result<void>(Writer&)>& fill);
    Result<Reader> read() const;
    // Ends readers that are older than that and not reading at this moment; how many. From any thread.
    std::size_t end_old_readers(std::chrono::milliseconds age);
    // A consistent copy of the whole environment as of now, compact, into a file that is not there yet. Of a
    // store opened `beside` a writer in another process: there it keeps nobody from growing the map.
    Result<void> copy_to(const std::filesystem::path& file) const;

    std::size_t map_bytes() const;
    std::uint64_t used_bytes() const;  // of the file, after the last commit
    const std::string& path() const;

  private:
    explicit Store(std::unique_ptr<Environment> environment);
    Result<void> write_once(const std::function<Result<void>(Writer&)>& fill, bool& too_small);
    Result<void> grow();

    std::unique_ptr<Environment> environment_;
};

}  // namespace gridbook::ledger
