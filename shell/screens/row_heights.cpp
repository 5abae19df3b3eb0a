#include "shell/screens/row_heights.hpp"

#include <algorithm>

namespace sidetone::shell {

void RowHeights::clear() {
  heights_.clear();
  measured_.clear();
  blocks_.clear();
}

void RowHeights::sum_again() {
  blocks_.assign((heights_.size() + kBlock - 1) / kBlock, 0);
  for (std::size_t row = 0; row < heights_.size(); ++row) blocks_[row / kBlock] += heights_[row];
}

void RowHeights::append(std::size_t count, float estimate) {
  heights_.insert(heights_.end(), count, estimate);
  measured_.insert(measured_.end(), count, false);
  sum_again();
}

void RowHeights::prepend(std::size_t count, float estimate) {
  heights_.insert(heights_.begin(), count, estimate);
  measured_.insert(measured_.begin(), count, false);
  sum_again();
}

void RowHeights::truncate(std::size_t count) {
  if (count >= heights_.size()) return;
  heights_.resize(count);
  measured_.resize(count);
  sum_again();
}

void RowHeights::set(std::size_t row, float height) {
  blocks_[row / kBlock] += height - heights_[row];
  heights_[row] = height;
  measured_[row] = true;
}

void RowHeights::forget_all() { std::fill(measured_.begin(), measured_.end(), false); }

float RowHeights::top(std::size_t row) const {
  double sum = 0;
  const std::size_t block = row / kBlock;
  for (std::size_t i = 0; i < block && i < blocks_.size(); ++i) sum += blocks_[i];
  for (std::size_t i = block * kBlock; i < row && i < heights_.size(); ++i) sum += heights_[i];
  return static_cast<float>(sum);
}

std::size_t RowHeights::at(float y) const {
  if (heights_.empty()) return 0;
  double sum = 0;
  std::size_t block = 0;
  while (block + 1 < blocks_.size() && sum + blocks_[block] <= y) sum += blocks_[block++];
  std::size_t row = block * kBlock;
  while (row + 1 < heights_.size() && sum + heights_[row] <= y) sum += heights_[row++];
  return row;
}

}  // namespace sidetone::shell
