#include "media/sctp/data_in_flight.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sidetone::media::sctp {
namespace {

using Packet = std::vector<std::uint8_t>;

/// @param length  of the chunk with its header and TSN.
void add_chunk(Packet& packet, std::uint8_t type, std::uint32_t tsn, std::size_t length) {
  packet.resize(std::max<std::size_t>(packet.size(), 12));
  packet.insert(packet.end(), {type, 3, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  for (const int shift : {24, 16, 8, 0}) packet.push_back(static_cast<std::uint8_t>(tsn >> shift));
  packet.resize(packet.size() - 8 + (length + 3) / 4 * 4);
}
Packet data(std::uint32_t tsn, std::size_t length = 17) {
  Packet packet;
  add_chunk(packet, 0, tsn, length);
  return packet;
}
Packet sack(std::uint32_t tsn) {
  Packet packet;
  add_chunk(packet, 3, tsn, 16);
  return packet;
}
MonotonicTime at_ms(int ms) { return {Milliseconds{ms}}; }

TEST(DataInFlight, TheOldestIsTheFirstThatIsNotAcknowledged) {
  DataInFlight in_flight;
  EXPECT_FALSE(in_flight.oldest());
  in_flight.sent(data(100), at_ms(1));
  in_flight.sent(data(101), at_ms(2));
  in_flight.sent(data(102), at_ms(3));
  EXPECT_EQ(in_flight.oldest(), at_ms(1));
  in_flight.received(sack(99));
  EXPECT_EQ(in_flight.oldest(), at_ms(1));
  EXPECT_EQ(in_flight.chunks(), 3U);
  in_flight.received(sack(101));
  EXPECT_EQ(in_flight.oldest(), at_ms(3));
  in_flight.received(sack(100));
  EXPECT_EQ(in_flight.oldest(), at_ms(3)) << "an acknowledgement that was overtaken";
  EXPECT_EQ(in_flight.chunks(), 1U);
  in_flight.received(sack(102));
  EXPECT_FALSE(in_flight.oldest());
}

TEST(DataInFlight, WhatIsSentOnceMoreIsAsOldAsItWas) {
  DataInFlight in_flight;
  in_flight.sent(data(7), at_ms(1));
  in_flight.sent(data(8), at_ms(2));
  in_flight.sent(data(7), at_ms(500));
  EXPECT_EQ(in_flight.oldest(), at_ms(1));
  in_flight.received(sack(8));
  EXPECT_FALSE(in_flight.oldest());
}

TEST(DataInFlight, NumbersGoRound) {
  DataInFlight in_flight;
  in_flight.sent(data(0xFFFFFFFF), at_ms(1));
  in_flight.sent(data(0), at_ms(2));
  in_flight.sent(data(1), at_ms(3));
  in_flight.received(sack(0));
  EXPECT_EQ(in_flight.oldest(), at_ms(3));
}

TEST(DataInFlight, ReadsAllChunksOfAPacketAndNoOthers) {
  Packet several;
  add_chunk(several, 4, 50, 10);  // HEARTBEAT
  add_chunk(several, 0, 10, 18);
  add_chunk(several, 0, 11, 1000);
  DataInFlight in_flight;
  in_flight.sent(several, at_ms(1));
  in_flight.sent(data(12), at_ms(2));
  in_flight.received(data(12));
  EXPECT_EQ(in_flight.oldest(), at_ms(1)) << "data of the far end acknowledges nothing";
  in_flight.received(sack(10));
  EXPECT_EQ(in_flight.oldest(), at_ms(1));
  in_flight.received(sack(11));
  EXPECT_EQ(in_flight.oldest(), at_ms(2));
}

TEST(DataInFlight, WhatIsCutShortSaysNothing) {
  for (std::size_t size = 0; size < sack(5).size(); ++size) {
    DataInFlight in_flight;
    in_flight.sent(data(5), at_ms(1));
    Packet cut = sack(5);
    cut.resize(size);
    in_flight.received(cut);
    EXPECT_TRUE(in_flight.oldest()) << size;
  }
  DataInFlight in_flight;
  Packet short_chunk = data(5);
  short_chunk[15] = 3;  // shorter than its header
  in_flight.sent(short_chunk, at_ms(1));
  EXPECT_FALSE(in_flight.oldest());
}

}  // namespace
}  // namespace sidetone::media::sctp
