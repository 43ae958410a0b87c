// SPDX-License-Identifier: Apache-2.0
#include "ledger/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "engine/units/check.hpp"

namespace gridbook::ledger {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::absent: return "absent";
        case ErrorCode::locked: return "locked";
        case ErrorCode::permission: return "permission";
        case ErrorCode::disk_full: return "disk_full";
        case ErrorCode::io: return "io";
        case ErrorCode::version: return "version";
        case ErrorCode::corrupt: return "corrupt";
        case ErrorCode::checksum: return "checksum";
        case ErrorCode::gap: return "gap";
        case ErrorCode::chain: return "chain";
        case ErrorCode::differs: return "differs";
        case ErrorCode::blob_missing: return "blob_missing";
        case ErrorCode::expired: return "expired";
        case ErrorCode::unverified: return "unverified";
    }
    return "unknown";
}

namespace {

struct Advice {
    ErrorCode code;
    std::string_view what_to_do;
};

Advice advice(int error_number) {
    switch (error_number) {
        case ENOENT: return {ErrorCode::absent, "check the path"};
        case EACCES:
        case EPERM:
        case EROFS:
            return {ErrorCode::permission, "give this user the right to it, or choose another data folder"};
        case ENOSPC:
        case EDQUOT:
            return {ErrorCode::disk_full, "free some space, then start again: it recovers by itself"};
        case EFBIG:
            return {ErrorCode::disk_full,
                    "raise the file size limit (ulimit -f), then start again: it recovers"};
        case EIO:
            return {ErrorCode::io,
                    "the disk failed or is full: look at df and the kernel log, then start again"};
        default: return {ErrorCode::io, "look at the kernel log, then start again"};
    }
}

}  // namespace

Error system_failure(int error_number, std::string_view doing, std::string_view path) {
    const Advice a = advice(error_number);
    return failure(
        a.code, fmt::format("cannot {} {}: {}; {}", doing, path, std::strerror(error_number), a.what_to_do));
}

Error reader_expired(std::string_view path, std::int64_t seconds) {
    return failure(
        ErrorCode::expired,
        fmt::format(
            "reading {} took longer than a reader may take ({} s) and was ended; ask for less at once", path,
            seconds));
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    engine::check_failed(error.text.c_str(), where.file_name(), static_cast<int>(where.line()));
}

}  // namespace gridbook::ledger
