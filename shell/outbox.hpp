#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/events.hpp"

/// What the interface wants done. Events go to the client's core; requests are for the page.
namespace sidetone::shell {

/// Requests to the page, by name; `value` is what they say.
///   set_theme light|dark|contrast|system   set_language en   set_text_scale 1.25
///   choose_microphone ID   choose_speaker ID   choose_ring_device ID   test_microphone on|off   test_speaker
///   test_ring   set_speaker_volume 70   set_ring_volume 70   set_ring_pitch 125   set_ring_flash on|off
///   set_auto_answer on|off
///   dtmf CALL:digit   allow_notifications   take_telephone   copy TEXT   open_link URL   retry_connection
///   show_picture NAME:EDGE
struct PageRequest {
  std::string name;
  std::string value;
};

class Outbox {
 public:
  /// Tell the core. @return number of the intent; its end comes to App::intent_done.
  template <class Message>
  std::uint32_t send(const Message& message) {
    const std::uint32_t intent = next_intent_++;
    add_event(protocol::encode(message), intent);
    return intent;
  }
  void request(std::string_view name, std::string_view value = {}) {
    requests_.push_back({std::string(name), std::string(value)});
  }

  /// {"events":[{"intent":7,"event":{"t":"sign_in",…}}],"requests":[{"name":…,"value":…}]}; empties it.
  std::string take_json();
  [[nodiscard]] bool empty() const { return events_.empty() && requests_.empty(); }
  [[nodiscard]] const std::vector<PageRequest>& requests() const { return requests_; }
  /// For tests: the events as JSON, oldest first.
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }

 private:
  void add_event(std::string json, std::uint32_t intent);
  std::vector<std::string> events_;
  std::vector<std::uint32_t> intents_;
  std::vector<PageRequest> requests_;
  std::uint32_t next_intent_ = 1;
};

}  // namespace sidetone::shell
