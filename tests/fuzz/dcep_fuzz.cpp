#include "media/sctp/dcep.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)media::sctp::parse_dcep({data, size});
  return 0;
}
