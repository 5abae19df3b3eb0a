#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "media/rtp/rtcp.hpp"
#include "media/rtp/rtcp_session.hpp"
#include "tests/media/support/sources.hpp"

namespace sidetone::media::rtp {
namespace {

using test::SeededRandom;
using test::VirtualClock;

ReportBlock block(std::uint32_t ssrc, std::int32_t lost) {
  ReportBlock out;
  out.ssrc = ssrc;
  out.fraction_lost = 64;
  out.cumulative_lost = lost;
  out.highest_sequence = 0x10005;
  out.jitter = 77;
  out.last_sender_report = 0xABCD1234;
  out.delay_since_last = 65536;
  return out;
}

TEST(Rtcp, WritesACompoundThatItReads) {
  const std::array<ReportBlock, 2> blocks{block(5, 12), block(6, -3)};
  Report report;
  report.ssrc = 42;
  report.sender = SenderInfo{0x83AA7E80'80000000, 1000, 50, 4000};
  report.reports = blocks;
  report.cname = "someone";
  report.goodbye = true;
  std::array<std::uint8_t, 256> storage;
  ByteWriter out(storage);
  ASSERT_TRUE(write_report(report, out).ok());
  EXPECT_EQ(out.size() % 4, 0u);
  const auto read = parse_rtcp(out.written());
  ASSERT_TRUE(read.ok()) << read.error().text;
  EXPECT_EQ(read.value().sender_ssrc, 42u);
  EXPECT_EQ(read.value().sender, report.sender);
  ASSERT_EQ(read.value().report_count, 2u);
  EXPECT_EQ(read.value().reports[0], blocks[0]);
  EXPECT_EQ(read.value().reports[1].cumulative_lost, -3);  // 24 bits with a sign
  EXPECT_EQ(read.value().cname, "someone");
  ASSERT_EQ(read.value().goodbye_count, 1u);
  EXPECT_EQ(read.value().goodbyes[0], 42u);
  EXPECT_FALSE(read.value().reduced_size);
  for (std::size_t length = 1; length < out.size(); ++length) {
    const auto part = parse_rtcp(out.written().first(length));
    if (part.ok()) {
      EXPECT_EQ(part.value().goodbye_count, 0u) << length;
    }
  }
}

TEST(Rtcp, EveryCnameLengthKeepsWordsWhole) {
  for (std::size_t length = 0; length < 9; ++length) {
    Report report;
    const std::string cname(length, 'c');
    report.cname = cname;
    std::array<std::uint8_t, 64> storage;
    ByteWriter out(storage);
    ASSERT_TRUE(write_report(report, out).ok());
    EXPECT_EQ(parse_rtcp(out.written()).value().cname, cname);
  }
}

TEST(Rtcp, TakesReducedSizeAndUnknownPackets) {
  const std::vector<std::uint8_t> feedback{0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
  const auto read = parse_rtcp(feedback);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read.value().reduced_size);
  EXPECT_EQ(read.value().other_packets, 1u);
}

// RFC 3611 §3, §4.4: RRTR between a block that nobody knows and one of a wrong length.
TEST(Rtcp, ReadsTheReferenceTimeOfAnExtendedReport) {
  const std::vector<std::uint8_t> bytes{0x80, 207, 0, 8, 0,    0,    0,    7,                             //
                                        99,   0,   0, 1, 1,    2,    3,    4,                             //
                                        4,    0,   0, 2, 0xE9, 0x01, 0x02, 0x03, 0x80, 0x00, 0x00, 0x00,  //
                                        4,    0,   0, 1, 5,    5,    5,    5};
  const auto read = parse_rtcp(bytes);
  ASSERT_TRUE(read.ok()) << read.error().text;
  EXPECT_TRUE(read.value().reduced_size);
  EXPECT_EQ(read.value().reference_time, (ReceiverReferenceTime{7, 0xE9010203'80000000}));
  EXPECT_EQ(read.value().other_packets, 0u);
  std::vector<std::uint8_t> wild = bytes;
  wild[10] = 0xFF;  // the first block claims 261,124 bytes
  EXPECT_EQ(parse_rtcp(wild).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(parse_rtcp(std::vector<std::uint8_t>{0x80, 207, 0, 0}).error().code, ErrorCode::kTruncated);
}

TEST(Rtcp, WritesTheVoipMetricsThatItReadsBesideAnAnswer) {
  Report report;
  report.ssrc = 42;
  report.answer = ReferenceTimeAnswer{7, 0x11223344, 65536};
  VoipMetrics metrics;
  metrics.ssrc = 5;
  metrics.loss_rate = 25;
  metrics.discard_rate = 3;
  metrics.burst_density = 128;
  metrics.gap_density = 2;
  metrics.burst_duration_ms = 140;
  metrics.gap_duration_ms = 9000;
  metrics.round_trip_ms = 81;
  metrics.end_system_delay_ms = 72;
  metrics.signal_level = 0xEC;  // -20 dBm0
  metrics.rating = 86;
  metrics.listening_score = 43;
  metrics.conversational_score = 42;
  metrics.buffer_nominal_ms = 22;
  metrics.buffer_maximum_ms = 40;
  metrics.buffer_bound_ms = 500;
  report.voip_metrics = metrics;
  std::array<std::uint8_t, 256> storage;
  ByteWriter out(storage);
  ASSERT_TRUE(write_report(report, out).ok());
  const auto read = parse_rtcp(out.written());
  ASSERT_TRUE(read.ok()) << read.error().text;
  EXPECT_EQ(read.value().voip_metrics, metrics);
  // RFC 3611 §4.7: the block is the last one here; type, length and the places of what is one byte.
  const Bytes block = out.written().last(36);
  EXPECT_EQ(block[0], 7);
  EXPECT_EQ(block[3], 8);
  EXPECT_EQ(block[8], 25);
  EXPECT_EQ(block[20], 0xEC);
  EXPECT_EQ(block[23], 16);   // Gmin
  EXPECT_EQ(block[24], 86);   // R factor
  EXPECT_EQ(block[25], 127);  // of the network beyond: not known
  EXPECT_EQ(block[27], 42);   // MOS-CQ
  EXPECT_EQ(block[28], 0xF0);
  EXPECT_EQ(block[35], 500 & 0xFF);
}

TEST(Rtcp, RefusesWhatIsWrong) {
  EXPECT_EQ(parse_rtcp({}).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(parse_rtcp(std::vector<std::uint8_t>{0x40, 200, 0, 0}).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse_rtcp(std::vector<std::uint8_t>{0x81, 201, 0, 1, 0, 0, 0, 1}).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(parse_rtcp(std::vector<std::uint8_t>{0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 201, 0, 1, 0, 0, 0, 1})
                .error()
                .code,
            ErrorCode::kMalformed);
  EXPECT_EQ(parse_rtcp(std::vector<std::uint8_t>{0x9f, 203, 0, 0}).error().code, ErrorCode::kTruncated);
  // SDES with an item that runs over the end is no reason to refuse the rest, and reads nothing beyond.
  EXPECT_TRUE(
      parse_rtcp(std::vector<std::uint8_t>{0x81, 202, 0, 2, 0, 0, 0, 1, 1, 200, 'x', 'y'}).value().cname.empty());
}

TEST(ReceiveStatistics, CountsLossAcrossTheWrapOfTheSequence) {
  ReceiveStatistics statistics(1, 8000);
  MonotonicTime now{};
  std::uint32_t timestamp = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    timestamp += 160;
    now = now + Milliseconds{20};
    if (i % 10 == 3) continue;
    statistics.on_packet(static_cast<std::uint16_t>(65500 + i), timestamp, 160, 12, now);
  }
  const ReportBlock report = statistics.report(now);
  EXPECT_EQ(report.cumulative_lost, 10);
  EXPECT_EQ(report.fraction_lost, 25);  // 10 of 100 in 1/256
  EXPECT_EQ(report.highest_sequence, 0x10000u + (65599 - 65536));
  EXPECT_EQ(report.jitter, 0u);
  EXPECT_EQ(statistics.packets(), 90u);
  EXPECT_EQ(statistics.report(now).fraction_lost, 0);  // nothing since
}

TEST(ReceiveStatistics, DuplicatesMakeTheLossNegative) {
  ReceiveStatistics statistics(1, 8000);
  for (int i = 0; i < 3; ++i)
    for (int twice = 0; twice < 2; ++twice) statistics.on_packet(static_cast<std::uint16_t>(i), 0, 1, 12, {});
  EXPECT_EQ(statistics.report({}).cumulative_lost, -3);
  EXPECT_EQ(statistics.report({}).fraction_lost, 0);
}

TEST(ReceiveStatistics, ReorderedPacketsAreNotLost) {
  ReceiveStatistics statistics(1, 8000);
  for (const std::uint16_t sequence : {10, 12, 11, 14, 13}) statistics.on_packet(sequence, 0, 1, 12, {});
  EXPECT_EQ(statistics.lost(), 0);
}

TEST(ReceiveStatistics, ARunOfLossesIsABurstAndAPacketThatOvertakesIsNone) {
  ReceiveStatistics statistics(1, 48'000);
  for (int sequence = 65'400; sequence < 65'400 + 400; ++sequence) {
    const bool lost = sequence >= 65'500 && sequence < 65'504;
    const int place = sequence % 50 == 20 ? sequence + 1 : sequence % 50 == 21 ? sequence - 1 : sequence;
    if (!lost) statistics.on_packet(static_cast<std::uint16_t>(place), std::nullopt, 10, 12, {});
  }
  const LossRuns& runs = statistics.loss_runs();
  EXPECT_EQ(runs.lost(), 4u);
  EXPECT_EQ(runs.packets(), 400u - 32u);  // those that may still come are left out
  EXPECT_DOUBLE_EQ(runs.summary().burst_density, 1);
  EXPECT_DOUBLE_EQ(runs.summary().burst_packets, 4);
}

TEST(ReceiveStatistics, JitterFollowsAppendixA8) {
  ReceiveStatistics statistics(1, 8000);
  // Every second packet 10 ms late: |D| is 80 timestamp units each time, so J goes to 80.
  MonotonicTime now{};
  for (std::uint32_t i = 0; i < 200; ++i)
    statistics.on_packet(static_cast<std::uint16_t>(i), i * 160, 160, 12,
                         now + Milliseconds{20 * i + (i % 2 == 0 ? 0 : 10)});
  EXPECT_NEAR(statistics.jitter_s(), 0.010, 0.0001);
}

TEST(ReceiveStatistics, BelievesAJumpOfTheSequenceAtItsSecondPacket) {
  ReceiveStatistics statistics(1, 8000);
  statistics.on_packet(100, 0, 1, 12, {});
  statistics.on_packet(40'000, 0, 1, 12, {});
  EXPECT_EQ(statistics.packets(), 1u);
  statistics.on_packet(40'001, 0, 1, 12, {});
  statistics.on_packet(40'002, 0, 1, 12, {});
  EXPECT_EQ(statistics.packets(), 3u);
  EXPECT_EQ(statistics.lost(), 0);
}

/// Two sessions on one clock; reports go from one to the other after `delay`.
struct Pair {
  VirtualClock clock;
  SeededRandom random{1};
  RtcpSession a{clock, random, 11, "a"};
  RtcpSession b{clock, random, 22, "b"};

  void voice(RtcpSession& from, RtcpSession& to, std::uint32_t ssrc, std::uint16_t sequence) {
    Packet packet;
    packet.ssrc = ssrc;
    packet.sequence = sequence;
    packet.timestamp = 960u * sequence;
    const std::array<std::uint8_t, 80> payload{};
    packet.payload = payload;
    from.on_sent(packet.timestamp, 48'000, payload.size(), 12);
    to.on_received(packet, 48'000, clock.now());
  }
  RtcpCompound report(RtcpSession& from, RtcpSession& to, Milliseconds delay, bool goodbye = false) {
    ByteWriter out(storage);
    EXPECT_TRUE(from.write(out, goodbye).ok());
    clock.advance(delay);
    const auto parsed = parse_rtcp(out.written());
    EXPECT_TRUE(parsed.ok());
    to.on_rtcp(parsed.value());
    return parsed.value();
  }
  std::array<std::uint8_t, 512> storage;
};

TEST(RtcpSession, MeasuresTheRoundTripWithoutTheFarEndsWaiting) {
  Pair pair;
  pair.voice(pair.a, pair.b, 11, 1);
  pair.report(pair.a, pair.b, Milliseconds{30});
  pair.clock.advance(Milliseconds{700});  // b thinks
  pair.report(pair.b, pair.a, Milliseconds{50});
  ASSERT_TRUE(pair.a.remote().has_value());
  ASSERT_TRUE(pair.a.remote()->round_trip_s.has_value());
  EXPECT_NEAR(*pair.a.remote()->round_trip_s, 0.080, 0.001);
}

TEST(RtcpSession, RefusesRoundTripsOfReportsThatItNeverSent) {
  Pair pair;
  pair.voice(pair.a, pair.b, 11, 1);
  pair.report(pair.a, pair.b, Milliseconds{30});
  const RtcpCompound truth = pair.report(pair.b, pair.a, Milliseconds{50});
  const auto lie = [&](std::uint32_t sender_report, std::uint32_t delay) {
    RtcpCompound compound = truth;
    compound.reports[0].last_sender_report += sender_report;
    compound.reports[0].delay_since_last = delay;
    pair.a.on_rtcp(compound);
  };
  lie(1u << 16, 0);             // a second in the future
  lie(0u - (5'000u << 16), 0);  // more than an hour ago
  lie(0, 3u << 16);             // kept for longer than it has been away
  lie(0, 0xFFFF'0000);          // the same by far: modulo 2^32 a second more
  RtcpCompound stranger = truth;
  stranger.reports[0].ssrc = 12;
  pair.a.on_rtcp(stranger);
  EXPECT_EQ(pair.a.remote()->reports, 5u);
  EXPECT_EQ(pair.a.remote()->round_trip_measurements, 1u);
  EXPECT_EQ(pair.a.remote()->round_trips_refused, 4u);
}

// RFC 3611 §4.5: LRR is the middle of the reference time, DLRR the time since it came; each is answered once.
TEST(RtcpSession, AnswersAReferenceTimeOnce) {
  Pair pair;
  RtcpCompound asked;
  asked.reference_time = ReceiverReferenceTime{22, 0x11223344'55667788};
  pair.a.on_rtcp(asked);
  pair.clock.advance(Milliseconds{250});
  ByteWriter out(pair.storage);
  ASSERT_TRUE(pair.a.write(out, false).ok());
  const std::vector<std::uint8_t> expected{0x80, 207, 0, 5,  0,    0,    0,    11,   5, 0, 0,    3,
                                           0,    0,   0, 22, 0x33, 0x44, 0x55, 0x66, 0, 0, 0x40, 0};
  ASSERT_GT(out.size(), expected.size());
  const Bytes tail = out.written().last(expected.size());
  EXPECT_EQ(std::vector<std::uint8_t>(tail.begin(), tail.end()), expected);
  ASSERT_TRUE(parse_rtcp(out.written()).ok());
  const std::size_t with_answer = out.size();
  ByteWriter again(pair.storage);
  ASSERT_TRUE(pair.a.write(again, false).ok());
  EXPECT_EQ(again.size(), with_answer - expected.size());
}

TEST(RtcpSession, SendsSenderReportsOnlyWhileItSends) {
  Pair pair;
  pair.voice(pair.a, pair.b, 11, 1);
  EXPECT_TRUE(pair.report(pair.a, pair.b, {}).sender.has_value());
  EXPECT_FALSE(pair.report(pair.a, pair.b, {}).sender.has_value());
  pair.voice(pair.a, pair.b, 11, 2);
  pair.clock.advance(Milliseconds{10});
  const auto report = pair.report(pair.a, pair.b, {});
  ASSERT_TRUE(report.sender.has_value());
  EXPECT_EQ(report.sender->rtp_timestamp, 960u * 2 + 480);  // now, not when the last packet was sampled
  EXPECT_EQ(report.sender->packets, 2u);
  EXPECT_EQ(report.sender->octets, 160u);
}

TEST(RtcpSession, ANewSourceBeginsNewStatistics) {
  Pair pair;
  pair.voice(pair.a, pair.b, 11, 1);
  pair.voice(pair.a, pair.b, 11, 9);
  EXPECT_EQ(pair.b.received()->lost(), 7);
  pair.voice(pair.a, pair.b, 99, 50);
  EXPECT_EQ(pair.b.received()->ssrc(), 99u);
  EXPECT_EQ(pair.b.received()->lost(), 0);
}

// A key's reports have all the same timestamp, whenever they are sent: 100 ms of them would be 50 ms of jitter.
TEST(RtcpSession, KeysCountForLossAndNotForJitter) {
  Pair pair;
  for (std::uint16_t sequence = 1; sequence <= 30; ++sequence) {
    pair.voice(pair.a, pair.b, 11, sequence);
    pair.clock.advance(Milliseconds{20});
  }
  for (std::uint16_t sequence = 31; sequence <= 60; ++sequence) {
    Packet report;
    report.ssrc = 11;
    report.sequence = sequence;
    report.timestamp = 960u * 31;
    const std::array<std::uint8_t, 4> payload{};
    report.payload = payload;
    if (sequence != 40) pair.b.on_received_event(report, pair.clock.now());
    pair.clock.advance(Milliseconds{20});
  }
  pair.voice(pair.a, pair.b, 11, 61);
  EXPECT_EQ(pair.b.received()->packets(), 60u);
  EXPECT_EQ(pair.b.received()->lost(), 1);
  EXPECT_LT(pair.b.received()->jitter_s(), 0.0001);
}

TEST(RtcpSession, TakesMetricsOfItsOwnStreamAlone) {
  VirtualClock clock;
  SeededRandom random(1);
  RtcpSession session(clock, random, 42, "us");
  RtcpCompound compound;
  compound.sender_ssrc = 7;
  compound.reports[0].ssrc = 42;
  compound.report_count = 1;
  compound.voip_metrics = VoipMetrics{.ssrc = 41, .rating = 10};
  session.on_rtcp(compound);
  ASSERT_TRUE(session.remote());
  EXPECT_FALSE(session.remote()->metrics);
  compound.voip_metrics->ssrc = 42;
  session.on_rtcp(compound);
  ASSERT_TRUE(session.remote()->metrics);
  EXPECT_EQ(session.remote()->metrics->rating, 10);
}

TEST(RtcpSession, NoticesGoodbye) {
  Pair pair;
  pair.voice(pair.a, pair.b, 11, 1);
  pair.report(pair.a, pair.b, {}, true);
  EXPECT_TRUE(pair.b.said_goodbye());
}

TEST(RtcpSession, SpreadsItsReports) {
  Pair pair;
  const auto first = pair.a.next_interval();
  EXPECT_LE(first, Milliseconds{750});
  Microseconds least{10'000'000};
  Microseconds most{0};
  for (int i = 0; i < 200; ++i) {
    const auto interval = pair.a.next_interval();
    least = std::min(least, interval);
    most = std::max(most, interval);
  }
  EXPECT_GE(least, Milliseconds{500});
  EXPECT_LE(most, Milliseconds{1500});
  EXPECT_GT(most - least, Milliseconds{800});
}

}  // namespace
}  // namespace sidetone::media::rtp
