// WAV files as devices: what is read, what is refused, and a call from one file to another.
#include "media/device/wav.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>

#include "media/device/wav_devices.hpp"
#include "media/device/wav_recorder.hpp"
#include "media/dsp/pcm.hpp"
#include "tests/media/audio/audio_thread_calls.hpp"
#include "tests/media/audio/engine_pair.hpp"

namespace sidetone {
namespace {

using namespace media::device;
using Octets = std::vector<std::uint8_t>;

Octets little(std::uint64_t value, int octets) {
  Octets out;
  for (int i = 0; i < octets; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return out;
}
Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Octets text(std::string_view tag) { return {tag.begin(), tag.end()}; }
Octets chunk(std::string_view tag, const Octets& body) {
  return text(tag) + little(body.size(), 4) + body + Octets(body.size() % 2);
}
Octets format(unsigned tag, unsigned channels, unsigned rate, unsigned bits, const Octets& more = {}) {
  const unsigned frame = channels * bits / 8;
  return chunk("fmt ", little(tag, 2) + little(channels, 2) + little(rate, 4) + little(std::uint64_t{rate} * frame, 4) +
                           little(frame, 2) + little(bits, 2) + more);
}
Octets riff(const Octets& chunks) { return text("RIFF") + little(4 + chunks.size(), 4) + text("WAVE") + chunks; }
Octets half_and_minus_one() { return little(0x4000, 2) + little(0x8000, 2); }

Octets tone(unsigned rate, double frequency_hz, double seconds, double amplitude) {
  Octets data;
  for (unsigned i = 0; i < static_cast<unsigned>(seconds * rate); ++i) {
    const double value = amplitude * std::sin(2 * std::numbers::pi * frequency_hz * i / rate);
    data = std::move(data) + little(static_cast<std::uint16_t>(std::lround(value * 32767)), 2);
  }
  return riff(format(1, 1, rate, 16) + chunk("data", data));
}

class WavFiles : public ::testing::Test {
 protected:
  WavFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sidetone-wav-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~WavFiles() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string file(const std::string& name, const Octets& octets) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
    return path(name);
  }
  std::string folder_;
};

TEST(Wav, OfBothKindsIsRead) {
  const auto pcm = parse_wav(riff(format(1, 1, 8000, 16) + chunk("data", half_and_minus_one())));
  ASSERT_TRUE(pcm.ok());
  EXPECT_EQ(pcm->sample_rate_hz, 8000);
  EXPECT_EQ(pcm->samples, (std::vector<float>{0.5F, -1.0F}));

  const Octets floats = little(std::bit_cast<std::uint32_t>(0.25F), 4) + little(std::bit_cast<std::uint32_t>(9.0F), 4);
  const auto mixed = parse_wav(riff(chunk("LIST", text("odd")) + format(3, 2, 44100, 32) + chunk("data", floats)));
  ASSERT_TRUE(mixed.ok()) << to_string(mixed.error());
  EXPECT_EQ(mixed->samples, (std::vector<float>{0.625F})) << "two channels, one of them out of range";

  const Octets extension = little(22, 2) + little(16, 2) + little(4, 4) + little(1, 2) + Octets(14);
  EXPECT_TRUE(parse_wav(riff(format(0xFFFE, 1, 48000, 16, extension) + chunk("data", half_and_minus_one()))).ok());
  Octets open_end = riff(format(1, 1, 16000, 16)) + text("data") + little(0xFFFFFFFF, 4) + half_and_minus_one();
  EXPECT_EQ(parse_wav(open_end)->samples.size(), 2U);
}

TEST(Wav, ThatIsBadIsRefusedWithThePlace) {
  const Octets sound = chunk("data", half_and_minus_one());
  const Octets nan = chunk("data", little(std::bit_cast<std::uint32_t>(std::numeric_limits<float>::quiet_NaN()), 4));
  struct Case {
    Octets file;
    ErrorCode code;
    const char* says;
    const char* where;
  };
  const Case cases[] = {
      {{}, ErrorCode::kMalformed, "no WAV file", "octet 0"},
      {text("RIFX") + little(4, 4) + text("WAVE"), ErrorCode::kMalformed, "no WAV file", "octet 0"},
      {riff({}), ErrorCode::kTruncated, "no format", "octet 12"},
      {riff(format(1, 1, 8000, 16)), ErrorCode::kTruncated, "no sound", "octet 36"},
      {riff(sound), ErrorCode::kMalformed, "before its format", "octet 12"},
      {riff(format(1, 1, 8000, 16) + chunk("data", {})), ErrorCode::kTruncated, "no sound", "octet 44"},
      {riff(format(1, 1, 8000, 16) + chunk("data", {1})), ErrorCode::kTruncated, "no sound", "octet 44"},
      {riff(chunk("fmt ", Octets(15))), ErrorCode::kTruncated, "less than 16", "octet 20"},
      {riff(text("fmt ") + little(0x7FFFFFFF, 4)), ErrorCode::kTruncated, "2147483647 octets has only 0", "octet 12"},
      {riff(format(6, 1, 8000, 8) + sound), ErrorCode::kUnsupported, "format 6 with 8 bits", "octet 20"},
      {riff(format(1, 1, 8000, 24) + sound), ErrorCode::kUnsupported, "24 bits", "octet 20"},
      {riff(format(0xFFFE, 1, 8000, 16) + sound), ErrorCode::kTruncated, "sub-format", "octet 20"},
      {riff(format(1, 0, 8000, 16) + sound), ErrorCode::kOutOfRange, "0 channels", "octet 22"},
      {riff(format(1, 9, 8000, 16) + sound), ErrorCode::kOutOfRange, "9 channels", "octet 22"},
      {riff(format(1, 1, 7999, 16) + sound), ErrorCode::kOutOfRange, "7999 Hz", "octet 24"},
      {riff(format(1, 1, 48001, 16) + sound), ErrorCode::kOutOfRange, "48001 Hz", "octet 24"},
      {riff(format(3, 1, 8000, 32) + nan), ErrorCode::kMalformed, "no number", "octet 44"},
      {riff(format(1, 1, 8000, 16) + chunk("data", Octets(2 * (300 * 8000 + 1)))), ErrorCode::kTooLarge, "300 s",
       "octet 44"},
  };
  for (const Case& one : cases) {
    const auto read = parse_wav(one.file);
    ASSERT_FALSE(read.ok()) << one.says;
    EXPECT_EQ(read.error().code, one.code) << one.says;
    EXPECT_NE(read.error().text.find(one.says), std::string::npos) << read.error().text;
    EXPECT_EQ(read.error().where, one.where) << read.error().text;
  }
  Octets frame = riff(format(1, 2, 8000, 16) + sound);
  frame[32] = 2;
  EXPECT_EQ(parse_wav(frame).error().where, "octet 32");
}

TEST_F(WavFiles, AreConvertedTo48Kilohertz) {
  for (const unsigned rate : {8000U, 11025U, 44100U, 48000U}) {
    const auto sound = read_wav(file("tone.wav", tone(rate, 440, 1, 0.5)));
    ASSERT_TRUE(sound.ok());
    EXPECT_NEAR(static_cast<double>(sound->size()), 48000, 1) << rate;
    double sine = 0;
    double cosine = 0;
    for (std::size_t i = 4800; i < 43200; ++i) {
      const double angle = 2 * std::numbers::pi * 440 * static_cast<double>(i) / 48000;
      sine += (*sound)[i] * std::sin(angle);
      cosine += (*sound)[i] * std::cos(angle);
    }
    EXPECT_NEAR(2 * sine / 38400, 0.5, 0.01) << rate << ": as loud, and where it was";
    EXPECT_NEAR(2 * cosine / 38400, 0, 0.02) << rate;
  }
}

TEST_F(WavFiles, ThatCannotBeHadAreNamed) {
  EXPECT_EQ(read_wav(path("none.wav")).error().code, ErrorCode::kIo);
  EXPECT_EQ(read_wav(path("none.wav")).error().where, path("none.wav"));
  EXPECT_EQ(read_wav(folder_).error().code, ErrorCode::kUnsupported);
  ASSERT_EQ(mkfifo(path("pipe.wav").c_str(), 0600), 0);
  EXPECT_EQ(read_wav(path("pipe.wav")).error().code, ErrorCode::kUnsupported) << "and nobody waits for its writer";
  EXPECT_EQ(read_wav(file("bad.wav", text("what"))).error().where, path("bad.wav") + ", octet 0");
  std::ofstream(path("huge.wav")).close();
  std::filesystem::resize_file(path("huge.wav"), kMostWavFileBytes + 1);
  EXPECT_EQ(read_wav(path("huge.wav")).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(open_wav_loudspeaker(path("pipe.wav")).error().where, path("pipe.wav"));
  EXPECT_EQ(open_wav_loudspeaker(folder_ + "/none/spk.wav").error().code, ErrorCode::kIo);
}

TEST_F(WavFiles, AreRecordedWhole) {
  {
    auto recorder = WavRecorder::create(path("out.wav"));
    ASSERT_TRUE(recorder.ok());
    media::dsp::Block block;
    for (int i = 0; i < 200; ++i) {
      block.fill(static_cast<float>(i) / 200);
      (*recorder)->write(block);
    }
    EXPECT_EQ((*recorder)->blocks_left_out(), 0U);
  }
  const auto sound = read_wav(path("out.wav"));
  ASSERT_TRUE(sound.ok()) << to_string(sound.error());
  ASSERT_EQ(sound->size(), 200U * media::dsp::kBlockSamples);
  for (std::size_t i = 0; i < sound->size(); i += 100)
    EXPECT_NEAR((*sound)[i], static_cast<float>(i / media::dsp::kBlockSamples) / 200, 0.0001);
}

TEST_F(WavFiles, AreRecordedWholeHoweverShort) {
  for (int round = 0; round < 100; ++round) {
    {
      auto recorder = WavRecorder::create(path("short.wav"));
      ASSERT_TRUE(recorder.ok());
      (*recorder)->write(media::dsp::Block{});
    }
    const auto sound = read_wav(path("short.wav"));
    ASSERT_TRUE(sound.ok()) << round << ": " << to_string(sound.error());
    ASSERT_EQ(sound->size(), media::dsp::kBlockSamples);
  }
}

// From a file through an encoder and a decoder into a file, without a sound server and without allocating.
TEST_F(WavFiles, AreDevicesOfACall) {
  using namespace media::audio;
  const std::string from = file("from.wav", tone(16000, 440, 1, 0.4));
  const std::string into = path("into.wav");
  {
    EngineOptions options;
    options.use_devices = false;
    options.wav.microphones.push_back(*open_wav_microphone(from, true));
    options.wav.loudspeakers.push_back(*open_wav_loudspeaker(into));
    testing::TestEngine engine(options);
    const auto devices = engine->devices();
    ASSERT_EQ(devices.size(), 2U);
    EXPECT_EQ(devices[0].id, "wav:" + from);
    EXPECT_EQ(devices[0].label, "from.wav");
    EXPECT_TRUE(devices[0].is_default);
    EXPECT_EQ(devices[1].kind, DeviceKind::kOutput);
    EXPECT_EQ(engine->devices_missing_reason(), "");
    const LegConfig both{testing::opus(), {testing::opus()}, Milliseconds{20}};
    const LegId talker = *engine->add_leg(both);
    const LegId listener = *engine->add_leg(both);
    ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, ""}).ok());
    ASSERT_TRUE(engine->set_sink(talker, {false, "", 1}).ok());
    EXPECT_EQ(engine->set_source(listener, {SourceKind::kDevice, "wav:/etc/passwd"}).error().code,
              ErrorCode::kUnavailable)
        << "files are named on the command line alone";
    ASSERT_TRUE(engine->set_sink(listener, {true, "wav:" + into, 1}).ok());
    testing::Wire wire(engine, talker, engine, listener);
    ASSERT_TRUE(wire.carry_until([&] { return engine->stats(listener).received_level > 0.25; }));
    const std::uint64_t allocations = testing::audio_thread_allocations();
    const std::size_t packets = wire.timestamps.size();
    ASSERT_TRUE(wire.carry_until([&] { return wire.timestamps.size() > packets + 100; }));
    EXPECT_EQ(testing::audio_thread_allocations(), allocations);
    EXPECT_NEAR(engine->stats(talker).sent_level, 0.4 / std::sqrt(2), 0.01);
  }
  const auto heard = read_wav(into);
  ASSERT_TRUE(heard.ok()) << to_string(heard.error());
  ASSERT_GT(heard->size(), 96000U);
  double sum = 0;
  for (std::size_t i = heard->size() - 48000; i < heard->size(); ++i) sum += (*heard)[i] * (*heard)[i];
  EXPECT_NEAR(std::sqrt(sum / 48000), 0.4 / std::sqrt(2), 0.02);
}

TEST_F(WavFiles, ThatArePlayedOnceAreSilentThen) {
  using namespace media::audio;
  EngineOptions options;
  options.use_devices = false;
  options.wav.microphones.push_back(*open_wav_microphone(file("short.wav", tone(48000, 440, 0.5, 0.4)), false));
  testing::TestEngine engine(options);
  const LegId talker = *engine->add_leg({testing::opus(), {}, Milliseconds{20}});
  ASSERT_TRUE(engine->set_source(talker, {SourceKind::kDevice, ""}).ok());
  testing::Wire wire(engine, talker, engine, talker);
  ASSERT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level > 0.25; }));
  EXPECT_TRUE(wire.carry_until([&] { return engine->stats(talker).sent_level == 0; }, std::chrono::seconds{2}));
}

}  // namespace
}  // namespace sidetone
