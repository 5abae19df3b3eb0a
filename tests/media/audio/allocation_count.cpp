#include "tests/media/audio/allocation_count.hpp"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

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

void count() noexcept {
  if (on_audio_thread()) audio_allocations.fetch_add(1, std::memory_order_relaxed);
}

#ifdef SIDETONE_ALLOCATOR_IS_THE_SANITIZERS

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { count(); }, [](const volatile void*) {});

}  // namespace

#else

}  // namespace

// The libraries of the codecs are C; operator new of the C++ library calls malloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t number, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) noexcept {
  count();
  return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  count();
  return __libc_realloc(memory, size);
}
}

#endif

namespace sidetone::testing {

std::uint64_t audio_thread_allocations() { return audio_allocations.load(); }

}  // namespace sidetone::testing
