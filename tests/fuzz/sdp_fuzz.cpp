#include "media/peer/sdp.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted is written so that it reads as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sdp = media::peer::parse_sdp(fuzz::text(data, size));
  if (!sdp.ok()) return 0;
  const auto text = media::peer::write_sdp(*sdp);
  const auto again = media::peer::parse_sdp(text);
  fuzz::require(again.ok() && media::peer::write_sdp(*again) == text);
  return 0;
}
