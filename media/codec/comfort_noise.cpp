#include "media/codec/comfort_noise.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/codec/codec_rate.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/linear_prediction.hpp"
#include "media/dsp/voice_activity.hpp"

namespace sidetone::media::codec {
namespace {

constexpr std::size_t kMaxNoiseOctets = 1 + 64;
constexpr int kQuietest = 127;                      // −dBov, RFC 3389 §3.1
constexpr double kCoefficientStep = 258.0 / 32768;  // RFC 3389 §3.2
constexpr int kCoefficientZero = 127;
constexpr std::uint8_t kReserved = 255;
constexpr double kSteepest = 0.995;  // a filter nearer to instability would ring for longer than a pause lasts

constexpr std::size_t kNoisePacket = 480;     // what a description stands for until the next thing comes: 10 ms
constexpr std::size_t kNoiseBlock = 20;       // 2.5 ms at 8 kHz: so often the model moves
constexpr double kModelStep = 0.05;           // of the way: 50 ms
constexpr std::size_t kRepeatSamples = 3200;  // 400 ms, as Opus does
constexpr std::size_t kLeastSamples = 800;    // 100 ms between two descriptions
constexpr double kWorthTelling = 1.41;        // 3 dB
constexpr double kForget = 0.8;               // a packet's share in the average of the noise

class ComfortNoiseEncoder final : public Encoder {
 public:
  explicit ComfortNoiseEncoder(std::unique_ptr<Encoder> voice) : voice_(std::move(voice)) {}

  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    // In pauses too: its filters then have the beginning of the next word in them.
    const std::size_t size = voice_->encode(pcm, payload);
    const auto samples = reducer_.process(pcm);
    const auto rated = std::span{rated_}.first(samples.size());
    to_float(samples, rated);
    std::array<double, NoiseModel::kSentOrder + 1> correlation;
    dsp::autocorrelate(rated, correlation);
    NoiseModel now;
    const double gain =
        dsp::reflection_coefficients(correlation, std::span{now.reflection}.first(NoiseModel::kSentOrder));
    const bool sound = activity_.update(rated, gain);
    if (activity_.noise_only()) learn(correlation, rated.size());
    if (sound) {
      content_ = Content::kSound;
      return size;
    }
    const bool begins = std::exchange(content_, Content::kComfortNoise) == Content::kSound;
    since_ += rated.size();
    now.rms = std::sqrt(correlation_[0]);
    const double change = std::max(now.rms, told_rms_) / std::max(std::min(now.rms, told_rms_), 1e-7);
    if (!begins && since_ < kRepeatSamples && (since_ < kLeastSamples || change < kWorthTelling)) return 0;
    since_ = 0;
    told_rms_ = now.rms;
    dsp::reflection_coefficients(correlation_, std::span{now.reflection}.first(NoiseModel::kSentOrder));
    return write_noise(now, payload);
  }

  Content content() const override { return content_; }
  void set_expected_loss(double fraction) override { voice_->set_expected_loss(fraction); }
  void set_available_bitrate(int bps) override { voice_->set_available_bitrate(bps); }

 private:
  void learn(std::span<const double> correlation, std::size_t samples) {
    for (std::size_t i = 0; i < correlation_.size(); ++i) {
      const double fresh = correlation[i] / static_cast<double>(samples);
      correlation_[i] = known_ ? kForget * correlation_[i] + (1 - kForget) * fresh : fresh;
    }
    known_ = true;
  }

  std::unique_ptr<Encoder> voice_;
  RateReducer reducer_{kNarrowbandHz};
  std::array<float, kMaxRatedSamples> rated_{};
  dsp::VoiceActivity activity_;
  std::array<double, NoiseModel::kSentOrder + 1> correlation_{};  ///< of the noise, each sample's share
  bool known_ = false;
  Content content_ = Content::kSound;
  std::size_t since_ = 0;  ///< the last description, samples
  double told_rms_ = 0;
};

class ComfortNoiseDecoder final : public Decoder {
 public:
  std::size_t packet_samples(Bytes payload) const override {
    NoiseModel ignored;
    return read_noise(payload, ignored) ? kNoisePacket : 0;
  }

