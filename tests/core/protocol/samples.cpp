#include "tests/core/protocol/samples.hpp"

#include <algorithm>

namespace sidetone::protocol::samples {

bool Source::present() { return size_ == Size::kMaximum || (size_ == Size::kRandom && random_() % 2 == 0); }

std::int64_t Source::between(std::int64_t min, std::int64_t max) {
  if (size_ == Size::kMinimum) return min;
  if (size_ == Size::kMaximum) return max;
  const auto span = static_cast<std::uint64_t>(max - min);
  return min + static_cast<std::int64_t>(random_() % (span + 1));
}

std::string Source::text(const Bounds& bounds) {
  static constexpr std::string_view kCharacters[] = {"a", "Z", "\"", "\\", "\n",     {"\0", 1}, "\x7f",
                                                     "é", "ß", "ا",  "語", "\u2028", "😀",       "𝄞"};
  // A random one stays short enough to read.
  const auto longest = size_ == Size::kRandom ? std::min(bounds.max, bounds.min + 64) : bounds.max;
  const auto bytes = static_cast<std::size_t>(between(bounds.min, longest));
  std::string out;
  while (out.size() < bytes) {
    const auto next = kCharacters[random_() % std::size(kCharacters)];
    out += out.size() + next.size() <= bytes ? next : "x";
  }
  return out;
}

std::int64_t Source::number(const Bounds& bounds) { return between(bounds.min, bounds.max); }

double Source::real() {
  if (size_ == Size::kMinimum) return 0;
  return size_ == Size::kMaximum ? 1e300 : static_cast<double>(random_() % 1'000'000) / 1'000'000;
}

std::size_t Source::choice(std::size_t count) {
  return static_cast<std::size_t>(between(0, static_cast<std::int64_t>(count) - 1));
}

std::size_t Source::items(std::size_t max) {
  return static_cast<std::size_t>(between(1, static_cast<std::int64_t>(std::min(max, kMaximumItems))));
}

}  // namespace sidetone::protocol::samples
