#include "media/codec/g729.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <array>

#include "media/codec/codec_rate.hpp"
#include "media/codec/made_up_sound.hpp"

namespace sidetone::media::codec {
namespace {

constexpr std::size_t kG729FrameOctets = 10;
constexpr std::size_t kSilenceOctets = 2;
constexpr std::size_t kG729FrameSamples = 80;
constexpr std::size_t kG729FrameAt48k = 480;
constexpr std::size_t kG729MaxFrames = kMaxPacketSamples / kG729FrameAt48k;
constexpr std::size_t kG729BlendSamples = 32;  // 4 ms
constexpr std::size_t kQuietFrames = 20;

const G729Library& library() {
  static const G729Library kLibrary = load_g729("libbcg729.so.0");
  return kLibrary;
}

struct FreeG729Encoder {
  void operator()(void* state) const { library().free_encoder(state); }
};
struct FreeG729Decoder {
  void operator()(void* state) const { library().free_decoder(state); }
};
using G729EncoderState = std::unique_ptr<void, FreeG729Encoder>;

using QuietFrames = std::array<std::array<std::uint8_t, kG729FrameOctets>, kQuietFrames>;

/// Silence as frames: what brings a decoder to rest, for the library has no reset that does not allocate.
const QuietFrames& quiet_frames() {
  static const QuietFrames kQuiet = [] {
    QuietFrames frames{};
    const G729EncoderState encoder(library().make_encoder(0));
    const std::array<std::int16_t, kG729FrameSamples> silence{};
    std::uint8_t size = 0;
    for (auto& frame : frames) library().encode(encoder.get(), silence.data(), frame.data(), &size);
    return frames;
  }();
  return kQuiet;
}

class G729Encoder final : public Encoder {
 public:
  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    const std::size_t frames = pcm.size() / kG729FrameAt48k;
    if (state_ == nullptr || frames > kG729MaxFrames || pcm.size() % kG729FrameAt48k != 0 ||
        payload.size() < frames * kG729FrameOctets)
      return 0;
    const auto samples = reducer_.process(pcm);
    for (std::size_t i = 0; i < frames; ++i) {
      std::uint8_t size = 0;
      library().encode(state_.get(), samples.data() + i * kG729FrameSamples, payload.data() + i * kG729FrameOctets,
                       &size);
    }
    return frames * kG729FrameOctets;
  }

 private:
  G729EncoderState state_{library().make_encoder(0)};
  RateReducer reducer_{kNarrowbandHz};
};

class G729Decoder final : public Decoder {
 public:
  G729Decoder() { quiet_frames(); }

  std::size_t packet_samples(Bytes payload) const override {
    const std::size_t frames = payload.size() / kG729FrameOctets;
    const std::size_t rest = payload.size() % kG729FrameOctets;
    if (payload.empty() || state_ == nullptr || (rest != 0 && rest != kSilenceOctets)) return 0;
    const std::size_t samples = (frames + (rest != 0 ? 1 : 0)) * kG729FrameAt48k;
    return samples <= kMaxPacketSamples ? samples : 0;
  }

  std::size_t decode(Bytes payload, std::span<float> pcm) override {
    const std::size_t count = packet_samples(payload);
    if (count == 0 || count > pcm.size()) return 0;
    for (std::size_t done = 0; done < count; done += kG729FrameAt48k) {
      const Bytes frame = payload.first(std::min(kG729FrameOctets, payload.size()));
      payload = payload.subspan(frame.size());
      silent_ = frame.size() == kSilenceOctets;
      library().decode(state_.get(), frame.data(), static_cast<std::uint8_t>(frame.size()), 0, silent_ ? 1 : 0, 0,
                       samples_.data());
      to_float(samples_, rated_);
      made_up_.blend_into(rated_, kG729BlendSamples);
      raiser_.process(rated_, pcm.subspan(done, kG729FrameAt48k));
    }
    return count;
  }

  void conceal(std::span<float> pcm) override {
    while (!pcm.empty()) {
      const auto rated = std::span{rated_}.first(std::min(rated_.size(), pcm.size() / raiser_.ratio()));
      const std::size_t count = made_up_.take(rated, [this](std::span<float, kG729FrameSamples> frame) {
        library().decode(state_.get(), nullptr, 0, 1, 0, 0, samples_.data());
        to_float(samples_, frame);
      });
      raiser_.process(rated.first(count), pcm.first(count * raiser_.ratio()));
      pcm = pcm.subspan(count * raiser_.ratio());
    }
  }

  bool sender_is_silent() const override { return silent_; }

  void reset() override {
    for (const auto& frame : quiet_frames())
      library().decode(state_.get(), frame.data(), kG729FrameOctets, 0, 0, 0, samples_.data());
    raiser_.reset();
    made_up_.forget();
    silent_ = false;
  }

 private:
  std::unique_ptr<void, FreeG729Decoder> state_{library().make_decoder()};
  std::array<std::int16_t, kG729FrameSamples> samples_{};
  std::array<float, kG729FrameSamples> rated_{};
  MadeUpSound<kG729FrameSamples> made_up_;
  bool silent_ = false;
  RateRaiser raiser_{kNarrowbandHz};
};

}  // namespace

G729Library load_g729(const char* file) {
  G729Library out;
  void* handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);  // never closed: it lives as long as the process
  const auto said = [] {
    const char* reason = dlerror();
    return std::string(reason != nullptr ? reason : "it cannot be loaded");
  };
  if (handle == nullptr) {
    out.missing = said();
    return out;
  }
  const auto take = [&](const char* name, auto& function) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, name));
    if (function == nullptr && out.missing.empty()) out.missing = said();
  };
  take("initBcg729EncoderChannel", out.make_encoder);
  take("closeBcg729EncoderChannel", out.free_encoder);
  take("bcg729Encoder", out.encode);
  take("initBcg729DecoderChannel", out.make_decoder);
  take("closeBcg729DecoderChannel", out.free_decoder);
  take("bcg729Decoder", out.decode);
  return out;
}

std::string_view g729_missing() { return library().missing; }

std::unique_ptr<Encoder> make_g729_encoder(const EncoderOptions&) { return std::make_unique<G729Encoder>(); }
std::unique_ptr<Decoder> make_g729_decoder(const DecoderOptions&) { return std::make_unique<G729Decoder>(); }

}  // namespace sidetone::media::codec
