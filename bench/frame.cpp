// SPDX-License-Identifier: Apache-2.0
#include "bench/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace gridbook::bench {

namespace {

template <class T>
bool read_number(const std::string& text, T& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

std::string cpu_model() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

// First line of what a command prints; empty when it fails.
std::string first_line(const std::string& command) {
    std::string line;
    if (FILE* pipe = popen(command.c_str(), "r")) {
        std::array<char, 256> buffer{};
        if (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) line = buffer.data();
        if (pclose(pipe) != 0) line.clear();
    }
    while (!line.empty() && line.back() == '\n') line.pop_back();
    return line;
}

// The build may give the commit (GRIDBOOK_COMMIT); else the checkout that this file was compiled from tells
// it.
std::string commit_of_source() {
#ifdef GRIDBOOK_COMMIT
    return GRIDBOOK_COMMIT;
#else
    std::error_code none;
    const std::string folder = std::filesystem::read_symlink("/proc/self/exe", none).parent_path().string();
    const std::string git = "git -C '" + folder + "' ";
    const std::string commit = first_line(git + "rev-parse --short=12 HEAD 2>/dev/null");
    if (commit.empty()) return "unknown";
    const bool dirty = !first_line(git + "status --porcelain --untracked-files=no 2>/dev/null").empty();
    return commit + (dirty ? "+dirty" : "");
#endif
}

}  // namespace

Cli& Cli::option(std::string name, std::string& value, std::string help) {
    entries_.push_back({std::move(name), std::move(help), value, true, [&value](const std::string& text) {
                            value = text;
                            return true;
                        }});
    return *this;
}

Cli& Cli::option(std::string name, std::int64_t& value, std::string help) {
    entries_.push_back({std::move(name), std::move(help), std::to_string(value), true,
                        [&value](const std::string& text) { return read_number(text, value); }});
    return *this;
}

Cli& Cli::option(std::string name, double& value, std::string help) {
    entries_.push_back({std::move(name), std::move(help), fmt::format("{:g}", value), true,
                        [&value](const std::string& text) { return read_number(text, value); }});
    return *this;
}

Cli& Cli::flag(std::string name, bool& value, std::string help) {
    entries_.push_back({std::move(name), std::move(help), "", false, [&value](const std::string&) {
                            value = true;
                            return true;
                        }});
    return *this;
}

Options Cli::parse(int argc, char** argv) {
    Options options;
    std::int64_t rounds = options.rounds;
    flag("json", options.json, "print nothing but the JSON object");
    option("seconds", options.seconds, "how long a timed run lasts");
    option("rounds", rounds, "how often each contender runs");
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--help" || argument == "-h") help();
        const std::size_t equals = argument.find('=');
        const std::string word = argument.substr(0, equals);
        const auto entry =
            std::ranges::find_if(entries_, [&](const Entry& e) { return word == "--" + e.name; });
        if (entry == entries_.end()) refuse("unknown argument " + argument);
        std::string value;
        if (entry->takes_value) {
            if (equals != std::string::npos)
                value = argument.substr(equals + 1);
            else if (++i < argc)
                value = argv[i];
            else
                refuse(word + " needs a value");
        }
        if (!entry->set(value)) refuse(fmt::format("{} {}: not a number", word, value));
    }
    if (rounds < 1 || rounds > 1000) refuse("--rounds: 1 to 1000");
    if (!(options.seconds > 0) || options.seconds > 3600) refuse("--seconds: more than 0, at most 3600");
    options.rounds = static_cast<int>(rounds);
    return options;
}

void Cli::help() const {
    fmt::print("{}: {}\n\n", name_, sentence_);
    for (const Entry& e : entries_)
        fmt::print("  --{:<18} {}{}\n", e.name + (e.takes_value ? " VALUE" : ""), e.help,
                   e.preset.empty() ? "" : " (" + e.preset + ")");
    fmt::print("  --{:<18} this text\n\nThe last line of the output is one JSON object.\n", "help");
    std::exit(0);
}

void Cli::refuse(const std::string& sentence) const {
    fmt::print(stderr, "{}: {}; see --help\n", name_, sentence);
    std::exit(2);
}

Machine machine() {
    Machine m;
    m.cpu = cpu_model();
    m.cores = std::thread::hardware_concurrency();
#ifdef __clang__
    m.compiler = "clang " __clang_version__;
#else
    m.compiler = "g++ " __VERSION__;
#endif
#ifndef __OPTIMIZE__
    m.compiler += ", not optimised";
#endif
    m.commit = commit_of_source();
    return m;
}

