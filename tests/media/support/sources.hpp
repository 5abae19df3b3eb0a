#pragma once

#include <chrono>
#include <ctime>
#include <random>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"

namespace sidetone::media::test {

class SteadyClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override {
    return {std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now().time_since_epoch())};
  }
  [[nodiscard]] WallTime wall() const override { return {std::time(nullptr)}; }
};

class VirtualClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return {1'700'000'000 + now_.since_zero.count() / 1'000'000}; }
  void advance(Microseconds by) { now_ = now_ + by; }

 private:
  MonotonicTime now_{Microseconds{10'000'000}};
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(engine_() & 0xff);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sidetone::media::test
