#include "media/ice/server_url.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)media::ice::parse_server_url(fuzz::text(data, size));
  return 0;
}
