#include "tests/bench/jitter/simulation.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>

#include "media/codec/codec.hpp"
#include "media/jitter/jitter_buffer.hpp"

namespace sidetone::bench {
namespace {

constexpr std::uint8_t kPayloadType = 111;
constexpr double kLookaheadMs = 6.5;  // of libopus at 48 kHz

/// Something like speech: voiced syllables with a moving pitch and two formants, consonant noise, pauses.
class Voice {
 public:
  explicit Voice(std::uint32_t seed) : random_(seed) {}
  void fill(std::span<float> pcm) {
    for (float& x : pcm) {
      const double t = static_cast<double>(position_++) / 48000;
      const double phrase = std::fmod(t, 3.0);
      const double syllable = std::fmod(t, 0.22) / 0.22;
      const double envelope = phrase > 2.2 ? 0.003 : std::sin(std::numbers::pi * std::min(1.0, syllable * 1.3));
      const bool voiced = syllable < 0.72;
      const double noise = static_cast<double>(random_()) / 4294967296.0 - 0.5;
      const double pitch_hz =
          120 + 25 * std::sin(2 * std::numbers::pi * 0.6 * t) + 8 * std::sin(2 * std::numbers::pi * 3 * t);
      phase_ += pitch_hz / 48000;
      double excitation = 0.04 * noise;
      if (phase_ >= 1) {
        phase_ -= 1;
        if (voiced) excitation += 6;
      }
      if (!voiced) excitation = 0.25 * noise;
      const double sum = first_.next(excitation, 500 + 250 * std::sin(2 * std::numbers::pi * 1.3 * t), 0.99) +
                         0.5 * second_.next(excitation, 1600 + 500 * std::sin(2 * std::numbers::pi * 0.9 * t), 0.985);
      x = static_cast<float>(std::clamp(0.006 * std::max(0.0, envelope) * sum, -0.9, 0.9));
    }
  }

