// SPDX-License-Identifier: Apache-2.0
// A configuration file: read or refused with a sentence that names the file.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "engine/units/check.hpp"
#include "gateway/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = memfd_create("gridbook.toml", 0);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    GRIDBOOK_CHECK(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
    std::string error;
    const auto config = gridbook::gateway::read_config(path, error);
    GRIDBOOK_CHECK(config.has_value() || !error.empty());
    return 0;
}
