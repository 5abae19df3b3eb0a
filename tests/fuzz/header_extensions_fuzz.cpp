#include "media/rtp/header_extensions.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// The first two bytes are the profile, the rest the elements.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader({data, size});
  const auto profile = reader.u16();
  (void)media::rtp::parse_header_extensions(profile, reader.rest());
  return 0;
}
