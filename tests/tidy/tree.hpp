// SPDX-License-Identifier: Apache-2.0
#pragma once
// The source tree as the tidy tests read it: files with their lines, without what a build or a run leaves
// behind.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace gridbook::tidy {

namespace fs = std::filesystem;

inline const fs::path& root() {
    static const fs::path path = fs::canonical(GRIDBOOK_SOURCE_DIR);
    return path;
}

// What .gitignore names, and the repository itself.
inline bool left_behind(const fs::path& path) {
    const std::string name = path.filename().string();
    return name == ".git" || name == "build" || name == "data" || name == ".cache" ||
           name == "node_modules" || name == "__pycache__" || name == "compile_commands.json";
}

struct File {
    std::string path;  // relative to the root, with slashes
    std::vector<std::string> lines;

    std::string folder() const { return path.substr(0, path.find('/')); }
    bool in(std::string_view prefix) const { return path.starts_with(prefix); }
    bool is(std::string_view suffix) const { return path.ends_with(suffix); }
    bool is_cpp() const { return is(".hpp") || is(".cpp"); }
};

inline File read(const fs::path& path) {
    File file{fs::relative(path, root()).generic_string(), {}};
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) file.lines.push_back(line);
    return file;
}

// Every file of ours, sorted by path.
inline const std::vector<File>& files() {
    static const std::vector<File> all = [] {
        std::vector<File> found;
        for (auto it = fs::recursive_directory_iterator(root()); it != fs::recursive_directory_iterator();
             ++it) {
            if (left_behind(it->path()))
                it.disable_recursion_pending();
            else if (it->is_regular_file())
                found.push_back(read(it->path()));
        }
        std::ranges::sort(found, {}, &File::path);
        return found;
    }();
    return all;
}

inline const std::vector<std::string>& product_folders() {
    static const std::vector<std::string> names{"engine", "ledger", "gateway"};
    return names;
}

inline bool of_product(const File& file) {
    return std::ranges::find(product_folders(), file.folder()) != product_folders().end();
}

// What stands in `#include "..."` (own = true) or `#include <...>`.
inline std::vector<std::string> includes(const File& file, bool own) {
    const std::string open = own ? "#include \"" : "#include <";
    const char close = own ? '"' : '>';
    std::vector<std::string> names;
    for (const std::string& line : file.lines)
        if (line.starts_with(open))
            names.push_back(line.substr(open.size(), line.find(close, open.size()) - open.size()));
    return names;
}

// One sentence a violation, joined for the message of the failing check.
class Complaints {
  public:
    void add(const File& file, std::size_t line, std::string_view what) {
        text_ += "\n  " + file.path + ":" + std::to_string(line) + ": " + std::string(what);
    }
    void add(std::string_view what) { text_ += "\n  " + std::string(what); }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace gridbook::tidy
