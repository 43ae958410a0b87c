// SPDX-License-Identifier: Apache-2.0
#include "bench/transfers.hpp"

#include <sqlite3.h>

#include "bench/ledger_rig.hpp"
#include "ledger/postings.hpp"

namespace gridbook::bench {

namespace {

// A statement or a whole script; a failure ends the bench.
void check(int status, sqlite3* db) {
    if (status != SQLITE_OK && status != SQLITE_DONE && status != SQLITE_ROW) stop(sqlite3_errmsg(db));
}

class Statement {
  public:
    Statement(sqlite3* db, const char* text) : db_(db) {
        check(sqlite3_prepare_v2(db, text, -1, &statement_, nullptr), db);
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    Statement& bind(int place, sqlite3_int64 value) {
        check(sqlite3_bind_int64(statement_, place, value), db_);
        return *this;
    }
    void run() {
        check(sqlite3_step(statement_), db_);
        check(sqlite3_reset(statement_), db_);
    }

  private:
    sqlite3* db_;
    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace

double our_transfers(const std::string& in, double seconds) {
    const TempFolder folder(in);
    auto journal = ledger::Journal::open({.data = folder.path()});
    if (!journal) stop(journal.error().text);
    ledger::Postings postings(tests::small_genesis());
    ledger::Balances balances;
    std::vector<engine::Record> records(2 * transfer_batch);
    std::uint64_t sequence = 0;
    const std::int64_t begun = now_ns(), end = begun + static_cast<std::int64_t>(seconds * 1e9);
    while (now_ns() < end) {
        ledger::BatchDraft draft;
        for (std::size_t i = 0; i < transfer_batch; ++i) {
            const engine::AccountId to{static_cast<std::uint32_t>(++sequence * 7919 % transfer_accounts)};
            engine::Command command = tests::credit(to, 1);
            command.header.sequence = engine::Sequence{sequence};
            command.header.time = tests::day_one;
            engine::Event event;
            event.header.sequence = command.header.sequence;
            event.header.account = to;
            engine::Credited credited;
            credited.amount = engine::Money{engine::decimal_one};
            credited.cash = balances.of(to).cash + credited.amount;
            event.set(credited);
            for (const ledger::Entry& entry : postings.of(event)) balances.post(entry);
            records[2 * i] = engine::Record(command);
            records[2 * i + 1] = engine::Record(event);
            draft.commands.push_back(&records[2 * i]);
            draft.event_counts.push_back(1);
            draft.events.push_back(&records[2 * i + 1]);
        }
        if (auto written = (*journal)->append(draft); !written) stop(written.error().text);
    }
    if (balances.total() != engine::Money{}) stop("the balances do not sum to zero");
    return static_cast<double>(sequence) / (static_cast<double>(now_ns() - begun) * 1e-9);
}

double sqlite_transfers(const std::string& in, double seconds) {
    const TempFolder folder(in);
    sqlite3* db = nullptr;
    check(sqlite3_open((folder.path() / "transfers.db").c_str(), &db), db);
    const auto run = [&](const char* script) {
        check(sqlite3_exec(db, script, nullptr, nullptr, nullptr), db);
    };
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE;"
        "CREATE TABLE accounts(id INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL);"
        "CREATE TABLE transfers(id INTEGER PRIMARY KEY, debit INTEGER NOT NULL, credit INTEGER NOT NULL,"
        " amount INTEGER NOT NULL, time INTEGER NOT NULL); BEGIN;");
    std::uint64_t sequence = 0;
    std::int64_t begun = 0;
    {
        Statement account(db, "INSERT INTO accounts VALUES(?, 0, 0)");
        for (int i = 0; i <= transfer_accounts; ++i) account.bind(1, i).run();
        run("COMMIT");
        Statement transfer(db, "INSERT INTO transfers VALUES(?, ?, ?, ?, ?)");
        Statement debit(db, "UPDATE accounts SET debits = debits + ? WHERE id = ?");
        Statement credit(db, "UPDATE accounts SET credits = credits + ? WHERE id = ?");
        begun = now_ns();
        for (const std::int64_t end = begun + static_cast<std::int64_t>(seconds * 1e9); now_ns() < end;) {
            run("BEGIN");
            for (int i = 0; i < transfer_batch; ++i) {
                const auto to = static_cast<sqlite3_int64>(++sequence * 7919 % transfer_accounts);
                transfer.bind(1, static_cast<sqlite3_int64>(sequence)).bind(2, transfer_accounts).bind(3, to);
                transfer.bind(4, engine::decimal_one).bind(5, tests::day_one.value).run();
                debit.bind(1, engine::decimal_one).bind(2, transfer_accounts).run();
                credit.bind(1, engine::decimal_one).bind(2, to).run();
            }
            run("COMMIT");
        }
    }
    const double elapsed = static_cast<double>(now_ns() - begun) * 1e-9;
    sqlite3_close(db);
    return static_cast<double>(sequence) / elapsed;
}

}  // namespace gridbook::bench