 private:
  struct Resonator {
    double next(double in, double frequency_hz, double radius) {
      const double y =
          in + 2 * radius * std::cos(2 * std::numbers::pi * frequency_hz / 48000) * y1 - radius * radius * y2;
      y2 = y1;
      y1 = y;
      return y;
    }
    double y1 = 0;
    double y2 = 0;
  };
  std::mt19937 random_;
  Resonator first_;
  Resonator second_;
  double phase_ = 0;
  std::uint64_t position_ = 0;
};

MonotonicTime at_ms(double ms) { return {Microseconds{static_cast<std::int64_t>(ms * 1000)}}; }

double buffer_ms(const media::jitter::Stats& from, const media::jitter::Stats& to) {
  const auto samples = static_cast<double>(to.samples_emitted - from.samples_emitted);
  return samples > 0 ? (to.delay_sum_s - from.delay_sum_s) / samples * 1000 : 0;
}

}  // namespace

double emodel(double end_to_end_ms, double concealed_percent) {
  const double r = 93.2 - 0.024 * end_to_end_ms - 0.11 * std::max(0.0, end_to_end_ms - 177.3) -
                   95 * concealed_percent / (concealed_percent + 25.1);
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

Outcome simulate(const Case& what, std::uint32_t seed) {
  const media::codec::CodecEntry* opus = media::codec::find("opus", 48000);
  const auto encoder = opus->make_encoder({.format_parameters = "useinbandfec=1"});
  encoder->set_expected_loss(std::max(what.network.loss, what.network.burst_enter > 0 ? 0.15 : 0.0));
  media::jitter::JitterBuffer buffer;
  std::vector<media::jitter::JitterBuffer::Binding> decoders;
  decoders.push_back({kPayloadType, 48000, opus->make_decoder({0})});
  buffer.set_decoders(std::move(decoders));

  const auto packets = static_cast<std::int64_t>(what.seconds * 1000 / what.packet_ms);
  const auto list = arrivals(what.network, packets, what.packet_ms, seed);
  Voice voice(seed);
  std::vector<float> pcm(static_cast<std::size_t>(what.packet_ms) * 48);
  std::vector<std::vector<std::uint8_t>> payloads(static_cast<std::size_t>(packets));
  for (auto& payload : payloads) {
    voice.fill(pcm);
    payload.resize(media::codec::kMaxPayload);
    payload.resize(encoder->encode(pcm, payload));
  }

  media::jitter::Stats before_last;
  double transit_ms = 0;
  std::size_t next = 0;
  const auto started = std::chrono::steady_clock::now();
  const double end_ms = what.seconds * 1000;
  for (double now_ms = 0; now_ms < end_ms; now_ms += 10) {
    for (; next < list.size() && list[next].time_ms <= now_ms; ++next) {
      const auto index = static_cast<std::size_t>(list[next].packet);
      transit_ms += list[next].time_ms -
                    static_cast<double>(list[next].packet) * what.packet_ms / (1 + what.network.drift_ppm * 1e-6);
      buffer.push({1, static_cast<std::uint16_t>(index), static_cast<std::uint32_t>(index * pcm.size()), kPayloadType,
                   index == 0, payloads[index]},
                  at_ms(list[next].time_ms));
    }
    media::dsp::Block block;
    buffer.pull(at_ms(now_ms), block);
    if (now_ms < end_ms - 10000) before_last = buffer.stats();
  }
  const double took_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  const media::jitter::Stats& stats = buffer.stats();
  const auto played = static_cast<double>(stats.samples_played);
  Outcome out;
  out.lost_percent = 100 * (1 - static_cast<double>(list.size()) / static_cast<double>(packets));
  out.concealed_percent = 100 * static_cast<double>(stats.samples_concealed) / played;
  out.buffer_ms = buffer_ms({}, stats);
  out.end_to_end_ms = what.packet_ms + kLookaheadMs + transit_ms / static_cast<double>(list.size()) + out.buffer_ms -
                      what.packet_ms / 2.0 + 5;
  out.tempo_percent = 100 * static_cast<double>(stats.samples_inserted + stats.samples_removed) / played;
  out.late_percent = 100 * static_cast<double>(stats.packets_late) / static_cast<double>(packets);
  out.last_buffer_ms = buffer_ms(before_last, stats);
  out.mos = emodel(out.end_to_end_ms, out.concealed_percent);
  out.real_time_factor = what.seconds / took_s;
  return out;
}

std::vector<Case> standard_cases() {
  return {
      {"clean", {}},
      {"lan", {.jitter_ms = 1, .base_ms = 1}},
      {"loss_5", {.loss = 0.05}},
      {"loss_10", {.loss = 0.10}},
      {"loss_20", {.loss = 0.20}},
      {"burst_12", {.burst_enter = 0.045, .burst_leave = 0.333}},
      {"burst_21", {.burst_enter = 0.087, .burst_leave = 0.333}},
      {"jitter_30", {.jitter_ms = 30}},
      {"jitter_30_reordered", {.jitter_ms = 30, .keep_order = false}},
      {"jitter_60", {.jitter_ms = 60}},
      {"jitter_60_reordered", {.jitter_ms = 60, .keep_order = false}},
      {"jitter_100", {.jitter_ms = 100}},
      {"jitter_100_reordered", {.jitter_ms = 100, .keep_order = false}},
      {"loss_5_jitter_30", {.loss = 0.05, .jitter_ms = 30}},
      {"loss_10_jitter_60", {.loss = 0.10, .jitter_ms = 60}},
      {"loss_20_jitter_100", {.loss = 0.20, .jitter_ms = 100}},
      {"drift_300", {.jitter_ms = 1, .drift_ppm = 300}, 120},
      {"drift_minus_300", {.jitter_ms = 1, .drift_ppm = -300}, 120},
      {"drift_5000", {.jitter_ms = 1, .drift_ppm = 5000}, 120},
      {"drift_minus_5000", {.jitter_ms = 1, .drift_ppm = -5000}, 120},
      {"freeze_500", {.jitter_ms = 2, .freeze_at_ms = 20000, .freeze_ms = 500}},
      {"hold_60_every_1000", {.jitter_ms = 2, .hold_every_ms = 1000, .hold_ms = 60}},
  };
}

}  // namespace sidetone::bench
