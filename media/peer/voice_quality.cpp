#include "media/peer/voice_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "media/jitter/jitter_buffer.hpp"
#include "media/rtp/e_model.hpp"

namespace sidetone::media::peer {
namespace {

constexpr double kDevicesMs = 30;        // capture of a period, playout of two and a half, as PulseAudio gives them
constexpr double kFarBufferMs = 40;      // of a far end that does not say
constexpr double kFullScaleDbm0 = 6.18;  // dBm0 of 0 dBov, as RFC 3611 §4.7.3 counts

Opinion opinion(double delay_ms, double loss, double burst_ratio, std::string_view codec) {
  const rtp::CodecImpairment impairment = rtp::impairment_of(codec);
  Opinion out;
  out.rating = rtp::rating_factor(delay_ms, loss, burst_ratio, impairment);
  out.conversational = rtp::opinion_score(out.rating);
  out.listening = rtp::opinion_score(rtp::rating_factor(0, loss, burst_ratio, impairment));
  return out;
}

std::uint8_t share_256(double share) { return static_cast<std::uint8_t>(std::clamp(share * 256, 0.0, 255.0)); }

std::uint16_t whole_ms(double ms) {
  return static_cast<std::uint16_t>(std::clamp(ms, 0.0, double{std::numeric_limits<std::uint16_t>::max()}));
}

std::uint8_t tenths(double score) { return static_cast<std::uint8_t>(std::lround(10 * score)); }

std::uint8_t level_dbm0(double rms) {
  const double level = 20 * std::log10(std::max(rms, 1e-6)) + kFullScaleDbm0;
  return static_cast<std::uint8_t>(static_cast<std::int8_t>(std::clamp(std::lround(level), -126L, 126L)));
}

double round_trip_ms(const rtp::RtcpSession& reports) {
  const auto& remote = reports.remote();
  return remote && remote->round_trip_s ? 1000 * *remote->round_trip_s : 0;
}

}  // namespace

void VoiceQuality::judge(const audio::LegStats& leg, const rtp::RtcpSession& reports, std::string_view codec,
                         Milliseconds packet_time) {
  judge_here(leg, reports, codec, packet_time);
  judge_there(reports, codec, packet_time);
}

void VoiceQuality::judge_here(const audio::LegStats& leg, const rtp::RtcpSession& reports, std::string_view codec,
                              Milliseconds packet_time) {
  const Counts now{leg.samples_played, leg.samples_concealed, leg.jitter_buffer_delay_s, leg.jitter_buffer_emitted};
  const Counts before = std::exchange(before_, now);
  const auto& received = reports.received();
  if (!received || now.played <= before.played) return;
  const auto played = static_cast<double>(now.played - before.played);
  const double concealed = static_cast<double>(now.concealed - before.concealed) / played;
  const auto emitted = static_cast<double>(now.emitted - before.emitted);
  const double buffer_ms = emitted > 0 ? 1000 * (now.waited_s - before.waited_s) / emitted : 0;
  const double end_ms = buffer_ms + static_cast<double>(packet_time.count()) + kDevicesMs;
  const rtp::LossRuns::Summary runs = received->loss_runs().summary();
  here_ = opinion(round_trip_ms(reports) / 2 + end_ms, concealed, runs.burst_ratio, codec);

  const auto expected = static_cast<double>(received->lost()) + static_cast<double>(received->packets());
  const auto share_of_expected = [expected](auto count) {
    return expected > 0 ? share_256(static_cast<double>(count) / expected) : std::uint8_t{0};
  };
  const auto packet_ms = static_cast<double>(packet_time.count());
  rtp::VoipMetrics metrics;
  metrics.ssrc = received->ssrc();
  metrics.loss_rate = share_of_expected(std::max<std::int64_t>(0, received->lost()));
  metrics.discard_rate = share_of_expected(leg.packets_discarded);
  metrics.burst_density = share_256(runs.burst_density);
  metrics.gap_density = share_256(runs.gap_density);
  metrics.burst_duration_ms = whole_ms(runs.burst_packets * packet_ms);
  metrics.gap_duration_ms = whole_ms(runs.gap_packets * packet_ms);
  metrics.round_trip_ms = whole_ms(round_trip_ms(reports));
  metrics.end_system_delay_ms = whole_ms(end_ms);
  metrics.signal_level = level_dbm0(leg.received_level);
  metrics.rating = static_cast<std::uint8_t>(std::lround(here_->rating));
  metrics.listening_score = tenths(here_->listening);
  metrics.conversational_score = tenths(here_->conversational);
  metrics.buffer_nominal_ms = whole_ms(1000 * leg.jitter_buffer_target_s);
  metrics.buffer_maximum_ms = whole_ms(std::max(buffer_ms, 1000 * leg.jitter_buffer_target_s));
  metrics.buffer_bound_ms = whole_ms(static_cast<double>(jitter::Options{}.max_delay.count()));
  metrics_ = metrics;
}

void VoiceQuality::judge_there(const rtp::RtcpSession& reports, std::string_view codec, Milliseconds packet_time) {
  const auto& remote = reports.remote();
  if (!remote) return;
  const double told = remote->block.fraction_lost / 256.0;
  there_ = opinion(round_trip_ms(reports) / 2 + kFarBufferMs + static_cast<double>(packet_time.count()) + kDevicesMs,
                   told, 1, codec);
  if (!remote->metrics) return;
  // What it has left out, or what is no score at all, stays what was worked out.
  const auto score = [](std::uint8_t tenth, double otherwise) {
    return tenth >= 10 && tenth <= 50 ? tenth / 10.0 : otherwise;
  };
  if (remote->metrics->rating <= 100) there_->rating = remote->metrics->rating;
  there_->listening = score(remote->metrics->listening_score, there_->listening);
  there_->conversational = score(remote->metrics->conversational_score, there_->conversational);
}

}  // namespace sidetone::media::peer
