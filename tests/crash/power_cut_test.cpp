// SPDX-License-Identifier: Apache-2.0
// The power goes. What the ledger wrote is recorded; then disks are made as a power cut may leave them: what
// was synced is there, of what was not, writes are dropped, swapped and torn at 512 bytes or 4 KiB. From each
// of them the exchange starts, and everything it had acknowledged before the cut is there. The same without
// syncs (MDB_NOSYNC) has to lose something, or this harness sees nothing.
//
//   GRIDBOOK_POWER_CUTS=5000 build/release/tests/test_crash "[power]"      # the long form; 500 in CI
#include <algorithm>
#include <fstream>
#include <map>

#include "disk.hpp"
#include "market.hpp"

using namespace gridbook;
using namespace gridbook::crash;

namespace {

struct Operation {
    enum class Kind { write, sync, rename } kind{};
    std::string file;
    std::string to;  // of a rename
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
    bool durable = false;
    std::uint64_t acknowledged = 0;  // before it
};

class Recorder final : public Disk {
  public:
    void wrote(const std::string& path, std::uint64_t offset, std::span<const std::byte> bytes,
               bool durable) override {
        if (path.ends_with("-lock") || path.ends_with("/LOCK")) return;
        operations.push_back(
            {Operation::Kind::write, path, {}, offset, {bytes.begin(), bytes.end()}, durable, acknowledged});
    }
    void synced(const std::string& path) override {
        operations.push_back({Operation::Kind::sync, path, {}, 0, {}, false, acknowledged});
    }
    void renamed(const std::string& from, const std::string& to) override {
        operations.push_back({Operation::Kind::rename, from, to, 0, {}, false, acknowledged});
    }
    std::vector<Operation> operations;
    std::uint64_t acknowledged = 0;
};

// A run of the ledger with follower, snapshots and projection, and everything it wrote.
std::vector<Operation> recorded(const std::filesystem::path& data) {
    std::filesystem::create_directories(data);
    played();
    Recorder recorder;
    const Watch watch(data, recorder);
    auto market = Market::open(data, true);
    if (!market) FAIL(market.error().text);
    std::mt19937_64 random(1);
    for (int round = 0; !(*market)->at_end(); ++round) {
        REQUIRE((*market)->commit(1 + random() % 9));
        recorder.acknowledged = (*market)->acknowledged();
        if (round % 7 == 0) REQUIRE((*market)->follow(round % 21 == 0));
    }
    return recorder.operations;
}

class Cut {
  public:
    Cut(const std::vector<Operation>& operations, std::size_t end, std::uint64_t seed)
        : operations_(operations), end_(end), random_(seed) {}

    // The disk at that moment, below `to` instead of `from`.
    void make(const std::filesystem::path& from, const std::filesystem::path& to) {
        std::vector<std::pair<std::size_t, const Operation*>> pending;
        for (std::size_t i = 0; i < end_; ++i) {
            const Operation& o = operations_[i];
            if (o.kind == Operation::Kind::sync) continue;
            if (o.kind == Operation::Kind::rename) {
                // Until its folder is synced a rename may be undone; both names are whole.
                const bool kept =
                    settled(i, std::filesystem::path(o.to).parent_path().string()) || random_() % 2 == 0;
                rename(seen_, o.file, o.to);
                if (kept) rename(left_, o.file, o.to);
                continue;
            }
            const std::size_t file = file_of(o.file);
            if (settled(i, o.file))
                apply(files_[file], o, 0, o.bytes.size());
            else
                pending.emplace_back(file, &o);
        }
        std::shuffle(pending.begin(), pending.end(), random_);
        for (const auto& [file, o] : pending) tear(files_[file], *o);
        for (const auto& [name, file] : left_) {
            const auto path = to / std::filesystem::relative(name, from);
            std::filesystem::create_directories(path.parent_path());
            std::ofstream(path, std::ios::binary)
                .write(reinterpret_cast<const char*>(files_[file].data()),
                       static_cast<std::streamsize>(files_[file].size()));
        }
    }