std::size_t Histogram::index(std::uint64_t ns) {
    constexpr std::uint64_t exact = std::uint64_t{1} << (step_bits + 1);
    if (ns < exact) return static_cast<std::size_t>(ns);
    const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - step_bits - 1;
    return (static_cast<std::size_t>(shift) << step_bits) + static_cast<std::size_t>(ns >> shift);
}

std::int64_t Histogram::upper_edge(std::size_t index) {
    if (index < (std::size_t{1} << (step_bits + 1))) return static_cast<std::int64_t>(index);
    const std::size_t shift = (index >> step_bits) - 1;
    const std::size_t mantissa = index - (shift << step_bits);
    return static_cast<std::int64_t>(((static_cast<std::uint64_t>(mantissa) + 1) << shift) - 1);
}

void Histogram::add(std::int64_t ns) {
    if (ns < 0) ns = 0;
    ++counts_[index(static_cast<std::uint64_t>(ns))];
    ++count_;
    total_ += static_cast<double>(ns);
    max_ = std::max(max_, ns);
}

void Histogram::add(const Histogram& other) {
    for (std::size_t i = 0; i < steps; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
}

std::int64_t Histogram::quantile(double share) const {
    if (count_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < steps; ++i) {
        seen += counts_[i];
        if (seen >= wanted && seen > 0) return std::min(upper_edge(i), max_);
    }
    return max_;
}

std::string Histogram::text() const {
    return fmt::format("p50 {} ns, p99 {} ns, p99.9 {} ns, p99.99 {} ns, max {} ns", quantile(0.5),
                       quantile(0.99), quantile(0.999), quantile(0.9999), max());
}

double Series::best() const { return values.empty() ? 0 : *std::ranges::max_element(values); }
double Series::lowest() const { return values.empty() ? 0 : *std::ranges::min_element(values); }

double Series::median() const {
    if (values.empty()) return 0;
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

std::vector<Series> interleave(int rounds, const std::vector<Contender>& contenders) {
    std::vector<Series> all;
    all.reserve(contenders.size());
    for (const Contender& contender : contenders) all.push_back({contender.name});
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < contenders.size(); ++i) all[i].values.push_back(contenders[i].run());
    return all;
}

void Json::name(std::string_view name) {
    fmt::format_to(std::back_inserter(out_), "{}\"{}\":", first_ ? "" : ",", name);
    first_ = false;
}

Json& Json::open(std::string_view key) {
    name(key);
    out_ += '{';
    first_ = true;
    ++depth_;
    return *this;
}

Json& Json::close() {
    out_ += '}';
    first_ = false;
    --depth_;
    return *this;
}

Json& Json::number(std::string_view key, double value) {
    name(key);
    // JSON knows no infinity; a rate over no time is told as null.
    if (std::isfinite(value))
        fmt::format_to(std::back_inserter(out_), "{:.6g}", value);
    else
        out_ += "null";
    return *this;
}

Json& Json::integer(std::string_view key, std::int64_t value) {
    name(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
    return *this;
}

Json& Json::text(std::string_view key, std::string_view value) {
    name(key);
    out_ += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') out_ += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) out_ += c;
    }
    out_ += '"';
    return *this;
}

Json& Json::latency(const Histogram& histogram) {
    integer("p50_ns", histogram.quantile(0.5)).integer("p99_ns", histogram.quantile(0.99));
    integer("p999_ns", histogram.quantile(0.999)).integer("p9999_ns", histogram.quantile(0.9999));
    return integer("max_ns", histogram.max());
}

std::string Json::take() {
    while (depth_ > 0) close();
    return std::move(out_);
}

Report::Report(std::string_view bench, const Options& options) : quiet_(options.json) {
    const Machine m = machine();
    line(fmt::format("bench    {}\ncpu      {}, {} cores\ncompiler {}\ncommit   {}\nruns     {} rounds",
                     bench, m.cpu, m.cores, m.compiler, m.commit, options.rounds));
    json_.text("bench", bench).text("cpu", m.cpu).integer("cores", m.cores);
    json_.text("compiler", m.compiler).text("commit", m.commit);
}

void Report::line(std::string_view text) const {
    if (quiet_) return;
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void Report::finish() {
    fmt::print("{}\n", json_.take());
    std::fflush(stdout);
}

}  // namespace gridbook::bench
