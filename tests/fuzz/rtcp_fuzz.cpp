#include "media/rtp/rtcp.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)media::rtp::parse_rtcp({data, size});
  return 0;
}
