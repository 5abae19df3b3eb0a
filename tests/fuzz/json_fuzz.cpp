#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted comes back the same when it is sent on.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using List = protocol::SIDETONE_FUZZ_LIST;
  const auto result = protocol::decode<List>(fuzz::text(data, size));
  const auto* frame = std::get_if<protocol::Frame<List>>(&result);
  if (frame == nullptr) {
    fuzz::require(!std::get<protocol::FrameError>(result).error.text.empty());
    return 0;
  }
  const auto text =
      std::visit([&](const auto& message) { return protocol::encode(message, frame->envelope); }, frame->message);
  // Escapes may make it longer than it came.
  const auto again = protocol::decode<List>(text, std::size_t{1} << 24);
  const auto* same = std::get_if<protocol::Frame<List>>(&again);
  fuzz::require(same != nullptr);
  fuzz::require(same->message == frame->message && same->envelope == frame->envelope);
  return 0;
}
