// SPDX-License-Identifier: Apache-2.0
#pragma once
// What all benches share: the command line, the circumstances (machine, compiler, commit), a latency
// histogram, runs that alternate between contenders, and the JSON object of the last line. It knows nothing
// of what is measured.
//
//   Cli cli("bench_book", "The book alone, one thread.");
//   cli.option("messages", messages, "how many messages a run has");
//   const Options options = cli.parse(argc, argv);
//   Report report("book", options);                       // prints the circumstances unless --json
//   auto series = interleave(options.rounds, {{"ours", run_ours}, {"plain", run_plain}});
//   report.json().open("variants").number("mps", series[0].best()).close();
//   report.finish();                                      // the JSON object, alone on the last line

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gridbook::bench {

struct Options {
    bool json = false;   // only the JSON line, nothing else on stdout
    double seconds = 2;  // how long one timed run lasts, where a bench is bounded by time
    int rounds = 5;      // how often each contender runs
};

// `--json`, `--help`, `--seconds`, `--rounds` and what the bench adds. A wrong argument ends the process with
// a sentence and status 2; `--help` ends it with status 0.
class Cli {
  public:
    Cli(std::string name, std::string sentence) : name_(std::move(name)), sentence_(std::move(sentence)) {}

    Cli& option(std::string name, std::string& value, std::string help);
    Cli& option(std::string name, std::int64_t& value, std::string help);
    Cli& option(std::string name, double& value, std::string help);
    Cli& flag(std::string name, bool& value, std::string help);
    Options parse(int argc, char** argv);

  private:
    struct Entry {
        std::string name, help, preset;
        bool takes_value;
        std::function<bool(const std::string&)> set;
    };
    [[noreturn]] void help() const;
    [[noreturn]] void refuse(const std::string& sentence) const;

    std::string name_, sentence_;
    std::vector<Entry> entries_;
};

struct Machine {
    std::string cpu;
    unsigned cores = 0;
    std::string compiler;
    std::string commit;  // "unknown" outside a checkout; "+dirty" when files differ from it
};
Machine machine();

// Latencies in nanoseconds, log-linear: 64 steps in each power of two, so a quantile is at most 1.6 % too
// high. Adding costs a shift and an increment, never an allocation. Negative values count as 0.
class Histogram {
  public:
    void add(std::int64_t ns);
    void add(const Histogram& other);
    std::uint64_t count() const { return count_; }
    std::int64_t max() const { return max_; }
    double mean() const { return count_ == 0 ? 0 : total_ / static_cast<double>(count_); }
    // The smallest step edge that at least `share` (0..1) of the values do not exceed; 0 when empty.
    std::int64_t quantile(double share) const;
    std::string text() const;  // "p50 44 ns, p99 158 ns, p99.9 …, p99.99 …, max …"

  private:
    static constexpr unsigned step_bits = 6;
    static constexpr std::size_t steps = (64 - step_bits + 1) << step_bits;
    static std::size_t index(std::uint64_t ns);
    static std::int64_t upper_edge(std::size_t index);

    std::array<std::uint64_t, steps> counts_{};
    std::uint64_t count_ = 0;
    double total_ = 0;
    std::int64_t max_ = 0;
};

// What one contender made in each round, in any unit where more is better unless `lowest` is asked.
struct Series {
    std::string name;
    std::vector<double> values{};
    double best() const;    // the highest
    double lowest() const;  // the lowest, for times
    double median() const;
};

struct Contender {
    std::string name;
    std::function<double()> run;
};

// Round after round each contender runs once, in turn, so that a noisy neighbour or a hot core hits all
// alike.
std::vector<Series> interleave(int rounds, const std::vector<Contender>& contenders);

// A JSON object written from left to right. Numbers keep six significant digits, integers all of theirs.
class Json {
  public:
    Json& open(std::string_view name);
    Json& close();
    Json& number(std::string_view name, double value);
    Json& integer(std::string_view name, std::int64_t value);
    Json& text(std::string_view name, std::string_view value);
    Json& latency(const Histogram& histogram);  // p50_ns, p99_ns, p999_ns, p9999_ns, max_ns
    std::string take();                         // closes what is open

  private:
    void name(std::string_view name);
    std::string out_ = "{";
    int depth_ = 1;
    bool first_ = true;
};

// Prints the circumstances first and the JSON object last; what a bench says in between is silenced by
// --json.
class Report {
  public:
    Report(std::string_view bench, const Options& options);
    void line(std::string_view text) const;
    Json& json() { return json_; }
    void finish();

  private:
    bool quiet_;
    Json json_;
};

}  // namespace gridbook::bench
