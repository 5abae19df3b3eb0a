#include "service/config/settings.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto settings = service::config::parse_settings(std::string(fuzz::text(data, size)), "fuzz.conf");
  if (settings.ok()) (void)service::config::check_settings(*settings);
  return 0;
}
