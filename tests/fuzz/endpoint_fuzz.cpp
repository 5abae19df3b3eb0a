#include "media/udp/endpoint.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted is written and read back the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto endpoint = media::udp::parse_endpoint(fuzz::text(data, size), 5004);
  if (!endpoint) return 0;
  const auto again = media::udp::parse_endpoint(address_text(*endpoint), 5004);
  fuzz::require(again == endpoint);
  return 0;
}
