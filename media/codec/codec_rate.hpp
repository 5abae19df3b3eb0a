#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "media/codec/codec.hpp"
#include "media/dsp/pcm.hpp"
#include "media/dsp/pitch_concealment.hpp"
#include "media/dsp/resampler.hpp"

/// Between the engine's 48 kHz and the lower rate of a codec.
namespace sidetone::media::codec {

inline constexpr int kNarrowbandHz = 8000;
inline constexpr int kWidebandHz = 16000;
inline constexpr std::size_t kMaxRatedSamples = kMaxPacketSamples * kWidebandHz / dsp::kSampleRateHz;

/// 48 kHz to 16-bit samples of a codec's rate.
class RateReducer {
 public:
  explicit RateReducer(int rate_hz);
  /// @param pcm  at most kMaxPacketSamples. @return pcm.size() × rate / 48000 samples, valid until the next call; the
  /// first ones are silence, while the filter fills.
  std::span<const std::int16_t> process(std::span<const float> pcm);

 private:
  std::size_t ratio_;
  dsp::Resampler resampler_;
  std::array<float, kMaxRatedSamples> reduced_{};
  std::array<std::int16_t, kMaxRatedSamples> samples_{};
};

/// A codec's rate to 48 kHz.
class RateRaiser {
 public:
  explicit RateRaiser(int rate_hz);
  /// @param pcm  exactly in.size() × 48000 / rate; the first ones are silence, while the filter fills.
  void process(std::span<const float> in, std::span<float> pcm);
  void reset() { resampler_.reset(); }
  [[nodiscard]] std::size_t ratio() const { return ratio_; }

 private:
  std::size_t ratio_;
  dsp::Resampler resampler_;
};

/// A decoder at a lower rate whose codec has no concealment of its own: losses repeat the last pitch period.
class PitchConcealedDecoder : public Decoder {
 public:
  explicit PitchConcealedDecoder(int rate_hz);

  std::size_t packet_samples(Bytes payload) const final;
  std::size_t decode(Bytes payload, std::span<float> pcm) final;
  void conceal(std::span<float> pcm) final;
  void reset() final;

 protected:
  /// @return samples at the codec's rate; 0: not one of its payloads.
  [[nodiscard]] virtual std::size_t rated_samples(Bytes payload) const = 0;
  /// @param pcm  exactly rated_samples().
  virtual void decode_rated(Bytes payload, std::span<float> pcm) = 0;
  virtual void reset_codec() {}

 private:
  std::array<float, kMaxRatedSamples> rated_{};
  dsp::PitchConcealment concealment_;
  RateRaiser raiser_;
};

/// 16-bit samples as the engine's.
void to_float(std::span<const std::int16_t> in, std::span<float> out);

}  // namespace sidetone::media::codec
