// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the ledger's tests share: a folder that goes away, commands and events made by hand, drafts of
// batches, and a limit on the size of files, which is how a disk that is full is had without one.

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <random>

#include "ledger/ledger_stage.hpp"

// A failed check on a result shows what the error says.
template <class T>
struct Catch::StringMaker<boost::system::result<T, gridbook::ledger::Error>> {
    static std::string convert(const boost::system::result<T, gridbook::ledger::Error>& result) {
        return result.has_value() ? "a value" : result.error().text;
    }
};

namespace gridbook::ledger::test {

class TempFolder {
  public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "gridbook-ledger-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TempFolder() { std::filesystem::remove_all(path_); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

inline engine::Record command_record(std::uint64_t sequence, std::int64_t amount = 1) {
    auto command = engine::Command::of(engine::Credit{engine::Money{amount}, {}, {}}, engine::AccountId{7});
    command.header.sequence = engine::Sequence{sequence};
    command.header.time = engine::Time{static_cast<std::int64_t>(sequence) * 1'000};
    return engine::Record(command);
}

inline engine::Record event_record(std::uint64_t sequence, std::uint64_t number) {
    engine::Event event;
    event.header.sequence = engine::Sequence{sequence};
    event.header.number = engine::StreamNumber{number};
    engine::Credited credited;
    credited.cash = engine::Money{static_cast<std::int64_t>(number) * 17};
    event.set(credited);
    return engine::Record(event);
}

inline engine::Record answer_record(std::uint32_t request) {
    engine::Event event;
    engine::RowsEnd end;
    end.origin.request = request;
    event.set(end);
    return engine::Record(event);
}

// Commands with their events, in a container whose elements stay where they are.
class DraftBuilder {
  public:
    DraftBuilder& command(std::uint64_t sequence, std::size_t events) {
        draft_.commands.push_back(&records_.emplace_back(command_record(sequence)));
        draft_.event_counts.push_back(static_cast<std::uint16_t>(events));
        for (std::size_t i = 0; i < events; ++i)
            draft_.events.push_back(&records_.emplace_back(event_record(sequence, i + 1)));
        return *this;
    }
    DraftBuilder& command_with(const engine::Command& command, const std::vector<engine::Event>& events) {
        draft_.commands.push_back(&records_.emplace_back(command));
        draft_.event_counts.push_back(static_cast<std::uint16_t>(events.size()));
        for (const engine::Event& e : events) draft_.events.push_back(&records_.emplace_back(e));
        return *this;
    }
    // `count` commands from `first` on, with 0, 1, 2, 0, 1, 2 … events.
    DraftBuilder& commands(std::uint64_t first, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) command(first + i, (first + i) % 3);
        return *this;
    }
    const BatchDraft& draft() const { return draft_; }

  private:
    std::deque<engine::Record> records_;
    BatchDraft draft_;
};

inline std::unique_ptr<Journal> open_journal(const std::filesystem::path& data, Access access = Access::write,
                                             std::size_t map_bytes = std::size_t{1} << 24) {
    auto journal = Journal::open({data, access, map_bytes});
    if (!journal) FAIL(journal.error().text);
    return std::move(*journal);
}

inline void append(Journal& journal, std::size_t count) {
    DraftBuilder builder;
    builder.commands(journal.last().value + 1, count);
    REQUIRE(journal.append(builder.draft()));
}

// Files cannot grow beyond `bytes` while this lives: writes fail as on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(std::uintmax_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    void (*handler_)(int);
    rlimit before_{};
};

}  // namespace gridbook::ledger::test
