#pragma once

#include "core/protocol/registry.hpp"
#include "media/peer/peer_connection.hpp"

/// Between the protocol's names and the media engine's. Both follow the W3C, so that each is one cast or one copy.
namespace sidetone::host::control {

protocol::Direction to_wire(media::peer::Direction direction);
media::peer::Direction from_wire(protocol::Direction direction);
protocol::SdpKind to_wire(media::peer::SdpType type);
media::peer::SdpType from_wire(protocol::SdpKind kind);

protocol::PeerState to_wire(const std::string& peer, const media::peer::States& states);
protocol::CandidateFound to_wire(const std::string& peer, const media::peer::IceCandidate& candidate);
protocol::Description to_wire(const std::string& peer, const media::peer::SessionDescription& description);
protocol::MediaDevice to_wire(const media::audio::DeviceInfo& device);
media::peer::IceServer from_wire(const protocol::IceServer& server);

}  // namespace sidetone::host::control
