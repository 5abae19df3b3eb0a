#include "native-host/control/wire.hpp"

namespace sidetone::host::control {
namespace {

namespace peer = media::peer;

/// Enumerations of the same values in the same order.
template <class To, class From>
constexpr To same_value(From value) {
  return static_cast<To>(static_cast<int>(value));
}

static_assert(same_value<protocol::Direction>(peer::Direction::kStopped) == protocol::Direction::kStopped);
static_assert(same_value<protocol::Direction>(peer::Direction::kRecvOnly) == protocol::Direction::kRecvOnly);
static_assert(same_value<protocol::SdpKind>(peer::SdpType::kAnswer) == protocol::SdpKind::kAnswer);
static_assert(same_value<protocol::SdpKind>(peer::SdpType::kRollback) == protocol::SdpKind::kRollback);
static_assert(same_value<protocol::SignalingState>(peer::SignalingState::kHaveRemoteOffer) ==
              protocol::SignalingState::kHaveRemoteOffer);
static_assert(same_value<protocol::SignalingState>(peer::SignalingState::kClosed) == protocol::SignalingState::kClosed);
static_assert(same_value<protocol::ConnectionState>(peer::ConnectionState::kConnected) ==
              protocol::ConnectionState::kConnected);
static_assert(same_value<protocol::ConnectionState>(peer::ConnectionState::kClosed) ==
              protocol::ConnectionState::kClosed);
static_assert(same_value<protocol::IceConnectionState>(peer::IceConnectionState::kCompleted) ==
              protocol::IceConnectionState::kCompleted);
static_assert(same_value<protocol::IceConnectionState>(peer::IceConnectionState::kClosed) ==
              protocol::IceConnectionState::kClosed);
static_assert(same_value<protocol::GatheringState>(peer::GatheringState::kComplete) ==
              protocol::GatheringState::kComplete);
static_assert(same_value<protocol::DeviceKind>(media::audio::DeviceKind::kOutput) ==
              protocol::DeviceKind::kAudioOutput);

}  // namespace

protocol::Direction to_wire(peer::Direction direction) { return same_value<protocol::Direction>(direction); }
peer::Direction from_wire(protocol::Direction direction) { return same_value<peer::Direction>(direction); }
protocol::SdpKind to_wire(peer::SdpType type) { return same_value<protocol::SdpKind>(type); }
peer::SdpType from_wire(protocol::SdpKind kind) { return same_value<peer::SdpType>(kind); }

protocol::PeerState to_wire(const std::string& peer, const peer::States& states) {
  return {peer, same_value<protocol::SignalingState>(states.signaling),
          same_value<protocol::ConnectionState>(states.connection),
          same_value<protocol::IceConnectionState>(states.ice), same_value<protocol::GatheringState>(states.gathering)};
}

protocol::CandidateFound to_wire(const std::string& peer, const peer::IceCandidate& candidate) {
  return {peer, candidate.candidate, candidate.mid, candidate.line, candidate.ufrag};
}

protocol::Description to_wire(const std::string& peer, const peer::SessionDescription& description) {
  return {peer, to_wire(description.type), description.sdp};
}

protocol::MediaDevice to_wire(const media::audio::DeviceInfo& device) {
  return {device.id, same_value<protocol::DeviceKind>(device.kind), device.label, device.is_default};
}

peer::IceServer from_wire(const protocol::IceServer& server) {
  return {server.url, server.username.value_or(""), server.credential.value_or("")};
}

}  // namespace sidetone::host::control
