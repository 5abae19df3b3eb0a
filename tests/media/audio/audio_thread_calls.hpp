#pragma once

#include <cstdint>
#include <optional>

namespace sidetone::testing {

/// Calls of operator new and malloc so far on threads named "audio".
std::uint64_t audio_thread_allocations();

/// Locks that they have taken so far; nobody counts them under the sanitizers.
std::optional<std::uint64_t> audio_thread_locks();

}  // namespace sidetone::testing
