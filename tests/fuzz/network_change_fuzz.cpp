#include "media/ice/netlink.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)media::ice::parse_network_change({data, size});
  return 0;
}
