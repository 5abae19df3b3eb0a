#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "media/codec/codec.hpp"

namespace sidetone::media::codec {

/// The noise of a room as RFC 3389 writes it: a level, and the shape of its spectrum as reflection coefficients.
struct NoiseModel {
  static constexpr std::size_t kSentOrder = 10;  ///< as G.711 appendix II
  static constexpr std::size_t kMaxOrder = 20;   ///< of what comes; the rest shapes nothing that is heard

  double rms = 0;  ///< of full scale
  std::array<double, kMaxOrder> reflection{};
};

/// @return octets written: 1 + NoiseModel::kSentOrder. @source RFC 3389 §3
std::size_t write_noise(const NoiseModel& model, std::span<std::uint8_t> payload);
/// @fuzz codec_payload
/// @return whether it is one: 1 … 1 + 64 octets.
bool read_noise(Bytes payload, NoiseModel& model);

/// Wraps an encoder so that pauses are described by RFC 3389 in place of being sent: a description where a pause
/// begins, every 400 ms in it, and when the noise changes. The noise is that of the lowest 4 kHz.
/// @param voice  a codec whose RTP clock is 8 kHz.
std::unique_ptr<Encoder> with_comfort_noise(std::unique_ptr<Encoder> voice);

/// Plays what RFC 3389 describes, until something else comes.
std::unique_ptr<Decoder> make_comfort_noise_decoder(const DecoderOptions& options);

}  // namespace sidetone::media::codec
