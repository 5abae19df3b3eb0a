#include "media/codec/g722.hpp"

#include <algorithm>
#include <array>

#include "media/codec/codec_rate.hpp"

namespace sidetone::media::codec {
namespace {

// Names and numbers of blocks are those of the recommendation; its arithmetic is 16-bit fixed point with saturation.

constexpr std::size_t kRatedSamplesAnOctet = 2;
constexpr std::size_t kSamplesAnOctet = dsp::kSampleRateHz / kNarrowbandHz;

int saturated(int value) { return std::clamp(value, -32768, 32767); }
/// A product of two numbers of 15 fractional bits.
int scaled(int a, int b) { return a * b >> 15; }

// Tables of G.722: decision levels of the lower band (table 9), its codes (table 10), and the reconstruction of both
// bands (tables 11 to 14).
constexpr std::array<int, 30> kLowDecisions{0,    35,   72,   110,  150,  190,  233,  276,  323,  370,
                                            422,  473,  530,  587,  650,  714,  786,  858,  940,  1023,
                                            1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919};
constexpr std::array<int, 64> kLowLevels6{
    -136,  -136,  -136,  -136,  -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576,  -6000,  -5456,  -4944,  -4464,  -4008,  -3576,  -3168,  -2776,
    -2400, -2032, -1688, -1360, -1040,  -728,   24808,  21904,  19008,  16704,  14984,  13512,  12280,
    11192, 10232, 9360,  8576,  7856,   7192,   6576,   6000,   5456,   4944,   4464,   4008,   3576,
    3168,  2776,  2400,  2032,  1688,   1360,   1040,   728,    432,    136,    -432,   -136};
constexpr std::array<int, 16> kLowLevels4{0,     -20456, -12896, -8968, -6288, -4240, -2584, -1200,
                                          20456, 12896,  8968,   6288,  4240,  2584,  1200,  0};
constexpr std::array<int, 16> kLowMultiplier{-60,  3042, 1198, 538, 334, 172, 58,  -30,
                                             3042, 1198, 538,  334, 172, 58,  -30, -60};
constexpr std::array<int, 4> kHighLevels{-7408, -1616, 7408, 1616};
constexpr std::array<int, 4> kHighMultiplier{798, -214, 798, -214};
constexpr int kHighDecision = 564;
constexpr std::array<int, 32> kAntilog{2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543,
                                       2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228,
                                       3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};
// Half of the quadrature mirror filter, which is symmetric (table 4).
constexpr std::array<int, 12> kMirrorFilter{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};

/// One band's predictor with two poles and six zeros, and its quantiser's step.
class SubBand {
 public:
  explicit SubBand(int step) : step_(step) {}

  [[nodiscard]] int step() const { return step_; }
  [[nodiscard]] int prediction() const { return prediction_; }

  /// Blocks LOGSCL and SCALEL, LOGSCH and SCALEH.
  void scale(int multiplier, int most, int shift) {
    log_step_ = std::clamp((log_step_ * 127 >> 7) + multiplier, 0, most);
    const int exponent = shift - (log_step_ >> 11);
    const int mantissa = kAntilog[static_cast<std::size_t>(log_step_ >> 6 & 31)];
    step_ = (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
  }

  /// Block 4. @param difference  the quantised one.
  void adapt(int difference) {
    const int reconstructed = saturated(prediction_ + difference);
    const int partial = saturated(zeros_ + difference);
    adapt_poles(partial);
    adapt_zeros(difference);
    std::copy_backward(differences_.begin(), differences_.end() - 1, differences_.end());
    differences_[0] = difference;
    partials_ = {partial, partials_[0]};
    reconstructed_ = {reconstructed, reconstructed_[0]};
    const int poles = saturated(scaled(pole_[0], saturated(2 * reconstructed_[0])) +
                                scaled(pole_[1], saturated(2 * reconstructed_[1])));
    zeros_ = 0;
    for (std::size_t i = 0; i < zero_.size(); ++i) zeros_ += scaled(zero_[i], saturated(2 * differences_[i]));
    zeros_ = saturated(zeros_);
    prediction_ = saturated(poles + zeros_);
  }

 private:
  static bool same_sign(int a, int b) { return (a < 0) == (b < 0); }

  void adapt_poles(int partial) {  // blocks UPPOL2 and UPPOL1
    const bool same1 = same_sign(partial, partials_[0]);
    const bool same2 = same_sign(partial, partials_[1]);
    const int four = saturated(4 * pole_[0]);
    const int turned = same1 ? std::min(-four, 32767) : four;
    const int second = std::clamp((same2 ? 128 : -128) + (turned >> 7) + scaled(pole_[1], 32512), -12288, 12288);
    const int limit = saturated(15360 - second);
    pole_ = {std::clamp(saturated((same1 ? 192 : -192) + scaled(pole_[0], 32640)), -limit, limit), second};
  }

  void adapt_zeros(int difference) {  // block UPZERO
    const int gain = difference == 0 ? 0 : 128;
    for (std::size_t i = 0; i < zero_.size(); ++i)
      zero_[i] = saturated((same_sign(difference, differences_[i]) ? gain : -gain) + scaled(zero_[i], 32640));
  }

  std::array<int, 2> pole_{};
  std::array<int, 6> zero_{};
  std::array<int, 2> reconstructed_{};
  std::array<int, 2> partials_{};
  std::array<int, 6> differences_{};
  int zeros_ = 0;
  int prediction_ = 0;
  int log_step_ = 0;
  int step_;
};

/// The two bands and the quadrature mirror filter, which both directions have alike.
class G722Bands {
 public:
  std::uint8_t encode(int first, int second) {
    push(first, second);
    const auto [even, odd] = filter();
    const int low = (even + odd) >> 14;
    const int high = (even - odd) >> 14;
    const int low_code = quantise_low(saturated(low - low_.prediction()));
    const int high_code = quantise_high(saturated(high - high_.prediction()));
    adapt(low_code, high_code);
    return static_cast<std::uint8_t>(high_code << 6 | low_code);
  }

