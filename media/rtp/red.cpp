#include "media/rtp/red.hpp"

#include <algorithm>

namespace sidetone::media::rtp {
namespace {

constexpr std::uint8_t kMoreBlocks = 0x80;
constexpr std::size_t kCopyHeaderBytes = 4;
constexpr double kLossForOneCopy = 0.03;
constexpr double kLossForTwoCopies = 0.08;

}  // namespace

Result<RedPayload> parse_red(Bytes payload) {
  ByteReader in(payload);
  RedPayload out;
  std::array<std::size_t, kMaxRedBlocks> sizes{};
  bool more = true;
  while (more) {
    if (out.count == kMaxRedBlocks) return Error{ErrorCode::kTooLarge, "more blocks than 10", "RED payload"};
    RedBlock& block = out.blocks[out.count];
    const std::uint8_t first = in.u8();
    more = (first & kMoreBlocks) != 0;
    block.payload_type = first & 0x7F;
    if (more) {
      const std::uint32_t rest = in.u24();
      block.timestamp_offset = static_cast<std::uint16_t>(rest >> 10);
      sizes[out.count] = rest & kMaxRedBlockBytes;
    }
    if (in.failed()) return Error{ErrorCode::kTruncated, "it ends within a block's header", "RED payload"};
    ++out.count;
  }
  for (std::size_t i = 0; i < out.count; ++i) {
    out.blocks[i].data = i + 1 < out.count ? in.bytes(sizes[i]) : in.rest();
  }
  if (in.failed()) return Error{ErrorCode::kTruncated, "a block is longer than what is left", "RED payload"};
  return out;
}

std::size_t RedSender::pack(std::uint8_t payload_type, std::uint32_t timestamp, Bytes payload, std::size_t depth,
                            std::span<std::uint8_t> out) {
  const std::size_t room = std::min(out.size(), std::max(kMaxRedPayloadBytes, payload.size() + 1));
  std::size_t total = 1 + payload.size();
  if (total > room) return 0;
  depth = std::min({depth, sent_, kMaxRedDepth});
  std::size_t copies = 0;
  while (copies < depth) {
    const Sent& copy = before(copies + 1);
    if (copy.size == 0 || timestamp - copy.timestamp > kMaxRedOffset || timestamp == copy.timestamp) break;
    if (total + kCopyHeaderBytes + copy.size > room) break;
    total += kCopyHeaderBytes + copy.size;
    ++copies;
  }
  ByteWriter writer(out.first(total));
  for (std::size_t i = copies; i > 0; --i) {
    const Sent& copy = before(i);
    writer.u8(kMoreBlocks | copy.payload_type);
    writer.u24((timestamp - copy.timestamp) << 10 | copy.size);
  }
  writer.u8(payload_type & 0x7F);
  for (std::size_t i = copies; i > 0; --i) writer.bytes(Bytes{before(i).data}.first(before(i).size));
  writer.bytes(payload);

  Sent& now = last_[sent_++ % kMaxRedDepth];
  now.payload_type = payload_type & 0x7F;
  now.timestamp = timestamp;
  now.size = payload.size() <= kMaxRedBlockBytes ? static_cast<std::uint16_t>(payload.size()) : 0;
  std::copy_n(payload.begin(), now.size, now.data.begin());
  return total;
}

std::size_t red_depth(double loss) {
  if (loss >= kLossForTwoCopies) return 2;
  return loss >= kLossForOneCopy ? 1 : 0;
}

}  // namespace sidetone::media::rtp
