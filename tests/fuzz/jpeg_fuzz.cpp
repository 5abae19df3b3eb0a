#include "service/directory/jpeg.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto picture = service::directory::parse_jpeg({data, size});
  fuzz::require(!picture.ok() || (picture->width > 0 && picture->width < 65'536 && picture->height > 0));
  return 0;
}
