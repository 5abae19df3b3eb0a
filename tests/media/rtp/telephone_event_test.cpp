#include "media/rtp/telephone_event.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "media/rtp/event_receiver.hpp"
#include "media/rtp/event_sender.hpp"

namespace sidetone::media::rtp {
namespace {

TEST(TelephoneEvent, IsFourBytes) {
  const TelephoneEvent event{11, true, 10, 0x1234};
  EXPECT_EQ(write_telephone_event(event), (std::array<std::uint8_t, 4>{11, 0x8A, 0x12, 0x34}));
  const std::array<std::uint8_t, 4> reserved{11, 0xCA, 0x12, 0x34};
  EXPECT_EQ(parse_telephone_event(reserved).value(), event) << "the reserved bit is not looked at";
  for (const std::size_t size : {0u, 1u, 3u, 5u}) {
    const std::vector<std::uint8_t> bytes(size);
    EXPECT_EQ(parse_telephone_event(bytes).error().code, ErrorCode::kTruncated) << size;
  }
}

TEST(TelephoneEvent, NumbersTheKeys) {
  const std::string keys = "0123456789*#ABCD";
  for (std::uint8_t event = 0; event < 16; ++event) {
    EXPECT_EQ(key_of_event(event), keys[event]);
    EXPECT_EQ(event_of_key(keys[event]), event);
  }
  EXPECT_EQ(key_of_event(16), std::nullopt);  // a hook flash is no key
  EXPECT_EQ(event_of_key('d'), 15);
  EXPECT_EQ(event_of_key(','), std::nullopt);
  EXPECT_EQ(event_of_key('e'), std::nullopt);
}

/// A sender whose sound is 20 ms a packet, from the timestamp 1000 on; every report with the time it was sent at.
class Sending : public ::testing::Test {
 protected:
  struct Sent {
    std::int64_t at_ms;
    EventSender::Packet packet;
  };

  void insert(const std::string& keys, int duration_ms = 100, int gap_ms = 70, bool append = false) {
    KeyPresses presses{keys, Milliseconds{duration_ms}, Milliseconds{gap_ms}, ++orders_, append};
    presses.keys.reserve(kMostKeys);
    sender.insert(presses);
  }
  /// As media/audio's Sender goes about it.
  void run(std::int64_t ms) {
    for (const std::int64_t end = now_ms + ms; now_ms < end;) {
      const bool key = filled_ == 0 && sender.takes(packet_samples);
      const auto timestamp = static_cast<std::uint32_t>(1000 + now_ms * clock_hz / 1000);
      const auto packets = sender.advance(480, timestamp, filled_ == 0);
      now_ms += 10;
      for (const auto& packet : packets) sent.push_back({now_ms, packet});
      if (const auto change = sender.take_change()) changes += change->key == 0 ? '.' : change->key;
      if (key) continue;
      filled_ += 480;
      if (filled_ < packet_samples) continue;
      filled_ = 0;
      voice_ms.push_back(now_ms);
    }
  }
  [[nodiscard]] std::uint32_t timestamp_at(std::int64_t ms) const {
    return static_cast<std::uint32_t>(1000 + ms * clock_hz / 1000);
  }
  [[nodiscard]] std::string times() const {
    std::string out;
    for (const auto& one : sent)
      out += std::to_string(one.at_ms) + ":" + *key_of_event(one.packet.event.event) + (one.packet.marker ? "m" : "") +
             (one.packet.event.end ? "e" : "") + std::to_string(one.packet.event.duration) + " ";
    return out;
  }

  EventSender sender;
  std::uint32_t clock_hz = 48000;
  std::size_t packet_samples = 960;
  std::int64_t now_ms = 0;
  std::vector<Sent> sent;
  std::vector<std::int64_t> voice_ms;  ///< when packets of sound were full
  std::string changes;

