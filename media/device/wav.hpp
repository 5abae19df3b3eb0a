#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

/// Sound in RIFF/WAVE files. @source Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft
/// 1991); RFC 2361 for the format tags.
namespace sidetone::media::device {

inline constexpr int kLeastWavRateHz = 8000;
inline constexpr int kMostWavRateHz = 48000;
inline constexpr int kMostWavChannels = 8;
inline constexpr int kMostWavSeconds = 300;
/// What that is at most, with room for other chunks.
inline constexpr std::size_t kMostWavFileBytes =
    std::size_t{kMostWavSeconds} * kMostWavRateHz * kMostWavChannels * sizeof(float) + (1U << 20U);

/// One voice: several channels are mixed.
struct WavSound {
  int sample_rate_hz = 0;
  std::vector<float> samples;  ///< full scale ±1
};

/// Whole frames of linear PCM of 16 bits (tag 1) or floats of 32 (tag 3), also as extensible format. A length of data
/// that was not known when it was written (0xFFFFFFFF) goes to the end of the file.
/// @error kMalformed, kTruncated, kUnsupported, kOutOfRange, kTooLarge: where is the octet of the file. Nothing is
/// allocated before all lengths are checked.
/// @fuzz
Result<WavSound> parse_wav(Bytes file);

/// Of a file, at 48 kHz. @error as parse_wav, kIo, kUnsupported (no regular file): where begins with the path.
Result<std::vector<float>> read_wav(const std::string& path);

/// The 44 octets before `data_bytes` octets of mono at 48 kHz with 16 bits.
std::vector<std::uint8_t> wav_header(std::uint32_t data_bytes);

}  // namespace sidetone::media::device
