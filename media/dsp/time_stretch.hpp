#pragma once

#include <cstddef>
#include <span>

namespace sidetone::media::dsp {

/// Where a stretch of sound repeats itself, for splicing it shorter or longer without a click (WSOLA, Verhelst &
/// Roelands 1993, with the cut at a pitch period).
struct SplicePoint {
  std::size_t lag = 0;     ///< samples to skip or to repeat; 0: none found
  double similarity = 0;   ///< normalised cross-correlation at the lag, −1 … 1
  double mean_square = 0;  ///< of the sound around it
};

inline constexpr std::size_t kSpliceFade = 240;     ///< samples of cross-fade, 5 ms
inline constexpr std::size_t kSpliceMinLag = 120;   ///< 2.5 ms
inline constexpr std::size_t kSpliceMaxLag = 720;   ///< 15 ms
inline constexpr std::size_t kSpliceHistory = 960;  ///< samples before `position` that the searches look at
inline constexpr double kSpliceQuiet = 1e-6;        ///< mean square (−60 dBov) below which any cut goes unheard

/// The best lag ≤ `max_lag` for dropping `lag` samples after `position`.
/// @param pcm  needs kSpliceHistory samples before `position` and max_lag + kSpliceFade after it.
SplicePoint find_skip(std::span<const float> pcm, std::size_t position, std::size_t max_lag);

/// The same for playing `lag` samples again; needs kSpliceHistory before `position` and kSpliceFade after it.
SplicePoint find_repeat(std::span<const float> pcm, std::size_t position, std::size_t max_lag);

/// Where sound that was made up goes over best into the real sound behind it.
/// @param made_up  kSpliceFade samples or more. @param real  kSpliceFade samples or more.
/// @return samples of `made_up` to play before the cross-fade of kSpliceFade into the beginning of `real`
std::size_t find_join(std::span<const float> made_up, std::span<const float> real);

/// Drop `lag` samples after `position`, cross-fading. @return the new length of `pcm`, shorter by `lag`.
std::size_t skip(std::span<float> pcm, std::size_t position, std::size_t lag);

/// Play the `lag` samples before `position + kSpliceFade` again, cross-fading.
/// @param pcm   room for length + lag. @param length  samples in use. @return the new length, longer by `lag`.
std::size_t repeat(std::span<float> pcm, std::size_t length, std::size_t position, std::size_t lag);

}  // namespace sidetone::media::dsp
