#include "tests/core/client/fake_service.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sidetone::protocol::test {

using Request = std::optional<std::uint32_t>;

void FakeService::put(Device& device, std::string frame) {
  device.ring.emplace_back(device.next_sequence++, frame);
  if (device.connected) device.to_client.push_back(std::move(frame));
}

void FakeService::sign_in(Device& device, Request request, bool resumed) {
  device.connected = true;
  if (!resumed) {
    device.session = "session" + std::to_string(++sessions_);
    device.next_sequence = 1;
    device.ring.clear();
    device.watched.clear();
  }
  device.to_client.push_back(
      encode(SignedIn{kUser, "Alice", device.device, "token", device.session, resumed, "epoch", 0, {}},
             {request, std::nullopt}));
}

void FakeService::receive(Device& from, const std::string& text) {
  auto decoded = decode<ClientToService>(text);
  const auto* frame = std::get_if<Frame<ClientToService>>(&decoded);
  ASSERT_NE(frame, nullptr) << text;
  const auto request = frame->envelope.request;
  if (std::holds_alternative<SignIn>(frame->message)) return sign_in(from, request, false);
  if (const auto* resume = std::get_if<Resume>(&frame->message)) {
    const bool known = !from.session.empty() && resume->session == from.session;
    sign_in(from, request, known);
    if (!known) return;
    for (const auto& [sequence, kept] : from.ring)
      if (sequence > resume->last_sequence.value_or(0)) from.to_client.push_back(kept);
    return;
  }
  ASSERT_TRUE(from.connected) << text;
  std::visit([&](const auto& message) { on(from, message, request); }, frame->message);
}

void FakeService::forget_sessions() {
  for (auto& [id, device] : devices) device.session.clear();
}

void FakeService::on(Device& device, const DirectorySync& sync, Request request) {
  if (sync.since == directory_version_) return answer(device, Directory{sync.since, sync.since, {}, {}}, request);
  Directory all{0, directory_version_, {}, {}};
  for (const auto& [user, contact] : contacts_) all.contacts.push_back(contact);
  answer(device, all, request);
}

void FakeService::directory_changes(UserId user, const std::string& name) {
  contacts_[user] = {user, name, std::to_string(1000 + user), std::nullopt, false};
  const auto before = directory_version_++;
  tell_all(Directory{before, directory_version_, {contacts_[user]}, {}});
}

void FakeService::person_leaves(UserId user) {
  if (contacts_.erase(user) == 0) return;
  favourites_.erase(user);
  const auto before = directory_version_++;
  tell_all(Directory{before, directory_version_, {}, {user}});
}

void FakeService::favourite(UserId user, bool is_one, DeviceId from) {
  if (is_one ? favourites_.insert(user).second : favourites_.erase(user) != 0) tell_all(Favourite{user, is_one}, from);
}

void FakeService::favourite_elsewhere(UserId user, bool is_one) {
  if (contacts_.count(user) != 0) favourite(user, is_one, 0);
}

void FakeService::on(Device& device, const FavouriteSet& set, Request request) {
  if (contacts_.count(set.user) == 0) return answer(device, Failure{"not_found", "nobody", {}, {}}, request);
  answer(device, Ok{}, request);
  favourite(set.user, set.favourite, device.device);
}

void FakeService::on(Device& device, const FavouriteList&, Request request) {
  answer(device, Favourites{{favourites_.begin(), favourites_.end()}}, request);
}

void FakeService::saved_number(const std::string& number, const std::optional<std::string>& name, DeviceId from) {
  if (name)
    saved_numbers_.insert_or_assign(number, *name);
  else
    saved_numbers_.erase(number);
  tell_all(SavedNumberChanged{number, name}, from);
}

void FakeService::on(Device& device, const SavedNumberSet& set, Request request) {
  answer(device, Ok{}, request);
  saved_number(set.number, set.name, device.device);
}

void FakeService::on(Device& device, const SavedNumberList&, Request request) {
  SavedNumbers all;
  for (const auto& [number, name] : saved_numbers_) all.numbers.push_back({number, name});
  answer(device, all, request);
}

PresenceChange FakeService::whole_state_of(UserId user) const {
  const auto found = presence_.find(user);
  const auto state = found == presence_.end() ? PresenceState{} : found->second;
  return {user, state.availability, state.lamp.value_or(BusyLamp::kIdle), state.text.value_or(""), state.until};
}

void FakeService::on(Device& device, const PresenceSubscribe& change, Request request) {
  Presence states;
  for (const auto user : change.add) {
    device.watched.insert(user);
    states.changes.push_back(whole_state_of(user));
  }
  for (const auto user : change.remove) device.watched.erase(user);
  answer(device, Ok{}, request);
  if (!states.changes.empty()) tell(device, states);
}

void FakeService::presence_changes(const PresenceChange& change) {
  auto& state = presence_[change.user];
  state = applied(state, change);
  for (auto& [id, device] : devices)
    if (!device.session.empty() && device.watched.count(change.user) != 0) tell(device, Presence{{change}});
}

