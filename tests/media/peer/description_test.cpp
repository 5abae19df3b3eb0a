#include <gtest/gtest.h>

#include <tuple>

#include "media/peer/sdp.hpp"
#include "tests/media/support/peer_rig.hpp"
#include "tests/media/support/vectors.hpp"

namespace sidetone::media::test {
namespace {

using peer::Direction;
using peer::SdpType;
using peer::SignalingState;

peer::Sdp parsed(const std::string& text) {
  auto out = peer::parse_sdp(text);
  EXPECT_TRUE(out.ok()) << to_string(out.error());
  return std::move(out).value();
}

/// The answer that a fresh connection with one transceiver gives.
peer::Sdp answer_to(const std::string& offer, bool with_transceiver = true) {
  Rig rig;
  End& end = rig.add();
  std::string text;
  rig.run([&] {
    if (with_transceiver) {
      ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
    }
    const auto set = end.peer->set_remote_description({SdpType::kOffer, offer});
    ASSERT_TRUE(set.ok()) << to_string(set.error());
    const auto answer = end.peer->create_answer();
    ASSERT_TRUE(answer.ok());
    text = answer.value().sdp;
    EXPECT_TRUE(end.peer->set_local_description(std::nullopt).ok());
    EXPECT_EQ(end.peer->states().signaling, SignalingState::kStable);
  });
  return parsed(text);
}

TEST(Description, AnswersChromiumAndFirefox) {
  for (const char* name : {"sdp/chromium156_offer.sdp", "sdp/firefox_offer.sdp"}) {
    const peer::Sdp answer = answer_to(read_vector(name));
    ASSERT_EQ(answer.media.size(), 2u);
    EXPECT_EQ(answer.bundle, (std::vector<std::string>{"0", "1"}));
    EXPECT_EQ(answer.media[0].setup, peer::Setup::kActive);
    EXPECT_EQ(answer.media[0].direction, Direction::kSendRecv);
    EXPECT_FALSE(answer.media[0].sources.empty());
    EXPECT_TRUE(answer.media[0].rtcp_mux);
    EXPECT_EQ(answer.media[0].codecs[0].name, "opus");
    EXPECT_EQ(answer.media[1].sctp_port, 5000);
  }
}

TEST(Description, VideoIsRejectedInItsPlace) {
  const peer::Sdp answer = answer_to(read_vector("sdp/chromium_video_offer.sdp"));
  ASSERT_EQ(answer.media.size(), 3u);
  EXPECT_FALSE(answer.media[0].rejected());
  EXPECT_EQ(answer.media[1].kind, "video");
  EXPECT_TRUE(answer.media[1].rejected());
  EXPECT_EQ(answer.media[1].mid, "2");
  EXPECT_FALSE(answer.media[2].rejected());
  EXPECT_EQ(answer.bundle, (std::vector<std::string>{"0", "1"}));
}

TEST(Description, ARejectedFirstSectionDoesNotCarryTheBundle) {
  std::string offer = read_vector("sdp/chromium156_offer.sdp");
  const auto at = offer.find("m=audio 58716");
  offer.replace(at, 13, "m=audio 0");
  const peer::Sdp answer = answer_to(offer);
  EXPECT_TRUE(answer.media[0].rejected());
  EXPECT_FALSE(answer.media[1].rejected());
  EXPECT_EQ(answer.bundle, (std::vector<std::string>{"1"}));
}

TEST(Description, WithoutATransceiverTheAnswerOnlyReceives) {
  const peer::Sdp answer = answer_to(read_vector("sdp/chromium156_offer.sdp"), false);
  EXPECT_EQ(answer.media[0].direction, Direction::kRecvOnly);
  EXPECT_TRUE(answer.media[0].msid.empty());
}

TEST(Description, TheTransceiverOfAnOfferIsTakenByTheFirstTrack) {
  Rig rig;
  End& end = rig.add();
  rig.run([&] {
    ASSERT_TRUE(end.peer->set_remote_description({SdpType::kOffer, read_vector("sdp/chromium156_offer.sdp")}).ok());
    ASSERT_EQ(end.peer->transceivers().size(), 1u);
    EXPECT_EQ(end.peer->add_transceiver(Direction::kSendRecv).value(), 0u);
    EXPECT_EQ(end.peer->add_transceiver(Direction::kSendRecv).error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(parsed(end.peer->create_answer().value().sdp).media[0].direction, Direction::kSendRecv);
  });
}

TEST(Description, PacketsHoldWhatTheFarEndAsksForAsFarAsWeCan) {
  const std::tuple<std::string, std::string, int> cases[] = {
      {"", "", 20},  {"10", "", 10}, {"30", "", 20},   {"50", "", 40},   {"60", "", 60},    {"120", "", 60},
      {"5", "", 20}, {"", "10", 10}, {"60", "30", 20}, {"40", "50", 40}, {"20", "120", 20}, {"20", "3", 10},
  };
  for (const auto& [wanted, most, expected] : cases) {
    std::string lines;
    if (!wanted.empty()) lines += "a=ptime:" + wanted + "\r\n";
    if (!most.empty()) lines += "a=maxptime:" + most + "\r\n";
    std::string offer = read_vector("sdp/chromium156_offer.sdp");
    const auto at = offer.find("a=rtcp-mux\r\n");
    ASSERT_NE(at, std::string::npos);
    offer.insert(at, lines);
    Rig rig;
    End& end = rig.add();
    Milliseconds packet_time{0};
    rig.run([&] {
      ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
      ASSERT_TRUE(end.peer->set_remote_description({SdpType::kOffer, offer}).ok());
      const auto set = end.peer->set_local_description(std::nullopt);
      ASSERT_TRUE(set.ok()) << lines << to_string(set.error());
      EXPECT_EQ(end.peer->states().signaling, SignalingState::kStable);
      packet_time = rig.audio->legs.begin()->second.config.packet_time;
    });
    EXPECT_EQ(packet_time.count(), expected) << lines;
  }
}

TEST(Description, WeControlTowardsALiteEnd) {
  for (const bool lite : {false, true}) {
    std::string offer = read_vector("sdp/chromium156_offer.sdp");
    if (lite) offer.insert(offer.find("t=0 0\r\n") + 7, "a=ice-lite\r\n");
    Rig rig;
    End& end = rig.add();
    rig.run([&] {
      ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
      ASSERT_TRUE(end.peer->set_remote_description({SdpType::kOffer, offer}).ok());
      ASSERT_TRUE(end.peer->set_local_description(std::nullopt).ok());
      EXPECT_NE(end.peer->stats_json().find(lite ? "\"iceRole\":\"controlling\"" : "\"iceRole\":\"controlled\""),
                std::string::npos);
    });
  }
}

TEST(Description, RefusesWhatCannotBeCarried) {
  Rig rig;
  End& end = rig.add();
  const auto code = [&](std::string offer, const std::string& from, const std::string& to) {
    for (auto at = offer.find(from); at != std::string::npos; at = offer.find(from, at + to.size()))
      offer.replace(at, from.size(), to);
    ErrorCode out{};
    rig.run([&] { out = end.peer->set_remote_description({SdpType::kOffer, offer}).error().code; });
    return out;
  };
  const std::string offer = read_vector("sdp/chromium156_offer.sdp");
  EXPECT_EQ(code(offer, "a=fingerprint:sha-256 ", "a=x:"), ErrorCode::kMalformed);
  EXPECT_EQ(code(offer, "a=ice-pwd:u+4njfJbl3ZoYrhMY5spn+Fu", "a=x:y"), ErrorCode::kMalformed);
  EXPECT_EQ(code(offer, "v=0", "v=1"), ErrorCode::kMalformed);
  rig.run([&] {
    EXPECT_EQ(end.peer->states().signaling, SignalingState::kStable);
    EXPECT_TRUE(end.peer->transceivers().empty());
    EXPECT_EQ(end.peer->create_answer().error().code, ErrorCode::kConflict);
    EXPECT_EQ(end.peer->set_remote_description({SdpType::kAnswer, offer}).error().code, ErrorCode::kConflict);
  });
}

TEST(Description, OnlyTheOfferCreatedLastMayBeSet) {
  Rig rig;
  End& end = rig.add();
  rig.run([&] {
    ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
    const auto first = end.peer->create_offer(false).value();
    const auto second = end.peer->create_offer(false).value();
    EXPECT_EQ(end.peer->set_local_description(first).error().code, ErrorCode::kConflict);
    EXPECT_TRUE(end.peer->set_local_description(second).ok());
    EXPECT_EQ(end.peer->states().signaling, SignalingState::kHaveLocalOffer);
  });
}

TEST(Description, RollbackBringsBackWhatWas) {
  Rig rig;
  End& end = rig.add();
  rig.run([&] {
    ASSERT_TRUE(end.peer->add_transceiver(Direction::kSendRecv).ok());
    ASSERT_TRUE(end.peer->set_local_description(std::nullopt).ok());
    EXPECT_EQ(end.peer->transceivers()[0].mid, "0");
    ASSERT_TRUE(end.peer->set_local_description(peer::SessionDescription{SdpType::kRollback, ""}).ok());
    EXPECT_EQ(end.peer->states().signaling, SignalingState::kStable);
    EXPECT_EQ(end.peer->transceivers()[0].mid, "");
    EXPECT_FALSE(end.peer->local_description().has_value());
    EXPECT_EQ(end.peer->set_local_description(peer::SessionDescription{SdpType::kRollback, ""}).error().code,
              ErrorCode::kConflict);
    ASSERT_TRUE(end.peer->set_remote_description({SdpType::kOffer, read_vector("sdp/chromium156_offer.sdp")}).ok());
    EXPECT_EQ(end.peer->set_local_description(peer::SessionDescription{SdpType::kOffer, ""}).error().code,
              ErrorCode::kConflict);
    ASSERT_TRUE(end.peer->set_remote_description({SdpType::kRollback, ""}).ok());
    EXPECT_EQ(end.peer->states().signaling, SignalingState::kStable);
    EXPECT_EQ(end.peer->transceivers().size(), 1u);
  });
}

TEST(Description, TwoOffersAtOnceAreSettledByTheOneThatYields) {
  Rig rig;
  End& polite = rig.add();
  End& other = rig.add();
  rig.run([&] {
    ASSERT_TRUE(polite.peer->add_transceiver(Direction::kSendRecv).ok());
    ASSERT_TRUE(other.peer->add_transceiver(Direction::kSendRecv).ok());
    ASSERT_TRUE(polite.peer->set_local_description(std::nullopt).ok());
    const auto offer = other.peer->set_local_description(std::nullopt);
    ASSERT_TRUE(offer.ok());
    // An offer that meets our own rolls it back (webrtc-pc, setRemoteDescription).
    const auto taken = polite.peer->set_remote_description(offer.value());
    ASSERT_TRUE(taken.ok()) << to_string(taken.error());
    EXPECT_EQ(polite.peer->states().signaling, SignalingState::kHaveRemoteOffer);
    const auto answer = polite.peer->set_local_description(std::nullopt);
    ASSERT_TRUE(answer.ok()) << to_string(answer.error());
    const auto done = other.peer->set_remote_description(answer.value());
    ASSERT_TRUE(done.ok()) << to_string(done.error());
  });
  rig.run([&] {
    polite.trickle_to = &other;
    other.trickle_to = &polite;
    // What was trickled while nobody listened.
    for (const auto& candidate : polite.candidates) (void)other.peer->add_ice_candidate(candidate);
    for (const auto& candidate : other.candidates) (void)polite.peer->add_ice_candidate(candidate);
  });
  EXPECT_TRUE(rig.connected(polite, other));
}

TEST(Description, NegotiationIsNeededUntilItIsDone) {
  Rig rig;
  End& a = rig.add();
  End& b = rig.add();
  rig.run([&] {
    ASSERT_TRUE(a.peer->add_transceiver(Direction::kSendRecv).ok());
    ASSERT_TRUE(a.peer->create_data_channel({}).ok());
  });
  ASSERT_TRUE(rig.wait_for([&] { return a.negotiation_needed == 1; }));
  rig.negotiate(a, b);
  ASSERT_TRUE(rig.connected(a, b));
  rig.run([&] { EXPECT_EQ(a.negotiation_needed, 1); });
  rig.run([&] { ASSERT_TRUE(a.peer->set_direction(0, Direction::kInactive).ok()); });
  ASSERT_TRUE(rig.wait_for([&] { return a.negotiation_needed == 2; }));
  rig.negotiate(a, b);
  rig.run([&] {
    EXPECT_EQ(a.peer->transceivers()[0].current_direction, Direction::kInactive);
    EXPECT_EQ(b.peer->transceivers()[0].current_direction, Direction::kInactive);
    EXPECT_FALSE(rig.audio->legs.begin()->second.config.send.has_value());
  });
}

TEST(Description, CandidatesBeforeTheDescriptionAreKeptAndBounded) {
  Rig rig;
  End& end = rig.add();
  rig.run([&] {
    for (int i = 0; i < 64; ++i)
      EXPECT_TRUE(end.peer->add_ice_candidate({"candidate:1 1 udp 1 192.0.2.1 9 typ host", "0", 0, ""}).ok());
    EXPECT_EQ(end.peer->add_ice_candidate({"candidate:1 1 udp 1 192.0.2.1 9 typ host", "0", 0, ""}).error().code,
              ErrorCode::kTooLarge);
    ASSERT_TRUE(end.peer->set_remote_description({SdpType::kOffer, read_vector("sdp/chromium156_offer.sdp")}).ok());
    EXPECT_EQ(end.peer->add_ice_candidate({"candidate:x", "0", 0, ""}).error().code, ErrorCode::kMalformed);
    EXPECT_EQ(end.peer->add_ice_candidate({"candidate:1 1 udp 1 192.0.2.1 9 typ host", "77", 0, ""}).error().code,
              ErrorCode::kNotFound);
  });
}

}  // namespace
}  // namespace sidetone::media::test
