#pragma once

#include <array>
#include <cstddef>
#include <span>

/// The engine's one internal form of sound: mono float at 48 kHz, full scale ±1, in blocks of 10 ms.
namespace sidetone::media::dsp {

inline constexpr int kSampleRateHz = 48000;
inline constexpr std::size_t kBlockSamples = 480;
inline constexpr int kBlockMs = 10;

using Block = std::array<float, kBlockSamples>;
using BlockSpan = std::span<float, kBlockSamples>;
using ConstBlockSpan = std::span<const float, kBlockSamples>;

}  // namespace sidetone::media::dsp
