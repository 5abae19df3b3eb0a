#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "media/device/wav_devices.hpp"
#include "media/rtp/event_receiver.hpp"
#include "media/rtp/event_sender.hpp"

/// The sound half of the media engine: devices, codecs, jitter buffers and mixing on one audio thread. The network half
/// (media/peer) hands it RTP payloads and takes RTP payloads from it; neither waits for the other.
namespace sidetone::media::audio {

enum class DeviceKind { kInput, kOutput };

struct DeviceInfo {
  std::string id;     ///< stable over restarts of the audio server
  std::string label;  ///< for people
  DeviceKind kind = DeviceKind::kInput;
  bool is_default = false;
};

/// What a leg sends.
enum class SourceKind {
  kSilence,
  kDevice,      ///< a microphone
  kEcho,        ///< what the far end of the same leg said a second ago
  kMusic,       ///< a melody that the engine makes itself
  kConference,  ///< what the others of a conference say; they hear what the far end of this leg says
};
/// What whoever records wishes to be done to a microphone's sound; nothing: as EngineOptions say.
struct WantedProcessing {
  std::optional<bool> echo_cancellation;
  std::optional<bool> noise_suppression;
  std::optional<bool> auto_gain_control;
};
struct Source {
  SourceKind kind = SourceKind::kSilence;
  std::string device;             ///< kDevice, or of a conference: id; empty: the default input
  std::string conference{};       ///< kConference: its name, the same for all its legs
  bool with_microphone = false;   ///< kConference: this machine's microphone speaks there, too
  WantedProcessing processing{};  ///< of the microphone
};

/// A conference hears its parties as loud as this machine does, and none that is not heard here.
struct Sink {
  bool to_device = true;  ///< false: decoded and metered, not heard
  std::string device;     ///< id; empty: the default output
  double gain = 1.0;      ///< 0 … 1
};

/// A codec as negotiated in SDP.
struct CodecBinding {
  std::uint8_t payload_type = 0;
  std::string name;  ///< registry name: "opus", "G722", "PCMU", …
  std::uint32_t clock_rate_hz = 48000;
  std::string format_parameters;  ///< fmtp of the side that receives, "minptime=10;useinbandfec=1"
};

/// Payload type of telephone events as negotiated in SDP. @source RFC 4733
struct EventBinding {
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate_hz = 48000;
  bool operator==(const EventBinding&) const = default;
};

/// Sounds that the engine makes by itself.
enum class Sound { kNone, kRing, kRingBack, kTest };

struct LegConfig {
  std::optional<CodecBinding> send;   ///< none: nothing is sent
  std::vector<CodecBinding> receive;  ///< by payload type; others are counted and dropped
  Milliseconds packet_time{20};
  std::optional<EventBinding> send_events;   ///< none: the far end takes no keys
  std::vector<EventBinding> receive_events;  ///< at most kMaxEventBindings; the rest is not heard
  bool metered = false;                      ///< the source is open and metered though nothing is sent
  Sound sound = Sound::kNone;                ///< played over and over in place of what comes
  double sound_pitch = 1.0;                  ///< by which its tones are higher
  std::optional<std::uint8_t>
      send_comfort_noise;   ///< payload type of CN (RFC 3389), of `send`'s clock; none: no pauses
  int max_bitrate_bps = 0;  ///< of payloads, where `send` has a choice; 0: no bound
};
inline constexpr std::size_t kMaxEventBindings = 4;

using LegId = std::uint32_t;

/// One encoded frame on its way to the network.
struct OutgoingFrame {
  LegId leg = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;            ///< first packet of a talk spurt
  std::uint32_t timestamp = 0;    ///< RTP clock of the codec, random start
  std::uint8_t level_dbov = 127;  ///< −dBov as in RFC 6464: 0 loudest, 127 silence
  Bytes payload;                  ///< borrowed for the call
};

/// One received RTP packet after SRTP.
struct IncomingPacket {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  MonotonicTime arrival;
  Bytes payload;      ///< borrowed for the call
  bool copy = false;  ///< of an earlier packet, that came with the packet before this one (RFC 2198)
};

struct LegStats {
  // Sending
  std::uint64_t frames_encoded = 0;  ///< sent; some of them are
  std::uint64_t frames_shared = 0;   ///< those that another leg of a conference has encoded
  double sent_level = 0;             ///< RMS of the last 100 ms, 0 … 1 of full scale
  // Receiving, names of https://www.w3.org/TR/webrtc-stats/ in brackets
  std::uint64_t packets_received = 0;         ///< accepted by the jitter buffer
  std::uint64_t packets_discarded = 0;        ///< late or beyond the buffer (packetsDiscarded)
  std::uint64_t packets_unknown = 0;          ///< payload type not negotiated, or undecodable
  std::uint64_t keys_refused = 0;             ///< of the far end: out of form, unknown, or too many
  std::uint64_t samples_played = 0;           ///< at 48 kHz (totalSamplesReceived)
  std::uint64_t samples_concealed = 0;        ///< (concealedSamples)
  std::uint64_t concealment_events = 0;       ///< (concealmentEvents)
  std::uint64_t samples_inserted = 0;         ///< by slowing down (insertedSamplesForDeceleration)
  std::uint64_t samples_removed = 0;          ///< by speeding up (removedSamplesForAcceleration)
  double jitter_buffer_delay_s = 0;           ///< sum over emitted samples (jitterBufferDelay)
  std::uint64_t jitter_buffer_emitted = 0;    ///< samples (jitterBufferEmittedCount)
  double jitter_buffer_target_s = 0;          ///< present target
  double received_level = 0;                  ///< RMS of the last 100 ms
  std::optional<MonotonicTime> first_played;  ///< when the first decoded packet went to the device
};

/// Called from within take_frames(): `frames_ready_fd` becomes readable for them as well.
struct EngineEvents {
  /// A device came or went; `devices()` is new. @thread the I/O thread
  std::function<void()> devices_changed;
  /// The device that a leg records from is gone; the leg sends silence. @thread as above
  std::function<void(LegId, std::string reason)> source_lost;
  /// A key of insert_keys() begins to sound, or all have sounded. @thread as above
  std::function<void(LegId, const rtp::EventSender::Change&)> key_sent;
  /// The far end has pressed a key. @thread as above
  std::function<void(LegId, const rtp::ReceivedKey&)> key_received;
};

/// @thread every method: any one control thread at a time (the media I/O thread), unless said otherwise. No method
/// blocks on a device.
class AudioEngine {
 public:
  virtual ~AudioEngine() = default;

