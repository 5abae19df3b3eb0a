#include <gtest/gtest.h>

#include "tests/media/support/far_call.hpp"

/// Calls by DTLS-SRTP with ends that do not multiplex RTCP with RTP.
namespace sidetone::media::test {
namespace {

TEST(SeparateRtcp, HasAComponentAndKeysOfItsOwn) {
  FarCall call;
  const std::string answer = call.answer(text_of(call.far.offer_separate_rtcp()));
  const SdpMedia media = peer::parse_sdp(answer).value().media.at(0);
  EXPECT_FALSE(media.rtcp_mux);
  EXPECT_EQ(media.protocol, "UDP/TLS/RTP/SAVP");
  // Who looks at no candidates finds the first of each here.
  const auto has = [&](std::uint32_t component, const std::string& address, std::uint16_t port) {
    return std::any_of(media.candidates.begin(), media.candidates.end(), [&](const ice::Candidate& candidate) {
      return candidate.component == component && candidate.address == address && candidate.port == port;
    });
  };
  EXPECT_TRUE(has(1, media.connection_address, media.port)) << answer;
  EXPECT_TRUE(has(2, media.rtcp_address, media.rtcp_port)) << answer;

  call.far.accept(answer);
  ASSERT_TRUE(call.rig.wait_for([&] { return call.near.connection() == ConnectionState::kConnected; }));
  ASSERT_TRUE(call.talk());
  const std::string stats = call.stats();
  EXPECT_NE(stats.find("\"rtcpTransportStatsId\":\"T1\""), std::string::npos) << stats;
  EXPECT_NE(stats.find("\"selectedCandidatePairId\":\"P1\""), std::string::npos) << stats;
  EXPECT_EQ(stats.find("\"srtpAuthenticationFailures\":1"), std::string::npos) << stats;
  call.far.run([&] {
    const peer::Transport& far = call.far.transport();
    ASSERT_NE(far.rtcp_association(), nullptr);
    EXPECT_NE(far.association().dtls().srtp_keys()->local, far.rtcp_association()->dtls().srtp_keys()->local);
    EXPECT_EQ(far.figures().unknown_packets + far.rtcp_figures().unknown_packets, 0u);
  });
}

TEST(SeparateRtcp, StaysInLaterDescriptionsAndLeavesNoRoomForData) {
  FarCall call;
  const SdpMedia offer = call.far.offer_separate_rtcp();
  call.far.accept(call.answer(text_of(offer)));
  ASSERT_TRUE(call.talk());
  SdpMedia held = offer;
  held.direction = Direction::kSendOnly;
  held.rtcp_mux = true;  // may be offered, and need not be taken
  const SdpMedia answered = peer::parse_sdp(call.answer(text_of(held))).value().media.at(0);
  EXPECT_FALSE(answered.rtcp_mux);
  EXPECT_EQ(answered.direction, Direction::kRecvOnly);
  call.rig.run([&] {
    const auto again = call.near.peer->create_offer(false);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->sdp.find("a=rtcp-mux"), std::string::npos) << again->sdp;
    ASSERT_TRUE(call.near.peer->create_data_channel({}).ok());
    const auto with_data = call.near.peer->create_offer(false);
    ASSERT_FALSE(with_data.ok());
    EXPECT_EQ(with_data.error().text, "data channels need rtcp-mux, which this call does not have");
  });
}

TEST(SeparateRtcp, SectionsThatShareATransportMultiplex) {
  FarCall call;
  SdpMedia voice = call.far.offer_separate_rtcp();
  voice.mid = "0";
  SdpMedia data;
  data.kind = "application";
  data.protocol = "UDP/DTLS/SCTP";
  data.formats = {"webrtc-datachannel"};
  data.mid = "1";
  data.sctp_port = 5000;
  peer::Sdp sdp;
  sdp.bundle = {"0", "1"};
  sdp.media = {voice, data};
  sdp.media[1].ice = voice.ice;
  sdp.media[1].fingerprints = voice.fingerprints;
  const auto answer = peer::parse_sdp(call.answer(peer::write_sdp(sdp))).value();
  EXPECT_TRUE(answer.media.at(0).rejected());
}

TEST(SeparateRtcp, DoesNotBeginInACall) {
  FarCall call;
  End& other = call.rig.add();
  call.rig.run([&] { ASSERT_TRUE(other.peer->add_transceiver(Direction::kSendRecv).ok()); });
  call.rig.negotiate(other, call.near);
  ASSERT_TRUE(call.rig.connected(other, call.near));
  std::string offer;
  call.rig.run([&] { offer = other.peer->create_offer(false).value().sdp; });
  const auto at = offer.find("a=rtcp-mux\r\n");
  ASSERT_NE(at, std::string::npos);
  offer.erase(at, std::string("a=rtcp-mux\r\n").size());
  const Error refused = call.refusal(offer);
  EXPECT_EQ(refused.code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.text, "RTCP does not leave RTP's port in a call");
}

TEST(SeparateRtcp, AnAnswerTakesMultiplexingOnlyIfItWasOffered) {
  Rig rig;
  End& end = rig.add();
  std::string offer;
  rig.run([&] {
    ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
    offer = end.peer->set_local_description(std::nullopt).value().sdp;
  });
  End& other = rig.add();
  rig.run([&] {
    ASSERT_TRUE(other.peer->set_remote_description({SdpType::kOffer, offer}).ok());
    std::string answer = other.peer->set_local_description(std::nullopt).value().sdp;
    answer.erase(answer.find("a=rtcp-mux\r\n"), std::string("a=rtcp-mux\r\n").size());
    const auto set = end.peer->set_remote_description({SdpType::kAnswer, answer});
    ASSERT_FALSE(set.ok());
    EXPECT_EQ(set.error().text, "rtcp-mux is needed");
  });
}

}  // namespace
}  // namespace sidetone::media::test
