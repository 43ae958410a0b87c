// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can go wrong with the disk and with what stands on it. The ledger answers with results and throws
// nothing across its seams: an Error is a code to act on, the sequence it is about, and one sentence for the
// operator that names the file or the sequence and says what to do. A mistake of our own is not an Error but
// a failed check.

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "engine/units/named.hpp"

namespace gridbook::ledger {

enum class ErrorCode : std::uint8_t {
    absent = 1,    // no journal there
    locked,        // another process has the data folder
    permission,    // the folder or file may not be read or written
    disk_full,     // no space, quota or file size limit reached
    io,            // the disk failed: a write or sync may be lost
    version,       // written by another version of the format
    corrupt,       // bytes that no version of the format can hold
    checksum,      // bytes differ from their checksum
    gap,           // sequences are missing
    chain,         // a batch does not follow the one before it
    differs,       // running it again gave other events
    blob_missing,  // a command names a text that is not there
    expired,       // a reader took longer than it may
    unverified,    // not looked through yet since it was opened
};

std::string_view name(ErrorCode code);

struct Error {
    ErrorCode code{};
    engine::Sequence sequence{};  // 0: not about a sequence
    std::string text;
};

template <class T>
using Result = boost::system::result<T, Error>;

inline Error failure(ErrorCode code, std::string text, engine::Sequence sequence = {}) {
    return Error{code, sequence, std::move(text)};
}

// The error of a system call on `path`, with what to do about it. `doing` is a verb: "open", "lock", "write".
Error system_failure(int error_number, std::string_view doing, std::string_view path);

// A reader was ended after so long.
Error reader_expired(std::string_view path, std::int64_t seconds);

// Required by Boost for result::value(), which the ledger does not use: a result that is not looked at stops
// us.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace gridbook::ledger
