#pragma once

#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>
#include <span>
#include <vector>

#include "media/jitter/jitter_buffer.hpp"
#include "tests/bench/jitter/network_model.hpp"

/// A stream whose every sample is known: the "codec" carries a position on an endless sine, so that a click, a hole or
/// a wrong sample of the jitter buffer's own making shows in the output.
namespace sidetone::testing {

inline constexpr double kToneHz = 400;  // whole periods in a block
inline constexpr double kToneAmplitude = 0.5;

inline double tone_at(double position, double hz) {
  return kToneAmplitude * std::sin(2 * std::numbers::pi * hz * position / 48000.0);
}

class ToneDecoder final : public media::codec::Decoder {
 public:
  /// @param deep  samples before a packet that its deep redundancy describes.
  explicit ToneDecoder(bool redundancy = false, double hz = kToneHz, std::size_t deep = 0)
      : redundancy_(redundancy), hz_(hz), deep_(deep) {}
  static std::vector<std::uint8_t> packet(std::int64_t position, std::int64_t samples) {
    std::vector<std::uint8_t> out(16);
    std::memcpy(out.data(), &position, 8);
    std::memcpy(out.data() + 8, &samples, 8);
    return out;
  }
  std::size_t packet_samples(Bytes payload) const override {
    return payload.size() == 16 ? static_cast<std::size_t>(field(payload, 8)) : 0;
  }
  std::size_t decode(Bytes payload, std::span<float> pcm) override {
    position_ = field(payload, 0);
    const std::size_t count = packet_samples(payload);
    run(pcm.first(count));
    return count;
  }
  bool has_redundancy(Bytes) const override { return redundancy_; }
  std::size_t decode_redundancy(Bytes payload, std::span<float> pcm) override {
    position_ = field(payload, 0) - static_cast<std::int64_t>(pcm.size());
    run(pcm);
    return pcm.size();
  }
  std::size_t read_deep_redundancy(Bytes payload) override {
    described_ = field(payload, 0);
    return deep_;
  }
  void decode_deep_redundancy(std::size_t before, std::span<float> pcm) override {
    position_ = described_ - static_cast<std::int64_t>(before);
    run(pcm);
  }
  void conceal(std::span<float> pcm) override { run(pcm); }
  bool can_rewind() const override { return true; }
  void reset() override {}

 private:
  static std::int64_t field(Bytes payload, std::size_t at) {
    std::int64_t value = 0;
    std::memcpy(&value, payload.data() + at, 8);
    return value;
  }
  void run(std::span<float> pcm) {
    for (float& x : pcm) x = static_cast<float>(tone_at(static_cast<double>(position_++), hz_));
  }
  bool redundancy_;
  double hz_;
  std::size_t deep_;
  std::int64_t described_ = 0;
  std::int64_t position_ = 0;
};

inline MonotonicTime at_ms(double ms) { return {Microseconds{static_cast<std::int64_t>(ms * 1000)}}; }

/// Drives a jitter buffer on a virtual clock.
class ToneStream {
 public:
  static constexpr std::uint8_t kPayloadType = 111;

  explicit ToneStream(const media::jitter::Options& options = {}, bool redundancy = false, double hz = kToneHz,
                      std::size_t deep = 0)
      : buffer(options) {
    std::vector<media::jitter::JitterBuffer::Binding> decoders;
    decoders.push_back({kPayloadType, 48000, std::make_unique<ToneDecoder>(redundancy, hz, deep)});
    buffer.set_decoders(std::move(decoders));
  }

  /// Packet `index` of the present stream comes now.
  media::jitter::Push push(std::int64_t index, double time_ms, std::int64_t samples = 960) {
    const auto payload = ToneDecoder::packet(index * samples, samples);
    const auto result = buffer.push(header(index, samples, payload), at_ms(time_ms));
    for (std::int64_t copy = index - 1; copy >= 0 && copy >= index - copies; --copy) {
      push_copy(copy, time_ms, samples);
    }
    return result;
  }
  /// A copy of packet `index` comes with the one pushed last.
  void push_copy(std::int64_t index, double time_ms, std::int64_t samples = 960) {
    const auto payload = ToneDecoder::packet(index * samples, samples);
    buffer.push_copy(header(index, samples, payload), at_ms(time_ms));
  }

  /// Pull one block every 10 ms (of the playing device's clock) up to `until_ms`, with what arrives in between.
  void run(const std::vector<bench::Arrival>& arrivals, double until_ms, double playout_ppm = 0) {
    const double period_ms = 10 / (1 + playout_ppm * 1e-6);
    for (; now_ms < until_ms; now_ms += period_ms) {
      for (; next_arrival < arrivals.size() && arrivals[next_arrival].time_ms <= now_ms; ++next_arrival) {
        push(arrivals[next_arrival].packet, arrivals[next_arrival].time_ms);
      }
      pull();
    }
  }
  void pull() {
    media::dsp::Block block;
    buffer.pull(at_ms(now_ms), block);
    heard.insert(heard.end(), block.begin(), block.end());
  }

  [[nodiscard]] media::jitter::Packet header(std::int64_t index, std::int64_t samples, Bytes payload) const {
    return {ssrc,
            static_cast<std::uint16_t>(first_sequence + index),
            static_cast<std::uint32_t>(first_timestamp + index * samples),
            kPayloadType,
            index == 0,
            payload};
  }

  media::jitter::JitterBuffer buffer;
  std::uint32_t ssrc = 1;
  std::int64_t first_sequence = 100;
  std::int64_t first_timestamp = 5000;
  std::int64_t copies = 0;  ///< that each packet carries of the ones before it
  double now_ms = 0;
  std::size_t next_arrival = 0;
  std::vector<float> heard;
};

/// Largest departure from "the next sample of a sine follows from the two before it", in parts of the amplitude. A cut
/// sine shows values near 1; rounding and good splices stay below 0.02.
inline double roughness(std::span<const float> pcm, double hz = kToneHz) {
  const double c = 2 * std::cos(2 * std::numbers::pi * hz / 48000.0);
  double worst = 0;
  for (std::size_t i = 2; i < pcm.size(); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(pcm[i]) - c * pcm[i - 1] + pcm[i - 2]));
  }
  return worst / kToneAmplitude;
}

}  // namespace sidetone::testing
