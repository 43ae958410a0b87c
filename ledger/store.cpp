// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/units/check.hpp"
#include "ledger/disk_file.hpp"
#include "ledger/hand.hpp"

namespace gridbook::ledger {

namespace {

constexpr const char* table_names[table_count] = {"commands",  "events", "blobs",    "meta",   "balances",
                                                  "positions", "fills",  "trades",   "orders", "candles",
                                                  "streams",   "lines",  "invoices", "bills",  "place"};

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds oldest_reader{5'000};

MDB_val value_of(Key key) { return {key.size(), const_cast<char*>(key.data())}; }
Bytes bytes_of(const MDB_val& v) { return {static_cast<const std::byte*>(v.mv_data), v.mv_size}; }
Key key_of(const MDB_val& v) { return {static_cast<const char*>(v.mv_data), v.mv_size}; }

Error lmdb_failure(int status, std::string_view doing, const std::string& path) {
    if (status > 0) return system_failure(status, doing, path);
    const auto say = [&](ErrorCode code, std::string_view advice) {
        return failure(code, fmt::format("cannot {} {}: {}; {}", doing, path, mdb_strerror(status), advice));
    };
    switch (status) {
        case MDB_VERSION_MISMATCH: return say(ErrorCode::version, "open it with the release that wrote it");
        case MDB_INVALID:
            return say(ErrorCode::corrupt, "this file is not a journal: restore it from a backup");
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND: return say(ErrorCode::corrupt, "restore the data folder from a backup");
        case MDB_MAP_FULL: return say(ErrorCode::disk_full, "the address space for the map is used up");
        default: return say(ErrorCode::io, "look at the kernel log, then start again");
    }
}

Result<std::optional<Bytes>> value_at(MDB_txn* transaction, MDB_dbi table, Key key, const std::string& path) {
    MDB_val k = value_of(key);
    MDB_val v{};
    const int rc = mdb_get(transaction, table, &k, &v);
    if (rc == MDB_NOTFOUND) return std::optional<Bytes>{};
    if (rc != 0) return lmdb_failure(rc, "read", path);
    return std::optional<Bytes>{bytes_of(v)};
}

}  // namespace

struct Store::Environment {
    MDB_env* env = nullptr;
    std::array<MDB_dbi, table_count> tables{};
    std::string path;
    std::size_t map_bytes = 0;
    Tables own;
    // Who reads now. grow() must not move the map under them. No order waits for it but while the map grows.
    std::mutex readers_mutex;
    std::vector<Reader::State*> readers;
    bool growing = false;

    ~Environment() {
        if (env != nullptr) mdb_env_close(env);
    }
    MDB_dbi table(Table t) const { return tables[static_cast<std::size_t>(t)]; }

    Result<void> open(const StoreOptions& options);
    Result<void> open_at(const StoreOptions& options);
    static Result<void> create(const StoreOptions& options);
    Result<void> open_tables(bool create);
    Result<void> check_length() const;
    std::uint64_t used_bytes() const;
    Error expired() const { return reader_expired(path, oldest_reader.count() / 1000); }
};

struct Store::Reader::State {
    Environment& environment;
    MDB_txn* transaction = nullptr;
    const Clock::time_point begun = Clock::now();
    Hand hand;  // between the reader and the watchdog

