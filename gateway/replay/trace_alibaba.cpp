// SPDX-License-Identifier: Apache-2.0
// Rules J1 and S1 for the Alibaba GPU trace of 2023: its GPU pods as jobs, its own nodes as supply. What the
// rules leave open is decided in README.md beside this file.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

namespace {

// 2026-01-01T00:00:00Z: what the creation of the first pod used is called.
constexpr engine::Time alibaba_origin{1'767'225'600 * engine::second.value};
constexpr std::uint32_t usual_days = 30;
constexpr std::uint64_t buyers = 64;
constexpr std::uint64_t providers = 40;
constexpr std::uint64_t thinning = 128;

std::string class_of(std::string_view model) {
    if (model == "V100M16") return "V100-16";
    if (model == "V100M32") return "V100-32";
    if (model == "G2") return "GX2";
    if (model == "G3") return "GX3";
    return std::string(model);
}

struct Machine {
    std::string name;
    std::string class_name;
    std::uint64_t row = 0;
    std::uint64_t gpus = 0;
    bool kept = false;
};

std::vector<Machine> read_machines(const std::string& data_dir) {
    const Table table = Table::read(data_dir + "/alibaba-gpu-2023/nodes.csv");
    const auto name = table.column("sn"), gpus = table.column("gpu"), model = table.column("model");
    std::vector<Machine> machines;
    for (std::size_t row = 0; row < table.rows(); ++row)
        machines.push_back({std::string(table.text(row, name)), class_of(table.text(row, model)), row,
                            static_cast<std::uint64_t>(table.integer(row, gpus)), false});
    return machines;
}

// Which class a pod gets that takes any: in proportion to the GPUs of each, classes in the order of the node
// list.
class AnyClass {
  public:
    explicit AnyClass(const std::vector<Machine>& machines) {
        for (const Machine& m : machines) {
            const auto found = std::find_if(shares_.begin(), shares_.end(),
                                            [&](const Share& s) { return s.class_name == m.class_name; });
            Share& share = found == shares_.end() ? shares_.emplace_back(Share{m.class_name, 0}) : *found;
            share.gpus += m.gpus;
            total_ += m.gpus;
        }
    }
    const std::string& draw(Quantile u) const {
        std::uint64_t at = u.index(total_);
        for (const Share& share : shares_) {
            if (at < share.gpus) return share.class_name;
            at -= share.gpus;
        }
        throw std::runtime_error("the node list has no GPU");
    }

  private:
    struct Share {
        std::string class_name;
        std::uint64_t gpus;
    };
    std::vector<Share> shares_;
    std::uint64_t total_ = 0;
};

// Classes that a specification accepts, each once, in its order.
std::vector<std::string> accepted(std::string_view specification) {
    std::vector<std::string> classes;
    while (!specification.empty()) {
        const std::size_t bar = std::min(specification.find('|'), specification.size());
        index_of(classes, class_of(specification.substr(0, bar)));
        specification.remove_prefix(std::min(bar + 1, specification.size()));
    }
    return classes;
}

// Thousandths of a GPU to lots of a tenth, half to even so that the many 0.65 do not add up to more demand;
// the smallest share, 0.05, is one lot.
std::uint32_t lots_of(std::int64_t milli) {
    const std::int64_t down = milli / 100, rest = milli % 100;
    const std::int64_t lots = rest > 50 || (rest == 50 && down % 2 == 1) ? down + 1 : down;
    return static_cast<std::uint32_t>(std::max<std::int64_t>(1, lots));
}

std::uint64_t number_of(std::string_view name) {
    std::uint64_t number = 0;
    const std::size_t dash = name.rfind('-');
    std::from_chars(name.data() + (dash == std::string_view::npos ? 0 : dash + 1), name.data() + name.size(),
                    number);
    return number;
}

// A class of service of the trace: what it pays, and whether it waits.
struct Service {
    const char* name;
    Ratio k;
    bool spot;
    bool waits;
};
constexpr std::array services{
    Service{"Guaranteed", {125, 100}, false, false},
    Service{"LS", {110, 100}, false, false},
    Service{"Burstable", {80, 100}, false, true},
    Service{"BE", {}, true, true},
};

std::uint32_t service_of(std::string_view qos) {
    for (std::uint32_t i = 0; i < services.size(); ++i)
        if (services[i].name == qos) return i;
    throw std::runtime_error(fmt::format("pods.csv: unknown qos '{}'", qos));
}

// The pods' columns, and one pod as a job.
class Pods {
  public:
    explicit Pods(const std::string& data_dir)
        : table_(Table::read(data_dir + "/alibaba-gpu-2023/pods.csv")) {}

    std::size_t rows() const { return table_.rows(); }
    bool uses_gpu(std::size_t row) const { return table_.integer(row, gpus_) > 0; }
    std::int64_t created(std::size_t row) const { return table_.integer(row, creation_); }

    Job job(std::size_t row, std::int64_t zero, const AnyClass& any, const PriceList& prices,
            Scenario& scenario) const {
        const std::int64_t created_s = created(row), deleted_s = table_.integer(row, deletion_);
        const std::int64_t milli = table_.integer(row, gpus_) * table_.integer(row, share_);
        const std::uint32_t service = service_of(table_.text(row, qos_));
        Job job;
        job.name = table_.text(row, name_);
        job.account = index_of(scenario.accounts, fmt::format("buyer-{}", number_of(job.name) % buyers));
        job.group = service;
        job.lots = lots_of(milli);
        job.hours =
            static_cast<std::uint32_t>(std::max<std::int64_t>(1, (deleted_s - created_s + 3'599) / 3'600));
        job.entry = scenario.begin + engine::second * (created_s - zero);
        job.end = scenario.begin + engine::second * (deleted_s - zero);
        job.waits = services[service].waits;
        job.never_runs = table_.text(row, scheduled_).empty();
        const Ratio k =
            services[service].spot ? prices.spot_ratio(Quantile::of(job.name + "p")) : services[service].k;
        auto classes = accepted(table_.text(row, spec_));
        if (classes.empty()) classes.push_back(any.draw(Quantile::of(job.name)));
        for (const std::string& name : classes)
            job.wishes.push_back({family_of(scenario, prices, name), prices.bid(name, k)});
        return job;
    }

  private:
    Table table_;
    std::size_t name_ = table_.column("name"), gpus_ = table_.column("num_gpu"),
                share_ = table_.column("gpu_milli"), spec_ = table_.column("gpu_spec"),
                qos_ = table_.column("qos"), creation_ = table_.column("creation_time"),
                deletion_ = table_.column("deletion_time"), scheduled_ = table_.column("scheduled_time");
};

void read_jobs(const std::string& data_dir, const PriceList& prices, const std::vector<Machine>& machines,
               std::uint32_t days, Scenario& scenario) {
    const Pods pods(data_dir);
    std::int64_t last = 0;
    for (std::size_t row = 0; row < pods.rows(); ++row)
        if (pods.uses_gpu(row)) last = std::max(last, pods.created(row));
    const std::int64_t from = last - std::int64_t{days} * 86'400;
    std::int64_t zero = last;
    for (std::size_t row = 0; row < pods.rows(); ++row)
        if (pods.uses_gpu(row) && pods.created(row) >= from) zero = std::min(zero, pods.created(row));
    const AnyClass any(machines);
    for (std::size_t row = 0; row < pods.rows(); ++row)
        if (pods.uses_gpu(row) && pods.created(row) >= from)
            scenario.jobs.push_back(pods.job(row, zero, any, prices, scenario));
    std::stable_sort(scenario.jobs.begin(), scenario.jobs.end(),
                     [](const Job& a, const Job& b) { return a.entry < b.entry; });
}

// One node in 128 by a hash of its name, and for each class wished that has none left, the node of the least
// hash. The hash is not u(name), which draws the ask: nodes chosen by it would all be the cheapest.
void thin(std::vector<Machine>& machines, const Scenario& scenario) {
    const auto hash = [](const Machine& m) { return Quantile::of(m.name + "k"); };
    for (Machine& m : machines) m.kept = hash(m).below(1, thinning);
    for (const Family& family : scenario.families) {
        Machine* least = nullptr;
        bool has_one = false;
        for (Machine& m : machines) {
            if (m.class_name != family.class_name || m.gpus == 0) continue;
            has_one = has_one || m.kept;
            if (least == nullptr || hash(m).value() < hash(*least).value()) least = &m;
        }
        if (!has_one && least != nullptr) least->kept = true;
    }
}

}  // namespace

Scenario read_alibaba(const std::string& data_dir, const PriceList& prices, TraceOptions options) {
    Scenario scenario;
    const std::uint32_t days = options.days == 0 ? usual_days : options.days;
    scenario.trace = "alibaba-gpu-2023";
    scenario.begin = alibaba_origin;
    scenario.end = scenario.begin + engine::day * days;
    for (const Service& service : services) scenario.groups.emplace_back(service.name);
    auto machines = read_machines(data_dir);
    read_jobs(data_dir, prices, machines, days, scenario);
    if (options.all_nodes)
        for (Machine& m : machines) m.kept = true;
    else
        thin(machines, scenario);
    for (const Machine& m : machines) {
        if (!m.kept || m.gpus == 0) continue;
        const std::uint32_t account = index_of(scenario.accounts, fmt::format("prov-{}", m.row % providers));
        scenario.nodes.push_back({m.name, account, family_of(scenario, prices, m.class_name),
                                  static_cast<std::uint32_t>(m.gpus * 10),
                                  prices.ask(m.class_name, Quantile::of(m.name))});
    }
    return scenario;
}

}  // namespace gridbook::gateway::replay
