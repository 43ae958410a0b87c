// SPDX-License-Identifier: Apache-2.0
#pragma once
// The layer under the protocol implementation: one read buffer and one output buffer a connection, no socket.
//
//   socket ──room/commit──▶ [ input ] ──grant/take──▶ Beast          frames are drained without a system call
//   socket ◀──unsent/sent── [ output ] ◀──write──── Beast, and our own frames, in the order they were written
//
// Beast may only take what was granted, which is always a whole frame, so that it never has to wait in its
// middle. The input lies at fixed addresses and is lazily touched: an idle connection costs address space,
// not memory.

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/units/check.hpp"

namespace gridbook::gateway {

class BufferedLayer {
  public:
    // The largest message that any endpoint takes (64 KiB) with its header, and a little more.
    static constexpr std::size_t input_capacity = 64 * 1024 + 256;

    BufferedLayer() : input_(std::make_unique_for_overwrite<char[]>(input_capacity)) {}

    // ---- the socket's side ----

    // Where the next bytes may go; empty when the buffer is full.
    std::span<char> room() {
        if (begin_ == end_) begin_ = end_ = 0;
        if (end_ == input_capacity && begin_ > 0) compact();
        return {input_.get() + end_, input_capacity - end_};
    }
    void commit(std::size_t size) {
        GRIDBOOK_CHECK(size <= input_capacity - end_);
        end_ += size;
    }
    std::string_view unsent() const { return std::string_view(output_).substr(sent_); }
    void sent(std::size_t size) {
        GRIDBOOK_CHECK(size <= output_.size() - sent_);
        sent_ += size;
        if (sent_ == output_.size()) empty_output();
        if (sent_ > kept_capacity) output_.erase(0, std::exchange(sent_, 0));
    }

    // ---- the protocol's side ----

    std::string_view unread() const { return {input_.get() + begin_, end_ - begin_}; }
    void consume(std::size_t size) {
        GRIDBOOK_CHECK(size <= end_ - begin_);
        begin_ += size;
    }
    void discard_input() { begin_ = end_ = granted_ = 0; }

    void grant(std::size_t size) { granted_ = size; }
    std::size_t granted() const { return granted_; }
    std::size_t take(char* to, std::size_t at_most) {
        const std::size_t size = std::min(at_most, granted_);
        std::memcpy(to, input_.get() + begin_, size);
        consume(size);
        granted_ -= size;
        return size;
    }
    std::string& output() { return output_; }
    const char* end_of_output() const { return output_.data() + output_.size(); }

  private:
    // An output that was once large gives its memory back.
    static constexpr std::size_t kept_capacity = 256 * 1024;

    void compact() {
        std::memmove(input_.get(), input_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    void empty_output() {
        sent_ = 0;
        output_.clear();
        if (output_.capacity() > kept_capacity) output_.shrink_to_fit();
    }

    const std::unique_ptr<char[]> input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t granted_ = 0;
    std::string output_;
    std::size_t sent_ = 0;
};

}  // namespace gridbook::gateway
