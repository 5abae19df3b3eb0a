#include "tests/bench/jitter/simulation.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "media/codec/codec.hpp"
#include "media/jitter/jitter_buffer.hpp"
#include "media/rtp/packet.hpp"
#include "media/rtp/red.hpp"

namespace sidetone::bench {
namespace {

constexpr std::uint8_t kPayloadType = 111;

MonotonicTime at_ms(double ms) { return {Microseconds{static_cast<std::int64_t>(ms * 1000)}}; }

double buffer_ms(const media::jitter::Stats& from, const media::jitter::Stats& to) {
  const auto samples = static_cast<double>(to.samples_emitted - from.samples_emitted);
  return samples > 0 ? (to.delay_sum_s - from.delay_sum_s) / samples * 1000 : 0;
}

double lost_share(std::span<const TracePacket> packets) {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t here = 0;
  for (const TracePacket& packet : packets) {
    here += static_cast<std::int16_t>(packet.sequence - static_cast<std::uint16_t>(here));
    if (&packet == packets.data()) first = last = here;
    first = std::min(first, here);
    last = std::max(last, here);
  }
  return packets.empty() ? 0 : 1 - static_cast<double>(packets.size()) / static_cast<double>(last - first + 1);
}

void push(media::jitter::JitterBuffer& buffer, const TracePacket& packet, bool red) {
  const MonotonicTime arrival = at_ms(packet.time_ms);
  media::jitter::Packet pushed{packet.ssrc,  packet.sequence, packet.timestamp,
                               kPayloadType, packet.marker,   packet.payload};
  if (!red) {
    buffer.push(pushed, arrival);
    return;
  }
  const auto payload = media::rtp::parse_red(packet.payload);
  if (!payload.ok()) return;
  pushed.payload = payload->primary().data;
  buffer.push(pushed, arrival);
  for (const media::rtp::RedBlock& block : payload->copies()) {
    const auto behind = static_cast<std::uint16_t>(&payload->primary() - &block);
    buffer.push_copy({packet.ssrc, static_cast<std::uint16_t>(packet.sequence - behind),
                      packet.timestamp - block.timestamp_offset, kPayloadType, false, block.data},
                     arrival);
  }
}

}  // namespace

std::vector<TracePacket> encode(const Case& what, std::span<const Arrival> list, std::span<const float> speech) {
  std::string format = "useinbandfec=1";
  if (what.deep_redundancy_ms > 0) format += ";sidetone-dred=" + std::to_string(what.deep_redundancy_ms);
  const auto encoder =
      media::codec::find("opus", 48000)->make_encoder({.format_parameters = format, .bitrate_bps = what.bitrate_bps});
  encoder->set_expected_loss(what.network.mean_loss());
  std::vector<float> pcm(static_cast<std::size_t>(what.packet_ms) * 48);
  std::vector<std::vector<std::uint8_t>> payloads(static_cast<std::size_t>(what.seconds * 1000 / what.packet_ms));
  media::rtp::RedSender red;
  std::uint32_t position = 0;
  for (auto& payload : payloads) {
    const std::uint32_t timestamp = position;
    for (float& x : pcm) x = speech[position++ % speech.size()];
    payload.resize(media::codec::kMaxPayload);
    payload.resize(encoder->encode(pcm, payload));
    if (what.red_depth == 0) continue;
    std::vector<std::uint8_t> with_copies(media::rtp::kMaxPacketBytes);
    with_copies.resize(red.pack(kPayloadType, timestamp, payload, what.red_depth, with_copies));
    payload = std::move(with_copies);
  }
  std::vector<TracePacket> out;
  for (const Arrival& arrival : list) {
    const auto index = static_cast<std::size_t>(arrival.packet);
    out.push_back({arrival.time_ms, 1, static_cast<std::uint16_t>(index),
                   static_cast<std::uint32_t>(index * pcm.size()), index == 0, payloads[index]});
  }
  return out;
}

Outcome play(std::span<const TracePacket> packets, const media::codec::CodecEntry& codec, bool red, double seconds,
             double phase_ms) {
  media::jitter::JitterBuffer buffer;
  std::vector<media::jitter::JitterBuffer::Binding> decoders;
  decoders.push_back({kPayloadType, codec.clock_rate_hz,
                      codec.make_decoder({.format_parameters = std::string(codec.format_parameters)})});
  buffer.set_decoders(std::move(decoders));

  const double end_ms = seconds * 1000;
  const double blocks_ms = media::dsp::kBlockMs;
  Outcome out;
  out.heard.resize(static_cast<std::size_t>(phase_ms * 48) + media::dsp::kBlockSamples);
  media::jitter::Stats settled;
  media::jitter::Stats before_last;
  std::size_t next = 0;
  const auto started = std::chrono::steady_clock::now();
  for (double now_ms = phase_ms; now_ms < end_ms; now_ms += blocks_ms) {
    for (; next < packets.size() && packets[next].time_ms <= now_ms; ++next) {
      const TracePacket& packet = packets[next];
      push(buffer, packet, red);
    }
    media::dsp::Block block;
    buffer.pull(at_ms(now_ms), block);
    out.heard.insert(out.heard.end(), block.begin(), block.end());
    if (now_ms < std::min(kSettledMs, end_ms / 4)) settled = buffer.stats();
    if (now_ms < end_ms - 10000) before_last = buffer.stats();
  }
  const double took_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  const media::jitter::Stats& stats = buffer.stats();
  const auto share = [&](std::uint64_t media::jitter::Stats::*field) {
    return 100 * static_cast<double>(stats.*field - settled.*field) /
           static_cast<double>(stats.samples_played - settled.samples_played);
  };
  out.lost_percent = 100 * lost_share(packets);
  out.concealed_percent = share(&media::jitter::Stats::samples_concealed);
  out.inserted_percent = share(&media::jitter::Stats::samples_inserted);
  out.removed_percent = share(&media::jitter::Stats::samples_removed);
  out.late_percent = 100 * static_cast<double>(stats.packets_late) / static_cast<double>(packets.size());
  out.buffer_ms = buffer_ms(settled, stats);
  out.last_buffer_ms = buffer_ms(before_last, stats);
  out.real_time_factor = seconds / took_s;
  return out;
}

std::vector<Case> standard_cases() {
  return {
      {"clean", {}},
      {"lan", {.jitter_ms = 1, .base_ms = 1}},
      {"loss_5", {.loss = 0.05}},
      {"loss_10", {.loss = 0.10}},
      {"loss_20", {.loss = 0.20}},
      {"burst_12", {.burst_enter = 0.0442, .burst_leave = 1.0 / 3}},
      {"burst_21", {.burst_enter = 0.0865, .burst_leave = 1.0 / 3}},
      {"loss_20_red", {.loss = 0.20}, 51, 20, 2},
      {"burst_12_red", {.burst_enter = 0.0442, .burst_leave = 1.0 / 3}, 51, 20, 2},
      {"burst_21_red", {.burst_enter = 0.0865, .burst_leave = 1.0 / 3}, 51, 20, 2},
      {"dred_loss_20", {.loss = 0.20}, 51, 20, 0, 200, 48000},
      {"dred_burst_20", {.burst_enter = 0.0865, .burst_leave = 1.0 / 3}, 51, 20, 0, 200, 48000},
      {"jitter_30", {.jitter_ms = 30}},
      {"jitter_30_reordered", {.jitter_ms = 30, .keep_order = false}},
      {"jitter_60", {.jitter_ms = 60}},
      {"jitter_60_reordered", {.jitter_ms = 60, .keep_order = false}},
      {"jitter_100", {.jitter_ms = 100}},
      {"jitter_100_reordered", {.jitter_ms = 100, .keep_order = false}},
      {"loss_5_jitter_30", {.loss = 0.05, .jitter_ms = 30}},
      {"loss_10_jitter_60", {.loss = 0.10, .jitter_ms = 60}},
      {"loss_20_jitter_100", {.loss = 0.20, .jitter_ms = 100}},
      {"drift_300", {.jitter_ms = 1, .drift_ppm = 300}, 126},
      {"drift_minus_300", {.jitter_ms = 1, .drift_ppm = -300}, 126},
      {"drift_5000", {.jitter_ms = 1, .drift_ppm = 5000}, 126},
      {"drift_minus_5000", {.jitter_ms = 1, .drift_ppm = -5000}, 126},
      {"freeze_500", {.jitter_ms = 2, .freeze_at_ms = 20000, .freeze_ms = 500}},
      {"hold_60_every_1000", {.jitter_ms = 2, .hold_every_ms = 1000, .hold_ms = 60}},
  };
}

}  // namespace sidetone::bench
