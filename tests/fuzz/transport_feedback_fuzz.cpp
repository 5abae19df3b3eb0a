#include "media/rtp/transport_feedback.hpp"

#include <vector>

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is read stays within its bounds; and whatever arrives, what is told of it can be read.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace media::rtp;
  if (const auto feedback = parse_transport_feedback({data, size}); feedback.ok())
    fuzz::require(feedback->count <= TransportFeedback::kMaxPackets);
  ArrivalLog log;
  ByteReader in({data, size});
  MonotonicTime now{Seconds{1}};
  std::vector<std::uint8_t> storage(1200);
  while (in.left() >= 4) {
    log.add(in.u16(), now);
    now = now + Milliseconds{in.u16()};
    if (!log.due(now)) continue;
    ByteWriter out(storage);
    fuzz::require(log.write(1, 2, now, out).ok());
    fuzz::require(parse_transport_feedback(out.written().subspan(4)).ok());
  }
  return 0;
}