    explicit State(Environment& e) : environment(e) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        const std::lock_guard alone(environment.readers_mutex);
        std::erase(environment.readers, this);
        if (transaction != nullptr) mdb_txn_abort(transaction);
    }
    Result<void> begin();
    bool end();
    Result<std::optional<Row>> seek(Table table, Key key, bool backwards);
};

// Waits while the map grows, which takes microseconds once the others have ended.
Result<void> Store::Reader::State::begin() {
    while (true) {
        {
            const std::lock_guard alone(environment.readers_mutex);
            if (!environment.growing) {
                const int rc = mdb_txn_begin(environment.env, nullptr, MDB_RDONLY, &transaction);
                if (rc == 0) return environment.readers.push_back(this), Result<void>{};
                transaction = nullptr;
                return lmdb_failure(rc, "read", environment.path);
            }
        }
        std::this_thread::yield();
    }
}

// By the watchdog, under the readers' mutex.
bool Store::Reader::State::end() {
    if (!hand.end()) return false;
    mdb_txn_abort(transaction);
    transaction = nullptr;
    return true;
}

// LMDB would leave half an environment behind when a write fails while it makes one: it is made under another
// name, and appears whole. What locks it is made anew by whoever opens it.
Result<void> Store::Environment::create(const StoreOptions& options) {
    std::error_code status;
    if (std::filesystem::exists(options.file, status)) return {};
    std::filesystem::create_directories(options.file.parent_path(), status);
    if (status) return system_failure(status.value(), "create the folder of", options.file.string());
    StoreOptions draft = options;
    draft.file += ".new";
    remove_with_lock(draft.file);
    {
        Environment made;
        if (auto opened = made.open_at(draft); !opened) return opened;
    }
    remove_with_lock(options.file);
    if (::rename(draft.file.c_str(), options.file.c_str()) != 0)
        return system_failure(errno, "put in place", options.file.string());
    remove_with_lock(draft.file);
    return {};
}

Result<void> Store::Environment::open(const StoreOptions& options) {
    if (options.access == Access::write)
        if (auto created = create(options); !created) return created;
    return open_at(options);
}

Result<void> Store::Environment::open_at(const StoreOptions& options) {
    path = options.file.string();
    map_bytes = (options.map_bytes + 65'535) / 65'536 * 65'536;  // a multiple of every page size
    const bool writing = options.access == Access::write;
    std::error_code status;
    if (!writing && !std::filesystem::exists(path, status))
        return failure(ErrorCode::absent,
                       fmt::format("there is no journal at {}: check the data folder", path));
    own = options.tables;
    int rc = mdb_env_create(&env);
    if (rc == 0) rc = mdb_env_set_maxdbs(env, table_count);
    if (rc == 0) rc = mdb_env_set_mapsize(env, map_bytes);
    // A reader runs under the folder's lock, where no writer is, and so needs neither lock file nor right to
    // write; one beside a writer needs both. MDB_NOTLS: a read transaction belongs to its object, not to its
    // thread.
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (writing ? 0u : MDB_RDONLY);
    if (options.access == Access::read) flags |= MDB_NOLOCK;
    if (rc == 0) rc = mdb_env_open(env, path.c_str(), flags, 0644);
    if (rc != 0) return lmdb_failure(rc, "open", path);
    if (auto whole = check_length(); !whole) return whole;
    if (auto tables_there = open_tables(writing); !tables_there || !writing) return tables_there;
    // LMDB syncs its file, not the folder that names it: without this a power cut may lose a new journal
    // whole.
    if (auto synced = sync_folder(options.file.parent_path()); !synced) return synced;
    return sync_folder(options.file.parent_path() / "..");
}

// Reading behind the end of a cut file would be a SIGBUS: better a sentence.
Result<void> Store::Environment::check_length() const {
    std::error_code status;
    const std::uintmax_t has = std::filesystem::file_size(path, status), needs = used_bytes();
    // A new environment has two meta pages, which a reader of an untouched one may not see yet.
    if (status || has >= needs) return {};
    return failure(
        ErrorCode::corrupt,
        fmt::format("{} has {} bytes and needs {}: it was cut; restore it from a backup", path, has, needs));
}

Result<void> Store::Environment::open_tables(bool create) {
    MDB_txn* txn = nullptr;
    int rc = mdb_txn_begin(env, nullptr, create ? 0 : MDB_RDONLY, &txn);
    if (rc != 0) return lmdb_failure(rc, "open", path);
    for (auto i = static_cast<std::size_t>(own.first); i <= static_cast<std::size_t>(own.last) && rc == 0;
         ++i)
        rc = mdb_dbi_open(txn, table_names[i], create ? MDB_CREATE : 0, &tables[i]);
    if (rc == 0) {
        rc = mdb_txn_commit(txn);
    } else {
        mdb_txn_abort(txn);
    }
    if (rc == MDB_NOTFOUND)
        return failure(ErrorCode::absent, fmt::format("{} holds no journal: check the data folder", path));
    if (rc != 0) return lmdb_failure(rc, "open", path);
    return {};
}

Store::Store(std::unique_ptr<Environment> environment) : environment_(std::move(environment)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
    auto environment = std::make_unique<Environment>();
    if (auto opened = environment->open(options); !opened) return opened.error();
    return std::unique_ptr<Store>(new Store(std::move(environment)));
}

std::size_t Store::map_bytes() const { return environment_->map_bytes; }
const std::string& Store::path() const { return environment_->path; }

std::uint64_t Store::used_bytes() const { return environment_->used_bytes(); }

std::uint64_t Store::Environment::used_bytes() const {
    MDB_envinfo info{};
    MDB_stat stat{};
    mdb_env_info(env, &info);
    mdb_env_stat(env, &stat);
    return (info.me_last_pgno + 1) * std::uint64_t{stat.ms_psize};
}

Result<void> Store::write(const std::function<Result<void>(Writer&)>& fill) {
    while (true) {
        bool too_small = false;
        auto written = write_once(fill, too_small);
        if (!too_small) return written;
        if (auto grown = grow(); !grown) return grown;
    }
}

Result<void> Store::write_once(const std::function<Result<void>(Writer&)>& fill, bool& too_small) {
    MDB_txn* txn = nullptr;
    if (const int rc = mdb_txn_begin(environment_->env, nullptr, 0, &txn); rc != 0)
        return lmdb_failure(rc, "write to", environment_->path);
    Writer writer(*environment_, txn);
    if (auto filled = fill(writer); !filled || writer.status_ != 0) {
        mdb_txn_abort(txn);
        too_small = writer.status_ == MDB_MAP_FULL;
        if (filled) return lmdb_failure(writer.status_, "write to", environment_->path);
        return filled;
    }
    const int rc = mdb_txn_commit(txn);
    too_small = rc == MDB_MAP_FULL;
    if (rc != 0) return lmdb_failure(rc, "commit to", environment_->path);
    return {};
}

// Doubling: a journal that grows for years remaps a few dozen times. New readers wait; those that are there
// are short, and ended when they are not.
Result<void> Store::grow() {
    Environment& environment = *environment_;
    while (true) {
        {
            const std::lock_guard alone(environment.readers_mutex);
            environment.growing = true;
            if (environment.readers.empty()) break;
        }
        end_old_readers(oldest_reader);
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    const std::lock_guard alone(environment.readers_mutex);
    environment.growing = false;
    const std::size_t wanted = environment.map_bytes * 2;
    if (const int rc = mdb_env_set_mapsize(environment.env, wanted); rc != 0)
        return lmdb_failure(rc, "grow the map of", environment.path);
    environment.map_bytes = wanted;
    return {};
}

std::size_t Store::end_old_readers(std::chrono::milliseconds age) {
    Environment& environment = *environment_;
    const std::lock_guard alone(environment.readers_mutex);
    return static_cast<std::size_t>(std::erase_if(environment.readers, [&](Reader::State* reader) {
        return Clock::now() - reader->begun >= age && reader->end();
    }));
}

Result<void> Store::copy_to(const std::filesystem::path& file) const {
    std::error_code status;
    std::filesystem::create_directories(file.parent_path(), status);
    if (status) return system_failure(status.value(), "create the folder", file.parent_path().string());
    if (const int rc = mdb_env_copy2(environment_->env, file.c_str(), MDB_CP_COMPACT); rc != 0)
        return lmdb_failure(rc, "copy", environment_->path);
    return sync_folder(file.parent_path());
}

Result<std::span<std::byte>> Store::Writer::append(Table table, Key key, std::size_t size) {
    MDB_val k = value_of(key);
    MDB_val v{size, nullptr};
    status_ = mdb_put(static_cast<MDB_txn*>(transaction_), environment_.table(table), &k, &v,
                      MDB_APPEND | MDB_RESERVE);
    if (status_ == MDB_KEYEXIST)
        return failure(ErrorCode::corrupt, fmt::format("{} holds a later key already", environment_.path));
    if (status_ != 0) return lmdb_failure(status_, "write to", environment_.path);
    return std::span<std::byte>(static_cast<std::byte*>(v.mv_data), size);
}

Result<void> Store::Writer::put(Table table, Key key, Bytes value) {
    MDB_val k = value_of(key);
    MDB_val v{value.size(), const_cast<std::byte*>(value.data())};
    status_ = mdb_put(static_cast<MDB_txn*>(transaction_), environment_.table(table), &k, &v, 0);
    if (status_ != 0) return lmdb_failure(status_, "write to", environment_.path);
    return {};
}

Result<void> Store::Writer::erase_from_first(Table table, const std::function<bool(const Row&)>& goes) {
    MDB_cursor* cursor = nullptr;
    status_ = mdb_cursor_open(static_cast<MDB_txn*>(transaction_), environment_.table(table), &cursor);
    if (status_ != 0) return lmdb_failure(status_, "write to", environment_.path);
    MDB_val k{}, v{};
    while ((status_ = mdb_cursor_get(cursor, &k, &v, MDB_FIRST)) == 0 && goes({key_of(k), bytes_of(v)}))
        if (status_ = mdb_cursor_del(cursor, 0); status_ != 0) break;
    mdb_cursor_close(cursor);
    if (status_ == MDB_NOTFOUND) status_ = 0;
    if (status_ != 0) return lmdb_failure(status_, "write to", environment_.path);
    return {};
}

Result<std::optional<Bytes>> Store::Writer::get(Table table, Key key) const {
    return value_at(static_cast<MDB_txn*>(transaction_), environment_.table(table), key, environment_.path);
}

Result<Store::Reader> Store::read() const {
    auto state = std::make_shared<Reader::State>(*environment_);
    if (auto begun = state->begin(); !begun) return begun.error();
    return Reader(std::move(state));
}

Result<std::optional<Bytes>> Store::Reader::get(Table table, Key key) const {
    const InHand mine(state_->hand);
    if (!mine) return state_->environment.expired();
    return value_at(state_->transaction, state_->environment.table(table), key, state_->environment.path);
}

Result<void> Store::Reader::scan(Table table, Key key, const std::function<bool(const Row&)>& row) const {
    const InHand mine(state_->hand);
    if (!mine) return state_->environment.expired();
    MDB_cursor* cursor = nullptr;
    if (const int rc = mdb_cursor_open(state_->transaction, state_->environment.table(table), &cursor);
        rc != 0)
        return lmdb_failure(rc, "read", state_->environment.path);
    MDB_val k = value_of(key);
    MDB_val v{};
    int rc = mdb_cursor_get(cursor, &k, &v, key.empty() ? MDB_FIRST : MDB_SET_RANGE);
    while (rc == 0 && row({key_of(k), bytes_of(v)})) rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    mdb_cursor_close(cursor);
    if (rc != 0 && rc != MDB_NOTFOUND) return lmdb_failure(rc, "read", state_->environment.path);
    return {};
}

// The row at `key`, else its neighbour above (below with `backwards`); an empty key with `backwards`: the
// last row.
Result<std::optional<Store::Row>> Store::Reader::State::seek(Table table, Key key, bool backwards) {
    const InHand mine(hand);
    if (!mine) return environment.expired();
    MDB_cursor* cursor = nullptr;
    if (const int rc = mdb_cursor_open(transaction, environment.table(table), &cursor); rc != 0)
        return lmdb_failure(rc, "read", environment.path);
    MDB_val k = value_of(key);
    MDB_val v{};
    int rc = key.empty() ? mdb_cursor_get(cursor, &k, &v, MDB_LAST)
                         : mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    if (backwards && !key.empty()) {
        if (rc == MDB_NOTFOUND) {
            rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
        } else if (rc == 0 && key_of(k) != key) {
            rc = mdb_cursor_get(cursor, &k, &v, MDB_PREV);
        }
    }
    mdb_cursor_close(cursor);
    if (rc == MDB_NOTFOUND) return std::optional<Row>{};
    if (rc != 0) return lmdb_failure(rc, "read", environment.path);
    return std::optional<Row>{Row{key_of(k), bytes_of(v)}};
}

Result<std::optional<Store::Row>> Store::Reader::at_or_after(Table table, Key key) const {
    GRIDBOOK_CHECK(!key.empty());
    return state_->seek(table, key, false);
}
Result<std::optional<Store::Row>> Store::Reader::at_or_before(Table table, Key key) const {
    GRIDBOOK_CHECK(!key.empty());
    return state_->seek(table, key, true);
}
Result<std::optional<Store::Row>> Store::Reader::last(Table table) const {
    return state_->seek(table, {}, true);
}

}  // namespace gridbook::ledger
