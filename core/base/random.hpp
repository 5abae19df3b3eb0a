#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sidetone {

/// Where randomness comes from. Always injected: the operating system's in programs, a seed in tests.
class Random {
 public:
  virtual ~Random() = default;
  /// Fill with unpredictable bytes (in programs: fit for keys and tokens).
  virtual void fill(std::span<std::byte> out) = 0;

  std::uint32_t next_u32() {
    std::uint32_t value = 0;
    fill(std::as_writable_bytes(std::span{&value, 1}));
    return value;
  }
  std::uint64_t next_u64() {
    std::uint64_t value = 0;
    fill(std::as_writable_bytes(std::span{&value, 1}));
    return value;
  }
};

}  // namespace sidetone
