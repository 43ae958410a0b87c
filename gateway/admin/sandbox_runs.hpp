// SPDX-License-Identifier: Apache-2.0
#pragma once
// `POST /v1/admin/sandbox`: a draft band tried on a past day by `gridbook sandbox`, in a process of its own
// at the lowest priority, so that the market notices nothing. One at a time; its report waits in DATA/sandbox
// until the next one. A run changes nothing and is no command: it is not journaled, and forgotten by a
// restart.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

class SandboxRuns {
  public:
    // `program` is this binary; `data` the folder of the running exchange.
    SandboxRuns(std::filesystem::path program, std::filesystem::path data)
        : program_(std::move(program)), data_(std::move(data)) {}
    ~SandboxRuns();
    SandboxRuns(const SandboxRuns&) = delete;
    SandboxRuns& operator=(const SandboxRuns&) = delete;

    // Begins a run: a day as 2026-12-01, drafts as FAMILY:FLOOR:CEILING[:GUIDANCE]. BUSY: one is running, or
    // none can be begun.
    std::optional<WireError> begin(std::string_view day, const std::vector<std::string_view>& bands);
    // "run":{…} or null, and "report":{…} of one that is done.
    void append(std::string& out);

  private:
    enum class State { none, running, done, failed };
    void look();
    std::filesystem::path file(std::string_view name) const { return data_ / "sandbox" / name; }

    std::filesystem::path program_;
    std::filesystem::path data_;
    State state_ = State::none;
    pid_t process_ = 0;
    std::uint64_t number_ = 0;
    std::string day_;
    std::vector<std::string> bands_;
};

}  // namespace gridbook::gateway
