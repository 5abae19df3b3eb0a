#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "media/codec/codec.hpp"
#include "media/dsp/pcm.hpp"
#include "media/jitter/delay_estimator.hpp"
#include "media/jitter/packet_store.hpp"
#include "media/jitter/playout_buffer.hpp"

/// The jitter buffer: RTP packets in, in whatever order and rhythm the network has; 10 ms of sound out at every call.
/// It knows no clock, thread, socket or device: times come with the calls, so that a simulator can run it at any speed.
namespace sidetone::media::jitter {

/// A packet as it came. The payload is borrowed for the call.
struct Packet {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  Bytes payload;
};

enum class Push {
  kAccepted,
  kLate,  ///< its place has been played
  kDuplicate,
  kUnknown,   ///< payload type without a decoder, or undecodable
  kOverflow,  ///< too far ahead of what is being played
};

struct Options {
  Milliseconds start_delay{20};  ///< before anything is known of the network
  Milliseconds margin{2};        ///< kept beyond the estimate: the jitter of our own scheduling
  Milliseconds max_delay{500};   ///< beyond this, sound is dropped instead of played faster
};

/// Sums since the beginning; samples at 48 kHz.
struct Stats {
  std::uint64_t packets_accepted = 0;
  std::uint64_t packets_late = 0;
  std::uint64_t packets_duplicate = 0;
  std::uint64_t packets_unknown = 0;
  std::uint64_t packets_overflow = 0;
  std::uint64_t packets_lost = 0;       ///< holes that were played over
  std::uint64_t packets_recovered = 0;  ///< played from the redundancy of a later packet
  std::uint64_t samples_played = 0;
  std::uint64_t samples_concealed = 0;
  std::uint64_t concealment_events = 0;
  std::uint64_t samples_inserted = 0;
  std::uint64_t samples_removed = 0;
  std::uint64_t samples_dropped = 0;  ///< beyond max_delay
  std::uint64_t restarts = 0;         ///< new SSRC, or the sender started over
  double delay_sum_s = 0;             ///< over emitted samples: from arrival to the moment of the pull
  std::uint64_t samples_emitted = 0;  ///< out of packets that came themselves
  double target_s = 0;                ///< what is aimed at now
  double delay_s = 0;                 ///< delay of the last decoded packet's first sample
};

/// @thread one (audio). No call allocates after the decoders are set.
class JitterBuffer {
 public:
  explicit JitterBuffer(const Options& options = {});

  /// A decoder and the payload type and RTP clock that it goes with.
  struct Binding {
    std::uint8_t payload_type = 0;
    std::uint32_t clock_rate_hz = 48000;
    std::unique_ptr<codec::Decoder> decoder;
  };
  /// Exchange all decoders; what is decoded is still played. @return the old ones, to be freed elsewhere.
  std::vector<Binding> set_decoders(std::vector<Binding> decoders);

  Push push(const Packet& packet, MonotonicTime arrival);
  /// A copy of an earlier packet that came with the packet just pushed (RFC 2198); it stands in for one that is
  /// missing. The time is that of its carrier.
  void push_copy(const Packet& packet, MonotonicTime arrival);
  /// A packet of the stream that is no sound, as a telephone event: what it stands in the place of is not lost.
  void skip(std::uint32_t ssrc, std::uint16_t sequence);
  /// Whether the noise of the far end's room may be left out, because nobody hears it: packets of which the sender says
  /// that they hold no voice (codec::Decoder::has_voice) are then played as silence and not decoded. One in
  /// kNoiseHeardEvery still is, lest a sender who is wrong is never heard. The decoder gets the last of them
  /// before a voice.
  void leave_noise_out(bool leaves) { leaves_noise_out_ = leaves; }
  /// 10 ms of what was played were voice. A sender that has let kUnsaidVoice of them pass without a word of it is no
  /// longer believed, until it says that a packet has voice.
  void heard_voice() { unsaid_voice_ = std::min(unsaid_voice_ + 1, kUnsaidVoice); }
  static constexpr unsigned kNoiseHeardEvery = 10;
  static constexpr unsigned kUnsaidVoice = 100;
  /// The next 10 ms. Silence before the first packet. @return whether any of it came out of a packet.
  bool pull(MonotonicTime now, dsp::BlockSpan out);

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  /// In packets: as far as a delay is ever chosen for redundancy.
  static constexpr std::size_t kMaxDepth = 6;

