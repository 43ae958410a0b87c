// SPDX-License-Identifier: Apache-2.0
#pragma once
// What ended a stage of the pipeline: set by its thread, read by any other that sees that it is set.

#include <atomic>
#include <string>
#include <utility>

namespace gridbook::gateway {

class Fault {
  public:
    // By one thread. The first one stays: a stage that has failed may be asked to work once more, and another
    // thread may be reading the text by then.
    void set(std::string text) {
        if (is_set()) return;
        text_ = std::move(text);
        set_.store(true, std::memory_order_release);
    }
    bool is_set() const { return set_.load(std::memory_order_acquire); }
    const std::string& text() const { return text_; }  // when it is set

  private:
    std::string text_;
    std::atomic<bool> set_{false};
};

}  // namespace gridbook::gateway
