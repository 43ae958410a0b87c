// SPDX-License-Identifier: Apache-2.0
#pragma once
// The system calls with which the ledger and LMDB reach the disk, seen and changed by a test: this program's
// own open, write, pwrite, writev, fsync, fdatasync, mmap and rename stand before libc's, for the shared
// library of LMDB, too. Only files below the watched folder count; all else passes through.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace gridbook::crash {

enum class Call { open, write, sync, map, rename, count_ };

class Disk {
  public:
    virtual ~Disk() = default;
    // The errno that this call fails with; 0: it goes on. A write may be made shorter.
    virtual int before(Call, const std::string& /*path*/, std::size_t& /*bytes*/) { return 0; }
    // `durable`: the file was opened so that each write is synced.
    virtual void wrote(const std::string&, std::uint64_t /*offset*/, std::span<const std::byte>,
                       bool /*durable*/) {}
    virtual void synced(const std::string&) {}
    virtual void renamed(const std::string& /*from*/, const std::string& /*to*/) {}
};

// While this lives, `disk` sees what happens below `folder`.
class Watch {
  public:
    Watch(const std::filesystem::path& folder, Disk& disk);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
};

// From now on every disk has so many free bytes; 0: what it has.
void free_bytes(std::uint64_t bytes);

// From now on LMDB is opened so that it never syncs (MDB_NOSYNC): the control that a harness has to fail.
void open_without_sync(bool on);

}  // namespace gridbook::crash
