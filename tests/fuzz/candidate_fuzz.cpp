#include "media/ice/candidate.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted is written and read back the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto candidate = media::ice::parse_candidate(fuzz::text(data, size));
  if (!candidate.ok()) return 0;
  const auto again = media::ice::parse_candidate(to_string(*candidate));
  fuzz::require(again.ok() && to_string(*again) == to_string(*candidate));
  return 0;
}
