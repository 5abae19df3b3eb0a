#pragma once

#include <string>

#include "native-host/control/control_hub.hpp"

namespace sidetone::host::channel {

/// The way from the channels' thread to control. Nothing waits.
class ControlPort {
 public:
  virtual ~ControlPort() = default;
  virtual void receive(control::ClientKey client, std::string frame) = 0;
  virtual void client_lost(control::ClientKey client) = 0;
  virtual void client_gone(control::ClientKey client) = 0;
  virtual void rendezvous_lost() = 0;
  virtual void release(std::string tag) = 0;
  /// The host is its user's no more: nothing of theirs may be left for the next one.
  virtual void pairing_over() = 0;
};

}  // namespace sidetone::host::channel
