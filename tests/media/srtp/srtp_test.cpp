#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "media/rtp/packet.hpp"
#include "media/rtp/rtcp.hpp"
#include "media/srtp/gcm_cipher.hpp"
#include "media/srtp/srtp_session.hpp"

namespace sidetone::media::srtp {
namespace {

using Buffer = std::vector<std::uint8_t>;

class Srtp : public ::testing::TestWithParam<Suite> {
 protected:
  void SetUp() override {
    const KeyLengths lengths = key_lengths(GetParam());
    Buffer one(lengths.key + lengths.salt);
    Buffer two(one.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      one[i] = static_cast<std::uint8_t>(i * 7);
      two[i] = static_cast<std::uint8_t>(255 - i);
    }
    a = std::move(SrtpSession::make(GetParam(), one, two)).value();
    b = std::move(SrtpSession::make(GetParam(), two, one)).value();
  }

  static Buffer plain(std::uint32_t ssrc, std::uint16_t sequence) {
    const std::array<std::uint8_t, 4> payload{'v', 'o', 'i', static_cast<std::uint8_t>(sequence)};
    rtp::Packet packet;
    packet.ssrc = ssrc;
    packet.sequence = sequence;
    packet.payload_type = 111;
    packet.payload = payload;
    Buffer buffer(64);
    ByteWriter out(buffer);
    EXPECT_TRUE(rtp::write_rtp(packet, out).ok());
    buffer.resize(out.size());
    return buffer;
  }

  Buffer protect(std::uint32_t ssrc, std::uint16_t sequence) {
    Buffer buffer = plain(ssrc, sequence);
    const std::size_t length = buffer.size();
    buffer.resize(length + kMaxTrailerBytes);
    const auto packet = a->protect_rtp(buffer, length);
    EXPECT_TRUE(packet.ok());
    buffer.resize(packet.value().size());
    return buffer;
  }

  bool opens(Buffer packet, std::uint32_t ssrc, std::uint16_t sequence) {
    const auto out = b->unprotect_rtp(packet);
    if (!out.ok()) return false;
    const Buffer expected = plain(ssrc, sequence);
    return std::equal(expected.begin(), expected.end(), out.value().begin(), out.value().end());
  }

