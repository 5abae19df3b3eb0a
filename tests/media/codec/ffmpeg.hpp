#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sidetone::media::codec::testing {

/// Runs ffmpeg from a file to a file: an implementation of the codecs that has nothing in common with ours.
/// @param in  options of the input, "-f s16le -ar 8000 -ac 1". @param out  options of the output.
/// @return what it wrote; empty if it failed (it has said why on standard error).
std::vector<std::uint8_t> ffmpeg(std::span<const std::uint8_t> input, const std::string& in, const std::string& out);

std::vector<std::uint8_t> ffmpeg(std::span<const std::int16_t> input, const std::string& in, const std::string& out);

/// Little-endian 16-bit samples.
std::vector<std::int16_t> samples_of(std::span<const std::uint8_t> octets);

}  // namespace sidetone::media::codec::testing
