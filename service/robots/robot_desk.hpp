#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.hpp"
#include "net/log.hpp"
#include "service/admin/counters.hpp"
#include "service/calls/call_switch.hpp"
#include "service/hosts/host_registry.hpp"
#include "service/messaging/messaging.hpp"
#include "service/presence/presence.hpp"
#include "service/robots/identity_key.hpp"

namespace sidetone::service::robots {

/// Echo says back what one says, Music plays; both answer chat. Their voice is on a native host without devices that
/// obeys the service as client 0 of the host control protocol.
/// @thread logic.
class RobotDesk final : public calls::RobotLine, public hosts::RobotHostListener {
 public:
  RobotDesk(calls::CallSwitch& calls, hosts::HostRegistry& hosts, messaging::Messaging& messaging,
            presence::PresenceBoard& presence, Scheduler& scheduler, Random& random, Counters& counters,
            const net::Logger& log, IdentityKey key,
            std::function<std::vector<protocol::IceServer>(UserId)> ice_servers);

  /// A robot of the directory; its sign-in name says which.
  void add_robot(const protocol::Contact& contact);

  // --- RobotLine ---
  [[nodiscard]] bool available(UserId robot) const override;
  void ring(const calls::LiveCall& call) override;
  void candidate(const protocol::CallCandidate& candidate) override;
  void update(const protocol::CallUpdate& update) override;
  void ended(const std::string& call) override;

  // --- RobotHostListener ---
  void robot_host_came(const std::string& host) override;
  void robot_host_went() override;
  void robot_host_says(const std::string& message) override;

  /// Chat with a robot: see Messaging::Overheard.
  void overheard(const protocol::ConversationInfo& conversation, UserId sender, std::uint64_t number,
                 const std::string& text);

 private:
  enum class Kind { kEcho, kMusic };
  enum class Step { kAttach, kPrepare, kAnswer, kLocal, kReanswer, kRelocal };
  struct RobotCall {
    std::string peer;
    std::string track;
    bool connected = false;
    std::map<std::string, bool> identity_channels;
  };
  struct Expected {
    Step step;
    std::string call;
  };

  template <class M>
  void send(const M& message, std::optional<Expected> expected = std::nullopt);
  void heard(const protocol::Envelope& envelope, const protocol::Attached& message);
  void heard(const protocol::Envelope& envelope, const protocol::Description& message);
  void heard(const protocol::Envelope& envelope, const protocol::Failure& message);
  void heard(const protocol::Envelope& envelope, const protocol::CandidateFound& message);
  void heard(const protocol::Envelope& envelope, const protocol::PeerState& message);
  void heard(const protocol::Envelope& envelope, const protocol::ChannelOpened& message);
  void heard(const protocol::Envelope& envelope, const protocol::ChannelMessage& message);
  template <class M>
  void heard(const protocol::Envelope& envelope, const M&) {
    if (envelope.request) expected_.erase(*envelope.request);
  }
  void prove(const std::string& call, const protocol::ChannelMessage& message, const protocol::IdentityHello& hello);
  void show_online(bool online);
  const std::string* call_of_peer(const std::string& peer) const;

  calls::CallSwitch& calls_;
  hosts::HostRegistry& hosts_;
  messaging::Messaging& messaging_;
  presence::PresenceBoard& presence_;
  Scheduler& scheduler_;
  Random& random_;
  Counters& counters_;
  const net::Logger& log_;
  IdentityKey key_;
  std::function<std::vector<protocol::IceServer>(UserId)> ice_servers_;

  std::map<UserId, Kind> robots_;
  std::string host_;
  bool attached_ = false;
  std::uint32_t next_request_ = 1;
  std::uint64_t next_reply_ = 1;
  std::map<std::uint32_t, Expected> expected_;
  std::map<std::string, RobotCall> calls_here_;
  std::map<std::uint64_t, Timer> replies_;
};

}  // namespace sidetone::service::robots
