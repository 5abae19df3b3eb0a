#include "media/peer/media_engine.hpp"

namespace sidetone::media::peer {

std::unique_ptr<MediaEngine> make_media_engine(const MediaEngineOptions& options, const Clock& clock, Random& random,
                                               std::function<void()> devices_changed) {
  return make_media_engine(
      [&](audio::EngineEvents events) { return audio::make_audio_engine(options.audio, clock, std::move(events)); },
      clock, random, std::move(devices_changed), options.voice, options.network);
}

}  // namespace sidetone::media::peer
