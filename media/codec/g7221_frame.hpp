#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/bytes.hpp"
#include "media/dsp/lapped_transform.hpp"

/// One frame of ITU-T G.722.1: between coefficients of the lapped transform and bits.
namespace sidetone::media::codec {

/// The pseudo-random signs of noise in the place of what is not sent. @source G.722.1 §4.4
class G7221Noise {
 public:
  unsigned next() {
    auto sum = static_cast<std::uint16_t>(state_[0] + state_[3]);
    if ((sum & 0x8000) != 0) ++sum;
    state_ = {state_[1], state_[2], state_[3], sum};
    return sum;
  }

 private:
  std::array<std::uint16_t, 4> state_{1, 1, 1, 1};
};

/// @param coefficients  of sound of full scale ±1. @param out  the frame, filled entirely: 60 or 80 octets.
/// @source G.722.1 §3
void encode_g7221_frame(const dsp::LappedTransform::Frame& coefficients, std::span<std::uint8_t> out);

/// @return whether it is a frame. @source G.722.1 §4
bool decode_g7221_frame(Bytes frame, G7221Noise& signs, dsp::LappedTransform::Frame& coefficients);

/// Before the first frame on a thread that must not allocate: the codes are made into trees.
void prepare_g7221();

}  // namespace sidetone::media::codec
