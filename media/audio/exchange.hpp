#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "media/audio/audio_engine.hpp"
#include "media/audio/spsc_ring.hpp"
#include "media/codec/codec.hpp"

/// What passes between the control thread (the media I/O thread) and the audio thread.
namespace sidetone::media::audio {

struct PacketSlot {
  std::uint32_t ssrc = 0;
  std::uint32_t timestamp = 0;
  std::uint16_t sequence = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  bool copy = false;
  MonotonicTime arrival;
  std::uint16_t size = 0;
  std::array<std::uint8_t, codec::kMaxPayload> data;
};
using PacketRing = SpscRing<PacketSlot>;

struct FrameSlot {
  LegId leg = 0;
  std::uint32_t timestamp = 0;
  std::uint8_t payload_type = 0;
  std::uint8_t level_dbov = 127;
  bool marker = false;
  std::uint16_t size = 0;
  std::array<std::uint8_t, codec::kMaxPayload> data;
};
using FrameRing = SpscRing<FrameSlot>;

/// A command carries what the control thread allocated; what it replaces goes back as Garbage and is freed there.
class Leg;
struct LegCodecs;
struct ConferenceRoom;
struct Command {
  enum class Kind { kAddLeg, kRemoveLeg, kCodecs, kSource, kSink, kExpectedLoss, kAvailableBitrate, kKeys };
  Kind kind = Kind::kAddLeg;
  Leg* leg = nullptr;
  LegCodecs* codecs = nullptr;
  Source* source = nullptr;
  Sink* sink = nullptr;
  rtp::KeyPresses* keys = nullptr;
  ConferenceRoom* room = nullptr;  ///< kAddLeg: larger than before; nullptr: there is room enough
  double fraction = 0;
  int bitrate_bps = 0;
};
using CommandRing = SpscRing<Command>;

struct Garbage {
  Leg* leg = nullptr;
  LegCodecs* codecs = nullptr;
  Source* source = nullptr;
  Sink* sink = nullptr;
  rtp::KeyPresses* keys = nullptr;
  ConferenceRoom* room = nullptr;
};
using GarbageRing = SpscRing<Garbage>;

struct Notice {
  enum class Kind { kDevicesChanged, kSourceLost, kKeySent, kKeyReceived };
  Kind kind = Kind::kDevicesChanged;
  LegId leg = 0;
  std::string reason;
  rtp::EventSender::Change sent;
  rtp::ReceivedKey received;
};
using NoticeRing = SpscRing<Notice>;

}  // namespace sidetone::media::audio
