#pragma once

#include <cstddef>
#include <span>

namespace sidetone::media::dsp {

/// Autocorrelation of a block, lags 0 … out.size() − 1, unnormalised.
void autocorrelate(std::span<const float> pcm, std::span<double> out);

/// Reflection coefficients of the all-pole model of a signal by Levinson's recursion.
/// @param autocorrelation  lags 0 … N. @param reflection  N values, each in −1 … 1; A(z) = 1 + k₁z⁻¹ for N = 1, so that
/// the first is negative for a signal of low frequencies.
/// @return prediction gain: power of the signal by power of the residual, ≥ 1; 1 for silence.
double reflection_coefficients(std::span<const double> autocorrelation, std::span<double> reflection);

}  // namespace sidetone::media::dsp
