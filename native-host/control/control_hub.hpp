#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "media/peer/peer_connection.hpp"
#include "native-host/control/control_session.hpp"
#include "native-host/control/peers.hpp"
#include "native-host/control/scheduler.hpp"

namespace sidetone::host::control {

/// A client by its way in: a device id of the service by rendezvous, kLoopback and a number by loopback.
using ClientKey = std::uint64_t;
inline constexpr ClientKey kLoopback = ClientKey{1} << 32;

/// Where the hub's words go. @thread the media engine's I/O thread.
class HubOutput {
 public:
  virtual ~HubOutput() = default;
  virtual void send(ClientKey client, std::string frame) = 0;
  virtual void client_attached(ClientKey client) = 0;
  /// Tags of the calls that carry voice, whenever they change.
  virtual void live_calls(std::vector<std::string> tags) = 0;
};

/// Decides which client is attached and hands its requests on. One client at a time: who attaches takes over, and the
/// one before is told.
/// @thread the media engine's I/O thread.
class ControlHub {
 public:
  ControlHub(media::peer::MediaEngine& engine, const Clock& clock, Scheduler& scheduler, HubOutput& output,
             std::string host_name);

  /// One frame of a client, unread.
  void receive(ClientKey client, std::string_view frame);
  /// Its connection to the service is lost: it is not heard, but stays attached for when it comes back.
  void client_lost(ClientKey client);
  void client_gone(ClientKey client);
  /// The service cannot be reached: a client that came through it is not heard, but stays attached for when it comes
  /// back.
  void rendezvous_lost();
  void release(const std::string& tag) { peers_.release(tag); }
  /// The host is its user's no more: calls, tracks and what waited for a client end, and the client is not attached.
  void pairing_over();
  void devices_changed();
  /// The far ends hear goodbye.
  void close_all() { peers_.close_all(); }

  /// Frames that could not be read.
  [[nodiscard]] std::uint64_t malformed_frames() const { return malformed_frames_; }

 private:
  void attach(ClientKey client, const protocol::Attach& request, const protocol::Envelope& envelope);
  void answer(ClientKey client, const Result<HostMessage>& result, const protocol::Envelope& envelope);
  bool emit(const HostMessage& message);
  void send(ClientKey client, const HostMessage& message, const protocol::Envelope& envelope);
  void report_live_calls();
  void leave_unattended();
  void keep_sweeping();

  media::peer::MediaEngine& engine_;
  const Clock& clock_;
  Scheduler& scheduler_;
  HubOutput& output_;
  std::string host_name_;
  Peers peers_;
  std::shared_ptr<ControlSession> session_;  ///< of the attached client
  ClientKey attached_ = 0;                   ///< while there is a session
  bool reachable_ = false;                   ///< the attached client hears events
  std::optional<MonotonicTime> unattended_since_;
  std::vector<std::string> reported_calls_;
  std::uint64_t malformed_frames_ = 0;
  bool sweeping_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  ///< timers that outlive the hub do nothing
};

}  // namespace sidetone::host::control
