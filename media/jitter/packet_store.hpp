#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "media/codec/codec.hpp"

namespace sidetone::media::jitter {

/// One packet that waits. Sequence and timestamp are unwrapped; the timestamp counts samples at 48 kHz.
struct StoredPacket {
  std::int64_t sequence = 0;
  std::int64_t timestamp = 0;
  std::size_t samples = 0;  ///< at 48 kHz
  std::uint8_t payload_type = 0;
  std::uint16_t size = 0;
  MonotonicTime arrival;
  bool copy = false;  ///< came with a later packet
  std::array<std::uint8_t, codec::kMaxPayload> data;

  [[nodiscard]] Bytes payload() const { return Bytes{data}.first(size); }
};

/// Packets by sequence number, in a fixed number of slots allocated once.
class PacketStore {
 public:
  static constexpr std::size_t kSlots = 128;  ///< 1.28 s of 10 ms packets

  PacketStore() : slots_(kSlots) {}

  enum class Insert { kStored, kDuplicate, kFull };
  /// `fill` writes the packet; it is called only when there is room. kFull: the sequence number lies kSlots or more
  /// past the first one that waits.
  template <class Fill>
  Insert insert(std::int64_t sequence, Fill fill) {
    if (count_ > 0 && (sequence >= first_ + static_cast<std::int64_t>(kSlots) ||
                       sequence + static_cast<std::int64_t>(kSlots) <= last_)) {
      return Insert::kFull;
    }
    Slot& slot = at(sequence);
    if (slot.used) return Insert::kDuplicate;
    fill(slot.packet);
    slot.used = true;
    first_ = count_ == 0 ? sequence : std::min(first_, sequence);
    last_ = count_ == 0 ? sequence : std::max(last_, sequence);
    ++count_;
    return Insert::kStored;
  }

  /// The packet of that number; nullptr: it does not wait.
  [[nodiscard]] StoredPacket* find(std::int64_t sequence) {
    if (count_ == 0 || sequence < first_ || sequence > last_ || !at(sequence).used) return nullptr;
    return &at(sequence).packet;
  }
  /// The earliest packet; nullptr: none waits.
  [[nodiscard]] const StoredPacket* first() const { return count_ == 0 ? nullptr : &at(first_).packet; }
  void pop() {
    if (count_ == 0) return;
    at(first_).used = false;
    if (--count_ == 0) return;
    while (!at(first_).used) ++first_;
  }
  void clear() {
    for (Slot& slot : slots_) slot.used = false;
    count_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  struct Slot {
    bool used = false;
    StoredPacket packet;
  };
  Slot& at(std::int64_t sequence) { return slots_[static_cast<std::uint64_t>(sequence) % kSlots]; }
  [[nodiscard]] const Slot& at(std::int64_t sequence) const {
    return slots_[static_cast<std::uint64_t>(sequence) % kSlots];
  }

  std::vector<Slot> slots_;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  std::size_t count_ = 0;
};

}  // namespace sidetone::media::jitter
