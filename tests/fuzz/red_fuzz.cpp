#include "media/rtp/red.hpp"

#include <algorithm>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is read lies within what came; and what is sent is read as it was sent, whatever was sent before.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace media::rtp;
  const Bytes bytes{data, size};
  if (const auto red = parse_red(bytes); red.ok()) {
    std::size_t total = 4 * (red->count - 1) + 1;
    for (const RedBlock& block : std::span{red->blocks}.first(red->count)) total += block.data.size();
    fuzz::require(red->count >= 1 && total == size);
  }
  RedSender sender;
  ByteReader in(bytes);
  std::uint32_t timestamp = 0;
  while (in.left() >= 5) {
    const std::size_t depth = in.u8() % 5;
    timestamp += in.u16();
    const Bytes payload = in.bytes(std::min<std::size_t>(in.u16() % 1600, in.left()));
    std::vector<std::uint8_t> out(1 + in.left());  // often too little
    const std::size_t written = sender.pack(111, timestamp, payload, depth, out);
    fuzz::require(written <= std::max(kMaxRedPayloadBytes, payload.size() + 1));
    if (written == 0) continue;
    const auto red = parse_red(Bytes{out}.first(written));
    fuzz::require(red.ok() && red->count <= depth + 1);
    fuzz::require(std::equal(payload.begin(), payload.end(), red->primary().data.begin(), red->primary().data.end()));
  }
  return 0;
}
