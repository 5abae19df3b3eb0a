#include "native-host/control/wire.hpp"

namespace sidetone::host::control {
namespace {

namespace media = sidetone::media::peer;

/// Enumerations of the same values in the same order.
template <class To, class From>
constexpr To same_value(From value) {
  return static_cast<To>(static_cast<int>(value));
}

static_assert(same_value<protocol::Direction>(media::Direction::kStopped) == protocol::Direction::kStopped);
static_assert(same_value<protocol::Direction>(media::Direction::kRecvOnly) == protocol::Direction::kRecvOnly);
static_assert(same_value<protocol::SdpKind>(media::SdpType::kAnswer) == protocol::SdpKind::kAnswer);
static_assert(same_value<protocol::SdpKind>(media::SdpType::kRollback) == protocol::SdpKind::kRollback);
static_assert(same_value<protocol::SignalingState>(media::SignalingState::kHaveRemoteOffer) ==
              protocol::SignalingState::kHaveRemoteOffer);
static_assert(same_value<protocol::SignalingState>(media::SignalingState::kClosed) ==
              protocol::SignalingState::kClosed);
static_assert(same_value<protocol::ConnectionState>(media::ConnectionState::kConnected) ==
              protocol::ConnectionState::kConnected);
static_assert(same_value<protocol::ConnectionState>(media::ConnectionState::kClosed) ==
              protocol::ConnectionState::kClosed);
static_assert(same_value<protocol::IceConnectionState>(media::IceConnectionState::kCompleted) ==
              protocol::IceConnectionState::kCompleted);
static_assert(same_value<protocol::IceConnectionState>(media::IceConnectionState::kClosed) ==
              protocol::IceConnectionState::kClosed);
static_assert(same_value<protocol::GatheringState>(media::GatheringState::kComplete) ==
              protocol::GatheringState::kComplete);
static_assert(same_value<protocol::DeviceKind>(sidetone::media::audio::DeviceKind::kOutput) ==
              protocol::DeviceKind::kAudioOutput);

}  // namespace

protocol::Direction to_wire(media::Direction direction) { return same_value<protocol::Direction>(direction); }
media::Direction from_wire(protocol::Direction direction) { return same_value<media::Direction>(direction); }
protocol::SdpKind to_wire(media::SdpType type) { return same_value<protocol::SdpKind>(type); }
media::SdpType from_wire(protocol::SdpKind kind) { return same_value<media::SdpType>(kind); }

protocol::PeerState to_wire(const std::string& peer, const media::States& states) {
  return {peer, same_value<protocol::SignalingState>(states.signaling),
          same_value<protocol::ConnectionState>(states.connection),
          same_value<protocol::IceConnectionState>(states.ice), same_value<protocol::GatheringState>(states.gathering)};
}

protocol::CandidateFound to_wire(const std::string& peer, const media::IceCandidate& candidate) {
  return {peer, candidate.candidate, candidate.mid, candidate.line, candidate.ufrag};
}

protocol::Description to_wire(const std::string& peer, const media::SessionDescription& description) {
  return {peer, to_wire(description.type), description.sdp};
}

protocol::MediaDevice to_wire(const sidetone::media::audio::DeviceInfo& device) {
  return {device.id, same_value<protocol::DeviceKind>(device.kind), device.label, device.is_default};
}

media::IceServer from_wire(const protocol::IceServer& server) {
  return {server.url, server.username.value_or(""), server.credential.value_or("")};
}

}  // namespace sidetone::host::control
