#include "media/codec/opus.hpp"

#include <opus.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "media/codec/made_up_sound.hpp"
#include "media/dsp/pcm.hpp"

namespace sidetone::media::codec {
namespace {

constexpr int kDefaultBitrate = 32000;  // fullband speech, RFC 7587 §3.1.1
// That for telephones has a high-pass filter of 60 to 100 Hz before it, which turns the phase of a voice's lowest part.
constexpr int kApplication = OPUS_APPLICATION_AUDIO;
constexpr int kMinBitrate = 6000;  // RFC 7587 §3.1.1
constexpr int kMaxBitrate = 510000;
constexpr std::size_t kMadeUpSamples = 480;
constexpr int kNothingToSend = 2;  // opus.h, opus_encode: a packet of up to so many octets need not be sent
constexpr int kDeepFrameMs = 10;
constexpr int kBitrateForBoth = 44000;
constexpr int kLeastLossPercent = 10;  // up to 5, libopus 1.6 sends no redundancy at 32 kbit/s
constexpr int kMostLossPercent = 50;
constexpr int kLossForDeepPercent = 3;  // below, the in-band copy of the last frame does
constexpr int kDeepLeastMs = 200;
constexpr int kDeepMsPerPercent = 40;
constexpr int kDeepMostMs = 1040;  // opus_defines.h, OPUS_SET_DRED_DURATION

constexpr std::uint8_t kCeltOnly = 0x80;  // RFC 6716 table 2: configurations 16 to 31
constexpr std::uint8_t kStereo = 0x04;    // RFC 6716 §3.1
constexpr std::size_t kMaxFrames = 48;    // RFC 6716 §3.2.5
constexpr int kSilkFrameMs = 20;          // RFC 6716 §4.2.2; one of 10 ms has one, too
constexpr int kSamplesPerMs = dsp::kSampleRateHz / 1000;

struct FreeEncoder {
  void operator()(OpusEncoder* state) const { opus_encoder_destroy(state); }
};
struct FreeDecoder {
  void operator()(OpusDecoder* state) const { opus_decoder_destroy(state); }
};
struct FreeDeepDecoder {
  void operator()(OpusDREDDecoder* state) const { opus_dred_decoder_destroy(state); }
};
struct FreeDeepRedundancy {
  void operator()(OpusDRED* state) const { opus_dred_free(state); }
};

int bandwidth_for(int playback_rate_hz) {
  if (playback_rate_hz <= 8000) return OPUS_BANDWIDTH_NARROWBAND;
  if (playback_rate_hz <= 12000) return OPUS_BANDWIDTH_MEDIUMBAND;
  if (playback_rate_hz <= 16000) return OPUS_BANDWIDTH_WIDEBAND;
  if (playback_rate_hz <= 24000) return OPUS_BANDWIDTH_SUPERWIDEBAND;
  return OPUS_BANDWIDTH_FULLBAND;
}

/// What may be sent. libopus takes a variable bit rate for an average of minutes, and at the lowest rates for less than
/// it needs; a bound is one for every second.
struct Allowance {
  int bound_bps = 0;  ///< 0: none
  double saved_bits = 0;

  /// @return octets that the next packet may have.
  std::size_t next(std::size_t samples, std::size_t most) {
    if (bound_bps == 0) return most;
    const double share = static_cast<double>(bound_bps) * static_cast<double>(samples) / dsp::kSampleRateHz;
    saved_bits = std::min(saved_bits + share, static_cast<double>(bound_bps));
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(saved_bits, 0.0) / 8), 1, most);
  }
  void spend(std::size_t octets) { saved_bits -= static_cast<double>(octets) * 8; }
};

