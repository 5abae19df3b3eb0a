#include "service/robots/robot_desk.hpp"

#include <algorithm>

#include "net/crypto.hpp"
#include "service/session/session.hpp"

namespace sidetone::service::robots {
namespace {

using protocol::EndReason;

constexpr std::string_view kIdentityLabel = "sidetone.identity";
constexpr std::string_view kMusicSays = "I only know how to play music. Call me and listen.";
constexpr Seconds kChatDelay{1};

}  // namespace

RobotDesk::RobotDesk(calls::CallSwitch& calls, hosts::HostRegistry& hosts, messaging::Messaging& messaging,
                     presence::PresenceBoard& presence, Scheduler& scheduler, Random& random, Counters& counters,
                     const net::Logger& log, IdentityKey key,
                     std::function<std::vector<protocol::IceServer>(UserId)> ice_servers)
    : calls_(calls),
      hosts_(hosts),
      messaging_(messaging),
      presence_(presence),
      scheduler_(scheduler),
      random_(random),
      counters_(counters),
      log_(log),
      key_(std::move(key)),
      ice_servers_(std::move(ice_servers)) {}

void RobotDesk::add_robot(const protocol::Contact& contact) {
  robots_[contact.user] = contact.address == "music" ? Kind::kMusic : Kind::kEcho;
}

template <class M>
void RobotDesk::send(const M& message, std::optional<Expected> expected) {
  const auto request = next_request_++;
  if (expected) expected_[request] = std::move(*expected);
  hosts_.send_to_robot_host(protocol::encode(message, {request, std::nullopt}));
}

const std::string* RobotDesk::call_of_peer(const std::string& peer) const {
  for (const auto& [call, here] : calls_here_)
    if (here.peer == peer) return &call;
  return nullptr;
}

// --- the switch asks ---

bool RobotDesk::available(UserId robot) const { return attached_ && robots_.count(robot) != 0; }

void RobotDesk::ring(const calls::LiveCall& call) {
  RobotCall here;
  here.peer = "p-" + net::random_token(random_, 12);
  here.track = "t-" + net::random_token(random_, 12);
  const bool music = robots_[call.callee.user] == Kind::kMusic;
  const Expected prepare{Step::kPrepare, call.call};
  protocol::PeerCreate create;
  create.peer = here.peer;
  create.tag = call.call;
  if (ice_servers_) create.ice_servers = ice_servers_(call.callee.user);
  // Every name in these is chosen here, so nothing waits for an answer until the SDP.
  send(create, prepare);
  send(protocol::TrackCapture{here.track, music ? "music" : "echo"}, prepare);
  send(protocol::TransceiverAdd{here.peer, here.track, protocol::Direction::kSendRecv}, prepare);
  send(protocol::RemoteSet{here.peer, protocol::SdpKind::kOffer, call.offer}, prepare);
  send(protocol::AnswerCreate{here.peer}, Expected{Step::kAnswer, call.call});
  calls_here_[call.call] = std::move(here);
}

void RobotDesk::candidate(const protocol::CallCandidate& candidate) {
  const auto found = calls_here_.find(candidate.call);
  if (found == calls_here_.end()) return;
  send(protocol::CandidateAdd{found->second.peer, candidate.candidate, candidate.mid, candidate.line, candidate.ufrag});
}

void RobotDesk::update(const protocol::CallUpdate& update) {
  const auto found = calls_here_.find(update.call);
  if (found == calls_here_.end() || update.kind != protocol::SdpKind::kOffer) return;
  send(protocol::RemoteSet{found->second.peer, protocol::SdpKind::kOffer, update.sdp},
       Expected{Step::kPrepare, update.call});
  send(protocol::AnswerCreate{found->second.peer}, Expected{Step::kReanswer, update.call});
}

void RobotDesk::ended(const std::string& call) {
  const auto found = calls_here_.find(call);
  if (found == calls_here_.end()) return;
  send(protocol::PeerClose{found->second.peer});
  if (!found->second.track.empty()) send(protocol::TrackStop{found->second.track});
  calls_here_.erase(found);
}

// --- the host comes, goes and speaks ---

void RobotDesk::robot_host_came(const std::string& host) {
  host_ = host;
  attached_ = false;
  expected_.clear();
  send(protocol::Attach{1}, Expected{Step::kAttach, ""});
}

void RobotDesk::robot_host_went() {
  attached_ = false;
  expected_.clear();
  show_online(false);
  // Calls that it has answered may live on there; those that it was about to answer do not.
  std::vector<std::string> unanswered;
  for (const auto& [id, here] : calls_here_)
    if (const auto* call = calls_.find(id); call == nullptr || !call->answered()) unanswered.push_back(id);
  for (const auto& id : unanswered) calls_.end_for_robot(id, EndReason::kFailed);
}

void RobotDesk::robot_host_says(const std::string& message) {
  auto decoded = protocol::decode<protocol::HostToClient>(message);
  if (std::holds_alternative<protocol::FrameError>(decoded)) return counters_.add("robot_host_frames_refused");
  const auto& frame = std::get<protocol::Frame<protocol::HostToClient>>(decoded);
  std::visit([&](const auto& one) { heard(frame.envelope, one); }, frame.message);
}

void RobotDesk::heard(const protocol::Envelope& envelope, const protocol::Attached& message) {
  if (envelope.request) expected_.erase(*envelope.request);
  auto before = std::exchange(calls_here_, {});
  for (const auto& info : message.peers) {
    const auto* call = calls_.find(info.tag);
    const auto track = std::find_if(info.transceivers.begin(), info.transceivers.end(),
                                    [](const auto& one) { return one.track && !one.track->empty(); });
    if (call == nullptr || !call->robot || !call->answered()) {
      send(protocol::PeerClose{info.peer});
      if (track != info.transceivers.end()) send(protocol::TrackStop{*track->track});
      continue;
    }
    RobotCall here;
    here.peer = info.peer;
    here.connected = info.connection == protocol::ConnectionState::kConnected;
    if (track != info.transceivers.end()) here.track = *track->track;  // made in the life of the service before too
    for (const auto& channel : info.channels) here.identity_channels[channel.channel] = channel.label == kIdentityLabel;
    calls_here_[info.tag] = std::move(here);
  }
  for (const auto& [call, here] : before)
    if (calls_here_.count(call) == 0) calls_.end_for_robot(call, EndReason::kLost);
  attached_ = true;
  log_.info("robot host attached", {{"host", host_}, {"calls", calls_here_.size()}});
  show_online(true);
}

void RobotDesk::show_online(bool online) {
  for (const auto& [robot, kind] : robots_) presence_.set_robot_online(robot, online);
}

void RobotDesk::heard(const protocol::Envelope& envelope, const protocol::Description& message) {
  if (!envelope.request) return;
  const auto found = expected_.find(*envelope.request);
  if (found == expected_.end()) return;
  const auto [step, call] = found->second;
  expected_.erase(found);
  const auto here = calls_here_.find(call);
  if (here == calls_here_.end()) return;
  const protocol::LocalSet local{here->second.peer, protocol::SdpKind::kAnswer, message.sdp};
  switch (step) {
    case Step::kAnswer:
      return send(local, Expected{Step::kLocal, call});
    case Step::kReanswer:
      return send(local, Expected{Step::kRelocal, call});
    case Step::kLocal:
      return calls_.answer_for_robot(call, message.sdp, host_, device_key_hash(key_.public_key()));
    case Step::kRelocal:
      return calls_.update_from_robot({call, protocol::SdpKind::kAnswer, message.sdp});
    case Step::kAttach:
    case Step::kPrepare:
      return;
  }
}

void RobotDesk::heard(const protocol::Envelope& envelope, const protocol::Failure& message) {
  if (!envelope.request) return;
  const auto found = expected_.find(*envelope.request);
  if (found == expected_.end()) return;
  const auto call = found->second.call;
  expected_.erase(found);
  counters_.add("robot_calls_failed");
  log_.warning("robot host refused", {{"call", call}, {"code", message.code}, {"text", message.text}});
  if (!call.empty()) calls_.end_for_robot(call, EndReason::kFailed);
}

void RobotDesk::heard(const protocol::Envelope&, const protocol::CandidateFound& message) {
  if (const auto* call = call_of_peer(message.peer))
    calls_.candidate_from_robot({*call, message.candidate, message.mid, message.line, message.ufrag});
}

void RobotDesk::heard(const protocol::Envelope&, const protocol::PeerState& message) {
  const auto* call = call_of_peer(message.peer);
  if (call == nullptr) return;
  auto& here = calls_here_.at(*call);
  if (message.connection == protocol::ConnectionState::kConnected) here.connected = true;
  // One that was connected may come back by an ICE restart; the switch ends it when its caller is gone.
  if (message.connection == protocol::ConnectionState::kFailed && !here.connected)
    calls_.end_for_robot(std::string(*call), EndReason::kFailed);
}

// --- who speaks there ---

void RobotDesk::heard(const protocol::Envelope&, const protocol::ChannelOpened& message) {
  if (const auto* call = call_of_peer(message.peer))
    calls_here_.at(*call).identity_channels[message.channel] = message.label == kIdentityLabel;
}

void RobotDesk::heard(const protocol::Envelope&, const protocol::ChannelMessage& message) {
  const auto* call = call_of_peer(message.peer);
  if (call == nullptr || message.binary || !calls_here_.at(*call).identity_channels[message.channel]) return;
  auto decoded = protocol::decode<protocol::ClientToClient>(message.data);
  const auto* frame = std::get_if<protocol::Frame<protocol::ClientToClient>>(&decoded);
  if (frame == nullptr) return counters_.add("identity_frames_refused");
  if (const auto* hello = std::get_if<protocol::IdentityHello>(&frame->message)) prove(*call, message, *hello);
}

void RobotDesk::prove(const std::string& id, const protocol::ChannelMessage& asked,
                      const protocol::IdentityHello& hello) {
  const auto* call = calls_.find(id);
  if (call == nullptr) return;
  const auto own = fingerprint_of(call->live.answer);
  const auto far = fingerprint_of(call->live.offer);
  if (!own || !far) return;
  const protocol::IdentityProof proof{key_.public_key(),
                                      key_.sign(identity_text(id, "callee", *own, *far, hello.nonce))};
  send(protocol::ChannelMessage{asked.peer, asked.channel, false, protocol::encode(proof)});
}

// --- chat ---

void RobotDesk::overheard(const protocol::ConversationInfo& conversation, UserId sender, std::uint64_t number,
                          const std::string& text) {
  if (robots_.count(sender) != 0) return;
  for (const auto& member : conversation.members) {
    const auto robot = robots_.find(member.user);
    if (robot == robots_.end()) continue;
    messaging_.mark_as(robot->first, conversation.conversation, number);
    const auto answer = robot->second == Kind::kEcho ? text : std::string(kMusicSays);
    const auto id = "answer-" + std::to_string(conversation.conversation) + "-" + std::to_string(number);
    const auto reply = next_reply_++;
    replies_[reply] = scheduler_.after(
        kChatDelay, [this, reply, robot = robot->first, conversation = conversation.conversation, id, answer] {
          messaging_.send_as(robot, conversation, id, answer);
          replies_.erase(reply);
        });
  }
}

}  // namespace sidetone::service::robots
