#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"

namespace sidetone::protocol::test {

/// A service in memory that one user's clients talk to: enough of it to know what a client that comes fresh would be
/// told. Everybody else is played by the test, through the `…happens` methods.
class FakeService {
 public:
  static constexpr protocol::UserId kUser = 1;
  static constexpr protocol::UserId kOther = 2;

  /// One signed-in device of the user.
  struct Device {
    protocol::DeviceId device = 0;
    std::string session;
    std::uint64_t next_sequence = 1;
    std::deque<std::pair<std::uint64_t, std::string>> ring;
    std::set<protocol::UserId> watched;
    bool connected = false;
    std::deque<std::string> to_client;  ///< on the wire
  };

  /// A frame of a client; what it is answered lies in to_client.
  void receive(Device& from, const std::string& text);
  /// The service forgets its sessions, as after a restart.
  void forget_sessions();

  void directory_changes(protocol::UserId user, const std::string& name);
  void person_leaves(protocol::UserId user);
  /// Another device of the user makes somebody a favourite, or no more.
  void favourite_elsewhere(protocol::UserId user, bool favourite);
  /// A device of the user, or another one (0), keeps a number under a name, or no more.
  void saved_number(const std::string& number, const std::optional<std::string>& name, protocol::DeviceId from);
  void presence_changes(const protocol::PresenceChange& change);
  void message_happens(protocol::UserId sender, protocol::UserId other, const std::string& text,
                       const std::string& client_message_id);
  /// Somebody edits, removes or thinks something of a message, if there is one of this number; `what` counts.
  void message_changes(protocol::UserId other, std::uint64_t number, unsigned what);
  void other_reads(protocol::UserId other, std::uint64_t number);
  void call_recorded(protocol::UserId other);
  void call_rings(const std::string& call, protocol::UserId from, std::optional<protocol::UserId> forwarded_by = {});
  /// Another device of the user lets it ring at somebody else.
  void call_forwarded(const std::string& call);
  void call_stops(const std::string& call);
  void host_changes(const std::string& host, bool online);

  std::map<protocol::DeviceId, Device> devices;
  std::map<std::string, std::uint64_t> stored;  ///< number by client message id: what the service has acknowledged

 private:
  struct Talk {
    protocol::ConversationInfo info;
    std::vector<protocol::ChatMessage> messages;
    std::map<std::uint64_t, std::uint64_t> changed;  ///< number of the last change by message
  };

  template <class M>
  void answer(Device& device, const M& message, std::optional<std::uint32_t> request) {
    put(device, protocol::encode(message, {request, device.next_sequence}));
  }
  template <class M>
  void tell(Device& device, const M& message) {
    answer(device, message, std::nullopt);
  }
  template <class M>
  void tell_all(const M& message, protocol::DeviceId except = 0) {
    for (auto& [id, device] : devices)
      if (id != except && !device.session.empty()) tell(device, message);
  }
  void put(Device& device, std::string frame);
  void stop(const std::string& call, protocol::EndReason reason);
  void favourite(protocol::UserId user, bool is_one, protocol::DeviceId from);
  void sign_in(Device& device, std::optional<std::uint32_t> request, bool resumed);
  Talk& talk_with(protocol::UserId other);
  std::uint64_t append(Talk& talk, protocol::UserId sender, const std::string& text,
                       const std::string& client_message_id, protocol::DeviceId except);
  /// Carry a change out unless it changes nothing. @param from  who asked and gets the answer; nullptr: somebody else.
  template <class Change>
  void change(protocol::ConversationId conversation, std::uint64_t number, Change what, Device* from,
              std::optional<std::uint32_t> request);
  protocol::PresenceChange whole_state_of(protocol::UserId user) const;

  void on(Device&, const protocol::DirectorySync&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::FavouriteSet&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::FavouriteList&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::SavedNumberSet&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::SavedNumberList&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::PresenceSubscribe&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ConversationOpen&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ConversationList&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatSend&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatHistory&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatMark&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatEdit&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatRemove&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatReact&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::ChatChangesSince&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::CallList&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::CallForward&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::HistorySync&, std::optional<std::uint32_t>);
  void on(Device&, const protocol::HostList&, std::optional<std::uint32_t>);
  template <class M>
  void on(Device& device, const M&, std::optional<std::uint32_t> request) {
    answer(device, protocol::Ok{}, request);
  }

  std::uint64_t sessions_ = 0;
  std::map<protocol::UserId, protocol::Contact> contacts_{{2, {2, "Bob", "1002", "bob", false}}};
  std::uint64_t directory_version_ = 1;
  std::set<protocol::UserId> favourites_;
  std::map<std::string, std::string> saved_numbers_;
  std::map<protocol::UserId, protocol::PresenceState> presence_;
  std::map<protocol::UserId, Talk> talks_;
  std::vector<protocol::CallRecord> records_;
  std::uint64_t history_version_ = 1;
  std::map<std::string, protocol::CallInfo> ringing_;
  std::set<std::string> forwarded_;
  std::map<std::string, protocol::HostInfo> hosts_;
};

}  // namespace sidetone::protocol::test
