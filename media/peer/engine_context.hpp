#pragma once

#include <functional>
#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "media/audio/audio_engine.hpp"
#include "media/ice/mdns_resolver.hpp"
#include "media/peer/peer_connection.hpp"

namespace sidetone::media::peer {

/// What every peer connection of an engine stands on. @thread I/O.
struct EngineContext {
  GMainContext* main = nullptr;
  const Clock& clock;
  Random& random;
  audio::AudioEngine& audio;
  ice::MdnsResolver& mdns;
  std::function<void(std::function<void()>)> post;
  /// Where encoded frames, lost devices and keys of a leg go.
  struct LegOwner {
    std::function<void(const audio::OutgoingFrame&)> frame;
    std::function<void(const std::string& reason)> source_lost;
    std::function<void(const rtp::EventSender::Change&)> key_sent;
    std::function<void(const rtp::ReceivedKey&)> key_received;
  };
  std::unordered_map<audio::LegId, LegOwner> legs;
  /// Told when interfaces or addresses of this machine have changed. None may be added or taken out in one.
  std::unordered_map<const void*, std::function<void()>> network_listeners;
  VoicePolicy voice;
  NetworkPolicy network;
};

}  // namespace sidetone::media::peer
