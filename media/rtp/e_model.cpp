#include "media/rtp/e_model.hpp"

#include <algorithm>

namespace sidetone::media::rtp {

CodecImpairment impairment_of(std::string_view name) {
  if (name == "G729") return {11, 19};
  return {};
}

double rating_factor(double delay_ms, double loss, double burst_ratio, const CodecImpairment& codec) {
  const double percent = 100 * std::clamp(loss, 0.0, 1.0);
  const double equipment =
      codec.equipment + (95 - codec.equipment) * percent / (percent / std::max(1.0, burst_ratio) + codec.robustness);
  // Id in two straight lines (Cole and Rosenbluth 2001), as the client has it: within 1.5 of G.107 up to 400 ms.
  const double delay = std::max(0.0, delay_ms);
  const double rating = 93.2 - 0.024 * delay - 0.11 * std::max(0.0, delay - 177.3) - equipment;
  return std::clamp(rating, 0.0, 93.2);
}

double opinion_score(double rating) {
  const double r = std::clamp(rating, 0.0, 100.0);
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

}  // namespace sidetone::media::rtp
