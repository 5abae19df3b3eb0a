#pragma once

#include <cstdint>

namespace sidetone::testing {

/// Calls of operator new so far on threads named "audio"; under a sanitizer of Clang those of malloc, too.
std::uint64_t audio_thread_allocations();

}  // namespace sidetone::testing
