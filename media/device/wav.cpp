#include "media/device/wav.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "media/dsp/pcm.hpp"
#include "media/dsp/resampler.hpp"

namespace sidetone::media::device {
namespace {

constexpr std::uint16_t kTagPcm = 1;
constexpr std::uint16_t kTagFloat = 3;
constexpr std::uint16_t kTagExtensible = 0xFFFE;
constexpr std::size_t kRiffHeader = 12;
constexpr std::size_t kChunkHeader = 8;
constexpr std::uint32_t kUnknownLength = 0xFFFFFFFF;

Error wav_error(ErrorCode code, std::string text, std::size_t octet) {
  return {code, std::move(text), "octet " + std::to_string(octet)};
}

std::uint16_t le16(Bytes from) { return static_cast<std::uint16_t>(from[0] | from[1] << 8U); }
std::uint32_t le32(Bytes from) { return le16(from) | static_cast<std::uint32_t>(le16(from.subspan(2))) << 16U; }

std::string_view tag_at(Bytes file, std::size_t octet) {
  return {reinterpret_cast<const char*>(file.data()) + octet, 4};
}

struct WavFormat {
  std::uint16_t tag = 0;
  std::size_t channels = 0;
  int sample_rate_hz = 0;
  std::size_t sample_bytes = 0;
};

Result<WavFormat> parse_format(Bytes chunk, std::size_t at) {
  constexpr std::size_t kPlain = 16;
  constexpr std::size_t kSubFormat = 24;
  if (chunk.size() < kPlain) return wav_error(ErrorCode::kTruncated, "the chunk \"fmt \" has less than 16 octets", at);
  WavFormat format;
  format.tag = le16(chunk);
  format.channels = le16(chunk.subspan(2));
  const std::uint32_t rate = le32(chunk.subspan(4));
  const std::size_t frame_bytes = le16(chunk.subspan(12));
  const unsigned bits = le16(chunk.subspan(14));
  if (format.tag == kTagExtensible) {
    if (chunk.size() < kSubFormat + 2)
      return wav_error(ErrorCode::kTruncated, "the extensible format has no sub-format", at);
    format.tag = le16(chunk.subspan(kSubFormat));
  }
  const bool known = (format.tag == kTagPcm && bits == 16) || (format.tag == kTagFloat && bits == 32);
  if (!known)
    return wav_error(ErrorCode::kUnsupported,
                     "the sound is of format " + std::to_string(format.tag) + " with " + std::to_string(bits) +
                         " bits; PCM of 16 bits and floats of 32 can be read",
                     at);
  if (format.channels < 1 || format.channels > static_cast<std::size_t>(kMostWavChannels))
    return wav_error(
        ErrorCode::kOutOfRange,
        "there are " + std::to_string(format.channels) + " channels, not 1 to " + std::to_string(kMostWavChannels),
        at + 2);
  if (rate < static_cast<std::uint32_t>(kLeastWavRateHz) || rate > static_cast<std::uint32_t>(kMostWavRateHz))
    return wav_error(ErrorCode::kOutOfRange, "the rate is " + std::to_string(rate) + " Hz, not 8000 to 48000", at + 4);
  format.sample_rate_hz = static_cast<int>(rate);
  format.sample_bytes = bits / 8;
  if (frame_bytes != format.channels * format.sample_bytes)
    return wav_error(ErrorCode::kMalformed, "a frame of all channels has " + std::to_string(frame_bytes) + " octets",
                     at + 12);
  return format;
}

std::optional<float> sample_at(Bytes from, std::uint16_t tag) {
  if (tag == kTagPcm) return static_cast<float>(static_cast<std::int16_t>(le16(from))) / 32768;
  const auto value = std::bit_cast<float>(le32(from));
  if (!std::isfinite(value)) return std::nullopt;
  return std::clamp(value, -1.0F, 1.0F);
}

Result<WavSound> decode(const WavFormat& format, Bytes data, std::size_t at) {
  const std::size_t frame_bytes = format.channels * format.sample_bytes;
  const std::size_t frames = data.size() / frame_bytes;
  if (frames == 0) return wav_error(ErrorCode::kTruncated, "there is no sound in it", at);
  if (frames > static_cast<std::size_t>(kMostWavSeconds) * static_cast<std::size_t>(format.sample_rate_hz))
    return wav_error(ErrorCode::kTooLarge, "it is longer than " + std::to_string(kMostWavSeconds) + " s", at);
  WavSound sound{format.sample_rate_hz, std::vector<float>(frames)};
  for (std::size_t i = 0; i < frames * format.channels; ++i) {
    const auto sample = sample_at(data.subspan(i * format.sample_bytes), format.tag);
    if (!sample) return wav_error(ErrorCode::kMalformed, "a sample is no number", at + i * format.sample_bytes);
    sound.samples[i / format.channels] += *sample / static_cast<float>(format.channels);
  }
  return sound;
}

Result<std::vector<std::uint8_t>> read_whole(const std::string& path) {
  const auto system_error = [&](const char* what) {
    return Error{ErrorCode::kIo, std::string(what) + ": " + std::strerror(errno), path};
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe would keep it waiting
  if (file < 0) return system_error("it cannot be opened");
  struct stat facts {};
  std::vector<std::uint8_t> bytes;
  Status status;
  if (::fstat(file, &facts) != 0) {
    status = system_error("it cannot be read");
  } else if (!S_ISREG(facts.st_mode)) {
    status = Error{ErrorCode::kUnsupported, "it is no regular file", path};
  } else if (static_cast<std::uint64_t>(facts.st_size) > kMostWavFileBytes) {
    status = Error{ErrorCode::kTooLarge, "it has more than " + std::to_string(kMostWavFileBytes >> 20U) + " MiB", path};
  } else {
    bytes.resize(static_cast<std::size_t>(facts.st_size));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::read(file, bytes.data() + filled, bytes.size() - filled);
      if (got < 0) status = system_error("it cannot be read");
      if (got <= 0) break;
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
  }
  ::close(file);
  if (!status) return status.error();
  return bytes;
}

}  // namespace

Result<WavSound> parse_wav(Bytes file) {
  if (file.size() < kRiffHeader || tag_at(file, 0) != "RIFF" || tag_at(file, 8) != "WAVE")
    return wav_error(ErrorCode::kMalformed, "it is no WAV file: it does not begin with RIFF and WAVE", 0);
  std::optional<WavFormat> format;
  for (std::size_t at = kRiffHeader; file.size() - at >= kChunkHeader;) {
    const std::string_view tag = tag_at(file, at);
    const std::uint32_t said = le32(file.subspan(at + 4));
    const std::size_t begin = at + kChunkHeader;
    const std::size_t left = file.size() - begin;
    const bool open_end = tag == "data" && said == kUnknownLength;
    if (said > left && !open_end)
      return wav_error(ErrorCode::kTruncated,
                       "a chunk of " + std::to_string(said) + " octets has only " + std::to_string(left), at);
    const std::size_t size = open_end ? left : said;
    if (tag == "fmt ") {
      SIDETONE_TRY(format, parse_format(file.subspan(begin, size), begin));
    } else if (tag == "data") {
      if (!format) return wav_error(ErrorCode::kMalformed, "the sound comes before its format", at);
      return decode(*format, file.subspan(begin, size), begin);
    }
    at = begin + std::min(left, size + size % 2);  // chunks begin on even octets
  }
  return wav_error(ErrorCode::kTruncated, format ? "there is no sound in it" : "there is no format in it", file.size());
}

Result<std::vector<float>> read_wav(const std::string& path) {
  SIDETONE_TRY(const auto bytes, read_whole(path));
  auto sound = parse_wav(bytes);
  if (!sound) {
    Error error = sound.error();
    error.where = path + ", " + error.where;
    return error;
  }
  if (sound->sample_rate_hz == dsp::kSampleRateHz) return std::move(sound->samples);
  dsp::Resampler resampler(sound->sample_rate_hz, dsp::kSampleRateHz, 8);
  const auto wanted = static_cast<std::size_t>(static_cast<std::uint64_t>(sound->samples.size()) * dsp::kSampleRateHz /
                                               static_cast<std::uint64_t>(sound->sample_rate_hz));
  // What the filter holds back at the end comes out with silence behind it.
  sound->samples.resize(sound->samples.size() + static_cast<std::size_t>(sound->sample_rate_hz) / 10);
  std::vector<float> out(
      static_cast<std::size_t>(static_cast<std::uint64_t>(sound->samples.size()) * dsp::kSampleRateHz /
                               static_cast<std::uint64_t>(sound->sample_rate_hz)) +
      2);
  out.resize(resampler.process(sound->samples, out));
  const auto late = static_cast<std::size_t>(resampler.latency_samples());
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(late, out.size())));
  out.resize(wanted);
  return out;
}

std::vector<std::uint8_t> wav_header(std::uint32_t data_bytes) {
  constexpr std::uint32_t kSampleBytes = 2;
  std::vector<std::uint8_t> out;
  const auto text = [&](std::string_view tag) { out.insert(out.end(), tag.begin(), tag.end()); };
  const auto number = [&](std::uint32_t value, int octets) {
    for (int i = 0; i < octets; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8U * static_cast<unsigned>(i))));
  };
  text("RIFF");
  number(36 + data_bytes, 4);
  text("WAVEfmt ");
  number(16, 4);
  number(kTagPcm, 2);
  number(1, 2);
  number(dsp::kSampleRateHz, 4);
  number(dsp::kSampleRateHz * kSampleBytes, 4);
  number(kSampleBytes, 2);
  number(8 * kSampleBytes, 2);
  text("data");
  number(data_bytes, 4);
  return out;
}

}  // namespace sidetone::media::device
