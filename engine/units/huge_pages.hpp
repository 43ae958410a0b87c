// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory for the pools: on huge pages where the system has them to give, because a miss of the address
// translation on small pages costs as much as a miss of the cache. Small pieces come from the heap as ever.

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

namespace gridbook::engine {

template <class T>
struct HugePages {
    using value_type = T;
    static constexpr std::size_t page = std::size_t{2} << 20;

    HugePages() = default;
    template <class U>
    HugePages(const HugePages<U>&) {}  // NOLINT: allocators convert

    T* allocate(std::size_t count) {
        if (count > (PTRDIFF_MAX - page) / sizeof(T)) throw std::bad_array_new_length();
        const std::size_t bytes = count * sizeof(T);
        if (bytes < page) return static_cast<T*>(::operator new (bytes, std::align_val_t{alignof(T)}));
        const std::size_t whole = (bytes + page - 1) / page * page;
        void* memory = std::aligned_alloc(page, whole);
        if (memory == nullptr) throw std::bad_alloc();
        // A wish, not a need: without huge pages everything works, slower.
        (void)madvise(memory, whole, MADV_HUGEPAGE);
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        if (count * sizeof(T) < page)
            ::operator delete (memory, std::align_val_t{alignof(T)});
        else
            std::free(memory);
    }
    friend bool operator==(const HugePages&, const HugePages&) { return true; }
};

// A vector of a pool: reserved once, never grown afterwards.
template <class T>
using PoolVector = std::vector<T, HugePages<T>>;

}  // namespace gridbook::engine
