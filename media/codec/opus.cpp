#include "media/codec/opus.hpp"

#include <opus.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "media/dsp/pcm.hpp"

namespace sidetone::media::codec {
namespace {

constexpr int kDefaultBitrate = 32000;  // fullband speech, RFC 7587 §3.1.1
constexpr int kMinBitrate = 6000;       // RFC 7587 §3.1.1
constexpr int kMaxBitrate = 510000;
constexpr int kDefaultLossPercent =
    10;  // until the far end reports; below this libopus 1.6 sends no redundancy at 32 kbit/s

struct FreeEncoder {
  void operator()(OpusEncoder* state) const { opus_encoder_destroy(state); }
};
struct FreeDecoder {
  void operator()(OpusDecoder* state) const { opus_decoder_destroy(state); }
};

int bandwidth_for(int playback_rate_hz) {
  if (playback_rate_hz <= 8000) return OPUS_BANDWIDTH_NARROWBAND;
  if (playback_rate_hz <= 12000) return OPUS_BANDWIDTH_MEDIUMBAND;
  if (playback_rate_hz <= 16000) return OPUS_BANDWIDTH_WIDEBAND;
  if (playback_rate_hz <= 24000) return OPUS_BANDWIDTH_SUPERWIDEBAND;
  return OPUS_BANDWIDTH_FULLBAND;
}

class OpusVoiceEncoder final : public Encoder {
 public:
  explicit OpusVoiceEncoder(const EncoderOptions& options)
      : state_(opus_encoder_create(dsp::kSampleRateHz, 1, OPUS_APPLICATION_VOIP, nullptr)) {
    if (state_ == nullptr) return;
    const auto parameter = [&](std::string_view key) {
      return format_parameter_number(options.format_parameters, key);
    };
    const int bitrate = std::clamp(parameter("maxaveragebitrate").value_or(kDefaultBitrate), kMinBitrate, kMaxBitrate);
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(std::min(bitrate, kDefaultBitrate)));
    opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(std::clamp(options.complexity, 0, 10)));
    opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    if (parameter("cbr").value_or(0) == 1) opus_encoder_ctl(state_.get(), OPUS_SET_VBR(0));
    if (const auto rate_hz = parameter("maxplaybackrate")) {
      opus_encoder_ctl(state_.get(), OPUS_SET_MAX_BANDWIDTH(bandwidth_for(*rate_hz)));
    }
    redundancy_ = parameter("useinbandfec").value_or(0) == 1;
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(redundancy_ ? 1 : 0));
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(redundancy_ ? kDefaultLossPercent : 0));
  }

  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    if (state_ == nullptr) return 0;
    const int written = opus_encode_float(state_.get(), pcm.data(), static_cast<int>(pcm.size()), payload.data(),
                                          static_cast<opus_int32>(payload.size()));
    return written > 0 ? static_cast<std::size_t>(written) : 0;
  }

  void set_expected_loss(double fraction) override {
    if (state_ == nullptr || !redundancy_) return;
    const int percent =
        fraction <= 0 ? 0 : std::clamp(static_cast<int>(std::lround(fraction * 100)), kDefaultLossPercent, 50);
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(percent));
  }

 private:
  std::unique_ptr<OpusEncoder, FreeEncoder> state_;
  bool redundancy_ = false;
};

class OpusVoiceDecoder final : public Decoder {
 public:
  explicit OpusVoiceDecoder(const DecoderOptions& options)
      : state_(opus_decoder_create(dsp::kSampleRateHz, 1, nullptr)) {
    if (state_ != nullptr) {
      before_loss_.resize(static_cast<std::size_t>(opus_decoder_get_size(1)));
      opus_decoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(std::clamp(options.complexity, 0, 10)));
    }
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

  void conceal(std::span<float> pcm) override {
    if (!std::exchange(concealing_, true) && state_ != nullptr) {
      std::memcpy(before_loss_.data(), state_.get(), before_loss_.size());
    }
    // libopus makes up at most 120 ms at once, in units of 2.5 ms.
    while (!pcm.empty()) {
      const std::size_t count = std::min(pcm.size(), kMaxPacketSamples);
      const int written =
          state_ == nullptr ? -1 : opus_decode_float(state_.get(), nullptr, 0, pcm.data(), static_cast<int>(count), 0);
      if (written <= 0) {
        std::ranges::fill(pcm, 0.0F);
        return;
      }
      pcm = pcm.subspan(std::min(pcm.size(), static_cast<std::size_t>(written)));
    }
  }

  bool can_rewind() const override { return true; }

  void rewind() override {
    if (!std::exchange(concealing_, false) || state_ == nullptr) return;
    std::memcpy(static_cast<void*>(state_.get()), before_loss_.data(), before_loss_.size());
  }

  void reset() override {
    concealing_ = false;
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
    return static_cast<std::size_t>(written);
  }

  std::unique_ptr<OpusDecoder, FreeDecoder> state_;
  // The state of libopus is one flat block, made to be copied (opus.h, opus_decoder_get_size).
  std::vector<std::byte> before_loss_;
  bool concealing_ = false;
};

}  // namespace

std::unique_ptr<Encoder> make_opus_encoder(const EncoderOptions& options) {
  return std::make_unique<OpusVoiceEncoder>(options);
}

std::unique_ptr<Decoder> make_opus_decoder(const DecoderOptions& options) {
  return std::make_unique<OpusVoiceDecoder>(options);
}

}  // namespace sidetone::media::codec