  std::array<std::int16_t, 2> decode(std::uint8_t octet) {
    const int low_code = octet & 0x3f;
    const int high_code = octet >> 6;
    const auto limited = [](int value) { return std::clamp(value, -16384, 16383); };
    const int low = limited(low_.prediction() + scaled(low_.step(), kLowLevels6[static_cast<std::size_t>(low_code)]));
    const int high =
        limited(high_.prediction() + scaled(high_.step(), kHighLevels[static_cast<std::size_t>(high_code)]));
    adapt(low_code, high_code);
    push(low + high, low - high);
    const auto [even, odd] = filter();
    return {static_cast<std::int16_t>(saturated(even >> 11)), static_cast<std::int16_t>(saturated(odd >> 11))};
  }

 private:
  void push(int first, int second) {
    std::copy(delay_.begin() + 2, delay_.end(), delay_.begin());
    delay_[22] = first;
    delay_[23] = second;
  }

  /// @return the sums over the later and the earlier samples of the pairs.
  [[nodiscard]] std::array<int, 2> filter() const {
    int later = 0;
    int earlier = 0;
    for (std::size_t i = 0; i < kMirrorFilter.size(); ++i) {
      earlier += delay_[2 * i] * kMirrorFilter[i];
      later += delay_[2 * i + 1] * kMirrorFilter[11 - i];
    }
    return {later, earlier};
  }

  [[nodiscard]] int quantise_low(int difference) const {  // block QUANTL
    const int magnitude = difference >= 0 ? difference : -(difference + 1);
    int level = 1;
    while (level < static_cast<int>(kLowDecisions.size()) &&
           magnitude >= kLowDecisions[static_cast<std::size_t>(level)] * low_.step() >> 12)
      ++level;
    if (difference >= 0) return 62 - level;
    return level <= 2 ? 64 - level : 34 - level;
  }

  [[nodiscard]] int quantise_high(int difference) const {  // block QUANTH
    const int magnitude = difference >= 0 ? difference : -(difference + 1);
    const bool outer = magnitude >= kHighDecision * high_.step() >> 12;
    return (difference < 0 ? 0 : 2) + (outer ? 0 : 1);
  }

  void adapt(int low_code, int high_code) {
    const auto low = static_cast<std::size_t>(low_code >> 2);
    const auto high = static_cast<std::size_t>(high_code);
    const int low_difference = scaled(low_.step(), kLowLevels4[low]);
    const int high_difference = scaled(high_.step(), kHighLevels[high]);
    low_.scale(kLowMultiplier[low], 18432, 8);
    low_.adapt(low_difference);
    high_.scale(kHighMultiplier[high], 22528, 10);
    high_.adapt(high_difference);
  }

  SubBand low_{32};
  SubBand high_{8};
  std::array<int, 24> delay_{};
};

class G722Encoder final : public Encoder {
 public:
  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    const std::size_t octets = pcm.size() / kSamplesAnOctet;
    if (pcm.size() > kMaxPacketSamples || pcm.size() % kSamplesAnOctet != 0 || payload.size() < octets) return 0;
    const auto samples = reducer_.process(pcm);
    for (std::size_t i = 0; i < octets; ++i) payload[i] = bands_.encode(samples[2 * i], samples[2 * i + 1]);
    return octets;
  }

 private:
  G722Bands bands_;
  RateReducer reducer_{kWidebandHz};
};

class G722Decoder final : public PitchConcealedDecoder {
 public:
  G722Decoder() : PitchConcealedDecoder(kWidebandHz) {}

 private:
  std::size_t rated_samples(Bytes payload) const override { return payload.size() * kRatedSamplesAnOctet; }
  void decode_rated(Bytes payload, std::span<float> pcm) override {
    for (std::size_t i = 0; i < payload.size(); ++i) {
      const auto pair = bands_.decode(payload[i]);
      to_float(pair, pcm.subspan(i * kRatedSamplesAnOctet, kRatedSamplesAnOctet));
    }
  }
  void reset_codec() override { bands_ = {}; }

  G722Bands bands_;
};

}  // namespace

std::unique_ptr<Encoder> make_g722_encoder(const EncoderOptions&) { return std::make_unique<G722Encoder>(); }
std::unique_ptr<Decoder> make_g722_decoder(const DecoderOptions&) { return std::make_unique<G722Decoder>(); }

}  // namespace sidetone::media::codec
