#include "media/sctp/data_in_flight.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// The packet is sent, and comes back.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  media::sctp::DataInFlight in_flight;
  in_flight.sent({data, size}, {});
  in_flight.received({data, size});
  (void)in_flight.oldest();
  return 0;
}
