#include "net/address.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const boost::asio::ip::address peer = boost::asio::ip::address_v4::loopback();
  const auto client = net::client_address(peer, fuzz::text(data, size), {"127.0.0.1", "::1", "10.0.0.1"});
  (void)net::address_group(client);
  return 0;
}
