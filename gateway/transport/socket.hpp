// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connected TCP socket of a client: non-blocking inside, waits only as long as it is told. It owns the
// descriptor.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gridbook::gateway {

struct Url;

class ClientSocket {
  public:
    using Milliseconds = std::chrono::milliseconds;

    // Throws std::runtime_error naming URL and cause.
    static ClientSocket connect(const Url& url, Milliseconds timeout);

    ClientSocket() = default;
    ~ClientSocket() { close(); }
    ClientSocket(ClientSocket&& other) noexcept : descriptor_(other.release()) {}
    ClientSocket& operator=(ClientSocket&& other) noexcept;

    // Bytes moved; 0: would have to wait. Negative: the connection is over.
    std::int64_t read(std::span<char> into);
    std::int64_t write(std::string_view bytes);
    struct Ready {
        bool readable = false;
        bool writable = false;
    };
    // Waits until one can read (or write, when asked) or the time is over.
    Ready wait(bool for_writing, Milliseconds at_most) const;

    void close();
    bool open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }

  private:
    explicit ClientSocket(int descriptor) : descriptor_(descriptor) {}
    int release();
    int descriptor_ = -1;
};

}  // namespace gridbook::gateway
