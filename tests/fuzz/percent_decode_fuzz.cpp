#include "net/url.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = net::percent_decode(fuzz::text(data, size));
  fuzz::require(!decoded.ok() || decoded->size() <= size);
  return 0;
}
