#include "shell/outbox.hpp"

#include "shell/json_text.hpp"

namespace sidetone::shell {

void Outbox::add_event(std::string json, std::uint32_t intent) {
  events_.push_back(std::move(json));
  intents_.push_back(intent);
}

std::string Outbox::take_json() {
  std::string out = "{\"events\":[";
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (i > 0) out += ',';
    out += "{\"intent\":" + std::to_string(intents_[i]) + ",\"event\":" + events_[i] + '}';
  }
  out += "],\"requests\":[";
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    if (i > 0) out += ',';
    out += "{\"name\":";
    append_json_string(out, requests_[i].name);
    out += ",\"value\":";
    append_json_string(out, requests_[i].value);
    out += '}';
  }
  out += "]}";
  events_.clear();
  intents_.clear();
  requests_.clear();
  return out;
}

}  // namespace sidetone::shell