 private:
  std::size_t filled_ = 0;
  std::uint32_t orders_ = 0;
};

// RFC 4733 §2.5.1: the timestamp of the beginning in every report, a duration that grows, the marker on the first, the
// end three times.
TEST_F(Sending, ReportsAKeyEveryTwentyMilliseconds) {
  run(100);
  insert("5");
  run(300);
  EXPECT_EQ(times(), "120:5m960 140:51920 160:52880 180:53840 200:5e4800 220:5e4800 240:5e4800 ");
  for (const auto& one : sent) EXPECT_EQ(one.packet.timestamp, timestamp_at(100));
  EXPECT_EQ(voice_ms, (std::vector<std::int64_t>{20, 40, 60, 80, 100, 260, 280, 300, 320, 340, 360, 380, 400}));
  EXPECT_EQ(changes, "5.");
}

TEST_F(Sending, KeepsTheGapToTheSample) {
  insert("1#", 50, 35);
  run(300);
  // 50 ms end at 50; the next begins at 85, in the middle of a block, and ends at 135.
  EXPECT_EQ(times(),
            "20:1m960 40:11920 50:1e2400 70:1e2400 90:1e2400 "
            "110:#m1200 130:#2160 140:#e2400 160:#e2400 180:#e2400 ");
  EXPECT_EQ(sent[5].packet.timestamp, timestamp_at(85));
  EXPECT_EQ(changes, "1#.");
  EXPECT_EQ(voice_ms.front(), 200) << "the microphone stays out of the gap, which has no room for a packet";
}

TEST_F(Sending, AKeyThatFollowsEndsTheRepeatsOfTheOneBefore) {
  packet_samples = 960;
  insert("12", 40, 30);
  run(300);
  EXPECT_EQ(times(), "20:1m960 40:1e1920 60:1e1920 80:1e1920 90:2m960 110:2e1920 130:2e1920 150:2e1920 ");
}

TEST_F(Sending, TheVoiceIsHeardInAPauseOfTwoSeconds) {
  insert("1,2");
  run(3000);
  ASSERT_EQ(changes, "1,2.");
  const auto second =
      std::find_if(sent.begin(), sent.end(), [](const Sent& one) { return one.packet.event.event == 2; });
  ASSERT_NE(second, sent.end());
  EXPECT_TRUE(second->packet.marker);
  EXPECT_EQ(second->packet.timestamp, timestamp_at(170 + 2000));
  EXPECT_GT(std::count_if(voice_ms.begin(), voice_ms.end(), [](auto at) { return at > 170 && at <= 2170; }), 95);
}

TEST_F(Sending, ANewOrderTakesThePlaceOfWhatHasNotSounded) {
  insert("123");
  run(50);
  insert("9");
  run(1000);
  EXPECT_EQ(changes, "19.");
  insert("");
  run(100);
  EXPECT_EQ(changes, "19.") << "no keys are no order";
}

// Whoever appends cannot know which key is the next one by then.
TEST_F(Sending, AKeyThatIsAppendedComesBehindThoseThatHaveNotSounded) {
  insert("12");
  insert("3", 100, 70, true);
  run(200);
  insert("4", 100, 70, true);
  run(1000);
  EXPECT_EQ(changes, "1234.");
  insert("5", 100, 70, true);
  run(300);
  EXPECT_EQ(changes, "1234.5.") << "behind nothing";
}

// RFC 4733 §2.5.1.3: the field holds 1.365 s at 48 kHz. No marker and no end at the border; its last report three
// times.
TEST_F(Sending, DividesALongKeyIntoSegments) {
  insert("0", 3000);
  run(4000);
  std::vector<EventSender::Packet> full;
  std::size_t markers = 0;
  std::size_t ends = 0;
  std::uint16_t before = 0;
  std::uint32_t timestamp = timestamp_at(0);
  for (const auto& one : sent) {
    const auto& packet = one.packet;
    markers += packet.marker ? 1 : 0;
    ends += packet.event.end ? 1 : 0;
    if (packet.event.duration == 0xFFFF) full.push_back(packet);
    if (packet.timestamp < timestamp) continue;  // the segment before, once more
    if (packet.timestamp != timestamp) {
      EXPECT_EQ(packet.timestamp, timestamp + 0xFFFF);
      timestamp = packet.timestamp;
      before = 0;
    }
    EXPECT_GE(packet.event.duration, before);
    before = packet.event.duration;
  }
  EXPECT_EQ(markers, 1u);
  EXPECT_EQ(ends, 3u);
  ASSERT_EQ(full.size(), 6u);
  EXPECT_FALSE(full[0].event.end);
  EXPECT_EQ(full[0].timestamp, timestamp_at(0));
  EXPECT_EQ(full[2].timestamp, timestamp_at(0));
  EXPECT_EQ(full[3].timestamp, timestamp_at(0) + 0xFFFF);
  EXPECT_EQ(before, 3000 * 48 - 2 * 0xFFFF);
}

TEST_F(Sending, CountsInTheClockOfItsEvents) {
  sender.configure(48000, 8000, 960);
  insert("7");
  run(120);
  EXPECT_EQ(times(), "20:7m160 40:7320 60:7480 80:7640 100:7e800 120:7e800 ");
  EXPECT_EQ(sent[4].packet.timestamp, timestamp_at(0));

  sent.clear();
  EventSender narrow;
  std::swap(sender, narrow);
  clock_hz = 8000;
  sender.configure(8000, 8000, 480);
  const std::int64_t from = now_ms;
  insert("8", 40);
  run(60);
  ASSERT_GE(sent.size(), 5u);
  EXPECT_EQ(sent[0].at_ms, from + 10) << "as often as there is a packet of sound";
  EXPECT_EQ(sent[0].packet.event.duration, 80);
  EXPECT_EQ(sent[0].packet.timestamp, timestamp_at(from));
}

TEST_F(Sending, NothingIsLeftWhenNothingCanBeSent) {
  insert("123");
  run(50);
  sender.cancel();
  sent.clear();
  run(1000);
  EXPECT_EQ(times(), "");
  EXPECT_EQ(changes, "1");
}

class Receiving : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kBegan = 0xFFFFFF00;  // wraps