  std::unique_ptr<SrtpSession> a;
  std::unique_ptr<SrtpSession> b;
};

TEST_P(Srtp, HidesAndRestores) {
  const Buffer packet = protect(5, 1);
  const std::string_view plain = "voi";
  EXPECT_EQ(std::search(packet.begin(), packet.end(), plain.begin(), plain.end()), packet.end());
  EXPECT_TRUE(opens(packet, 5, 1));
}

TEST_P(Srtp, RefusesAChangedPacketAndCountsIt) {
  Buffer packet = protect(5, 1);
  packet[13] ^= 1;
  EXPECT_EQ(b->unprotect_rtp(packet).error().code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(b->counters().authentication_failures, 1u);
  Buffer short_packet(11, 0x80);
  EXPECT_FALSE(b->unprotect_rtp(short_packet).ok());
  EXPECT_EQ(b->counters().malformed, 1u);
}

TEST_P(Srtp, RefusesAReplayAndWhatIsOlderThanTheWindow) {
  const Buffer first = protect(5, 1);
  EXPECT_TRUE(opens(first, 5, 1));
  EXPECT_FALSE(opens(first, 5, 1));
  EXPECT_EQ(b->counters().replays, 1u);
  const Buffer late = protect(5, 2);
  constexpr auto kLast = static_cast<std::uint16_t>(3 + kReplayWindow + 10);
  for (std::uint16_t sequence = 3; sequence < kLast; ++sequence) ASSERT_TRUE(opens(protect(5, sequence), 5, sequence));
  EXPECT_FALSE(opens(late, 5, 2));
  EXPECT_EQ(b->counters().replays, 2u);
}

TEST_P(Srtp, KeepsTheRolloverCounterAcrossWrapReorderAndLoss) {
  std::vector<std::pair<std::uint16_t, Buffer>> packets;
  for (int i = 0; i < 40; ++i) {
    const auto sequence = static_cast<std::uint16_t>(65516 + i);
    packets.emplace_back(sequence, protect(5, sequence));
  }
  // Swapped across the wrap (65535 ↔ 0), and some lost before and after it.
  std::swap(packets[19], packets[20]);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 17 || i == 23 || i == 24) continue;
    EXPECT_TRUE(opens(packets[i].second, 5, packets[i].first)) << packets[i].first;
  }
}

TEST_P(Srtp, ASecondWrapIsASecondCount) {
  std::uint32_t opened = 0;
  for (std::uint32_t index = 0; index < 3u * 65536; index += 1000) {
    // Every packet is protected, since the sender counts wraps by what it sends.
    opened += opens(protect(5, static_cast<std::uint16_t>(index)), 5, static_cast<std::uint16_t>(index)) ? 1 : 0;
  }
  EXPECT_EQ(opened, 197u);
}

TEST_P(Srtp, ANewSourceInMidCallIsHeard) {
  for (std::uint16_t sequence = 100; sequence < 110; ++sequence) ASSERT_TRUE(opens(protect(5, sequence), 5, sequence));
  // baresip#817: silence after the far end changed its SSRC and sequence.
  for (std::uint16_t sequence = 40'000; sequence < 40'010; ++sequence)
    EXPECT_TRUE(opens(protect(6, sequence), 6, sequence));
  EXPECT_TRUE(opens(protect(5, 110), 5, 110));
}

TEST_P(Srtp, ManySourcesDoNotGrowWithoutEnd) {
  constexpr std::uint32_t kFirst = 0x01020304;  // reads otherwise in the other byte order
  constexpr std::uint32_t kOldestKept = 200 - static_cast<std::uint32_t>(kMaxSources);
  std::vector<Buffer> packets;
  for (std::uint32_t i = 0; i < 200; ++i) {
    packets.push_back(protect(kFirst + i, 1));
    ASSERT_TRUE(opens(packets.back(), kFirst + i, 1));
  }
  EXPECT_TRUE(opens(protect(kFirst + 199, 2), kFirst + 199, 2));
  EXPECT_FALSE(opens(packets[kOldestKept], kFirst + kOldestKept, 1)) << "kept, and a replay";
  // A packet that was seen opens again only where its stream, and with it the replay list, is gone.
  for (std::uint32_t i = 0; i < kOldestKept; ++i) EXPECT_TRUE(opens(packets[i], kFirst + i, 1)) << i;
  EXPECT_EQ(b->counters().streams_kept, 0u);
}

TEST_P(Srtp, AVoiceThatRunsOutlivesManySources) {
  const std::uint32_t voice = 5;
  std::uint16_t sequence = 65'500;
  ASSERT_TRUE(opens(protect(voice, sequence), voice, sequence));
  for (std::uint32_t ssrc = 100; ssrc < 200; ++ssrc) {
    ++sequence;  // past the wrap: a stream that starts again has counted none
    ASSERT_TRUE(opens(protect(voice, sequence), voice, sequence)) << sequence;
    ASSERT_TRUE(opens(protect(ssrc, 1), ssrc, 1));
  }
}

TEST_P(Srtp, ProtectsRtcpToo) {
  rtp::Report report;
  report.ssrc = 9;
  report.cname = "name";
  Buffer buffer(100 + kMaxTrailerBytes);
  ByteWriter out(std::span<std::uint8_t>(buffer).first(100));
  ASSERT_TRUE(rtp::write_report(report, out).ok());
  const auto packet = a->protect_rtcp(buffer, out.size());
  ASSERT_TRUE(packet.ok());
  Buffer copy(packet.value().begin(), packet.value().end());
  Buffer again = copy;
  const auto open = b->unprotect_rtcp(copy);
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(rtp::parse_rtcp(open.value()).value().cname, "name");
  EXPECT_FALSE(b->unprotect_rtcp(again).ok());
  EXPECT_EQ(b->counters().replays, 1u);
}

TEST_P(Srtp, WantsRoomAndKeysOfTheRightLength) {
  Buffer buffer = plain(1, 1);
  EXPECT_EQ(a->protect_rtp(buffer, buffer.size()).error().code, ErrorCode::kOutOfRange);
  EXPECT_EQ(SrtpSession::make(GetParam(), Buffer(10), Buffer(10)).error().code, ErrorCode::kOutOfRange);
}

TEST_P(Srtp, KeysThatPacketsNameAreFound) {
  const KeyLengths lengths = key_lengths(GetParam());
  const auto key = [&](std::uint8_t seed, Buffer mki) {
    return MasterKey{Buffer(lengths.key + lengths.salt, seed), std::move(mki)};
  };
  const std::vector<MasterKey> theirs{key(1, {0, 1}), key(2, {0, 2})};
  const MasterKey ours = key(9, {7});
  if (!names_keys(GetParam())) {
    EXPECT_EQ(SrtpSession::make(GetParam(), ours, theirs).error().code, ErrorCode::kUnsupported);
    return;
  }
  b = std::move(SrtpSession::make(GetParam(), ours, theirs)).value();
  const std::vector<MasterKey> of_b{ours};
  for (const MasterKey& one : theirs) {
    a = std::move(SrtpSession::make(GetParam(), one, of_b)).value();
    const std::uint32_t ssrc = one.mki.back();
    const Buffer packet = protect(ssrc, 1);
    EXPECT_NE(std::search(packet.begin(), packet.end(), one.mki.begin(), one.mki.end()), packet.end());
    EXPECT_TRUE(opens(packet, ssrc, 1)) << "by key " << ssrc;
    std::array<std::uint8_t, 64 + kMaxTrailerBytes> report{0x80, 201, 0, 1};
    report[7] = static_cast<std::uint8_t>(ssrc);
    const auto sealed = a->protect_rtcp(report, 8);
    ASSERT_TRUE(sealed.ok());
    Buffer bytes(sealed.value().begin(), sealed.value().end());
    const auto opened = b->unprotect_rtcp(bytes);
    ASSERT_TRUE(opened.ok()) << "by key " << ssrc;
    EXPECT_EQ(opened.value().size(), 8u);
    // And back.
    std::swap(a, b);
    const auto sequence = static_cast<std::uint16_t>(ssrc);
    EXPECT_TRUE(opens(protect(5, sequence), 5, sequence));
    std::swap(a, b);
  }
  a = std::move(SrtpSession::make(GetParam(), key(3, {0, 3}), of_b)).value();
  Buffer foreign = protect(3, 1);
  EXPECT_EQ(b->unprotect_rtp(foreign).error().code, ErrorCode::kUnauthenticated) << "no key has this name";
  EXPECT_EQ(b->counters().authentication_failures, 1u);
  for (std::size_t size = 0; size < foreign.size(); ++size) {
    Buffer cut(foreign.begin(), foreign.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(b->unprotect_rtp(cut).ok()) << size;
  }
}

TEST_P(Srtp, KeysWithoutNamesAreOneAndNamesAreOfOneLength) {
  const KeyLengths lengths = key_lengths(GetParam());
  const MasterKey plain_key{Buffer(lengths.key + lengths.salt, 1), {}};
  const auto named = [&](std::size_t bytes) { return MasterKey{plain_key.key, Buffer(bytes, 1)}; };
  const std::vector<std::vector<MasterKey>> wrong{{},
                                                  {plain_key, plain_key},
                                                  {named(1), named(2)},
                                                  {named(kMaxMkiBytes + 1)},
                                                  std::vector<MasterKey>(kMaxMasterKeys + 1, named(1))};
  for (const auto& keys : wrong) {
    EXPECT_EQ(SrtpSession::make(GetParam(), plain_key, keys).error().code, ErrorCode::kOutOfRange) << keys.size();
    EXPECT_EQ(a->set_remote_keys(keys).error().code, ErrorCode::kOutOfRange) << keys.size();
  }
  EXPECT_TRUE(opens(protect(5, 1), 5, 1));
}

INSTANTIATE_TEST_SUITE_P(Suites, Srtp,
                         ::testing::Values(Suite::kAesCm128HmacSha1_80, Suite::kAesCm128HmacSha1_32,
                                           Suite::kAeadAes128Gcm, Suite::kAeadAes256Gcm),
                         [](const ::testing::TestParamInfo<Suite>& suite) {
                           return std::string(suite_name(suite.param));
                         });

// libsrtp takes a cipher only if it passes its tests: vectors, and what it has sealed itself.
TEST(GcmCipher, PassesTheTestsOfLibsrtp) {
  ASSERT_TRUE(prepare());
  EXPECT_TRUE(use_openssl_for_gcm());
}

}  // namespace
}  // namespace sidetone::media::srtp