  private:
    using Names = std::map<std::string, std::size_t>;
    std::size_t file_of(const std::string& name) {
        const auto [known, fresh] = seen_.try_emplace(name, files_.size());
        if (fresh) left_[name] = known->second, files_.emplace_back();
        return known->second;
    }
    // Of a file, or of a folder with all that is in it.
    static void rename(Names& names, const std::string& from, const std::string& to) {
        Names moved;
        for (const auto& [name, file] : names) {
            const bool goes = name == from || name.starts_with(from + "/");
            moved[goes ? to + name.substr(from.size()) : name] = file;
        }
        names = std::move(moved);
    }
    // Synced by a later call that came back before the cut; a write that syncs itself, when it came back.
    bool settled(std::size_t at, const std::string& file) const {
        if (operations_[at].durable && at + 1 < end_) return true;
        for (std::size_t i = at + 1; i + 1 < end_; ++i)
            if (operations_[i].kind == Operation::Kind::sync && operations_[i].file == file) return true;
        return false;
    }
    static void apply(std::vector<std::byte>& file, const Operation& o, std::size_t from, std::size_t bytes) {
        const std::size_t end = o.offset + from + bytes;
        if (file.size() < end) file.resize(end);
        std::copy_n(o.bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes,
                    file.begin() + static_cast<std::ptrdiff_t>(o.offset + from));
    }
    void tear(std::vector<std::byte>& file, const Operation& o) {
        const auto what = random_() % 4;
        if (what == 0) return;  // dropped
        if (what == 1) return apply(file, o, 0, o.bytes.size());
        const std::size_t sector = what == 2 ? 512 : 4096;
        for (std::size_t at = 0; at < o.bytes.size();) {
            const std::size_t n = std::min(sector - (o.offset + at) % sector, o.bytes.size() - at);
            if (random_() % 2 == 0) apply(file, o, at, n);
            at += n;
        }
    }

    const std::vector<Operation>& operations_;
    std::size_t end_;
    std::mt19937_64 random_;
    std::vector<std::vector<std::byte>> files_;
    Names seen_, left_;  // as the process sees them; as they are left
};

struct Outcome {
    int images = 0, lost = 0, refused = 0, from_snapshot = 0;
    std::string first;
};

// Hash by sequence, of the run that nothing happened to.
std::map<std::uint64_t, std::uint64_t> hashes() {
    std::map<std::uint64_t, std::uint64_t> all;
    engine::Exchange exchange;
    engine::EventBuffer buffer;
    for (const tests::Step& step : played()) {
        engine::EventSink sink = buffer.sink();
        exchange.apply(step.command, sink);
        all[step.command.header.sequence.value] = exchange.state_hash();
    }
    return all;
}

Outcome cut_power(int images) {
    const TempFolder run;
    const auto data = std::filesystem::canonical(run.path()) / "data";
    const auto operations = recorded(data);
    const auto wanted = hashes();
    std::mt19937_64 random(7);
    Outcome outcome;
    for (int i = 0; i < images; ++i) {
        const std::size_t end = 1 + random() % operations.size();
        const std::uint64_t acknowledged = operations[end - 1].acknowledged;
        const TempFolder image;
        Cut(operations, end, random()).make(data, image.path());
        const auto started = restart(image.path());
        ++outcome.images;
        outcome.refused += !started;
        const bool lost = !started ? acknowledged > 0 : started->sequence.value < acknowledged;
        outcome.lost += lost;
        if (started && started->snapshot.value > 0) ++outcome.from_snapshot;
        if (started && started->sequence.value > 0)
            CHECK(started->hash == wanted.at(started->sequence.value));
        if (lost && outcome.first.empty())
            outcome.first =
                "image " + std::to_string(i) + ", cut after operation " + std::to_string(end) + ": " +
                (started ? "ends at " + std::to_string(started->sequence.value) : started.error().text) +
                ", acknowledged " + std::to_string(acknowledged);
    }
    return outcome;
}

}  // namespace

TEST_CASE("no power cut loses what was acknowledged", "[power]") {
    const int images = rounds("GRIDBOOK_POWER_CUTS", 500);
    const Outcome outcome = cut_power(images);
    INFO(outcome.first);
    CHECK(outcome.lost == 0);
    CHECK(outcome.from_snapshot > images / 20);
    WARN(outcome.images << " images, " << outcome.lost << " lost something, " << outcome.from_snapshot
                        << " started from a snapshot");
}

TEST_CASE("without syncs the same power cuts lose something: the harness can see", "[power]") {
    open_without_sync(true);
    const Outcome outcome = cut_power(60);
    open_without_sync(false);
    CHECK(outcome.lost > 0);
    WARN(outcome.images << " images without syncs, " << outcome.lost << " lost something");
}
