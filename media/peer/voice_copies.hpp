#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.hpp"
#include "media/audio/audio_engine.hpp"
#include "media/rtp/red.hpp"

namespace sidetone::media::peer {

/// Copies of earlier packets that go along with a voice (RFC 2198): as many as the loss is worth, and as the bits that
/// are allowed have room for. The voice itself always goes.
/// @thread I/O; no allocation.
class VoiceCopies {
 public:
  struct Terms {
    std::optional<std::uint8_t> payload_type;  ///< of RED; none: not agreed
    std::uint8_t voice_payload_type = 0;       ///< of the codec that may be within
    std::uint32_t clock_rate_hz = 48000;
    int max_bitrate_bps = 0;       ///< of payloads, copies included; 0: no bound
    bool deep_redundancy = false;  ///< bursts are described by the codec itself: one exact copy is enough
    bool operator==(const Terms&) const = default;
  };
  struct Payload {
    std::uint8_t payload_type = 0;
    Bytes data;  ///< borrowed from the frame or from here, until the next call
  };

  /// New terms begin without anything to copy.
  void agree(const Terms& terms);
  /// Of payloads, copies included, that the network carries now; 0: enough. It never lifts the bound of the terms.
  void set_available_bitrate(int bps) { available_bps_ = bps; }
  /// @param loss  of what the far end reports, 0 … 1.
  Payload add(const audio::OutgoingFrame& frame, double loss);

  [[nodiscard]] std::uint64_t packets() const { return packets_; }  ///< that had copies in them
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }      ///< of copies and their headers

 private:
  [[nodiscard]] std::size_t room(const audio::OutgoingFrame& frame);

  [[nodiscard]] int bound_bps() const;

  Terms terms_;
  int available_bps_ = 0;
  rtp::RedSender red_;
  std::optional<std::uint32_t> last_timestamp_;
  double saved_bits_ = 0;  ///< that were allowed and not sent
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::array<std::uint8_t, rtp::kMaxRedPayloadBytes> packed_{};
};

}  // namespace sidetone::media::peer
