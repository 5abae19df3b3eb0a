#include "tests/media/audio/allocation_count.hpp"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<std::uint64_t> audio_allocations{0};

// Threads are named after they start: the name is asked for until it is the one.
bool on_audio_thread() {
  thread_local bool known = false;
  if (known) return true;
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof name);
  known = std::strcmp(name, "audio") == 0;
  return known;
}

void* counted(std::size_t size) noexcept {
  if (on_audio_thread()) audio_allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}

void* count_or_throw(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return count_or_throw(size); }
void* operator new[](std::size_t size) { return count_or_throw(size); }
// The forms that do not throw, too: std::stable_sort takes them, and a sanitizer's own would not fit the delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace sidetone::testing {

std::uint64_t audio_thread_allocations() { return audio_allocations.load(); }

}  // namespace sidetone::testing
