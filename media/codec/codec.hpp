#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

/// Voice codecs behind one interface: mono float at 48 kHz on the inner side whatever the codec's own rate, RTP
/// payloads on the outer side. Everything is allocated when a codec is made; encoding and decoding are fit for the
/// audio thread.
namespace sidetone::media::codec {

inline constexpr std::size_t kMaxPayload = 1275;        ///< RFC 6716 §3.4 R2; no other codec here is larger
inline constexpr std::size_t kMaxPacketSamples = 5760;  ///< 120 ms at 48 kHz, RFC 6716 §3.2.5

struct EncoderOptions {
  std::string format_parameters;  ///< fmtp of the receiver: what it asks for is obeyed
  int complexity = 5;             ///< 0 … 10, where the codec has such a thing
  int bitrate_bps = 0;            ///< wanted, of payloads, where the codec has a choice; 0: its own for speech
  int max_bitrate_bps = 0;        ///< never more, of payloads, whatever is wanted; 0: no bound
};

struct DecoderOptions {
  std::string format_parameters;  ///< our own fmtp
  int complexity = 5;             ///< 0 … 10; Opus 1.6: from 5 on, losses are concealed by a neural network
};

/// Of Opus: how much of the sound before it a payload may describe for whoever says so in his fmtp, ms (DRED,
/// draft-ietf-mlcodec-opus-dred). It is this project's own: the draft's bits still change, so that only ends with the
/// same libopus may count on each other.
inline constexpr std::string_view kDeepRedundancyParameter = "sidetone-dred";

class Encoder {
 public:
  /// What a payload is of.
  enum class Content {
    kSound,
    kSilence,       ///< the codec's own description of silence (G.729 annex B, Opus)
    kComfortNoise,  ///< RFC 3389: goes under the payload type of CN, not under the codec's
  };

  virtual ~Encoder() = default;
  /// Encode one packet's worth of sound.
  /// @param pcm  48 kHz mono, of a length that CodecEntry::takes_packet allows.
  /// @return bytes written to `payload` (give it kMaxPayload); 0: nothing is to be sent, because silence goes on
  /// (content() says so) or the length is none of the codec's.
  virtual std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) = 0;
  /// Of what encode() saw last. Sound after silence begins a talk spurt (RFC 3551 §4.1: the marker bit).
  [[nodiscard]] virtual Content content() const { return Content::kSound; }
  /// How much the network loses, 0 … 1: how strong the redundancy is to be; 0: nothing, and there is none.
  virtual void set_expected_loss(double /*fraction*/) {}
  /// What the network carries now, of payloads; it never lifts a bound that the encoder was made with. 0: enough.
  virtual void set_available_bitrate(int /*bps*/) {}
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  /// @return samples at 48 kHz that the payload holds; 0: it is not one of this codec's.
  [[nodiscard]] virtual std::size_t packet_samples(Bytes payload) const = 0;
  /// Decode one payload. After conceal() the sound goes over without a click; where can_rewind(), that is the caller's
  /// to see to, who may join the two where they fit.
  /// @return samples written to `pcm` (give it kMaxPacketSamples); 0: undecodable, the decoder is unchanged.
  /// @fuzz codec_payload
  virtual std::size_t decode(Bytes payload, std::span<float> pcm) = 0;
  /// Whether the payload also carries the frame before it at a lower rate (RFC 6716 §2.1.7).
  [[nodiscard]] virtual bool has_redundancy(Bytes /*payload*/) const { return false; }
  /// Whether the sender holds the payload for voice, or for noise of the room (Opus: the VAD flags of SILK, RFC 6716
  /// §4.2.3, which cost nothing to look at); none: it does not say. @fuzz codec_payload
  [[nodiscard]] virtual std::optional<bool> has_voice(Bytes /*payload*/) const { return std::nullopt; }
  /// Decode the frame before `payload` out of it. @param pcm  exactly the lost samples. @return as decode.
  virtual std::size_t decode_redundancy(Bytes /*payload*/, std::span<float> /*pcm*/) { return 0; }
  /// Read what the payload says of the sound before it at a very low rate (Opus: DRED, draft-ietf-mlcodec-opus-dred).
  /// @return how far back that reaches, in samples at 48 kHz; 0: it says nothing.
  /// @fuzz codec_payload
  virtual std::size_t read_deep_redundancy(Bytes /*payload*/) { return 0; }
  /// As conceal(), by what read_deep_redundancy() has read last. @param before  samples from the first of `pcm` to the
  /// first of that payload; no more than it reaches back.
  virtual void decode_deep_redundancy(std::size_t /*before*/, std::span<float> pcm) { conceal(pcm); }
  /// Make up sound for a loss, or go on with the noise of a silence. @param pcm  a multiple of 2.5 ms, filled entirely.
  virtual void conceal(std::span<float> pcm) = 0;
  /// Whether the last payload said that the sender has fallen silent (RFC 3389, G.729 annex B, Opus DTX). Until the
  /// next one nothing is missing, and conceal() gives comfort noise for as long as it is asked.
  [[nodiscard]] virtual bool sender_is_silent() const { return false; }
  /// Whether rewind() does what it says: a codec with a resampler behind it still sounds of the concealment.
  [[nodiscard]] virtual bool can_rewind() const { return false; }
  /// What was concealed since the last payload was not lost but late: forget the concealment, so that the payload that
  /// comes now is decoded as the successor that it is.
  virtual void rewind() {}
  virtual void reset() = 0;
};

