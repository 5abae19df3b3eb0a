#include "media/peer/voice_stream.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "media/peer/negotiation.hpp"
#include "media/rtp/header_extensions.hpp"

namespace sidetone::media::peer {
namespace {

/// A far end that says more has made its numbers up.
constexpr std::uint32_t kMostPacketsOfAReport = 1000;

std::uint32_t random_ssrc(Random& random) {
  for (;;)
    if (const std::uint32_t ssrc = random.next_u32(); ssrc != 0) return ssrc;
}

}  // namespace

VoiceStream::VoiceStream(EngineContext& engine, Transport& transport, std::string cname, Events events)
    : engine_(engine),
      transport_(transport),
      ssrc_(random_ssrc(engine.random)),
      // RFC 3550 §5.1 wants a random start; below 2^15 the first wrap is far off, so that a far end that lost the first
      // packets guesses ROC right.
      sequence_(static_cast<std::uint16_t>(engine.random.next_u32() & 0x7fff)),
      cname_(std::move(cname)),
      events_(std::move(events)),
      reports_(engine.clock, engine.random, ssrc_, cname_),
      report_timer_(engine.main,
                    [this] {
                      report(false);
                      report_timer_.start(reports_.next_interval());
                    }),
      reported_sequence_(sequence_) {}

VoiceStream::~VoiceStream() { stop(); }

audio::LegConfig VoiceStream::leg_config() const {
  audio::LegConfig config{parameters_.send, parameters_.receive, parameters_.packet_time, parameters_.send_events,
                          parameters_.receive_events};
  config.send_comfort_noise = parameters_.send_comfort_noise;
  config.max_bitrate_bps = parameters_.max_bitrate_bps;
  return config;
}

Status VoiceStream::ensure_leg() {
  if (stopped_) return Error{ErrorCode::kConflict, "the connection is closed", "voice"};
  if (leg_) return {};
  SIDETONE_TRY(leg_, engine_.audio.add_leg(leg_config()));
  engine_.legs[*leg_] = {[this](const audio::OutgoingFrame& frame) { on_frame(frame); },
                         [this](const std::string& reason) { events_.source_lost(reason); },
                         [this](const rtp::EventSender::Change& change) { events_.key_sent(change); },
                         [this](const rtp::ReceivedKey& key) { events_.key_received(key); }};
  return {};
}

Status VoiceStream::configure(VoiceParameters parameters) {
  VoiceParameters before = std::exchange(parameters_, std::move(parameters));
  const auto done = leg_ ? engine_.audio.update_leg(*leg_, leg_config()) : ensure_leg();
  if (!done.ok()) {
    parameters_ = std::move(before);
    return done;
  }
  if (expected_loss_.told() != ExpectedLoss::kLeast)  // a new encoder does not know
    engine_.audio.set_expected_loss(*leg_, expected_loss_.told());
  if (parameters_.send)
    copies_.agree({parameters_.send_red, parameters_.send->payload_type, parameters_.send->clock_rate_hz,
                   parameters_.max_bitrate_bps, parameters_.send_deep_redundancy});
  bandwidth_.set_most(parameters_.max_bitrate_bps);
  return {};
}

void VoiceStream::start() {
  if (std::exchange(started_, true)) return;
  report_timer_.start(reports_.next_interval());
}

void VoiceStream::stop() {
  if (std::exchange(stopped_, true)) return;
  if (started_) report(true);
  report_timer_.stop();
  if (!leg_) return;
  engine_.legs.erase(*leg_);
  engine_.audio.remove_leg(*leg_);
  leg_.reset();
}

Status VoiceStream::set_source(const audio::Source& source) {
  SIDETONE_CHECK(ensure_leg());
  return engine_.audio.set_source(*leg_, source);
}

void VoiceStream::set_muted(bool muted) {
  if (ensure_leg().ok()) engine_.audio.set_muted(*leg_, muted);
}

Status VoiceStream::set_sink(const audio::Sink& sink) {
  SIDETONE_CHECK(ensure_leg());
  return engine_.audio.set_sink(*leg_, sink);
}

Status VoiceStream::insert_keys(const rtp::KeyPresses& presses) {
  SIDETONE_CHECK(ensure_leg());
  return engine_.audio.insert_keys(*leg_, presses);
}

void VoiceStream::on_frame(const audio::OutgoingFrame& frame) {
  if (!parameters_.send || !transport_.media_ready()) return;
  std::array<std::uint8_t, 64> extension_storage;
  ByteWriter extension(extension_storage);
  std::array<rtp::ExtensionElement, 3> elements;
  std::size_t count = 0;
  // RFC 6464 §3: the top bit is voice activity, which the engine does not judge; the rest is −dBov.
  const std::uint8_t level = frame.level_dbov & 0x7f;
  if (parameters_.audio_level_id != 0) elements[count++] = {parameters_.audio_level_id, {&level, 1}};
  // RFC 8843 §15.2: long enough that the far end has seen it; it also follows an SSRC change by itself.
  constexpr std::uint64_t kPacketsWithMid = 50;
  if (parameters_.mid_id != 0 && reports_.packets_sent() < kPacketsWithMid && parameters_.mid.size() <= 16)
    elements[count++] = {parameters_.mid_id,
                         {reinterpret_cast<const std::uint8_t*>(parameters_.mid.data()), parameters_.mid.size()}};
  std::array<std::uint8_t, 2> number;
  if (parameters_.transport_sequence_id != 0) {
    ByteWriter(number).u16(bandwidth_.next_number());
    elements[count++] = {parameters_.transport_sequence_id, number};
  }

  rtp::Packet packet;
  if (count > 0) {
    const auto profile = rtp::write_header_extensions(std::span{elements}.first(count), extension);
    if (profile.ok()) {
      packet.extension_profile = profile.value();
      packet.extension = extension.written();
    }
  }
  const VoiceCopies::Payload payload = copies_.add(frame, expected_loss_.told());
  packet.marker = frame.marker;
  packet.payload_type = payload.payload_type;
  packet.sequence = sequence_++;
  packet.timestamp = frame.timestamp;
  packet.ssrc = ssrc_;
  packet.payload = payload.data;
  std::array<std::uint8_t, rtp::kMaxPacketBytes + srtp::kMaxTrailerBytes> buffer;
  ByteWriter out(std::span{buffer}.first(rtp::kMaxPacketBytes));
  if (!rtp::write_rtp(packet, out).ok()) return;
  if (!transport_.send_rtp(buffer, out.size())) return;
  const std::size_t header_bytes = out.size() - payload.data.size();
  reports_.on_sent(frame.timestamp, parameters_.send->clock_rate_hz, payload.data.size(), header_bytes);
  constexpr std::size_t kAround = 20 + 8 + 16;  // IPv4, UDP, the tag of AES-GCM
  if (parameters_.transport_sequence_id != 0)
    bandwidth_.on_sent(payload.data.size(), header_bytes + kAround, engine_.clock.now());
}

void VoiceStream::on_rtp(Bytes bytes) {
  const auto parsed = rtp::parse_rtp(bytes);
  if (!parsed.ok()) {
    ++malformed_;
    return;
  }
  const rtp::Packet& packet = parsed.value();
  const MonotonicTime now = engine_.clock.now();
  if (parameters_.transport_sequence_id != 0) note_arrival(packet, now);
  if (parameters_.receive_red == packet.payload_type) return on_red(packet, now);
  const auto binding =
      std::find_if(parameters_.receive.begin(), parameters_.receive.end(),
                   [&](const audio::CodecBinding& codec) { return codec.payload_type == packet.payload_type; });
  if (binding != parameters_.receive.end()) {
    reports_.on_received(packet, binding->clock_rate_hz, now);
    if (!is_comfort_noise(binding->name)) last_payload_type_ = packet.payload_type;
  } else if (std::any_of(
                 parameters_.receive_events.begin(), parameters_.receive_events.end(),
                 [&](const audio::EventBinding& events) { return events.payload_type == packet.payload_type; })) {
    reports_.on_received_event(packet, now);
  }
  if (leg_)
    engine_.audio.deliver(*leg_, {packet.ssrc, packet.sequence, packet.timestamp, packet.payload_type, packet.marker,
                                  now, packet.payload});
}

/// Feedback goes with what comes: it needs no timer, and there is nothing to tell while nothing comes.
void VoiceStream::note_arrival(const rtp::Packet& packet, MonotonicTime now) {
  const auto elements = rtp::parse_header_extensions(packet.extension_profile, packet.extension);
  if (!elements.ok()) return;
  const rtp::ExtensionElement* number = elements->find(parameters_.transport_sequence_id);
  if (number == nullptr || number->data.size() != 2) return;
  arrivals_.add(ByteReader(number->data).u16(), now);
  if (!arrivals_.due(now)) return;
  std::array<std::uint8_t, 1000 + srtp::kMaxTrailerBytes> buffer;
  ByteWriter out(std::span{buffer}.first(1000));
  if (arrivals_.write(ssrc_, packet.ssrc, now, out).ok() && out.size() > 0)
    (void)transport_.send_rtcp(buffer, out.size());
}

/// The voice first: copies are put in place by what is known of it.
void VoiceStream::on_red(const rtp::Packet& packet, MonotonicTime now) {
  reports_.on_received(packet, kRedClockRateHz, now);
  const auto red = rtp::parse_red(packet.payload);
  if (!red.ok()) {
    ++malformed_;
    return;
  }
  last_payload_type_ = red->primary().payload_type;
  if (!leg_) return;
  engine_.audio.deliver(*leg_, {packet.ssrc, packet.sequence, packet.timestamp, red->primary().payload_type,
                                packet.marker, now, red->primary().data});
  std::uint16_t sequence = packet.sequence;
  for (std::size_t i = red->copies().size(); i > 0; --i) {
    const rtp::RedBlock& copy = red->copies()[i - 1];
    --sequence;
    if (copy.data.empty()) continue;
    ++copies_received_;
    engine_.audio.deliver(*leg_, {packet.ssrc, sequence, packet.timestamp - copy.timestamp_offset, copy.payload_type,
                                  false, now, copy.data, true});
  }
}

void VoiceStream::on_rtcp(Bytes bytes) {
  const auto compound = rtp::parse_rtcp(bytes);
  if (!compound.ok()) {
    ++malformed_;
    return;
  }
  on_transport_feedback(*compound);
  const auto reports = [this] { return reports_.remote() ? reports_.remote()->reports : 0; };
  const auto before = reports();
  reports_.on_rtcp(compound.value());
  if (reports() == before) return;
  const rtp::ReportBlock& block = reports_.remote()->block;
  const std::uint32_t packets = block.highest_sequence - std::exchange(reported_sequence_, block.highest_sequence);
  const auto loss = expected_loss_.on_report(block.fraction_lost / 256.0, std::min(packets, kMostPacketsOfAReport));
  if (loss && leg_) engine_.audio.set_expected_loss(*leg_, *loss);
}

void VoiceStream::on_transport_feedback(const rtp::RtcpCompound& compound) {
  if (parameters_.transport_sequence_id == 0) return;
  if (const auto changes = transport_.figures().pair_changes; std::exchange(pair_changes_, changes) != changes)
    bandwidth_.path_changed(engine_.clock.now());
  for (std::size_t i = 0; i < compound.transport_feedback_count; ++i) {
    const auto feedback = rtp::parse_transport_feedback(compound.transport_feedback[i]);
    if (!feedback.ok()) {
      ++malformed_;
      continue;
    }
    const auto available = bandwidth_.on_feedback(*feedback, engine_.clock.now());
    if (!available) continue;
    copies_.set_available_bitrate(*available);
    if (leg_) engine_.audio.set_available_bitrate(*leg_, *available);
  }
}

void VoiceStream::report(bool goodbye) {
  std::array<std::uint8_t, 512 + srtp::kMaxTrailerBytes> buffer;
  ByteWriter out(std::span{buffer}.first(512));
  const auto codec =
      std::find_if(parameters_.receive.begin(), parameters_.receive.end(),
                   [&](const audio::CodecBinding& one) { return one.payload_type == last_payload_type_; });
  if (const auto stats = leg_stats(); stats && codec != parameters_.receive.end())
    quality_.judge(*stats, reports_, codec->name, parameters_.packet_time);
  if (reports_.write(out, goodbye, parameters_.wants_voip_metrics ? quality_.metrics() : std::nullopt).ok())
    (void)transport_.send_rtcp(buffer, out.size());
}

std::optional<audio::LegStats> VoiceStream::leg_stats() const {
  return leg_ ? std::optional(engine_.audio.stats(*leg_)) : std::nullopt;
}

}  // namespace sidetone::media::peer
