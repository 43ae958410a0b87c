// SPDX-License-Identifier: Apache-2.0
#pragma once
// The target of a public GET, taken apart: path segments and query parameters, percent-decoded. A parameter
// that nobody reads is an error, as an unknown field is on the sockets.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

class Target {
  public:
    explicit Target(std::string_view target);

    const std::string& path() const { return path_; }
    // The parameter's value; null: not given. Asking for it is what makes it known.
    const std::string* parameter(std::string_view name);
    // A whole number between `least` and `most`, `normal` when not given; 0: what was given is none, and
    // error() says so.
    std::size_t count(std::string_view name, std::size_t normal, std::size_t most, std::size_t least = 1);

    void refuse(WireError error);
    // What was refused, or the first parameter nobody asked for.
    std::optional<WireError> error() const;

  private:
    struct Parameter {
        std::string name;
        std::string value;
        bool known = false;
    };
    std::string path_;
    std::vector<Parameter> parameters_;
    std::optional<WireError> error_;
};

}  // namespace gridbook::gateway
