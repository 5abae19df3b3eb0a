#pragma once

#include <cstdint>

namespace sidetone::testing {

/// Calls of operator new and malloc so far on threads named "audio".
std::uint64_t audio_thread_allocations();

}  // namespace sidetone::testing
