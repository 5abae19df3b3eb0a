#include "core/client/bridge.hpp"

#include <algorithm>

#include "core/client/view.hpp"

namespace sidetone::client {
namespace {

/// A long text that stands in the event may double in size when it is written as a string in JSON.
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

void give(Event& event, std::string text) {
  std::visit(
      [&](auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (requires { What::kLongText; }) what.*What::kLongText = std::move(text);
      },
      event.what);
}

void append(std::string& out, const Command& command) {
  if (out.size() > 1) out += ',';
  out += std::visit([](const auto& one) { return protocol::encode(one); }, command);
}

}  // namespace

char* Bridge::room_for_text(std::size_t bytes) {
  text_.clear();
  if (bytes > limits::kSnapshotBytes) return nullptr;
  text_.resize(bytes);
  return text_.data();
}

const std::string& Bridge::dispatch(std::string_view text, std::size_t text_bytes) {
  commands_ = "[";
  auto event = read_event(text);
  auto long_text = std::exchange(text_, {});
  if (event && text_bytes > 0) {
    long_text.resize(std::min(text_bytes, long_text.size()));
    give(*event, std::move(long_text));
  }
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