  const Binding* binding(std::uint8_t payload_type) const;
  Push unwrap(const Packet& packet, std::uint32_t clock_rate_hz, std::int64_t& sequence, std::int64_t& timestamp);
  void restart();
  [[nodiscard]] std::int64_t skipped(std::int64_t from, std::int64_t to) const;

  // `now` counts samples and is smoothed; `time` is the clock's.
  void produce_block(std::int64_t now, MonotonicTime time);
  void produce(std::int64_t now, MonotonicTime time);
  void play(const StoredPacket& packet, std::int64_t now, MonotonicTime time);
  std::size_t decode(const StoredPacket& packet, std::span<float> room);
  bool is_to_be_left_out(const StoredPacket& packet);
  void fill_gap(const StoredPacket& next, std::int64_t gap, std::int64_t now);
  void shorten(std::size_t real, std::int64_t now, std::int64_t timestamp);
  void conceal(std::size_t samples);
  void count_concealed();
  void count_delay(Microseconds wait, std::size_t samples);
  void learn(std::size_t missing);
  std::int64_t deep_reach(const StoredPacket& packet);
  void drop_excess(std::int64_t now);
  void adapt(std::int64_t now, MonotonicTime time);
  void shrink(std::int64_t excess, std::int64_t now, MonotonicTime time);
  void grow();
  [[nodiscard]] std::int64_t target_samples() const;
  [[nodiscard]] std::int64_t level(std::int64_t now) const;
  [[nodiscard]] bool due(std::int64_t timestamp, std::int64_t now) const;

  Options options_;
  Stats stats_;
  std::vector<Binding> decoders_;
  PacketStore store_;
  PlayoutBuffer playout_;
  DelayEstimator network_;

  // The stream that is being received.
  bool receiving_ = false;
  std::uint32_t ssrc_ = 0;
  std::uint32_t clock_rate_hz_ = 48000;
  std::int64_t newest_sequence_ = 0;
  std::int64_t newest_timestamp_ = 0;         ///< in units of the RTP clock
  std::array<std::int64_t, 128> no_sound_{};  ///< sequence numbers of the newest packets that are no sound
  std::size_t no_sound_next_ = 0;
  std::optional<std::uint16_t> odd_sequence_;  ///< a far jump: believed when the next packet goes on from it

  // Where playing has got to.
  bool playing_ = false;
  std::int64_t next_timestamp_ = 0;  ///< of the first sample that has not been decoded, 48 kHz
  std::int64_t next_sequence_ = 0;
  std::int64_t expanded_ = 0;   ///< samples made up since the last packet
  bool lost_ = false;           ///< packets before the next one will never be played
  std::size_t ending_ = 0;      ///< made up, the last that waits, and the sound behind the gap is there
  std::int64_t uncounted_ = 0;  ///< of these, not yet known to be concealment (a pause of the sender is none)
  codec::Decoder* decoder_ = nullptr;
  bool leaves_noise_out_ = false;
  unsigned unsaid_voice_ = 0;  ///< blocks of voice since a packet that had it
  unsigned left_out_ = 0;      ///< packets since one was decoded
  StoredPacket last_left_out_;
  /// Recent fraction of packets that were missing in their time and would have taken the redundancy of the packet 1, 2,
  /// … behind them, or of one further behind.
  std::array<double, kMaxDepth> missing_{};
  std::size_t depth_ = 0;        ///< packets whose time the delay includes for their redundancy
  std::size_t missing_run_ = 0;  ///< packets missing one after the other till now
  /// How far behind a packet its redundancy comes: 1 in band, more by RFC 2198 and by deep redundancy.
  std::size_t depth_seen_ = 0;
  std::int64_t deep_of_ = -1;    ///< sequence number of the packet whose deep redundancy the decoder has read …
  std::int64_t deep_reach_ = 0;  ///< … and how far back it goes, in samples
  std::size_t packet_samples_ = 960;
  int blocks_since_stretch_ = 0;

  // Our own rhythm: pulls against the clock.
  WindowedMinimum earliest_pull_{9600};
  std::int64_t pulls_ = 0;
  bool emitted_ = false;
};

}  // namespace sidetone::media::jitter
