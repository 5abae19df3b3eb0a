#include "media/dtls/fingerprint.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted is written and read back the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fingerprint = media::dtls::parse_fingerprint(fuzz::text(data, size));
  if (!fingerprint.ok()) return 0;
  const auto again = media::dtls::parse_fingerprint(to_string(*fingerprint));
  fuzz::require(again.ok() && to_string(*again) == to_string(*fingerprint));
  return 0;
}
