#include "tests/media/audio/allocation_count.hpp"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

// Clang's sanitizers bring an operator new of their own, which may not be replaced, and tell of every allocation
// instead.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SIDETONE_ALLOCATOR_IS_THE_SANITIZERS
#include <sanitizer/allocator_interface.h>
#endif
#endif

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

void count() {
  if (on_audio_thread()) audio_allocations.fetch_add(1, std::memory_order_relaxed);
}

#ifdef SIDETONE_ALLOCATOR_IS_THE_SANITIZERS

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { count(); }, [](const volatile void*) {});

}  // namespace

#else

void* counted(std::size_t size) noexcept {
  count();
  return std::malloc(size == 0 ? 1 : size);
}

void* count_or_throw(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return count_or_throw(size); }
void* operator new[](std::size_t size) { return count_or_throw(size); }
// The forms that do not throw, too: std::stable_sort takes them.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

#endif

namespace sidetone::testing {

std::uint64_t audio_thread_allocations() { return audio_allocations.load(); }

}  // namespace sidetone::testing
