// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words of a scenario's command line.

#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/scenarios/story.hpp"

namespace gridbook::tests {

// The words of a line, taken from left to right.
struct Story::Words {
    std::istringstream stream;
    std::string line;
    explicit Words(const std::string& text) : stream(text), line(text) {}

    std::string next() {
        std::string word;
        if (!(stream >> word)) throw std::runtime_error("the line ends early: " + line);
        return word;
    }
    // Empty at the end of the line.
    std::string maybe() {
        std::string word;
        stream >> word;
        return word;
    }
    void expect(const std::string& wanted) {
        const std::string word = next();
        if (word != wanted)
            throw std::runtime_error("expected '" + wanted + "', not '" + word + "': " + line);
    }
    [[noreturn]] void refuse(const std::string& word) const {
        throw std::runtime_error("'" + word + "' means nothing here: " + line);
    }
};

}  // namespace gridbook::tests
