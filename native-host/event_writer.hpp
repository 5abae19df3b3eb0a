#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace sidetone::host {

/// What happens, as JSON lines for scripts (--events), or in words for a person where something has to be done.
/// @thread the channels' thread.
class EventWriter {
 public:
  EventWriter(bool as_json, std::FILE* out) : as_json_(as_json), out_(out) {}

  void pairing_code(const std::string& code, std::uint32_t valid_s);
  void paired(const std::string& user);
  void signed_in(const std::string& host, std::optional<std::uint16_t> loopback_port);
  void disconnected(const std::string& reason);
  void audio(std::size_t devices, const std::string& reason);
  void client_attached(std::uint32_t device);

 private:
  void line(const boost::json::object& object);
  void say(const std::string& text);

  bool as_json_;
  std::FILE* out_;
};

}  // namespace sidetone::host