class OpusVoiceEncoder final : public Encoder {
 public:
  explicit OpusVoiceEncoder(const EncoderOptions& options)
      : state_(opus_encoder_create(dsp::kSampleRateHz, 1, kApplication, nullptr)) {
    if (state_ == nullptr) return;
    const auto parameter = [&](std::string_view key) {
      return format_parameter_number(options.format_parameters, key);
    };
    int bound = options.max_bitrate_bps > 0 ? options.max_bitrate_bps : kMaxBitrate;
    if (const auto most = parameter("maxaveragebitrate"); most && *most > 0) bound = std::min(bound, *most);
    const int wanted = options.bitrate_bps > 0 ? options.bitrate_bps : kDefaultBitrate;
    bitrate_bps_ = std::clamp(std::min(wanted, bound), kMinBitrate, kMaxBitrate);
    available_bps_ = bitrate_bps_;
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(bitrate_bps_));
    const bool constant = parameter("cbr").value_or(0) == 1;
    if (constant) opus_encoder_ctl(state_.get(), OPUS_SET_VBR(0));
    if (!constant && bound < kMaxBitrate) allowance_.bound_bps = std::max(bound, kMinBitrate);
    opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(std::clamp(options.complexity, 0, 10)));
    opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    discontinuous_ = parameter("usedtx").value_or(0) == 1;
    opus_encoder_ctl(state_.get(), OPUS_SET_DTX(discontinuous_ ? 1 : 0));
    if (const auto rate_hz = parameter("maxplaybackrate")) {
      opus_encoder_ctl(state_.get(), OPUS_SET_MAX_BANDWIDTH(bandwidth_for(*rate_hz)));
    }
    redundancy_ = parameter("useinbandfec").value_or(0) == 1;
    most_deep_ms_ = std::clamp(parameter(kDeepRedundancyParameter).value_or(0), 0, kDeepMostMs);
    both_ = bitrate_bps_ >= kBitrateForBoth;
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(redundancy_ ? 1 : 0));
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(redundancy_ ? kLeastLossPercent : 0));
  }

  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    if (state_ == nullptr || pcm.empty() || payload.empty()) return 0;  // libopus takes no null pointer
    const std::size_t room = allowance_.next(pcm.size(), payload.size());
    const int written = opus_encode_float(state_.get(), pcm.data(), static_cast<int>(pcm.size()), payload.data(),
                                          static_cast<opus_int32>(room));
    if (written <= 0) return 0;
    allowance_.spend(static_cast<std::size_t>(written));
    if (!discontinuous_) return static_cast<std::size_t>(written);
    opus_int32 silent = 0;
    opus_encoder_ctl(state_.get(), OPUS_GET_IN_DTX(&silent));
    content_ = silent != 0 ? Content::kSilence : Content::kSound;
    return written > kNothingToSend ? static_cast<std::size_t>(written) : 0;
  }

  Content content() const override { return content_; }

  void set_expected_loss(double fraction) override {
    if (state_ == nullptr || (!redundancy_ && most_deep_ms_ == 0)) return;
    const int lost = std::clamp(static_cast<int>(std::lround(fraction * 100)), 0, kMostLossPercent);
    // While it describes anything, the network behind it runs with every frame: that is for those who need it.
    const int deep_ms =
        lost < kLossForDeepPercent ? 0 : std::min(most_deep_ms_, kDeepLeastMs + kDeepMsPerPercent * lost);
    lost_percent_ = fraction <= 0 ? 0 : std::max(lost, kLeastLossPercent);
    describes_ = deep_ms > 0;
    tell_loss();
    if (most_deep_ms_ == 0) return;
    opus_encoder_ctl(state_.get(), OPUS_SET_DRED_DURATION(deep_ms / kDeepFrameMs));
    // The in-band copy of the last frame sounds better than its description, but takes the bits of all descriptions.
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(redundancy_ && (!describes_ || both_) ? 1 : 0));
  }

  void set_available_bitrate(int bps) override {
    if (state_ == nullptr) return;
    available_bps_ = bps == 0 ? bitrate_bps_ : std::clamp(bps, kMinBitrate, bitrate_bps_);
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(available_bps_));
    if (lost_percent_ > 0) tell_loss();
  }

 private:
  // Told of more loss, libopus makes its copies finer, at the cost of the frames that arrive: where bursts are lost or
  // copies of another kind bring most of it back, that is 0.5 dB too much. With fewer bits it also decides how wide a
  // band still has copies.
  void tell_loss() {
    const bool coarse = !describes_ && available_bps_ >= kDefaultBitrate;
    const int most = coarse ? kLeastLossPercent : kMostLossPercent;
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(std::min(lost_percent_, most)));
  }

  std::unique_ptr<OpusEncoder, FreeEncoder> state_;
  Allowance allowance_;
  int bitrate_bps_ = kDefaultBitrate;  ///< where the network carries it
  int available_bps_ = kDefaultBitrate;
  int lost_percent_ = 0;    ///< that the far end has told of; 0: none, or nothing yet
  bool describes_ = false;  ///< sends deep redundancy
  bool redundancy_ = false;
  bool both_ = false;     ///< the bits are enough for copies and descriptions
  int most_deep_ms_ = 0;  ///< that the far end reads
  bool discontinuous_ = false;
  Content content_ = Content::kSound;
};

