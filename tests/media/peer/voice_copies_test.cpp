#include "media/peer/voice_copies.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sidetone::media::peer {
namespace {

constexpr std::uint8_t kOpus = 111;
constexpr std::uint8_t kRed = 63;
constexpr std::size_t kVoiceBytes = 80;  // 32 kbit/s in packets of 20 ms

/// Packets of 20 ms, each filled with its own number.
struct CopiedVoice {
  VoiceCopies copies;
  std::uint32_t timestamp = 4294966000;  // wraps
  std::uint8_t number = 0;
  std::vector<std::uint8_t> payload;

  VoiceCopies::Payload send(double loss, std::uint8_t payload_type = kOpus) {
    payload.assign(kVoiceBytes, ++number);
    timestamp += 960;
    audio::OutgoingFrame frame;
    frame.payload_type = payload_type;
    frame.timestamp = timestamp;
    frame.payload = payload;
    return copies.add(frame, loss);
  }
  /// How many copies the next packet has.
  std::size_t depth(double loss) {
    const auto sent = send(loss);
    if (sent.payload_type == kOpus) {
      EXPECT_EQ(sent.data.data(), payload.data()) << "as it is";
      return 0;
    }
    EXPECT_EQ(sent.payload_type, kRed);
    const auto red = rtp::parse_red(sent.data);
    EXPECT_TRUE(red.ok());
    EXPECT_EQ(red->primary().data.front(), number);
    for (std::size_t i = 0; i + 1 < red->count; ++i) {
      const auto behind = red->count - 1 - i;
      EXPECT_EQ(red->blocks[i].data.front(), number - behind);
      EXPECT_EQ(red->blocks[i].timestamp_offset, 960 * behind);
    }
    return red->count - 1;
  }
};

VoiceCopies::Terms agreed() {
  VoiceCopies::Terms terms;
  terms.payload_type = kRed;
  terms.voice_payload_type = kOpus;
  return terms;
}

TEST(VoiceCopies, AreAsManyAsTheLossIsWorth) {
  CopiedVoice voice;
  voice.copies.agree(agreed());
  EXPECT_EQ(voice.depth(0.2), 0U) << "there is nothing to copy yet";
  EXPECT_EQ(voice.depth(0.2), 1U);
  EXPECT_EQ(voice.depth(0.2), 2U);
  EXPECT_EQ(voice.depth(0.2), 2U);
  EXPECT_EQ(voice.depth(0.05), 1U);
  EXPECT_EQ(voice.depth(0.01), 0U) << "the codec's own does";
  EXPECT_EQ(voice.depth(0), 0U);
  EXPECT_EQ(voice.depth(0.2), 2U) << "what went without copies is known all the same";
  EXPECT_EQ(voice.copies.packets(), 5U);
  EXPECT_EQ(voice.copies.bytes(), 8 * (kVoiceBytes + 4) + 5);
}

TEST(VoiceCopies, AreNoneWhereTheFarEndHasNotAgreed) {
  CopiedVoice voice;
  voice.copies.agree({});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(voice.depth(0.5), 0U);
  EXPECT_EQ(voice.copies.packets(), 0U);
}

TEST(VoiceCopies, LeaveBurstsToDeepRedundancyWhereThereIsSome) {
  CopiedVoice voice;
  VoiceCopies::Terms terms = agreed();
  terms.deep_redundancy = true;
  voice.copies.agree(terms);
  for (int i = 0; i < 5; ++i) voice.send(0.3);
  EXPECT_EQ(voice.depth(0.3), 1U);
}

TEST(VoiceCopies, KeepToTheBitRateThatIsAllowed) {
  const auto sent_bps = [](int bound) {
    CopiedVoice voice;
    VoiceCopies::Terms terms = agreed();
    terms.max_bitrate_bps = bound;
    voice.copies.agree(terms);
    std::size_t octets = 0;
    for (int i = 0; i < 500; ++i) octets += voice.send(0.2).data.size();
    return octets * 8 / 10;  // ten seconds
  };
  EXPECT_EQ(sent_bps(32000), 32000U) << "nothing is left for copies";
  EXPECT_EQ(sent_bps(16000), 32000U) << "the voice itself is the codec's to keep within";
  EXPECT_GT(sent_bps(48000), 44000U);
  EXPECT_LE(sent_bps(48000), 48000U);
  EXPECT_GT(sent_bps(120000), 98000U) << "two copies have room";
}

TEST(VoiceCopies, AKeyInBetweenIsNotCopiedOver) {
  CopiedVoice voice;
  voice.copies.agree(agreed());
  for (int i = 0; i < 3; ++i) voice.send(0.2);
  EXPECT_EQ(voice.send(0.2, 110).payload_type, 110);
  EXPECT_EQ(voice.depth(0.2), 0U) << "its sequence number is the key's";
  EXPECT_EQ(voice.depth(0.2), 1U);
}

TEST(VoiceCopies, BeginAnewWithOtherTerms) {
  CopiedVoice voice;
  voice.copies.agree(agreed());
  for (int i = 0; i < 3; ++i) voice.send(0.2);
  voice.copies.agree(agreed());
  EXPECT_EQ(voice.depth(0.2), 2U) << "an offer that changes nothing is not to be heard";
  VoiceCopies::Terms terms = agreed();
  terms.payload_type = kRed + 1;
  voice.copies.agree(terms);
  EXPECT_EQ(voice.send(0.2).payload_type, kOpus);
}

}  // namespace
}  // namespace sidetone::media::peer