/// One codec: what SDP says of it and how to make it.
struct CodecEntry {
  std::string_view name;
  std::uint32_t clock_rate_hz = 0;
  std::uint8_t sdp_channels = 1;
  std::optional<std::uint8_t> static_payload_type;  ///< RFC 3551 table 4
  std::string_view format_parameters;               ///< ours, as a receiver
  /// Packets are whole multiples of this, at 48 kHz; where `packet_lengths` names some, they are one of these.
  std::uint16_t frame_samples = 0;
  std::span<const std::uint16_t> packet_lengths;
  /// nullptr for CN, which is only received by itself; it is sent through with_comfort_noise().
  std::unique_ptr<Encoder> (*make_encoder)(const EncoderOptions&) = nullptr;
  std::unique_ptr<Decoder> (*make_decoder)(const DecoderOptions&) = nullptr;
  /// Its pauses are described by RFC 3389, for it has nothing of its own.
  bool pauses_by_comfort_noise = false;
  /// nullptr: always there. Else the reason why it cannot be had on this machine; empty: it can.
  std::string_view (*missing)() = nullptr;

  /// Whether the encoder makes packets of that length (at 48 kHz).
  [[nodiscard]] bool takes_packet(std::size_t samples) const;
};

/// All codecs that this machine has, best first.
std::span<const CodecEntry> registry();

/// Codecs that are left out of the registry, and why, in words for a log.
struct MissingCodec {
  std::string_view name;
  std::string_view reason;
};
std::vector<MissingCodec> missing_codecs();

/// Names compare without case, as in SDP (RFC 8866 §6.6). @return nullptr: not in the registry.
const CodecEntry* find(std::string_view name, std::uint32_t clock_rate_hz, std::string_view format_parameters = {});

/// Whether two fmtp lines are of one codec: where either has a bit rate (G.722.1, RFC 5577 §5.1), both have the same.
bool same_format(std::string_view a, std::string_view b);

/// The value of a key in an fmtp line ("minptime=10;useinbandfec=1"). Keys compare without case.
std::optional<std::string_view> format_parameter(std::string_view parameters, std::string_view key);
std::optional<int> format_parameter_number(std::string_view parameters, std::string_view key);
/// The line without that key.
std::string without_format_parameter(std::string_view parameters, std::string_view key);

}  // namespace sidetone::media::codec
