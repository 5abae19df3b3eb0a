#include "media/sctp/data_in_flight.hpp"

#include <algorithm>

namespace sidetone::media::sctp {
namespace {

constexpr std::size_t kCommonHeaderBytes = 12;
constexpr std::size_t kChunkHeaderBytes = 4;
constexpr std::uint8_t kData = 0;
constexpr std::uint8_t kSack = 3;

/// TSNs go round (RFC 9260 §2.3).
bool is_after(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

/// Calls `use(tsn)` with the first field of each chunk of that type: the TSN of DATA, the cumulative one of SACK.
template <class Use>
void for_tsns(Bytes packet, std::uint8_t type, Use use) {
  ByteReader reader(packet);
  reader.skip(kCommonHeaderBytes);
  while (reader.left() >= kChunkHeaderBytes) {
    const std::uint8_t found = reader.u8();
    reader.skip(1);
    const std::size_t length = reader.u16();
    if (length < kChunkHeaderBytes || length - kChunkHeaderBytes > reader.left()) return;
    ByteReader fields(reader.bytes(length - kChunkHeaderBytes));
    const std::uint32_t tsn = fields.u32();
    if (found == type && !fields.failed()) use(tsn);
    reader.skip(std::min(reader.left(), (4 - length % 4) % 4));
  }
}

}  // namespace

void DataInFlight::sent(Bytes packet, MonotonicTime now) {
  for_tsns(packet, kData, [&](std::uint32_t tsn) {
    if (newest_ && !is_after(tsn, *newest_)) return;  // once more
    newest_ = tsn;
    chunks_.push_back({tsn, now});
  });
}

void DataInFlight::received(Bytes packet) {
  for_tsns(packet, kSack, [&](std::uint32_t tsn) {
    while (!chunks_.empty() && !is_after(chunks_.front().tsn, tsn)) chunks_.pop_front();
  });
}

std::optional<MonotonicTime> DataInFlight::oldest() const {
  return chunks_.empty() ? std::nullopt : std::optional{chunks_.front().sent};
}

}  // namespace sidetone::media::sctp