  void report(char key, int duration_ms, bool end = false, std::uint32_t timestamp = kBegan, bool marker = false) {
    const auto units = static_cast<std::uint16_t>(duration_ms * 48);
    const auto bytes = write_telephone_event({*event_of_key(key), end, 10, units});
    receiver.push({ssrc, timestamp, marker, 48000, bytes}, now);
    look();
  }
  void pass(int ms) {
    for (int i = 0; i < ms; i += 10) {
      now = now + Milliseconds{10};
      look();
    }
  }
  void look() {
    while (const auto key = receiver.take(now)) keys += key->key + std::to_string(key->duration.count()) + " ";
    const auto sounds = receiver.sounding(now);
    if (heard.empty() || heard.back() != sounds.value_or('-')) heard += sounds.value_or('-');
  }

  EventReceiver receiver;
  std::uint32_t ssrc = 7;
  MonotonicTime now{Seconds{100}};
  std::string keys;
  std::string heard;
};

TEST_F(Receiving, MakesOneKeyOfAllItsReports) {
  for (int ms = 20; ms <= 80; ms += 20) {
    report('5', ms, false, kBegan, ms == 20);
    pass(20);
  }
  for (int i = 0; i < 3; ++i) {
    report('5', 100, true);
    pass(20);
  }
  EXPECT_EQ(keys, "5100 ");
  EXPECT_EQ(heard, "5-");
  report('5', 100, true, kBegan + 170 * 48);
  EXPECT_EQ(keys, "5100 5100 ") << "the same key once more is another key";
}

TEST_F(Receiving, OneReportOfTheEndIsEnough) {
  report('#', 100, true);
  pass(20);
  report('#', 100, true);
  EXPECT_EQ(keys, "#100 ");
  EXPECT_EQ(heard, "#") << "a key that is heard of late is heard";
  pass(100);
  EXPECT_EQ(heard, "#-");
}

TEST_F(Receiving, AKeyWithoutAnEndEnds) {
  report('1', 20, false, kBegan, true);
  pass(20);
  report('1', 40);
  pass(190);
  EXPECT_EQ(keys, "");
  pass(10);
  EXPECT_EQ(keys, "140 ");
  EXPECT_EQ(heard, "1-");
  report('1', 60);
  report('1', 100, true);
  EXPECT_EQ(keys, "140 ") << "what comes too late is the same key";
  pass(500);
  EXPECT_EQ(heard, "1-");
}

TEST_F(Receiving, TheNextKeyEndsTheOneBefore) {
  report('1', 20);
  report('1', 60);
  pass(60);
  report('2', 20, false, kBegan + 9600);
  EXPECT_EQ(keys, "160 ");
  report('1', 100, true);  // reordered: of the key that is over
  report('2', 40, true, kBegan + 9600);
  EXPECT_EQ(keys, "160 240 ");
}

TEST_F(Receiving, OrderDoesNotMatterWithinAKey) {
  report('3', 60);
  report('3', 20, false, kBegan, true);
  pass(40);
  report('3', 100, true);
  report('3', 80);
  EXPECT_EQ(keys, "3100 ");
}

TEST_F(Receiving, JoinsTheSegmentsOfALongKey) {
  std::uint32_t timestamp = kBegan;
  const auto full = write_telephone_event({9, false, 10, 0xFFFF});
  for (int segment = 0; segment < 2; ++segment) {
    for (int ms = 20; ms <= 1360; ms += 20) {
      report('9', ms, false, timestamp);
      pass(20);
    }
    receiver.push({ssrc, timestamp, false, 48000, full}, now);
    timestamp += 0xFFFF;
    report('9', 10, false, timestamp);
    receiver.push({ssrc, timestamp - 0xFFFF, false, 48000, full}, now);  // and its repeat
  }
  pass(140);
  report('9', 150, false, timestamp);
  pass(120);
  report('9', 270, true, timestamp);
  EXPECT_EQ(keys, "93000 ");
  EXPECT_EQ(heard, "9");
}

TEST_F(Receiving, AForgedDurationIsHeldToTheTimeThatPassed) {
  report('4', 20, false, kBegan, true);
  pass(20);
  std::uint32_t timestamp = kBegan;
  const auto full = write_telephone_event({4, false, 10, 0xFFFF});
  for (int i = 0; i < 100; ++i) {  // 136 s in 100 ms
    receiver.push({ssrc, timestamp, false, 48000, full}, now);
    timestamp += 0xFFFF;
    if (i % 10 == 0) pass(10);
  }
  report('4', 20, true, timestamp);
  EXPECT_EQ(keys, "4340 ");
  pass(300);
  EXPECT_EQ(heard, "4-");
}

TEST_F(Receiving, AFloodOfKeysIsLimitedAndCounted) {
  for (std::uint32_t i = 0; i < 1000; ++i) {
    report('1', 20, true, kBegan + i * 960);
    pass(10);
  }
  const auto got = std::count(keys.begin(), keys.end(), ' ');
  EXPECT_GE(got, 150);  // 15 a second
  EXPECT_LE(got, 170);
  EXPECT_EQ(receiver.stats().too_many + static_cast<std::uint64_t>(got), 1000u);
}

TEST_F(Receiving, TakesSeveralKeysOfOnePacketAndCountsWhatIsNone) {
  std::vector<std::uint8_t> payload;
  for (const char key : {'1', '2'}) {
    const auto bytes = write_telephone_event({*event_of_key(key), true, 10, 4800});
    payload.insert(payload.end(), bytes.begin(), bytes.end());
  }
  receiver.push({ssrc, kBegan, true, 48000, payload}, now);
  look();
  EXPECT_EQ(keys, "1100 2100 ");
  payload.push_back(0);
  receiver.push({ssrc, 1, true, 48000, payload}, now);
  receiver.push({ssrc, 1, true, 48000, {}}, now);
  receiver.push({ssrc, 1, true, 48000, std::vector<std::uint8_t>(40)}, now);
  EXPECT_EQ(receiver.stats().malformed, 3u);
  receiver.push({ssrc, 99999, true, 48000, write_telephone_event({16, true, 10, 480})}, now);
  EXPECT_EQ(receiver.stats().foreign, 1u);
  look();
  EXPECT_EQ(keys, "1100 2100 ");
}

TEST_F(Receiving, AnotherSourceCountsAnew) {
  report('1', 100, true, 0x40000000);
  ssrc = 8;
  report('2', 100, true, 5);
  EXPECT_EQ(keys, "1100 2100 ");
}

}  // namespace
}  // namespace sidetone::media::rtp
