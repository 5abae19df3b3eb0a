#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sidetone::shell {

/// Heights of many rows, one below the other, of which most are only estimated: tens of thousands of messages are
/// measured as they come into sight. Device pixels.
class RowHeights {
 public:
  void clear();
  void append(std::size_t count, float estimate);
  void prepend(std::size_t count, float estimate);
  /// Keep only the first rows.
  void truncate(std::size_t count);
  void set(std::size_t row, float height);
  /// Its height has to be measured again; until then it is what it was.
  void forget(std::size_t row) { measured_[row] = false; }
  void forget_all();

  [[nodiscard]] std::size_t size() const { return heights_.size(); }
  [[nodiscard]] bool measured(std::size_t row) const { return measured_[row]; }
  [[nodiscard]] float height(std::size_t row) const { return heights_[row]; }
  [[nodiscard]] float top(std::size_t row) const;
  [[nodiscard]] float total() const { return top(heights_.size()); }
  /// Row at a place; the first or last one outside. 0 when there is none.
  [[nodiscard]] std::size_t at(float y) const;

 private:
  static constexpr std::size_t kBlock = 256;
  void sum_again();

  std::vector<float> heights_;
  std::vector<bool> measured_;
  std::vector<double> blocks_;  ///< sums of kBlock heights each
};

}  // namespace sidetone::shell
