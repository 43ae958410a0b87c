// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/sandbox_runs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::size_t error_bytes_max = 1'000;

std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

// What the child has of ours: nothing but the three standard streams. No socket and no lock goes along.
class FileActions {
  public:
    explicit FileActions(const std::filesystem::path& log) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    }
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

std::optional<pid_t> spawn(std::vector<std::string> words, const std::filesystem::path& log) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const FileActions files(log);
    pid_t process = 0;
    if (::posix_spawn(&process, arguments[0], files.get(), nullptr, arguments.data(), ::environ) != 0)
        return std::nullopt;
    return process;
}

WireError cannot(std::string msg) { return {.code = "BUSY", .msg = std::move(msg), .rule = "sandbox"}; }

}  // namespace

SandboxRuns::~SandboxRuns() {
    if (state_ != State::running) return;
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
}

std::optional<WireError> SandboxRuns::begin(std::string_view day,
                                            const std::vector<std::string_view>& bands) {
    look();
    if (state_ == State::running)
        return cannot(fmt::format("run {} is not done: one at a time, see GET /v1/admin/sandbox", number_));
    std::error_code error;
    std::filesystem::create_directories(file(""), error);
    for (const std::string_view old : {"report.json", "report.html"})
        std::filesystem::remove(file(old), error);
    std::vector<std::string> words{program_, "sandbox",          "--data", data_,
                                   "--day",  std::string(day),   "--json", file("report.json"),
                                   "--html", file("report.html")};
    for (const std::string_view band : bands) words.insert(words.end(), {"--band", std::string(band)});
    const auto process = spawn(std::move(words), file("log.txt"));
    if (!process) return cannot("no process could be started for the sandbox");
    process_ = *process;
    state_ = State::running;
    ++number_;
    day_ = day;
    bands_.assign(bands.begin(), bands.end());
    return std::nullopt;
}

void SandboxRuns::look() {
    if (state_ != State::running) return;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) != process_) return;
    const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    state_ = good && std::filesystem::exists(file("report.json")) ? State::done : State::failed;
}

void SandboxRuns::append(std::string& out) {
    constexpr std::string_view words[] = {"", "running", "done", "failed"};
    look();
    if (state_ == State::none) {
        out += "\"run\":null";
        return;
    }
    Members m(out);
    m.raw("\"run\":{\"number\":").raw(std::to_string(number_));
    m.word<"status">(words[static_cast<std::size_t>(state_)]).text<"day">(day_).raw(",\"bands\":[");
    for (const std::string& band : bands_) {
        if (out.back() != '[') out += ',';
        append_quoted(band, out);
    }
    m.raw("]");
    if (state_ == State::failed) m.text<"error">(contents(file("log.txt")).substr(0, error_bytes_max));
    if (state_ == State::done) m.text<"html">(file("report.html").string());
    m.raw("}");
    if (state_ == State::done) m.raw<"report">(contents(file("report.json")));
}

}  // namespace gridbook::gateway
