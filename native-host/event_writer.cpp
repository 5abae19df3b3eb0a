#include "native-host/event_writer.hpp"

#include <boost/json/serialize.hpp>

namespace sidetone::host {

void EventWriter::pairing_code(const std::string& code, std::uint32_t valid_s) {
  line({{"event", "pairing_code"}, {"code", code}});
  say("To use this endpoint, type the code " + code + " into your Sidetone client. It is valid for " +
      std::to_string(valid_s / 60) + " minutes.");
}

void EventWriter::paired(const std::string& user) {
  line({{"event", "paired"}, {"user", user}});
  say("Paired: this endpoint is now " + user + "'s.");
}

void EventWriter::signed_in(const std::string& host, std::optional<std::uint16_t> loopback_port) {
  boost::json::object object{{"event", "signed_in"}, {"host", host}};
  if (loopback_port) object["loopback_port"] = *loopback_port;
  line(object);
}

void EventWriter::disconnected(const std::string& reason) { line({{"event", "disconnected"}, {"reason", reason}}); }

void EventWriter::audio(std::size_t devices, const std::string& reason) {
  line({{"event", "audio"}, {"devices", devices}, {"reason", reason}});
  if (devices == 0)
    say("No audio device: " + (reason.empty() ? "none found" : reason) +
        ". Calls work, but nothing is heard here until there is one.");
}

void EventWriter::client_attached(std::uint32_t device) { line({{"event", "client_attached"}, {"client", device}}); }

void EventWriter::line(const boost::json::object& object) {
  if (!as_json_) return;
  std::fprintf(out_, "%s\n", boost::json::serialize(object).c_str());
  std::fflush(out_);
}

void EventWriter::say(const std::string& text) {
  if (as_json_) return;
  std::fprintf(out_, "%s\n", text.c_str());
  std::fflush(out_);
}

}  // namespace sidetone::host
