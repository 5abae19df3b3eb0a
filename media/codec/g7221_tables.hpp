#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace sidetone::media::codec {

/// A word of one of G.722.1's variable-length codes: `length` bits, the last of them the lowest of `bits`. Length 0: no
/// such word.
struct VariableLengthCode {
  std::uint8_t length = 0;
  std::uint16_t bits = 0;
};

/// Difference of a region's power index from that of the region below, plus 12, for regions 1 … 13.
extern const std::array<std::array<VariableLengthCode, 24>, 13> kG7221PowerCodes;
/// By category: words for vectors of quantised magnitudes, numbered with the first magnitude as the highest digit.
extern const std::array<std::span<const VariableLengthCode>, 7> kG7221VectorCodes;

}  // namespace sidetone::media::codec
