#pragma once

#include <functional>
#include <memory>

#include "media/peer/peer_connection.hpp"

namespace sidetone::media::peer {

using AudioEngineFactory = std::function<std::unique_ptr<audio::AudioEngine>(audio::EngineEvents)>;

/// The engine over any audio half; `make_media_engine` of peer_connection.hpp gives it the real one.
std::unique_ptr<MediaEngine> make_media_engine(const AudioEngineFactory& make_audio, const Clock& clock, Random& random,
                                               std::function<void()> devices_changed, const VoicePolicy& voice = {},
                                               const NetworkPolicy& network = {});

}  // namespace sidetone::media::peer
