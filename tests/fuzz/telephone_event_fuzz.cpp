#include "media/rtp/telephone_event.hpp"

#include <algorithm>

#include "media/rtp/event_receiver.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is read is written as it was but for the reserved bit; and whatever reports come at whatever times, a key is no
/// longer than there was time for it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  if (const auto event = media::rtp::parse_telephone_event(bytes); event.ok()) {
    const auto written = media::rtp::write_telephone_event(*event);
    fuzz::require(media::rtp::parse_telephone_event(written).value() == *event);
    fuzz::require(written[0] == data[0] && written[1] == (data[1] & 0xBF));
  }
  media::rtp::EventReceiver receiver;
  ByteReader in(bytes);
  MonotonicTime now{Seconds{1}};
  const MonotonicTime began = now;
  std::size_t reports = 0;
  std::size_t keys = 0;
  while (in.left() >= 8) {
    const std::uint8_t flags = in.u8();
    const std::uint32_t timestamp = in.u24();
    now = now + Milliseconds{flags & 0x1F};
    const Bytes payload = in.bytes(std::min<std::size_t>(4u * (1 + (flags >> 6)), in.left()));
    receiver.push({flags & 0x20u, timestamp, (flags & 1) != 0, (flags & 2) != 0 ? 8000u : 48000u, payload}, now);
    reports += payload.size() / 4;
    (void)receiver.sounding(now);
    while (const auto key = receiver.take(now)) {
      ++keys;
      fuzz::require(media::rtp::event_of_key(key->key).has_value());
      fuzz::require(key->duration <= (now - began) + Seconds{9});  // one segment of 8 kHz and the slack
    }
  }
  while (receiver.take(now + Seconds{1})) ++keys;
  fuzz::require(keys <= reports);
  return 0;
}
