#include "net/crypto.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted is written back as it came.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = net::base64url_decode(fuzz::text(data, size));
  fuzz::require(!bytes || bytes->size() <= size);
  return 0;
}