class OpusVoiceDecoder final : public Decoder {
 public:
  explicit OpusVoiceDecoder(const DecoderOptions& options)
      : state_(opus_decoder_create(dsp::kSampleRateHz, 1, nullptr)) {
    if (state_ != nullptr) {
      before_loss_.resize(static_cast<std::size_t>(opus_decoder_get_size(1)));
      opus_decoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(std::clamp(options.complexity, 0, 10)));
    }
    if (format_parameter_number(options.format_parameters, kDeepRedundancyParameter).value_or(0) <= 0) return;
    deep_decoder_.reset(opus_dred_decoder_create(nullptr));
    deep_.reset(opus_dred_alloc(nullptr));
  }

  std::size_t packet_samples(Bytes payload) const override {
    if (payload.empty()) return 0;
    const int samples =
        opus_packet_get_nb_samples(payload.data(), static_cast<opus_int32>(payload.size()), dsp::kSampleRateHz);
    return samples > 0 && static_cast<std::size_t>(samples) <= kMaxPacketSamples ? static_cast<std::size_t>(samples)
                                                                                 : 0;
  }

  std::size_t decode(Bytes payload, std::span<float> pcm) override { return run(payload, pcm, 0); }

  bool has_redundancy(Bytes payload) const override {
    return !payload.empty() && opus_packet_has_lbrr(payload.data(), static_cast<opus_int32>(payload.size())) == 1;
  }

  std::size_t decode_redundancy(Bytes payload, std::span<float> pcm) override { return run(payload, pcm, 1); }

  std::optional<bool> has_voice(Bytes payload) const override {
    if (payload.empty() || (payload.front() & (kCeltOnly | kStereo)) != 0) return std::nullopt;
    std::array<const unsigned char*, kMaxFrames> frames{};
    std::array<opus_int16, kMaxFrames> sizes{};
    const int count = opus_packet_parse(payload.data(), static_cast<opus_int32>(payload.size()), nullptr, frames.data(),
                                        sizes.data(), nullptr);
    if (count <= 0) return std::nullopt;
    const int silk_ms = opus_packet_get_samples_per_frame(payload.data(), dsp::kSampleRateHz) / kSamplesPerMs;
    const int flags = std::max(1, silk_ms / kSilkFrameMs);
    // The flags are the first symbols, of even odds: thus they are bits. A frame of one octet has been left out.
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      if (sizes[i] > 1 && *frames[i] >> (8 - flags) != 0) return true;
    return false;
  }

  std::size_t read_deep_redundancy(Bytes payload) override {
    if (deep_decoder_ == nullptr || deep_ == nullptr || payload.empty()) return 0;
    int silent_end = 0;
    const int reach =
        opus_dred_parse(deep_decoder_.get(), deep_.get(), payload.data(), static_cast<opus_int32>(payload.size()),
                        dsp::kSampleRateHz, dsp::kSampleRateHz, &silent_end, 1);
    deep_processed_ = false;
    return reach > 0 ? static_cast<std::size_t>(reach) : 0;
  }

  void decode_deep_redundancy(std::size_t before, std::span<float> pcm) override {
    if (deep_ == nullptr) return conceal(pcm);
    if (!std::exchange(deep_processed_, true)) opus_dred_process(deep_decoder_.get(), deep_.get(), deep_.get());
    make_up(pcm, static_cast<opus_int32>(before));
  }

  void conceal(std::span<float> pcm) override { make_up(pcm, 0); }

  bool can_rewind() const override { return true; }

  void rewind() override {
    made_up_.forget();
    if (!std::exchange(concealing_, false) || state_ == nullptr) return;
    std::memcpy(static_cast<void*>(state_.get()), before_loss_.data(), before_loss_.size());
  }

  bool sender_is_silent() const override { return silent_; }

  void reset() override {
    concealing_ = false;
    made_up_.forget();
    silent_ = false;
    clipping_ = 0;
    if (state_ != nullptr) opus_decoder_ctl(state_.get(), OPUS_RESET_STATE);
  }

 private:
  std::size_t run(Bytes payload, std::span<float> pcm, int redundancy) {
    if (state_ == nullptr || payload.empty()) return 0;
    const int written =
        opus_decode_float(state_.get(), payload.data(), static_cast<opus_int32>(payload.size()), pcm.data(),
                          static_cast<int>(std::min(pcm.size(), kMaxPacketSamples)), redundancy);
    if (written <= 0) return 0;
    concealing_ = false;
    // As its 16-bit form does: sound out of a damaged payload may be many times as loud as the loudest.
    opus_pcm_soft_clip(pcm.data(), written, 1, &clipping_);
    made_up_.forget();
    silent_ = payload.size() <= kNothingToSend;
    return static_cast<std::size_t>(written);
  }

  /// @param before  samples to the payload whose deep redundancy helps; 0: none does.
  void make_up(std::span<float> pcm, opus_int32 before) {
    if (!std::exchange(concealing_, true) && state_ != nullptr) {
      std::memcpy(before_loss_.data(), state_.get(), before_loss_.size());
    }
    // libopus throws the rest away where it is asked for less than 10 ms of what SILK makes up, and goes on behind it.
    while (!pcm.empty()) {
      const std::size_t count = made_up_.take(pcm, [&](std::span<float, kMadeUpSamples> frame) {
        const auto wanted = static_cast<int>(frame.size());
        int written = -1;
        if (state_ != nullptr && before > 0) {
          written = opus_decoder_dred_decode_float(state_.get(), deep_.get(), before, frame.data(), wanted);
        } else if (state_ != nullptr) {
          written = opus_decode_float(state_.get(), nullptr, 0, frame.data(), wanted, 0);
        }
        if (written != wanted) std::ranges::fill(frame, 0.0F);
      });
      pcm = pcm.subspan(count);
      before = std::max(0, before - static_cast<opus_int32>(count));
    }
  }

  std::unique_ptr<OpusDecoder, FreeDecoder> state_;
  std::unique_ptr<OpusDREDDecoder, FreeDeepDecoder> deep_decoder_;  ///< nullptr: not agreed
  std::unique_ptr<OpusDRED, FreeDeepRedundancy> deep_;
  bool deep_processed_ = false;
  // The state of libopus is one flat block, made to be copied (opus.h, opus_decoder_get_size).
  std::vector<std::byte> before_loss_;
  bool concealing_ = false;
  MadeUpSound<kMadeUpSamples> made_up_;
  bool silent_ = false;
  float clipping_ = 0;  ///< what opus_pcm_soft_clip keeps from one call to the next
};

}  // namespace

std::unique_ptr<Encoder> make_opus_encoder(const EncoderOptions& options) {
  return std::make_unique<OpusVoiceEncoder>(options);
}

std::unique_ptr<Decoder> make_opus_decoder(const DecoderOptions& options) {
  return std::make_unique<OpusVoiceDecoder>(options);
}

}  // namespace sidetone::media::codec
