#include "media/audio/leg.hpp"

#include <algorithm>

namespace sidetone::media::audio {
namespace {

constexpr dsp::Block kSilence{};

dsp::CadencePattern pattern_of(Sound sound) {
  switch (sound) {
    case Sound::kRing:
      return dsp::kRingPattern;
    case Sound::kRingBack:
      return dsp::kRingBackPattern;
    case Sound::kTest:
      return dsp::kTestPattern;
    case Sound::kNone:
      break;
  }
  return {};
}

dsp::Cadence cadence_of(Sound sound, double pitch) {
  dsp::CadencePattern pattern = pattern_of(sound);
  pattern.low_hz *= pitch;
  pattern.high_hz *= pitch;
  return dsp::Cadence(pattern);
}

}  // namespace

Leg::Leg(LegId leg_id, std::uint32_t first_timestamp)
    : id(leg_id), sender(leg_id, first_timestamp), echo_(std::make_unique<dsp::DelayLine>(dsp::kSampleRateHz)) {}

void Leg::swap_codecs(LegCodecs& codecs) {
  sender.swap_codec(codecs.send);
  codecs.receive = buffer_.set_decoders(std::move(codecs.receive));
  std::swap(events_, codecs.events);
  receives_ = codecs.receives;
  metered_ = codecs.metered;
  cadence_ = cadence_of(codecs.sound, codecs.sound_pitch);
}

void Leg::set_source(Source& new_source) {
  if (new_source.kind == SourceKind::kEcho && source.kind != SourceKind::kEcho) echo_->reset();
  if (new_source.kind == SourceKind::kConference && new_source.conference != source.conference) place = {};
  std::swap(source, new_source);
  source_lost = false;
}

void Leg::receive(dsp::BlockSpan out, MonotonicTime now) {
  while (const PacketSlot* slot = packets.front()) {
    const Bytes payload = Bytes{slot->data}.first(slot->size);
    const jitter::Packet packet{slot->ssrc, slot->sequence, slot->timestamp, slot->payload_type, slot->marker, payload};
    if (slot->copy) {
      buffer_.push_copy(packet, slot->arrival);
    } else if (const EventBinding* events = events_of(slot->payload_type)) {
      keys_.push({slot->ssrc, slot->timestamp, slot->marker, events->clock_rate_hz, payload}, slot->arrival);
      buffer_.skip(slot->ssrc, slot->sequence);
    } else {
      buffer_.push(packet, slot->arrival);
    }
    packets.pop();
  }
  buffer_.leave_noise_out(in_conference() && playback == nullptr && place.is_shut());
  const bool voice = buffer_.pull(now, out);
  if (cadence_.sounds()) cadence_.fill(out);
  key_tone_.apply(keys_.sounding(now), out);
  if (voice && !first_played_) first_played_ = now;
  received_.add(out);
  if (source.kind == SourceKind::kEcho) echo_->write(out);
  if (!in_conference()) return;
  place.say(out, sink.to_device ? static_cast<float>(sink.gain) : 0.0F);
  if (place.hears_voice()) buffer_.heard_voice();
}

const EventBinding* Leg::events_of(std::uint8_t payload_type) const {
  for (const auto& binding : events_)
    if (binding && binding->payload_type == payload_type) return &*binding;
  return nullptr;
}

bool Leg::send_made(MonotonicTime now, FrameRing& frames) {
  dsp::Block block{};
  if (source.kind == SourceKind::kEcho) echo_->read(block);
  if (source.kind == SourceKind::kMusic) melody_.fill(block);
  return send_block(block, now, frames);
}

bool Leg::send_captured(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames) {
  return send_block(block, now, frames);
}

bool Leg::send_mixed(dsp::ConstBlockSpan block, const MixedBlock& mixed, MonotonicTime now, FrameRing& frames) {
  return sender.send_mixed(is_muted() ? dsp::ConstBlockSpan{kSilence} : block, mixed, now, frames);
}

bool Leg::send_block(dsp::ConstBlockSpan block, MonotonicTime now, FrameRing& frames) {
  return sender.send(is_muted() ? dsp::ConstBlockSpan{kSilence} : block, now, frames);
}

void Leg::publish() {
  const jitter::Stats& in = buffer_.stats();
  LegStats out;
  out.frames_encoded = sender.frames_encoded();
  out.frames_shared = sender.frames_shared();
  out.sent_level = sender.level();
  out.packets_received = in.packets_accepted;
  out.packets_discarded = in.packets_late + in.packets_overflow;
  out.packets_unknown = in.packets_unknown;
  const rtp::EventReceiver::Stats& keys = keys_.stats();
  out.keys_refused = keys.malformed + keys.foreign + keys.too_many;
  out.samples_played = in.samples_played;
  out.samples_concealed = in.samples_concealed;
  out.concealment_events = in.concealment_events;
  out.samples_inserted = in.samples_inserted;
  out.samples_removed = in.samples_removed;
  out.jitter_buffer_delay_s = in.delay_sum_s;
  out.jitter_buffer_emitted = in.samples_emitted;
  out.jitter_buffer_target_s = in.target_s;
  out.received_level = received_.rms();
  out.first_played = first_played_;
  published.write(out);
}

}  // namespace sidetone::media::audio
