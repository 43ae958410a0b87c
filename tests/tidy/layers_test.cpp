// SPDX-License-Identifier: Apache-2.0
// The rules of architecture as tests: includes point inward, the link lines say the same, packages stay in
// their files.
#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/tree.hpp"

namespace gridbook::tidy {

namespace {

using Edges = std::map<std::string, std::set<std::string>>;

// Which of our folders a folder's library links, in one step, as its CMakeLists.txt says.
Edges linked() {
    Edges edges;
    for (const std::string& folder : product_folders()) {
        const File cmake = read(root() / folder / "CMakeLists.txt");
        std::string text;
        for (const std::string& line : cmake.lines) text += line.substr(0, line.find('#')) + ' ';
        const std::regex call("target_link_libraries\\(\\s*gridbook_" + folder + "\\b([^)]*)\\)");
        const std::regex library("gridbook_(engine|ledger|gateway)\\b");
        for (auto c = std::sregex_iterator(text.begin(), text.end(), call); c != std::sregex_iterator();
             ++c) {
            const std::string arguments = (*c)[1];
            for (auto l = std::sregex_iterator(arguments.begin(), arguments.end(), library);
                 l != std::sregex_iterator(); ++l)
                edges[folder].insert((*l)[1]);
        }
    }
    return edges;
}

// Steps joined to ways.
Edges closed(Edges edges) {
    for (std::size_t round = 0; round < edges.size() + 1; ++round)
        for (auto& [from, to] : edges)
            for (const std::string& middle : std::set<std::string>(to))
                for (const std::string& end : edges[middle]) to.insert(end);
    return edges;
}

// Which of our folders a folder includes, with one example each.
std::map<std::pair<std::string, std::string>, std::string> included() {
    std::map<std::pair<std::string, std::string>, std::string> edges;
    for (const File& file : files()) {
        if (!file.is_cpp() || !of_product(file)) continue;
        for (const std::string& name : includes(file, true)) {
            const std::string to = name.substr(0, name.find('/'));
            if (to != file.folder()) edges[{file.folder(), to}] = file.path + " includes " + name;
        }
    }
    return edges;
}

// A package and the only files that may name it.
void only_in(std::string_view header, const std::vector<std::string>& allowed) {
    Complaints complaints;
    bool named = false;
    for (const File& file : files()) {
        if (!file.is_cpp() || !of_product(file)) continue;
        for (const std::string& name : includes(file, false)) {
            if (!name.starts_with(header)) continue;
            named = true;
            if (std::ranges::none_of(allowed, [&](const std::string& prefix) { return file.in(prefix); }))
                complaints.add(file, 1, "must not include <" + name + ">");
        }
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
    INFO(header << " is named nowhere: has its file another name now?");
    CHECK(named);
}

}  // namespace

TEST_CASE("the link lines are gateway -> ledger -> engine, and nothing else") {
    CHECK(linked() == Edges{{"ledger", {"engine"}}, {"gateway", {"ledger"}}});
}

TEST_CASE("includes point only where the link lines point") {
    const Edges ways = closed(linked());
    Complaints complaints;
    for (const auto& [edge, example] : included()) {
        const auto from = ways.find(edge.first);
        if (from == ways.end() || !from->second.contains(edge.second)) complaints.add(example);
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("every include of ours names a file from the root; a test may name its neighbour") {
    Complaints complaints;
    for (const File& file : files())
        if (file.is_cpp())
            for (const std::string& name : includes(file, true))
                if (!fs::exists(root() / name) &&
                    (of_product(file) || !fs::exists((root() / file.path).parent_path() / name)))
                    complaints.add(file, 1, "there is no " + name);
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("a package is named only in its file") {
    only_in("lmdb.h", {"ledger/store.cpp"});
    only_in("simdjson.h", {"gateway/ingress/decoder.cpp", "gateway/client/json.cpp"});
    only_in("toml++/", {"gateway/config.cpp"});
    only_in("boost/asio", {"gateway/transport/"});
    only_in("boost/beast", {"gateway/transport/"});
}

TEST_CASE("at most three translation units pay for Beast") {
    std::set<std::string> headers, units;
    // Headers that lead to Beast, also through one another.
    for (bool grown = true; grown;) {
        grown = false;
        for (const File& file : files()) {
            if (!file.is_cpp() || !of_product(file)) continue;
            const auto direct = includes(file, false), ours = includes(file, true);
            const bool leads =
                std::ranges::any_of(direct, [](const auto& n) { return n.starts_with("boost/beast"); }) ||
                std::ranges::any_of(ours, [&](const auto& n) { return headers.contains(n); });
            if (leads) grown = (file.is(".hpp") ? headers : units).insert(file.path).second || grown;
        }
    }
    INFO(Catch::Detail::stringify(units));
    CHECK(units.size() <= 3);
}

TEST_CASE("the market is pure: no clock, randomness, threads, files or streams outside the pipeline") {
    const std::set<std::string> forbidden{
        "chrono",  "ctime",      "time.h",   "random",       "thread",
        "mutex",   "atomic",     "future",   "fstream",      "iostream",
        "sstream", "filesystem", "unistd.h", "shared_mutex", "condition_variable"};
    const std::regex call(
        R"(\b(system_clock|steady_clock|clock_gettime|gettimeofday|std::rand|random_device|getenv)\b)");
    Complaints complaints;
    for (const File& file : files()) {
        if (!file.is_cpp() || !file.in("engine/") || file.in("engine/pipeline/")) continue;
        // Memory is asked of the system, once, at the start.
        const bool memory = file.path == "engine/units/huge_pages.hpp";
        for (const std::string& name : includes(file, false))
            if (memory && name == "sys/mman.h")
                continue;
            else if (forbidden.contains(name) || name.starts_with("sys/") || name.starts_with("linux/"))
                complaints.add(file, 1, "must not include <" + name + ">");
        for (std::size_t i = 0; i < file.lines.size(); ++i)
            if (std::regex_search(file.lines[i], call)) complaints.add(file, i + 1, file.lines[i]);
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("no binary floating point in the engine but the published factor") {
    const std::regex floating(R"((^|[^\w.>"])(double|float)\b)");
    Complaints complaints;
    for (const File& file : files()) {
        if (!file.is_cpp() || !file.in("engine/")) continue;
        if (file.path == "engine/catalogue/factor.hpp") continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string code = file.lines[i].substr(0, file.lines[i].find("//"));
            if (std::regex_search(code, floating)) complaints.add(file, i + 1, file.lines[i]);
        }
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

TEST_CASE("no lock stands on the way of an order") {
    const std::regex lock(
        R"(\bstd::(mutex|shared_mutex|recursive_mutex|condition_variable|lock_guard|unique_lock|scoped_lock)\b)");
    Complaints complaints;
    for (const File& file : files()) {
        if (!file.is_cpp() || !of_product(file)) continue;
        // Programs that only talk to the exchange are clients, not the way of an order.
        // The store's lock only keeps readers away while the map of the file grows; that of the list of
        // segments is taken by the committer once a segment.
        if (file.path == "ledger/store.cpp" || file.path.starts_with("ledger/segments.") ||
            file.in("gateway/client/") || file.in("gateway/demo/") || file.in("gateway/replay/"))
            continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i)
            if (std::regex_search(file.lines[i].substr(0, file.lines[i].find("//")), lock))
                complaints.add(file, i + 1, file.lines[i]);
    }
    INFO(complaints.text());
    CHECK(complaints.text().empty());
}

}  // namespace gridbook::tidy
