#pragma once

#include <string_view>

namespace sidetone::media::rtp {

/// What a codec costs by itself, and how well its concealment stands loss. @source ITU-T G.113 Appendix I
struct CodecImpairment {
  double equipment = 0;      ///< Ie
  double robustness = 25.1;  ///< Bpl, of random loss
};
/// @param name  as in SDP.
CodecImpairment impairment_of(std::string_view name);

/// The transmission rating factor, 0 to 93.2: ITU-T G.107 with its default values, echo and loudness as they should be.
/// @param delay_ms  mouth to ear. @param loss  0 … 1, of packets that nothing brought back. @param burst_ratio  ≥ 1
double rating_factor(double delay_ms, double loss, double burst_ratio, const CodecImpairment& codec);
/// Mean opinion score, 1 to 4.5. @source ITU-T G.107 Annex B
double opinion_score(double rating);

}  // namespace sidetone::media::rtp
