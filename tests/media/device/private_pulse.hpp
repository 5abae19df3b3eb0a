#pragma once

#include <string>
#include <vector>

namespace sidetone::testing {

/// A PulseAudio of the test's own: its folder, socket and devices are gone with it. Devices are null sinks ("spk", and
/// "micfeed" whose monitor is remapped to the microphone "mic").
class PrivatePulse {
 public:
  PrivatePulse();
  ~PrivatePulse();
  PrivatePulse(const PrivatePulse&) = delete;
  PrivatePulse& operator=(const PrivatePulse&) = delete;

  /// Start the server and wait until it answers. @return false: it did not.
  bool start();
  void kill();
  [[nodiscard]] std::string server() const { return "unix:" + folder_ + "/pulse.sock"; }
  /// Run pactl with these words; returns what it printed.
  std::string control(const std::vector<std::string>& words) const;

 private:
  std::string folder_;
  int process_ = -1;
};

}  // namespace sidetone::testing