FakeService::Talk& FakeService::talk_with(UserId other) {
  auto& talk = talks_[other];
  if (talk.info.conversation == 0)
    talk.info = {static_cast<ConversationId>(100 + other), {{kUser, 0, 0}, {other, 0, 0}}, 0, 0};
  return talk;
}

void FakeService::on(Device& device, const ConversationOpen& open, Request request) {
  answer(device, Conversation{talk_with(open.with).info}, request);
}

void FakeService::on(Device& device, const ConversationList& list, Request request) {
  constexpr std::size_t kPerPage = 2;
  Conversations page;
  std::size_t position = 0;
  for (const auto& [other, talk] : talks_) {
    if (position++ < list.offset) continue;
    if (page.conversations.size() == kPerPage) {
      page.more = true;
      break;
    }
    page.conversations.push_back(talk.info);
  }
  answer(device, page, request);
}

std::uint64_t FakeService::append(Talk& talk, UserId sender, const std::string& text,
                                  const std::string& client_message_id, DeviceId except) {
  const auto number = ++talk.info.last_number;
  talk.info.last_time = static_cast<std::int64_t>(1'000 + number);
  ChatMessage message{talk.info.conversation, number, talk.info.last_time, sender, std::nullopt, text};
  if (sender == kUser) message.client_message_id = client_message_id;
  talk.messages.push_back(message);
  if (number == 1) tell_all(Conversation{talk.info}, except);
  if (sender != kUser) message.sender.reset();
  tell_all(message, except);
  return number;
}

void FakeService::on(Device& device, const ChatSend& send, Request request) {
  const auto talk = std::find_if(talks_.begin(), talks_.end(),
                                 [&](const auto& one) { return one.second.info.conversation == send.conversation; });
  ASSERT_NE(talk, talks_.end());
  const auto known = stored.find(send.client_message_id);
  if (known != stored.end())
    return answer(device, ChatSent{send.conversation, known->second, static_cast<std::int64_t>(1'000 + known->second)},
                  request);
  const auto number = append(talk->second, kUser, send.text, send.client_message_id, device.device);
  stored[send.client_message_id] = number;
  answer(device, ChatSent{send.conversation, number, talk->second.info.last_time}, request);
}

void FakeService::message_happens(UserId sender, UserId other, const std::string& text,
                                  const std::string& client_message_id) {
  append(talk_with(other), sender, text, client_message_id, 0);
}

void FakeService::on(Device& device, const ChatHistory& ask, Request request) {
  ChatPage page{ask.conversation, {}, false};
  for (const auto& [other, talk] : talks_) {
    if (talk.info.conversation != ask.conversation) continue;
    page.changes = talk.info.changes;
    std::vector<ChatMessage> fitting;
    for (const auto& message : talk.messages)
      if ((!ask.before || message.number < *ask.before) && (!ask.after || message.number > *ask.after))
        fitting.push_back(message);
    page.more = fitting.size() > ask.limit;
    if (page.more && ask.after) fitting.resize(ask.limit);
    if (page.more && !ask.after) fitting.erase(fitting.begin(), fitting.end() - ask.limit);
    page.messages = fitting;
  }
  answer(device, page, request);
}

template <class Change>
void FakeService::change(ConversationId conversation, std::uint64_t number, Change what, Device* from,
                         Request request) {
  for (auto& [other, talk] : talks_) {
    if (talk.info.conversation != conversation || number == 0 || number > talk.messages.size()) continue;
    auto& message = talk.messages[number - 1];
    const auto before = message;
    if (!message.removed) what(message);
    const bool changed = !(message == before);
    if (changed) talk.changed[number] = *(talk.info.changes = talk.info.changes.value_or(0) + 1);
    auto told = message;
    told.client_message_id.reset();
    const ChatChanged event{talk.changed[number], told};
    if (from != nullptr) answer(*from, event, request);
    if (changed) tell_all(event, from == nullptr ? 0 : from->device);
    return;
  }
  if (from != nullptr) answer(*from, Failure{"not_found", "no such message", {}, {}}, request);
}

namespace {

void react(ChatMessage& message, UserId user, const std::optional<std::string>& emoji) {
  std::erase_if(message.reactions, [&](const auto& one) { return one.user == user; });
  if (emoji) message.reactions.push_back({user, *emoji});
}

void remove(ChatMessage& message) {
  message.removed = true;
  message.text.clear();
  message.edited.reset();
  message.reactions.clear();
}

}  // namespace

void FakeService::message_changes(UserId other, std::uint64_t number, unsigned what) {
  change(
      talk_with(other).info.conversation, number,
      [&](ChatMessage& message) {
        if (what % 4 == 0) return remove(message);
        if (what % 4 == 1) return react(message, other, what % 8 == 1 ? std::optional<std::string>("👍") : std::nullopt);
        message.text = "changed " + std::to_string(what);
        message.edited = what;
      },
      nullptr, std::nullopt);
}

void FakeService::on(Device& device, const ChatEdit& edit, Request request) {
  change(
      edit.conversation, edit.number,
      [&](ChatMessage& message) {
        if (message.text != edit.text) message.edited = 7;
        message.text = edit.text;
      },
      &device, request);
}

void FakeService::on(Device& device, const ChatRemove& wanted, Request request) {
  change(wanted.conversation, wanted.number, remove, &device, request);
}

void FakeService::on(Device& device, const ChatReact& reaction, Request request) {
  change(
      reaction.conversation, reaction.number, [&](ChatMessage& message) { react(message, kUser, reaction.emoji); },
      &device, request);
}

void FakeService::on(Device& device, const ChatChangesSince& known, Request request) {
  constexpr std::size_t kPerPage = 2;
  ChatChanges changes{known.conversation, known.change, {}, false};
  for (const auto& [other, talk] : talks_) {
    if (talk.info.conversation != known.conversation) continue;
    std::map<std::uint64_t, std::uint64_t> by_change;
    for (const auto& [number, change] : talk.changed)
      if (change > known.change && number >= known.from) by_change[change] = number;
    for (const auto& [change, number] : by_change) {
      changes.more = changes.messages.size() == kPerPage;
      if (changes.more) break;
      changes.change = change;
      changes.messages.push_back(talk.messages[number - 1]);
      changes.messages.back().client_message_id.reset();
    }
    if (!changes.more) changes.change = talk.info.changes.value_or(0);
  }
  answer(device, changes, request);
}

void FakeService::on(Device& device, const ChatMark& mark, Request request) {
  for (auto& [other, talk] : talks_) {
    if (talk.info.conversation != mark.conversation) continue;
    auto& own = talk.info.members[0];
    own.delivered = std::max(own.delivered, mark.delivered.value_or(0));
    own.read = std::max(own.read, mark.read.value_or(0));
    tell_all(ChatMarked{mark.conversation, own}, device.device);
  }
  answer(device, Ok{}, request);
}

void FakeService::other_reads(UserId other, std::uint64_t number) {
  auto& talk = talk_with(other);
  auto& marker = talk.info.members[1];
  marker.read = marker.delivered = std::max(marker.read, std::min(number, talk.info.last_number));
  tell_all(ChatMarked{talk.info.conversation, marker});
}

void FakeService::on(Device& device, const HistorySync& sync, Request request) {
  if (sync.since == history_version_) return answer(device, History{sync.since, sync.since, {}, {}}, request);
  answer(device, History{0, history_version_, records_, {}}, request);
}

void FakeService::call_recorded(UserId other) {
  const auto before = history_version_++;
  records_.push_back({history_version_, RecordKind::kMissed, other, 5'000, 0, std::nullopt});
  History change{before, history_version_, {records_.back()}, {}};
  if (records_.size() > 5) {
    change.removed.push_back(records_.front().record);
    records_.erase(records_.begin());
  }
  tell_all(change);
}

void FakeService::on(Device& device, const CallList&, Request request) {
  Calls calls;
  for (const auto& [call, info] : ringing_) calls.calls.push_back(info);
  answer(device, calls, request);
}

void FakeService::call_rings(const std::string& call, UserId from, std::optional<UserId> forwarded_by) {
  if (ringing_.size() == limits::kCallsPerUser) return;
  CallInfo info;
  info.call = call;
  info.incoming = true;
  info.other = from;
  info.sdp = "offer";
  info.forwarded_by = forwarded_by;
  ringing_[call] = info;
  tell_all(CallIncoming{call, from, "offer", "", forwarded_by});
}

void FakeService::stop(const std::string& call, EndReason reason) {
  if (ringing_.erase(call) != 0) tell_all(CallEnded{call, reason});
}

void FakeService::call_stops(const std::string& call) { stop(call, EndReason::kCancelled); }
void FakeService::call_forwarded(const std::string& call) { stop(call, EndReason::kForwarded); }

void FakeService::on(Device& device, const CallForward& forward, Request request) {
  if (ringing_.count(forward.call) == 0 && forwarded_.count(forward.call) == 0)
    return answer(device, Failure{"not_found", "you have no such call", {}, {}}, request);
  if (forward.to != kOther) return answer(device, Failure{"unavailable", "not signed in", {}, {}}, request);
  answer(device, Ok{}, request);
  forwarded_.insert(forward.call);
  call_forwarded(forward.call);
}

void FakeService::on(Device& device, const HostList&, Request request) {
  Hosts hosts;
  for (const auto& [id, host] : hosts_) hosts.hosts.push_back(host);
  answer(device, hosts, request);
}

void FakeService::host_changes(const std::string& host, bool online) {
  hosts_[host] = {host, "Endpoint " + host, online, std::nullopt};
  Hosts hosts;
  for (const auto& [id, one] : hosts_) hosts.hosts.push_back(one);
  tell_all(hosts);
}

}  // namespace sidetone::protocol::test
