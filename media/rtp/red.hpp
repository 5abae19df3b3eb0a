#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

/// Redundant audio: a packet carries copies of the ones before it. @source RFC 2198
namespace sidetone::media::rtp {

inline constexpr std::size_t kMaxRedBlocks = 10;  ///< of a payload, the primary one counted: as many as libwebrtc sends
inline constexpr std::uint32_t kMaxRedOffset = 0x3FFF;    ///< of a timestamp, in units of the RTP clock; 14 bits
inline constexpr std::size_t kMaxRedBlockBytes = 0x3FF;   ///< of a redundant block; 10 bits
inline constexpr std::size_t kMaxRedDepth = 3;            ///< copies that RedSender adds: 60 ms of 20 ms packets
inline constexpr std::size_t kMaxRedPayloadBytes = 1200;  ///< what RedSender writes: it goes through any path

struct RedBlock {
  std::uint8_t payload_type = 0;
  std::uint16_t timestamp_offset = 0;  ///< how much earlier than the packet's timestamp; 0: the primary one
  Bytes data;                          ///< borrowed; empty in a block that stands for nothing
};

struct RedPayload {
  std::array<RedBlock, kMaxRedBlocks> blocks{};  ///< as they are sent: the oldest first, the primary one last
  std::size_t count = 0;                         ///< 1 or more

  [[nodiscard]] std::span<const RedBlock> copies() const { return std::span{blocks}.first(count - 1); }
  [[nodiscard]] const RedBlock& primary() const { return blocks[count - 1]; }
};

/// @fuzz
/// @error kTruncated (a header or a block), kTooLarge (more than kMaxRedBlocks). @thread any; no allocation.
/// @source RFC 2198 §3
Result<RedPayload> parse_red(Bytes payload);

/// Puts copies of what was sent last in front of each payload. @thread one; no allocation.
class RedSender {
 public:
  /// @param depth  copies to add at most; what is too long or too old for a block's header, or would make the payload
  /// longer than kMaxRedPayloadBytes or `out`, is left out, and everything before it.
  /// @return bytes written to `out`; 0: it does not even hold the primary block.
  std::size_t pack(std::uint8_t payload_type, std::uint32_t timestamp, Bytes payload, std::size_t depth,
                   std::span<std::uint8_t> out);
  void reset() { sent_ = 0; }

 private:
  struct Sent {
    std::uint8_t payload_type = 0;
    std::uint32_t timestamp = 0;
    std::uint16_t size = 0;
    std::array<std::uint8_t, kMaxRedBlockBytes> data;
  };
  [[nodiscard]] const Sent& before(std::size_t steps) const { return last_[(sent_ - steps) % kMaxRedDepth]; }

  std::array<Sent, kMaxRedDepth> last_{};
  std::size_t sent_ = 0;  ///< remembered since the beginning or reset()
};

/// Copies worth their bits at a loss that the far end reports, 0 … 1. In-band redundancy does for less than 3 %.
std::size_t red_depth(double loss);

}  // namespace sidetone::media::rtp
