#include "media/mixer/mixer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/dsp/soft_limiter.hpp"

namespace sidetone::media::mixer {
namespace {

using Sum = std::array<std::int32_t, dsp::kBlockSamples>;

constexpr float kUnit = 65536;             // steps from 0 to full scale: one bit finer than 16-bit sound
constexpr float kLoudest = 2 * kUnit;      // a decoder may overshoot full scale
constexpr float kFaintest = 1.0F / 65536;  // half a step of 16-bit sound

float ramp(Presence presence, std::size_t sample) {
  constexpr float kStep = 1.0F / dsp::kBlockSamples;
  if (presence == Presence::kComes) return kStep * static_cast<float>(sample);
  if (presence == Presence::kGoes) return 1.0F - kStep * static_cast<float>(sample + 1);
  return 1.0F;
}

std::int32_t fixed(float sample) {
  const float scaled = sample * kUnit;
  if (std::isnan(scaled)) return 0;
  const float bounded = std::clamp(scaled, -kLoudest, kLoudest);
  return static_cast<std::int32_t>(bounded + (bounded < 0 ? -0.5F : 0.5F));
}

bool says_something(const Party& party) {
  return party.spoken != nullptr &&
         std::ranges::any_of(*party.spoken, [](float sample) { return std::fabs(sample) >= kFaintest; });
}

// The same numbers in the same order wherever a party's share is needed, so that it cancels exactly.
template <class Use>
void for_share(const Party& party, Use use) {
  for (std::size_t i = 0; i < dsp::kBlockSamples; ++i) use(i, fixed((*party.spoken)[i] * ramp(party.presence, i)));
}

void to_sound(const Sum& sum, dsp::Block& out) {
  for (std::size_t i = 0; i < dsp::kBlockSamples; ++i) out[i] = static_cast<float>(sum[i]) / kUnit;
  dsp::SoftLimiter::apply(out);
}

}  // namespace

void mix(std::span<Party> parties) {
  for (Party& beyond : parties.subspan(std::min(parties.size(), kMostParties))) {
    beyond.mix = kCommonMix;
    if (beyond.heard != nullptr) beyond.heard->fill(0);
  }
  parties = parties.first(std::min(parties.size(), kMostParties));

  Sum total{};
  for (std::size_t i = 0; i < parties.size(); ++i) {
    Party& party = parties[i];
    const bool talks = says_something(party);
    // Who comes or goes hears a ramp of the mix, which is nobody else's.
    party.mix = talks || party.presence != Presence::kStays ? static_cast<MixId>(i) : kCommonMix;
    if (!talks) party.spoken = nullptr;
    if (talks) for_share(party, [&](std::size_t at, std::int32_t share) { total[at] += share; });
  }

  dsp::Block common;
  to_sound(total, common);
  for (Party& party : parties) {
    if (party.heard == nullptr) continue;
    if (party.spoken == nullptr) {
      *party.heard = common;
    } else {
      Sum others = total;
      for_share(party, [&](std::size_t at, std::int32_t share) { others[at] -= share; });
      to_sound(others, *party.heard);
    }
    if (party.presence == Presence::kStays) continue;
    for (std::size_t i = 0; i < dsp::kBlockSamples; ++i) (*party.heard)[i] *= ramp(party.presence, i);
  }
}

}  // namespace sidetone::media::mixer
