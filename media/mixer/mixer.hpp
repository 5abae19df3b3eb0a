#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "media/dsp/pcm.hpp"

namespace sidetone::media::mixer {

/// Names what a party hears within one call of mix(): parties with the same number hear the same samples.
using MixId = std::uint32_t;

/// What all those hear who say nothing.
inline constexpr MixId kCommonMix = std::numeric_limits<MixId>::max();

/// The sums have 32 bits, a sample of ±1 takes 17 of them and an overdriven one, up to ±2, 18: so many parties cannot
/// overflow them.
inline constexpr std::size_t kMostParties = 16383;

/// Whether a party comes or goes with this block. Both are a ramp over the block, of what it says and of what it hears.
enum class Presence : std::uint8_t { kStays, kComes, kGoes };

/// One party's 10 ms of a conference.
struct Party {
  const dsp::Block* spoken = nullptr;  ///< nullptr: nothing came. mix() makes it so of a silent block
  dsp::Block* heard = nullptr;         ///< written by mix(); nullptr: nobody listens. No party's `spoken`
  Presence presence = Presence::kStays;
  MixId mix = kCommonMix;  ///< written by mix()
};

/// Gives everyone the sum of the others (N−1), bent into ±1 by dsp::SoftLimiter. Nobody is left out for being quiet:
/// silence is a block without a sample that 16 bits could tell from zero. Whoever is silent hears the common mix, which
/// needs one encoder for all of them. A sample that is no number counts as 0. The sums are whole numbers: what a party
/// says is taken out of its own mix without a rest. Allocates nothing, locks nothing.
/// @param parties at most kMostParties; those beyond hear and say nothing
void mix(std::span<Party> parties);

}  // namespace sidetone::media::mixer
