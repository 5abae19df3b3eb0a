#include "tests/media/audio/audio_thread_calls.hpp"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

// Clang's sanitizers bring an operator new of their own, which may not be replaced, and tell of every allocation
// instead; the names of the locks are theirs as well.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SIDETONE_LIBC_IS_THE_SANITIZERS
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

void count(std::atomic<std::uint64_t>& calls) noexcept {
  if (on_audio_thread()) calls.fetch_add(1, std::memory_order_relaxed);
}

#ifdef SIDETONE_LIBC_IS_THE_SANITIZERS

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { count(audio_allocations); }, [](const volatile void*) {});

}  // namespace

#else

std::atomic<std::uint64_t> audio_locks{0};

/// The system's own function of this type and name.
template <class Function>
Function* system_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// The libraries of the codecs are C; operator new of the C++ library calls malloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t number, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) noexcept {
  count(audio_allocations);
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) noexcept {
  count(audio_allocations);
  return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  count(audio_allocations);
  return __libc_realloc(memory, size);
}

// std::mutex and std::shared_mutex, and those of the libraries in C.
int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static const auto real = system_function<int(pthread_mutex_t*)>("pthread_mutex_lock");
  count(audio_locks);
  return real(mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  static const auto real = system_function<int(pthread_rwlock_t*)>("pthread_rwlock_rdlock");
  count(audio_locks);
  return real(lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  static const auto real = system_function<int(pthread_rwlock_t*)>("pthread_rwlock_wrlock");
  count(audio_locks);
  return real(lock);
}
}

#endif

namespace sidetone::testing {

std::uint64_t audio_thread_allocations() { return audio_allocations.load(); }
std::optional<std::uint64_t> audio_thread_locks() {
#ifdef SIDETONE_LIBC_IS_THE_SANITIZERS
  return std::nullopt;
#else
  return audio_locks.load();
#endif
}

}  // namespace sidetone::testing
