// SPDX-License-Identifier: Apache-2.0
#pragma once
// Configurations as texts: read from a file of their own, which is gone afterwards.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "gateway/config.hpp"

namespace gridbook::gateway {

// A folder of its own that goes away with the test.
class ConfigFolder {
  public:
    ConfigFolder()
        : path_(std::filesystem::temp_directory_path() / ("gridbook-config-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~ConfigFolder() { std::filesystem::remove_all(path_); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }

  private:
    std::filesystem::path path_;
};

inline const std::string two_classes = R"(
[[classes]]
name = "H100"
tflops = "989.4"
memory_gb = 80
bandwidth = "3.35"
[[classes]]
name = "H200"
tflops = "989.4"
memory_gb = 141
bandwidth = "4.8"
)";

inline Config good_config(const std::string& text) {
    const ConfigFolder folder;
    std::string error;
    const auto config = read_config(folder.write("c.toml", text), error);
    INFO(error);
    REQUIRE(config);
    return *config;
}

// The sentence without the folder in front.
inline std::string refused_config(const std::string& text) {
    const ConfigFolder folder;
    std::string error;
    REQUIRE_FALSE(read_config(folder.write("c.toml", text), error));
    return error.substr(error.find("c.toml"));
}

}  // namespace gridbook::gateway
