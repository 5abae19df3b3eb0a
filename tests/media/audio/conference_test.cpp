#include "media/audio/conference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "media/audio/audio_thread.hpp"
#include "media/audio/leg.hpp"
#include "media/codec/codec.hpp"
#include "media/dsp/goertzel.hpp"
#include "media/dsp/level_meter.hpp"
#include "media/dsp/tone.hpp"
#include "tests/media/audio/audio_thread_calls.hpp"
#include "tests/media/audio/engine_pair.hpp"
#include "tests/media/support/counting_decoder.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::audio {
namespace {

constexpr std::uint8_t kPayloadType = 111;
constexpr std::size_t kPacket = 960;
constexpr double kVoice = 0.1;
constexpr int kBitrate = 128'000;  // tones are to come through as they are

/// Opus, and behind its payload whose encoder it was.
class SignedEncoder final : public codec::Encoder {
 public:
  explicit SignedEncoder(LegId first_owner)
      : owner_(first_owner), opus_(codec::find("opus", 48000)->make_encoder({.bitrate_bps = kBitrate})) {}
  std::size_t encode(std::span<const float> pcm, std::span<std::uint8_t> payload) override {
    const std::size_t size = opus_->encode(pcm, payload.first(payload.size() - 1));
    payload[size] = static_cast<std::uint8_t>(owner_);
    return size + 1;
  }

 private:
  LegId owner_;
  std::unique_ptr<codec::Encoder> opus_;
};

constexpr bool kKnowsVoice = true;

/// A leg of a conference, and the telephone at its far end: it says a tone, and keeps what it hears.
class Telephone {
 public:
  Telephone(LegId id, double frequency, const std::string& conference, std::size_t packet_samples = kPacket)
      : leg(id, 1000 * id), tone_(frequency, 1.0, dsp::kSampleRateHz) {
    const codec::CodecEntry* opus = codec::find("opus", 48000);
    LegCodecs codecs;
    codecs.send = std::make_unique<SendCodec>();
    codecs.send->payload_type = kPayloadType;
    codecs.send->packet_samples = packet_samples;
    codecs.send->encoder = std::make_unique<SignedEncoder>(id);
    codecs.send->encoding = "opus " + std::to_string(packet_samples);
    codecs.receive.push_back({kPayloadType, 48000, std::make_unique<test::CountingDecoder>(decoded, kKnowsVoice)});
    codecs.receives = true;
    leg.swap_codecs(codecs);
    Source source{SourceKind::kConference, {}, conference};
    leg.set_source(source);
    encoder_ = opus->make_encoder({.bitrate_bps = kBitrate});
    decoder_ = opus->make_decoder({});
  }

  /// 20 ms of what is said, into the leg.
  void talk(MonotonicTime now) {
    std::array<float, kPacket> pcm;
    tone_.fill(pcm);
    for (float& sample : pcm) sample = sample * static_cast<float>(loudness) + noise();
    PacketSlot* slot = leg.packets.claim();
    slot->ssrc = leg.id;
    slot->sequence = sequence_++;
    slot->timestamp = timestamp_;
    slot->payload_type = kPayloadType;
    slot->arrival = now;
    slot->size = static_cast<std::uint16_t>(encoder_->encode(pcm, slot->data));
    leg.packets.publish();
    timestamp_ += kPacket;
  }

  /// As a telephone does that speaks at 32 kbit/s.
  void talk_by_silk() { encoder_ = codec::find("opus", 48000)->make_encoder({}); }

  void hear(const FrameSlot& frame) {
    std::vector<float> pcm(codec::kMaxPacketSamples);
    const std::size_t size = frame.size - 1;
    pcm.resize(decoder_->decode(Bytes{frame.data}.first(size), pcm));
    encoders.push_back(frame.data[size]);
    heard.insert(heard.end(), pcm.begin(), pcm.end());
    timestamps.push_back(frame.timestamp);
  }

  Leg leg;
  double loudness = 0;
  double noise_level = 0;
  std::size_t decoded = 0;  ///< packets of what it says
  std::vector<float> heard;
  std::vector<std::uint32_t> timestamps;
  std::vector<std::uint8_t> encoders;  ///< of each packet