  /// Devices now; empty where there is no audio server, which is not an error.
  [[nodiscard]] virtual std::vector<DeviceInfo> devices() const = 0;
  /// Why there are no devices, in words; empty while the audio server is connected.
  [[nodiscard]] virtual std::string devices_missing_reason() const = 0;

  /// @error kUnsupported: a codec that is not in the registry.
  virtual Result<LegId> add_leg(const LegConfig& config) = 0;
  /// New payload types or codecs after renegotiation; what is buffered is played.
  virtual Status update_leg(LegId leg, const LegConfig& config) = 0;
  virtual void remove_leg(LegId leg) = 0;

  /// @error kUnavailable: no such device now; the leg keeps what it had.
  virtual Status set_source(LegId leg, const Source& source) = 0;
  virtual void set_muted(LegId leg, bool muted) = 0;
  /// @error kUnavailable: no such device now.
  virtual Status set_sink(LegId leg, const Sink& sink) = 0;
  /// What the far end reports to lose (fraction lost of RTCP receiver reports, 0 … 1): sets how strong the redundancy
  /// is; 0: there is none.
  virtual void set_expected_loss(LegId /*leg*/, double /*fraction*/) {}
  /// What the network carries now, of payloads, where `send` has a choice; 0: enough.
  virtual void set_available_bitrate(LegId /*leg*/, int /*bps*/) {}

  /// Press keys: in place of the sound, muted or not.
  /// @error kUnavailable: nothing is sent now, or the far end takes no keys.
  virtual Status insert_keys(LegId leg, const rtp::KeyPresses& presses) = 0;

  /// Hand over a received packet. Bounded: when the leg's ring is full, the packet is counted as discarded.
  /// @thread the one I/O thread; no lock, no allocation.
  virtual void deliver(LegId leg, const IncomingPacket& packet) = 0;

  /// A file descriptor (eventfd) that becomes readable when encoded frames wait.
  [[nodiscard]] virtual int frames_ready_fd() const = 0;
  /// Take all waiting frames of all legs. @thread the one I/O thread; no lock.
  virtual void take_frames(const std::function<void(const OutgoingFrame&)>& on_frame) = 0;

  [[nodiscard]] virtual LegStats stats(LegId leg) const = 0;
};

enum class ProcessingPolicy {
  kOff,
  kOn,
  kAuto,  ///< where there is a room: for a microphone in one; echo cancellation if it can hear the loudspeaker
};

/// What the engine runs on.
struct EngineOptions {
  bool use_devices = true;  ///< false: never look for an audio server (robots, servers)
  std::string server;       ///< PulseAudio server string; empty: the session's default
  device::WavDevices wav;   ///< files as devices, with sound servers or without
  Milliseconds device_period{10};
  int encoder_complexity = 5;  ///< 0 … 10, of codecs that have such a thing
  /// 0 … 10; from 5 on Opus conceals losses by a neural network, at 1 ms of CPU time for 20 ms of sound
  int decoder_complexity = 5;
  /// Of microphones, where Source::processing says nothing.
  ProcessingPolicy echo_cancellation = ProcessingPolicy::kOff;
  ProcessingPolicy noise_suppression = ProcessingPolicy::kOff;
  ProcessingPolicy auto_gain_control = ProcessingPolicy::kOff;
};

/// Start the engine's audio thread. Always succeeds: without an audio server the engine runs on a timer and says why in
/// `devices_missing_reason`, and it keeps looking for one.
std::unique_ptr<AudioEngine> make_audio_engine(const EngineOptions& options, const Clock& clock, EngineEvents events);

/// What a packet may hold, ms.
inline constexpr std::array<std::uint16_t, 4> kPacketTimes{10, 20, 40, 60};
inline constexpr std::uint16_t kMaxReceivedPacketTime = 120;

/// Codecs that `add_leg` knows, best first: what SDP offers.
struct CodecDescription {
  std::string name;
  std::uint32_t clock_rate_hz = 48000;
  std::uint8_t sdp_channels = 1;                    ///< as written in rtpmap: opus is always 2 (RFC 7587 §7)
  std::optional<std::uint8_t> static_payload_type;  ///< RFC 3551 table 4
  std::string format_parameters;
  bool comfort_noise = false;            ///< CN: goes along with a voice codec and is none
  bool pauses_by_comfort_noise = false;  ///< its pauses may be sent as CN of the same clock
  std::vector<std::uint16_t> packet_times{kPacketTimes.begin(), kPacketTimes.end()};  ///< those of kPacketTimes
};
std::vector<CodecDescription> supported_codecs();

}  // namespace sidetone::media::audio
