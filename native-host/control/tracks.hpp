#pragma once

#include <map>
#include <string>

#include "core/base/result.hpp"
#include "media/audio/audio_engine.hpp"

namespace sidetone::host::control {

/// What a MediaStreamTrack of a client records from. The microphone is open while a peer connection sends the track.
struct Track {
  media::audio::Source source;
  bool enabled = true;
};

/// The source of a deviceId: a microphone that is there now, `echo`, `music`, or a conference:
/// `conference:NAME` is what the others of it say (N−1), and they hear whoever the track is sent to;
/// `conference:NAME:MICROPHONE` lets a microphone of this endpoint speak there, too (empty: the default).
/// @error kUnavailable: no such microphone; says why where there is none at all. kMalformed: a conference without name.
Result<media::audio::Source> source_of_device(const media::audio::AudioEngine& audio, const std::string& device);

/// The loudspeaker of a deviceId; empty: the default.
/// @error kUnavailable: no such loudspeaker now; says why where there is none at all.
Result<media::audio::Sink> sink_of_device(const media::audio::AudioEngine& audio, const std::string& device);

}  // namespace sidetone::host::control