 private:
  float noise() {
    random_ = random_ * 1664525 + 1013904223;
    return static_cast<float>(noise_level * static_cast<std::int32_t>(random_) / 2147483648.0);
  }

  dsp::ToneGenerator tone_;
  std::unique_ptr<codec::Encoder> encoder_;
  std::unique_ptr<codec::Decoder> decoder_;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint32_t random_ = 1;
};

/// A mixing host without its threads, on a virtual clock.
class ConferenceTest : public ::testing::Test {
 protected:
  ConferenceTest() {
    ConferenceRoom room(64);
    conferences_.swap_room(room);
  }

  Telephone& join(const std::string& conference = "a", std::size_t packet_samples = kPacket) {
    const auto at = telephones_.size();
    Telephone& made = *telephones_.emplace_back(
        std::make_unique<Telephone>(static_cast<LegId>(at + 1), frequency(at), conference, packet_samples));
    arrange();
    return made;
  }
  void join_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) join();
  }
  void leave(std::size_t index) {
    conferences_.release(telephones_[index]->leg);
    Source alone;
    telephones_[index]->leg.set_source(alone);
    arrange();
  }

  void run(std::size_t blocks, dsp::Block* microphone = nullptr) {
    for (; blocks > 0; --blocks, ++block_) {
      clock_.advance(Microseconds{10'000});
      const MonotonicTime now = clock_.now();
      dsp::Block voice;
      for (auto& one : telephones_) {
        if (block_ % 2 == 0) one->talk(now);
        one->leg.receive(voice, now);
      }
      conferences_.for_each(
          [&](Conferences::Members members) { conferences_.advance(members, microphone, now, frames_); });
      while (const FrameSlot* frame = frames_.front()) {
        telephones_[frame->leg - 1]->hear(*frame);
        frames_.pop();
      }
    }
  }
  /// After what went before has passed the jitter buffers, all that is heard is kept anew.
  void listen(std::size_t blocks) {
    run(60);
    for (auto& one : telephones_) one->heard.clear();
    run(blocks);
  }

  static double frequency(std::size_t index) { return 300.0 + 200.0 * static_cast<double>(index); }
  [[nodiscard]] Telephone& at(std::size_t index) { return *telephones_[index]; }
  [[nodiscard]] double level(std::size_t listener, std::size_t talker) {
    return dsp::tone_amplitude(at(listener).heard, frequency(talker), dsp::kSampleRateHz);
  }
  [[nodiscard]] std::uint64_t encoded() const {
    std::uint64_t count = 0;
    for (const auto& one : telephones_) count += one->leg.sender.frames_encoded() - one->leg.sender.frames_shared();
    return count;
  }
  void expect_all_hear_all_others() {
    for (std::size_t listener = 0; listener < telephones_.size(); ++listener) {
      ASSERT_FALSE(at(listener).heard.empty());
      for (std::size_t talker = 0; talker < telephones_.size(); ++talker) {
        const double db = 20 * std::log10(std::max(level(listener, talker), 1e-9) / kVoice);
        if (talker == listener) {
          EXPECT_LT(db, -30) << listener << " hears himself";
        } else {
          EXPECT_NEAR(db, 0, 1.5) << talker << " at " << listener;
        }
      }
    }
  }

 private:
  void arrange() {
    Leg* legs = nullptr;
    for (auto& one : telephones_) one->leg.next = std::exchange(legs, &one->leg);
    conferences_.arrange(legs);
  }

  test::VirtualClock clock_;
  FrameRing frames_{256};
  Conferences conferences_;
  std::vector<std::unique_ptr<Telephone>> telephones_;
  std::size_t block_ = 0;
};

TEST_F(ConferenceTest, ThreeHearTheTwoOthers) {
  join_many(3);
  for (std::size_t i = 0; i < 3; ++i) at(i).loudness = kVoice;
  listen(100);
  expect_all_hear_all_others();
}

TEST_F(ConferenceTest, EightTalkAndEachHearsTheSevenOthers) {
  join_many(8);
  for (std::size_t i = 0; i < 8; ++i) at(i).loudness = kVoice;
  listen(100);
  expect_all_hear_all_others();
}

TEST_F(ConferenceTest, ThoseWhoListenShareOnePacket) {
  join_many(4);
  run(1);  // in the middle of a packet of those who are there
  join_many(4);
  at(0).loudness = at(1).loudness = kVoice;
  for (std::size_t i = 2; i < 8; ++i) at(i).noise_level = 0.001;  // −65 dBFS: rooms are not silent
  run(400);  // until the noise of the rooms is known and their hold is over
  const std::uint64_t before = encoded();
  listen(100);
  EXPECT_EQ(encoded() - before, (60U + 100U) / 2 * 3) << "two who talk, and one for all others";
  for (std::size_t i = 2; i < 8; ++i) {
    EXPECT_EQ(at(i).heard.size(), 100 * dsp::kBlockSamples);
    EXPECT_NEAR(level(i, 0), kVoice, 0.015);
    EXPECT_NEAR(level(i, 1), kVoice, 0.015);
    EXPECT_EQ(at(i).leg.sender.level(), at(2).leg.sender.level());
  }
}

TEST_F(ConferenceTest, OneWhoBeginsToTalkIsHeardAtOnceAndTheOthersWithoutAGap) {
  join_many(4);
  at(0).loudness = kVoice;
  run(400);
  listen(50);
  for (std::size_t listener = 1; listener < 4; ++listener) at(listener).heard.clear();
  // Each of those who listened, whoever's encoder spoke for them, comes and goes again.
  for (std::size_t talker = 1; talker < 4; ++talker) {
    at(talker).loudness = kVoice;
    run(100);
    at(talker).loudness = 0;
    run(200);
  }
  for (std::size_t listener = 1; listener < 4; ++listener) {
    const std::vector<float>& heard = at(listener).heard;
    constexpr std::size_t kWindow = 960;
    double quietest = 1;
    for (std::size_t i = 0; i + kWindow <= heard.size(); i += kWindow / 2)
      quietest = std::min(quietest, dsp::tone_amplitude(std::span{heard}.subspan(i, kWindow), frequency(0), 48000));
    EXPECT_GT(quietest, 0.6 * kVoice) << "a gap at " << listener;
    for (std::size_t talker = 1; talker < 4; ++talker) {
      if (talker == listener) continue;
      EXPECT_GT(level(listener, talker), 0.08 * kVoice) << "a ninth of the time";
    }
    for (std::size_t i = 1; i < at(listener).timestamps.size(); ++i)
      ASSERT_EQ(at(listener).timestamps[i] - at(listener).timestamps[i - 1], kPacket);
  }
}

TEST_F(ConferenceTest, TheNoiseOfRoomsIsDecodedNowAndThenUnlessItIsHeardHere) {
  join_many(4);
  for (std::size_t i = 0; i < 4; ++i) {
    at(i).talk_by_silk();
    at(i).noise_level = 0.001;
  }
  at(0).loudness = kVoice;
  PlaybackPort loudspeaker;
  at(3).leg.playback = &loudspeaker;
  run(400);  // until the noise of the rooms is known and their hold is over
  std::array<std::size_t, 4> before{};
  for (std::size_t i = 0; i < 4; ++i) before[i] = at(i).decoded;
  run(200);
  EXPECT_GE(at(0).decoded - before[0], 99U) << "who talks";
  EXPECT_LT(at(1).decoded - before[1], 30U);
  EXPECT_LT(at(2).decoded - before[2], 30U);
  EXPECT_GT(at(2).decoded - before[2], 5U);
  EXPECT_GE(at(3).decoded - before[3], 99U);
  // Whoever begins to talk then is heard at once.
  for (std::size_t i = 0; i < 4; ++i) at(i).heard.clear();
  at(1).loudness = kVoice;
  run(10);
  EXPECT_GT(level(2, 1), 0.5 * kVoice);
}

TEST_F(ConferenceTest, AQuietVoiceIsLetThrough) {
  join_many(3);
  at(0).loudness = kVoice;
  at(1).loudness = 0.003;  // −53 dBFS
  listen(100);
  EXPECT_NEAR(level(2, 1), 0.003, 0.0015);
}

TEST_F(ConferenceTest, OneWhoIsNotHeardHereIsNotHeardThere) {
  join_many(3);
  for (std::size_t i = 0; i < 3; ++i) at(i).loudness = kVoice;
  at(1).leg.sink.to_device = false;
  listen(100);
  EXPECT_LT(level(0, 1), 0.001);
  EXPECT_NEAR(level(1, 0), kVoice, 0.015) << "he hears the others";
  at(1).leg.sink = {true, {}, 0.5};
  listen(100);
  EXPECT_NEAR(level(0, 1), kVoice / 2, 0.01);
}

TEST_F(ConferenceTest, OneWhoIsSentNothingHearsSilenceAndIsHeard) {
  join_many(3);
  for (std::size_t i = 0; i < 3; ++i) at(i).loudness = kVoice;
  join();
  join();
  at(1).leg.muted = true;
  at(3).leg.muted = true;  // who says nothing
  run(200);
  listen(100);
  EXPECT_LT(dsp::mean_square(at(1).heard), 1e-8);
  EXPECT_LT(dsp::mean_square(at(3).heard), 1e-8);
  EXPECT_NEAR(level(4, 0), kVoice, 0.015) << "another who says nothing";
  EXPECT_NEAR(level(0, 1), kVoice, 0.015);
}

TEST_F(ConferenceTest, OneWhoLeavesIsGoneAndWhoeverHeardHisEncoderHearsOn) {
  join_many(5);
  at(0).loudness = kVoice;
  run(400);
  std::size_t leader = 1;
  while (leader < 5 && !at(leader).leg.place.leads) ++leader;
  ASSERT_LT(leader, 5U);
  for (std::size_t i = 1; i < 5; ++i) at(i).heard.clear();
  leave(leader);
  run(50);
  for (std::size_t i = 1; i < 5; ++i) {
    if (i == leader) {
      EXPECT_TRUE(at(i).heard.empty());
      continue;
    }
    EXPECT_NEAR(level(i, 0), kVoice, 0.01) << i;
  }
  at(leader).loudness = kVoice;
  listen(50);
  EXPECT_LT(level(0, leader), 0.001);
}

TEST_F(ConferenceTest, TheEncoderThatAllHearPassesOn) {
  join_many(5);
  at(0).loudness = kVoice;
  run(400);
  const std::uint8_t first = at(4).encoders.back();
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(at(i).encoders.back(), first);
  const auto leader = [&] {
    std::size_t i = 1;
    while (i < 5 && !at(i).leg.place.leads) ++i;
    return i;
  };
  const std::size_t talker = leader();
  ASSERT_LT(talker, 5U);
  at(talker).loudness = kVoice;
  run(50);
  const std::size_t leaver = leader();
  ASSERT_LT(leaver, 5U);
  ASSERT_NE(leaver, talker);
  EXPECT_NE(at(talker).encoders.back(), first) << "he hears a mix of his own";
  leave(leaver);
  run(50);
  for (std::size_t i = 1; i < 5; ++i) {
    if (i == talker || i == leaver) continue;
    EXPECT_EQ(at(i).encoders.back(), first) << i;
    // Nothing else within that time either.
    EXPECT_EQ(std::ranges::count(at(i).encoders.end() - 50, at(i).encoders.end(), first), 50) << i;
  }
}

TEST_F(ConferenceTest, ConferencesDoNotHearEachOther) {
  join("a");
  join("a");
  join("b");
  join("b");
  for (std::size_t i = 0; i < 4; ++i) at(i).loudness = kVoice;
  listen(100);
  EXPECT_NEAR(level(0, 1), kVoice, 0.015);
  EXPECT_LT(level(0, 2), 0.001);
  EXPECT_LT(level(0, 3), 0.001);
  EXPECT_NEAR(level(3, 2), kVoice, 0.015);
  EXPECT_LT(level(3, 0), 0.001);
}

TEST_F(ConferenceTest, LongAndShortPacketsAreNotShared) {
  join();
  join("a", 480);
  join("a", 480);
  join("a", 2880);
  join("a", 2880);
  at(0).loudness = kVoice;
  run(400);
  listen(120);
  const std::uint64_t before = encoded();
  run(60);
  EXPECT_EQ(encoded() - before, 30U + 60U + 10U);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_NEAR(level(i, 0), kVoice, 0.015) << i;
}

TEST_F(ConferenceTest, TheMicrophoneIsAParty) {
  join_many(3);
  at(0).loudness = kVoice;
  constexpr double kHere = 2000;
  dsp::ToneGenerator tone(kHere, kVoice, dsp::kSampleRateHz);
  dsp::Block said;
  const auto speak = [&](int blocks) {
    for (; blocks > 0; --blocks) {
      tone.fill(said);
      run(1, &said);
    }
  };
  speak(60);
  for (std::size_t i = 0; i < 3; ++i) at(i).heard.clear();
  speak(100);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(dsp::tone_amplitude(at(i).heard, kHere, dsp::kSampleRateHz), kVoice, 0.015) << i;
  EXPECT_NEAR(level(1, 0), kVoice, 0.015);
  EXPECT_LT(level(0, 0), 0.005);
}

// Two rooms meet in a host that has neither microphone nor loudspeaker, as it runs.
TEST(Conference, OfAnEngineAllocatesNothing) {
  EngineOptions options;
  options.use_devices = false;
  options.decoder_complexity = 0;  // what is measured is not how forty legs conceal at once
  sidetone::testing::TestEngine mixing(options);
  sidetone::testing::TestEngine far(options);
  const LegConfig config{sidetone::testing::opus(), {sidetone::testing::opus()}, Milliseconds{20}};
  EXPECT_EQ(mixing->set_source(*mixing->add_leg(config), {SourceKind::kConference, {}, ""}).error().code,
            ErrorCode::kMalformed);
  std::vector<LegId> here;
  std::vector<LegId> there;
  const auto carry = [](sidetone::testing::TestEngine& from, const std::vector<LegId>& from_legs,
                        sidetone::testing::TestEngine& to, const std::vector<LegId>& to_legs) {
    from->take_frames([&](const OutgoingFrame& frame) {
      const auto leg = std::ranges::find(from_legs, frame.leg);
      if (leg == from_legs.end()) return;
      to->deliver(to_legs[static_cast<std::size_t>(leg - from_legs.begin())],
                  {frame.leg, static_cast<std::uint16_t>(frame.timestamp / kPacket), frame.timestamp,
                   frame.payload_type, frame.marker, to.clock.now(), frame.payload});
    });
  };
  for (int i = 0; i < 20; ++i) {  // beyond the first room
    here.push_back(*mixing->add_leg(config));
    there.push_back(*far->add_leg(config));
    ASSERT_TRUE(mixing->set_source(here.back(), {SourceKind::kConference, {}, "a"}).ok());
  }
  ASSERT_TRUE(far->set_source(there.front(), {SourceKind::kMusic, ""}).ok());
  const auto carry_until = [&](const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (std::chrono::steady_clock::now() < end && !done()) {
      pollfd waiting{mixing->frames_ready_fd(), POLLIN, 0};
      poll(&waiting, 1, 10);
      carry(far, there, mixing, here);
      carry(mixing, here, far, there);
    }
    return done();
  };
  ASSERT_TRUE(carry_until([&] { return far->stats(there.back()).received_level > 0.02; }));
  EXPECT_LT(far->stats(there.front()).received_level, 0.001);
  // Whoever comes is taken for one who speaks, until it is known how he is silent.
  ASSERT_TRUE(carry_until([&] { return mixing->stats(here.back()).frames_shared > 20; }));
  const std::uint64_t allocations = sidetone::testing::audio_thread_allocations();
  const auto locks = sidetone::testing::audio_thread_locks();
  const auto count = [&](std::uint64_t LegStats::*what) {
    std::uint64_t sum = 0;
    for (const LegId leg : here) sum += mixing->stats(leg).*what;
    return sum;
  };
  const std::uint64_t sent = count(&LegStats::frames_encoded);
  const std::uint64_t shared = count(&LegStats::frames_shared);
  ASSERT_TRUE(carry_until([&] { return count(&LegStats::frames_encoded) > sent + 2000; }));
  EXPECT_EQ(sidetone::testing::audio_thread_allocations(), allocations);
  EXPECT_EQ(sidetone::testing::audio_thread_locks(), locks);
  const double share = static_cast<double>(count(&LegStats::frames_shared) - shared) /
                       static_cast<double>(count(&LegStats::frames_encoded) - sent);
  EXPECT_NEAR(share, 18.0 / 20, 0.03) << "one says something, one encodes for all others";
  mixing->remove_leg(here[1]);
  ASSERT_TRUE(carry_until([&] { return far->stats(there.back()).received_level > 0.02; }));
}

}  // namespace
}  // namespace sidetone::media::audio
