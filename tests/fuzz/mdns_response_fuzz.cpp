#include "media/ice/mdns_message.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)media::ice::parse_mdns_response({data, size});
  return 0;
}
