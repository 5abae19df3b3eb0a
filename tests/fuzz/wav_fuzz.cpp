#include "media/device/wav.hpp"

#include <cmath>

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is read is sound within the limits, of no more samples than there are octets.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace media::device;
  const auto sound = parse_wav(Bytes{data, size});
  if (!sound) {
    fuzz::require(!sound.error().text.empty() && !sound.error().where.empty());
    return 0;
  }
  fuzz::require(sound->sample_rate_hz >= kLeastWavRateHz && sound->sample_rate_hz <= kMostWavRateHz);
  fuzz::require(!sound->samples.empty() && 2 * sound->samples.size() <= size);
  for (const float sample : sound->samples) fuzz::require(std::isfinite(sample) && std::fabs(sample) <= 1.001F);
  return 0;
}
