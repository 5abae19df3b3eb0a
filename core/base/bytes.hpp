#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/base/result.hpp"

namespace sidetone {

using Bytes = std::span<const std::uint8_t>;

/// Reads big-endian (network order) fields from borrowed bytes.
/// A read past the end yields zero, sets `failed()` and moves nothing, so that a parser checks once at the end of a
/// header.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(take(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  std::uint64_t u64() { return take(8); }

  /// The next `count` bytes, borrowed; empty and failed where there are fewer.
  Bytes bytes(std::size_t count) {
    if (!has(count)) return {};
    auto out = bytes_.subspan(position_, count);
    position_ += count;
    return out;
  }
  void skip(std::size_t count) { (void)bytes(count); }

  [[nodiscard]] Bytes rest() const { return bytes_.subspan(position_); }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool has(std::size_t count) {
    if (failed_ || left() < count) failed_ = true;
    return !failed_;
  }
  std::uint64_t take(std::size_t count) {
    if (!has(count)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes_[position_++];
    return value;
  }

  Bytes bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

/// Writes big-endian fields into borrowed storage without allocating.
/// A write past the end writes nothing and sets `failed()`.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> storage) : storage_(storage) {}

  void u8(std::uint8_t value) { put(value, 1); }
  void u16(std::uint16_t value) { put(value, 2); }
  void u24(std::uint32_t value) { put(value, 3); }
  void u32(std::uint32_t value) { put(value, 4); }
  void u64(std::uint64_t value) { put(value, 8); }
  void bytes(Bytes source) {
    if (!has(source.size())) return;
    if (!source.empty()) std::memcpy(storage_.data() + position_, source.data(), source.size());
    position_ += source.size();
  }

  [[nodiscard]] Bytes written() const { return storage_.first(position_); }
  [[nodiscard]] std::size_t size() const { return position_; }
  [[nodiscard]] std::size_t left() const { return storage_.size() - position_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool has(std::size_t count) {
    if (failed_ || left() < count) failed_ = true;
    return !failed_;
  }
  void put(std::uint64_t value, std::size_t count) {
    if (!has(count)) return;
    for (std::size_t i = count; i-- > 0;) storage_[position_++] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  std::span<std::uint8_t> storage_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace sidetone
