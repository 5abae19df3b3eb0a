#include "core/client/bridge.hpp"

#include "core/client/view.hpp"

namespace sidetone::client {
namespace {

/// A frame of the service may double in size when it is written as a string in JSON.
constexpr std::size_t kEventBytes = 2 * limits::kSnapshotBytes + 1024;

Result<Event> read_event(std::string_view text) {
  SIDETONE_TRY(const auto object, protocol::detail::parse_object(text, kEventBytes));
  const auto head = protocol::detail::read_head(object);
  if (head.error) return *head.error;
  Event event;
  SIDETONE_CHECK(protocol::detail::read_record(object, event.moment));
  SIDETONE_CHECK(protocol::detail::decode_by_type(head.type, object, event.what));
  return event;
}

void append(std::string& out, const Command& command) {
  if (out.size() > 1) out += ',';
  out += std::visit([](const auto& one) { return protocol::encode(one); }, command);
}

}  // namespace

const std::string& Bridge::dispatch(std::string_view text) {
  commands_ = "[";
  auto event = read_event(text);
  if (!event) {
    ++state_.counters.refused_events;
    append(commands_, Report{"an event was refused: " + to_string(event.error())});
  } else {
    for (const auto& command : reduce(state_, *event)) append(commands_, command);
  }
  return commands_ += ']';
}

const std::string& Bridge::view(unsigned lists) { return view_ = protocol::encode_record(make_view(state_, lists)); }

}  // namespace sidetone::client
