// SPDX-License-Identifier: Apache-2.0
#pragma once
// The requests that wait for the pipeline: ingress opens one and puts its origin into the command; egress
// takes it when the answering event is durable. A request came either in a trade frame (then `id` is the
// client's) or by HTTP (then `http` is set). Origins are not reused while the process lives (but after 2^32
// of them, when the first have long been answered).
//
// A table by request number: numbers count up and answers come nearly in order, so the slot of a number is
// nearly always free and is found without a hash. Nothing is allocated for a short id once the table has its
// size.

#include <memory>
#include <string>
#include <vector>

#include "engine/event.hpp"
#include "gateway/transport/transport.hpp"

namespace gridbook::gateway {

// An order.batch whose items are answered one by one; the last answer sends them all.
struct Batch {
    std::string id{};
    std::vector<std::string> results{};  // in the order of the items
    std::size_t waiting = 0;             // items without an answer yet
    std::vector<std::string> after{};    // what the connection is told after the reply
};

struct Request {
    ConnectionId connection = 0;
    HttpId http = 0;
    std::string id{};                   // the client's request id, trade frames only
    std::string op{};                   // order.place, POST /v1/admin/bands, ...
    std::vector<engine::Event> rows{};  // answers to a question, gathered until rows_end
    std::shared_ptr<Batch> batch{};     // it is item `item` of this
    std::uint32_t item = 0;
    bool snapshot = false;  // part of a snapshot that nobody asked for by id: told as an event
};

class Requests {
  public:
    engine::Origin open(Request request) {
        // A quarter of the slots stays free, so that a free one is soon found.
        if (size_ >= slots_.size() / 4 * 3) grow();
        do ++last_;
        while (last_ == 0 || slot(last_).number != 0);
        Slot& free = slot(last_);
        const std::uint32_t connection = request.http != 0 ? http_mark : request.connection;
        free.number = last_;
        free.request = std::move(request);
        ++size_;
        return engine::Origin{connection, last_};
    }
    // The waiting request, or null when its connection has gone (or nobody asked). Valid until the next
    // open().
    Request* find(engine::Origin origin) {
        if (origin.connection == 0 || origin.request == 0 || slots_.empty()) return nullptr;
        Slot& s = slot(origin.request);
        return s.number == origin.request ? &s.request : nullptr;
    }
    void done(engine::Origin origin) {
        if (find(origin)) release(slot(origin.request));
    }
    // A connection closed: nobody waits for its answers any more.
    void drop(ConnectionId connection) {
        for (Slot& s : slots_)
            if (s.number != 0 && s.request.http == 0 && s.request.connection == connection) release(s);
    }
    std::size_t size() const { return size_; }

  private:
    struct Slot {
        std::uint32_t number = 0;  // 0: free
        Request request{};
    };
    static constexpr std::uint32_t http_mark = 0xFFFFFFFFu;
    static constexpr std::size_t slots_min = 1024;

    Slot& slot(std::uint32_t number) { return slots_[number & (slots_.size() - 1)]; }
    void release(Slot& s) {
        s.number = 0;
        s.request.rows = {};
        s.request.batch = {};
        --size_;
    }
    // Numbers that had different slots have different ones in a table of twice the size too.
    void grow() {
        std::vector<Slot> old(slots_.empty() ? slots_min : slots_.size() * 2);
        old.swap(slots_);
        for (Slot& s : old)
            if (s.number != 0) slot(s.number) = std::move(s);
    }

    std::uint32_t last_ = 0;
    std::size_t size_ = 0;
    std::vector<Slot> slots_;  // a power of two of them
};

}  // namespace gridbook::gateway