  std::size_t decode(Bytes payload, std::span<float> pcm) override {
    NoiseModel model;
    if (pcm.size() < kNoisePacket || !read_noise(payload, model)) return 0;
    target_ = model;
    if (!std::exchange(playing_, true)) model_ = model;
    conceal(pcm.first(kNoisePacket));
    return kNoisePacket;
  }

  void conceal(std::span<float> pcm) override {
    const std::size_t most = kNoiseBlock * raiser_.ratio();
    while (!pcm.empty()) {
      const auto block = std::span{block_}.first(std::min(pcm.size(), most) / raiser_.ratio());
      approach();
      fill(block);
      const std::size_t count = block.size() * raiser_.ratio();
      raiser_.process(block, pcm.first(count));
      pcm = pcm.subspan(count);
    }
  }

  bool sender_is_silent() const override { return playing_; }

  void reset() override {
    playing_ = false;
    model_ = target_ = {};
    backward_.fill(0);
    raiser_.reset();
  }

 private:
  void approach() {
    model_.rms += kModelStep * (target_.rms - model_.rms);
    double residual = 1;
    for (std::size_t i = 0; i < model_.reflection.size(); ++i) {
      double& k = model_.reflection[i];
      k += kModelStep * (target_.reflection[i] - k);
      residual *= 1 - k * k;
    }
    gain_ = model_.rms * std::sqrt(residual);
  }

  /// White noise through the lattice of the reflection coefficients, which is stable whatever they are.
  void fill(std::span<float> out) {
    const auto& k = model_.reflection;
    for (float& sample : out) {
      double x = gain_ * white();
      for (std::size_t i = k.size(); i-- > 0;) {
        x -= k[i] * backward_[i];
        backward_[i + 1] = backward_[i] + k[i] * x;
      }
      backward_[0] = x;
      sample = static_cast<float>(std::clamp(x, -1.0, 1.0));
    }
  }

  /// Variance 1: uniform, which the filters make normal enough.
  double white() {
    random_ = random_ * 1664525 + 1013904223;
    return static_cast<double>(static_cast<std::int32_t>(random_)) / 2147483648.0 * 1.7320508;
  }

  NoiseModel model_;
  NoiseModel target_;
  bool playing_ = false;
  double gain_ = 0;
  std::array<double, NoiseModel::kMaxOrder + 1> backward_{};
  std::uint32_t random_ = 1;
  std::array<float, kNoiseBlock> block_{};
  RateRaiser raiser_{kNarrowbandHz};
};

}  // namespace

std::size_t write_noise(const NoiseModel& model, std::span<std::uint8_t> payload) {
  if (payload.size() < 1 + NoiseModel::kSentOrder) return 0;
  const double level = model.rms > 0 ? -20 * std::log10(model.rms) : kQuietest;
  payload[0] = static_cast<std::uint8_t>(std::clamp(static_cast<int>(std::lround(level)), 0, kQuietest));
  for (std::size_t i = 0; i < NoiseModel::kSentOrder; ++i) {
    const auto index = kCoefficientZero + static_cast<int>(std::lround(model.reflection[i] / kCoefficientStep));
    payload[1 + i] = static_cast<std::uint8_t>(std::clamp(index, 0, kReserved - 1));
  }
  return 1 + NoiseModel::kSentOrder;
}

bool read_noise(Bytes payload, NoiseModel& model) {
  if (payload.empty() || payload.size() > kMaxNoiseOctets) return false;
  model = {};
  const int level = payload[0] & 0x7f;
  model.rms = level == kQuietest ? 0 : std::pow(10, -level / 20.0);
  const Bytes shape = payload.subspan(1, std::min(payload.size() - 1, NoiseModel::kMaxOrder));
  for (std::size_t i = 0; i < shape.size() && shape[i] != kReserved; ++i)
    model.reflection[i] = std::clamp(kCoefficientStep * (shape[i] - kCoefficientZero), -kSteepest, kSteepest);
  return true;
}

std::unique_ptr<Encoder> with_comfort_noise(std::unique_ptr<Encoder> voice) {
  return std::make_unique<ComfortNoiseEncoder>(std::move(voice));
}

std::unique_ptr<Decoder> make_comfort_noise_decoder(const DecoderOptions&) {
  return std::make_unique<ComfortNoiseDecoder>();
}

}  // namespace sidetone::media::codec
