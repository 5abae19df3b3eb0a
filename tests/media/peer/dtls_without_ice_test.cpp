#include <gtest/gtest.h>

#include "tests/media/support/far_call.hpp"

/// Calls by DTLS-SRTP with ends that know no ICE: their addresses are in the descriptions.
namespace sidetone::media::test {
namespace {

class DtlsWithoutIce : public ::testing::TestWithParam<bool> {};

TEST_P(DtlsWithoutIce, CarriesVoiceAndReports) {
  const bool mux = GetParam();
  FarCall call;
  const std::string text = call.answer(text_of(call.far.offer_without_ice(mux)));
  const SdpMedia answer = peer::parse_sdp(text).value().media.at(0);
  EXPECT_EQ(answer.rtcp_mux, mux);
  EXPECT_EQ(answer.protocol, "UDP/TLS/RTP/SAVP");
  EXPECT_EQ(answer.setup, peer::Setup::kActive);
  EXPECT_EQ(answer.fingerprints.size(), 1u);
  EXPECT_TRUE(answer.ice.ufrag.empty()) << text;
  EXPECT_TRUE(answer.cryptos.empty());
  call.far.accept(text);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.near.connection() == ConnectionState::kConnected; }));
  ASSERT_TRUE(call.talk());
  const std::string stats = call.stats();
  EXPECT_EQ(stats.find("\"rtcpTransportStatsId\"") == std::string::npos, mux) << stats;
  EXPECT_NE(stats.find("\"remoteCertificateId\":\"CR\""), std::string::npos) << stats;
  EXPECT_NE(stats.find("\"addressesLearnt\":0"), std::string::npos) << stats;
}
INSTANTIATE_TEST_SUITE_P(Rtcp, DtlsWithoutIce, ::testing::Bool(),
                         [](const auto& mux) { return mux.param ? "Multiplexed" : "Separate"; });

TEST(DtlsWithoutIceBehindNat, TheHandshakeShowsWhereTheFarEndIs) {
  FarCall call;
  const udp::Endpoint loopback = udp::parse_endpoint("127.0.0.1", 0).value();
  SteadyClock clock;
  SeededRandom random{5};
  const auto elsewhere = udp::bind_pair(loopback, {}, random).value();  // the NAT's inside: nobody answers there
  SdpMedia offer = call.far.offer_without_ice(false, elsewhere.rtp->local().port);
  offer.setup = peer::Setup::kActive;
  const std::string answer = call.answer(text_of(offer));
  EXPECT_EQ(peer::parse_sdp(answer).value().media.at(0).setup, peer::Setup::kPassive);
  call.far.accept(answer);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.near.connection() == ConnectionState::kConnected; }));
  ASSERT_TRUE(call.talk());
  EXPECT_NE(call.stats().find("\"addressesLearnt\":2"), std::string::npos) << call.stats();
}

TEST(DtlsWithoutIceInSdp, WhatCannotBeKeptIsRefused) {
  FarCall call;
  const SdpMedia offer = call.far.offer_without_ice(true);
  const std::string answer = call.answer(text_of(offer));
  call.far.accept(answer);
  ASSERT_TRUE(call.talk());
  SdpMedia changed = offer;
  changed.rtcp_mux = false;
  EXPECT_EQ(call.refusal(text_of(changed)).text, "RTCP does not leave RTP's port in a call");
  changed = offer;
  changed.fingerprints[0].digest[0] ^= 1;
  EXPECT_EQ(call.refusal(text_of(changed)).text, "a new DTLS association in a call is not supported");
  changed = offer;
  changed.direction = Direction::kSendOnly;
  const SdpMedia held = peer::parse_sdp(call.answer(text_of(changed))).value().media.at(0);
  EXPECT_EQ(held.direction, Direction::kRecvOnly);
  EXPECT_EQ(held.setup, peer::Setup::kActive) << "roles stay";
  EXPECT_EQ(held.port, peer::parse_sdp(answer).value().media.at(0).port);

  FarCall another;
  SdpMedia unknown = another.far.offer_without_ice(true);
  unknown.protocol = "TCP/TLS/RTP/SAVP";
  EXPECT_EQ(another.refusal(text_of(unknown)).text, "TCP/TLS/RTP/SAVP is not spoken without ICE");
  unknown.protocol = "UDP/TLS/RTP/SAVP";
  unknown.setup = peer::Setup::kHoldConn;
  EXPECT_EQ(another.refusal(text_of(unknown)).text, "setup:holdconn");
}

}  // namespace
}  // namespace sidetone::media::test
