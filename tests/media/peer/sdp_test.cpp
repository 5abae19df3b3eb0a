#include "media/peer/sdp.hpp"

#include <gtest/gtest.h>

#include <string>

#include "media/peer/negotiation.hpp"
#include "tests/media/support/vectors.hpp"

namespace sidetone::media::peer {
namespace {

using test::read_vector;

std::vector<audio::CodecDescription> codecs() {
  return {{"opus", 48000, 2, {}, "minptime=10;useinbandfec=1"}, {"PCMU", 8000, 1, 0, ""}, {"PCMA", 8000, 1, 8, ""}};
}

TEST(Sdp, ReadsChromiumsOffer) {
  const auto parsed = parse_sdp(read_vector("sdp/chromium156_offer.sdp"));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.error());
  const Sdp& sdp = parsed.value();
  EXPECT_EQ(sdp.session_id, 8017215993342905529u);
  EXPECT_EQ(sdp.bundle, (std::vector<std::string>{"0", "1"}));
  ASSERT_EQ(sdp.media.size(), 2u);
  const SdpMedia& audio = sdp.media[0];
  EXPECT_EQ(audio.kind, "audio");
  EXPECT_EQ(audio.mid, "0");
  EXPECT_EQ(audio.ice.ufrag, "4zC2");
  EXPECT_EQ(audio.setup, Setup::kActPass);
  EXPECT_TRUE(audio.rtcp_mux);
  EXPECT_TRUE(audio.rtcp_reduced_size);
  EXPECT_FALSE(audio.wants_voip_metrics);
  EXPECT_TRUE(audio.ice_trickle);
  ASSERT_EQ(audio.codecs.size(), 8u);
  EXPECT_EQ(audio.codecs[0], (SdpCodec{111, "opus", 48000, 2, "minptime=10;useinbandfec=1"}));
  EXPECT_EQ(audio.codecs[1].name, "red");
  EXPECT_EQ(audio.codecs[7].payload_type, 126);
  EXPECT_EQ(audio.extensions.size(), 4u);
  EXPECT_EQ(audio.candidates.size(), 4u);
  EXPECT_EQ(audio.candidates[1].address, "fd00::2");
  ASSERT_EQ(audio.sources.size(), 1u);
  EXPECT_EQ(audio.sources[0], (SdpSource{4278651299u, "QgAhXHbUk63gZh35"}));
  EXPECT_TRUE(is_data_section(sdp.media[1]));
  EXPECT_EQ(sdp.media[1].sctp_port, 5000);
  EXPECT_EQ(sdp.media[1].max_message_size, 262144u);
}

TEST(Sdp, SessionAttributesCountForEverySection) {
  const auto parsed = parse_sdp(read_vector("sdp/firefox_offer.sdp"));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.error());
  for (const auto& media : parsed.value().media) {
    ASSERT_EQ(media.fingerprints.size(), 1u);
    EXPECT_TRUE(media.ice_trickle);
  }
  EXPECT_EQ(parsed.value().media[0].codecs.front().payload_type, 109);
  EXPECT_EQ(parsed.value().media[0].extensions[1].direction, Direction::kRecvOnly);
  EXPECT_EQ(parsed.value().media[1].max_message_size, 1073741823u);
}

TEST(Sdp, WritesWhatItReads) {
  for (const char* name : {"sdp/chromium156_offer.sdp", "sdp/firefox_offer.sdp"}) {
    auto first = parse_sdp(read_vector(name));
    ASSERT_TRUE(first.ok());
    const auto second = parse_sdp(write_sdp(first.value()));
    ASSERT_TRUE(second.ok()) << to_string(second.error());
    EXPECT_EQ(second.value(), first.value()) << name;
  }
}

TEST(Sdp, NamesTheLineOfAFault) {
  const auto line_of = [](const std::string& text) { return parse_sdp(text).error().where; };
  const std::string head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  EXPECT_EQ(parse_sdp("").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(line_of("o=x\r\n"), "sdp:1");
  EXPECT_EQ(line_of(head + "nonsense\r\n"), "sdp:5");
  EXPECT_EQ(line_of(head + "m=audio\r\n"), "sdp:5");
  EXPECT_EQ(line_of(head + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus\r\n"), "sdp:6");
  EXPECT_EQ(line_of(head + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:300 opus/48000\r\n"), "sdp:6");
  EXPECT_EQ(line_of(head + "a=ice-ufrag:x\r\n"), "sdp:5");
  EXPECT_EQ(line_of(head + "a=fingerprint:sha-256 zz\r\n"), "sdp:5");
  EXPECT_EQ(line_of(head + "a=setup:whatever\r\n"), "sdp:5");
  EXPECT_EQ(line_of(head + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a b\r\n"), "sdp:6");
  EXPECT_FALSE(parse_sdp(head + "m=audio 9 X 0\r\na=mid:1\r\nm=audio 9 X 0\r\na=mid:1\r\n").ok());
}

TEST(Sdp, TakesUserNameAndPasswordTogetherOrNotAtAll) {
  const std::string name = "a=ice-ufrag:F7gI\r\n";
  const std::string password = "a=ice-pwd:x9cmlYzicHV2XlhiMu8g9dQQ\r\n";
  const std::string media = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:voice\r\n";
  EXPECT_TRUE(parse_sdp("v=0\r\n" + name + password + media).ok());
  EXPECT_TRUE(parse_sdp("v=0\r\n" + media + password + name).ok());
  EXPECT_EQ(parse_sdp("v=0\r\n" + media + name).error().where, "sdp: mid voice");
  EXPECT_EQ(parse_sdp("v=0\r\n" + media + password).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse_sdp("v=0\r\n" + name + media + password).error().code, ErrorCode::kMalformed);
}

TEST(Sdp, HoldsItsLimits) {
  EXPECT_EQ(parse_sdp("v=0\r\n" + std::string(sdp_limits::kBytes, 'x')).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_sdp("v=0\r\na=" + std::string(sdp_limits::kLineBytes, 'x')).error().code, ErrorCode::kTooLarge);
  std::string many = "v=0\r\n";
  for (std::size_t i = 0; i <= sdp_limits::kMedia; ++i) many += "m=audio 9 X 0\r\n";
  EXPECT_EQ(parse_sdp(many).error().code, ErrorCode::kTooLarge);
  std::string candidates = "v=0\r\nm=audio 9 X 0\r\n";
  for (std::size_t i = 0; i <= sdp_limits::kPerMedia; ++i) candidates += "a=candidate:1 1 udp 1 1.2.3.4 9 typ host\r\n";
  EXPECT_EQ(parse_sdp(candidates).error().code, ErrorCode::kTooLarge);
}

TEST(Sdp, AStaticPayloadTypeNeedsNoRtpmapAndTheMLineRules) {
  const auto parsed =
      parse_sdp("v=0\r\nm=audio 9 RTP/AVP 8 0 96 97\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:98 x/1\r\n");
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed.value().media[0].codecs.size(), 3u);
  EXPECT_EQ(parsed.value().media[0].codecs[0].name, "PCMA");
  EXPECT_EQ(parsed.value().media[0].codecs[2].name, "opus");
}

TEST(Negotiation, AnswersWithTheOffersPayloadTypesInItsOrder) {
  const auto offer = parse_sdp(read_vector("sdp/firefox_offer.sdp"));
  const auto answered = answered_codecs(codecs(), offer.value().media[0]);
  ASSERT_EQ(answered.size(), 4u);
  EXPECT_EQ(answered[0].payload_type, 109);
  EXPECT_EQ(answered[0].format_parameters, "minptime=10;useinbandfec=1");
  EXPECT_EQ(answered[1].name, "PCMU");
  // A later offer of ours keeps 109 for opus.
  EXPECT_EQ(offered_codecs(codecs(), &offer.value().media[0])[0].payload_type, 109);
  EXPECT_EQ(offered_codecs(codecs(), nullptr)[0].payload_type, 111);
  // Its telephone events, too: Firefox has them at 8000 alone.
  EXPECT_EQ(answered[3].name, "telephone-event");
  EXPECT_EQ(answered[3].payload_type, 101);
  EXPECT_EQ(answered[3].format_parameters, "0-15");
  EXPECT_EQ(answered_extensions(offer.value().media[0]).size(), 2u);
  EXPECT_EQ(answered_extensions(offer.value().media[0])[1].id, 3);
}

TEST(Negotiation, SendsWithTheFarEndsParametersAndReceivesByItsOwn) {
  const auto offer = parse_sdp(read_vector("sdp/firefox_offer.sdp")).value();
  SdpMedia local = offer.media[0];
  local.codecs = answered_codecs(codecs(), offer.media[0]);
  local.extensions = answered_extensions(offer.media[0]);
  const VoiceParameters voice = voice_parameters(codecs(), local, offer.media[0], true);
  ASSERT_TRUE(voice.send.has_value());
  EXPECT_EQ(voice.send->payload_type, 109);
  EXPECT_EQ(voice.send->format_parameters, "maxplaybackrate=48000;stereo=1;useinbandfec=1");
  ASSERT_EQ(voice.receive.size(), 3u);
  EXPECT_EQ(voice.receive[0].format_parameters, "minptime=10;useinbandfec=1");
  EXPECT_EQ(voice.audio_level_id, 1);
  EXPECT_EQ(voice.mid_id, 3);
  local.direction = Direction::kRecvOnly;
  EXPECT_FALSE(voice_parameters(codecs(), local, offer.media[0], true).send.has_value());
  local.direction = Direction::kSendOnly;
  EXPECT_TRUE(voice_parameters(codecs(), local, offer.media[0], true).receive.empty());
}

TEST(Negotiation, OffersTelephoneEventsAtTheClocksOfItsCodecs) {
  const auto fresh = offered_codecs(codecs(), nullptr);
  ASSERT_EQ(fresh.size(), 6u);
  EXPECT_EQ(fresh[4], (SdpCodec{110, "telephone-event", 48000, 1, "0-15"}));
  EXPECT_EQ(fresh[5], (SdpCodec{126, "telephone-event", 8000, 1, "0-15"}));
  // What the far end has named otherwise keeps its name, and no number is taken twice.
  SdpMedia earlier;
  earlier.codecs = {{110, "opus", 48000, 2, ""}, {97, "telephone-event", 8000, 1, ""}};
  const auto again = offered_codecs(codecs(), &earlier);
  EXPECT_EQ(again[0].payload_type, 110);
  EXPECT_EQ(again[5].payload_type, 97);
  EXPECT_EQ(again[4].payload_type, 96);
}

TEST(Negotiation, SendsTelephoneEventsOfTheVoicesClockOrElseOfAny) {
  const auto offer = parse_sdp(read_vector("sdp/chromium156_offer.sdp")).value();
  SdpMedia local = offer.media[0];
  local.codecs = answered_codecs(codecs(), offer.media[0]);
  auto voice = voice_parameters(codecs(), local, offer.media[0], true);
  EXPECT_EQ(voice.send_events, (audio::EventBinding{110, 48000}));
  EXPECT_EQ(voice.receive_events, (std::vector<audio::EventBinding>{{110, 48000}, {126, 8000}}));

  SdpMedia gateway = offer.media[0];
  std::erase_if(gateway.codecs, [](const SdpCodec& codec) { return codec.payload_type == 110; });
  local.codecs = answered_codecs(codecs(), gateway);
  voice = voice_parameters(codecs(), local, gateway, true);
  EXPECT_EQ(voice.send->name, "opus");
  EXPECT_EQ(voice.send_events, (audio::EventBinding{126, 8000}));

  std::erase_if(gateway.codecs, [](const SdpCodec& codec) { return codec.name == "telephone-event"; });
  EXPECT_FALSE(voice_parameters(codecs(), local, gateway, true).send_events.has_value());
  // Keys alone are no voice.
  gateway.codecs = {{126, "telephone-event", 8000, 1, ""}};
  EXPECT_EQ(check_audio(codecs(), gateway, false).error().text, "no common codec");
  local.direction = Direction::kRecvOnly;
  EXPECT_FALSE(voice_parameters(codecs(), local, offer.media[0], true).send_events.has_value());
}

TEST(Negotiation, DirectionsMirrorAndMeet) {
  EXPECT_EQ(reversed(Direction::kSendOnly), Direction::kRecvOnly);
  EXPECT_EQ(reversed(Direction::kInactive), Direction::kInactive);
  EXPECT_EQ(common(Direction::kSendRecv, reversed(Direction::kSendOnly)), Direction::kRecvOnly);
  EXPECT_EQ(common(Direction::kSendOnly, Direction::kRecvOnly), Direction::kInactive);
}

TEST(Negotiation, PacketTimeIsTheFarEndsWish) {
  auto offer = parse_sdp(read_vector("sdp/firefox_offer.sdp")).value();
  const auto time = [&] {
    return voice_parameters(codecs(), offer.media[0], offer.media[0], true).packet_time.count();
  };
  EXPECT_EQ(time(), 20);
  offer.media[0].packet_time_ms = 60;
  EXPECT_EQ(time(), 60);
  offer.media[0].max_packet_time_ms = 40;
  EXPECT_EQ(time(), 40);
  offer.media[0].packet_time_ms = 3;
  EXPECT_EQ(time(), 20);
  // RFC 7587 §6.1: no packet shorter than that is wanted.
  offer.media[0].codecs[0].format_parameters = "minptime=40";
  EXPECT_EQ(time(), 40);
  offer.media[0].packet_time_ms = 10;
  EXPECT_EQ(time(), 40);
  offer.media[0].max_packet_time_ms = 20;
  EXPECT_EQ(time(), 20) << "maxptime is a bound, minptime a wish";
}

TEST(Negotiation, PacketTimeIsOneThatTheCodecHas) {
  auto ours = codecs();
  ours[0].packet_times = {20, 40};
  auto offer = parse_sdp(read_vector("sdp/firefox_offer.sdp")).value();
  const auto time = [&] { return voice_parameters(ours, offer.media[0], offer.media[0], true).packet_time.count(); };
  offer.media[0].packet_time_ms = 60;
  EXPECT_EQ(time(), 40);
  offer.media[0].packet_time_ms = 10;
  EXPECT_EQ(time(), 20);
}

/// As the engine has them.
std::vector<audio::CodecDescription> all_codecs() {
  std::vector<audio::CodecDescription> out = codecs();
  out[1].pauses_by_comfort_noise = out[2].pauses_by_comfort_noise = true;
  out.insert(out.begin() + 1, {"G722", 8000, 1, 9, ""});
  out.push_back({"G7221", 16000, 1, {}, "bitrate=32000"});
  out.push_back({"G7221", 16000, 1, {}, "bitrate=24000"});
  out.push_back({"G729", 8000, 1, 18, ""});
  out.push_back({"CN", 8000, 1, 13, ""});
  out.back().comfort_noise = true;
  return out;
}

std::vector<int> payload_types(const std::vector<SdpCodec>& list) {
  std::vector<int> out;
  for (const auto& codec : list) out.push_back(codec.payload_type);
  return out;
}

SdpMedia offer_of(const std::string& formats, const std::string& lines = "") {
  return parse_sdp("v=0\r\nm=audio 9 RTP/SAVPF " + formats + "\r\na=rtpmap:96 opus/48000/2\r\na=rtcp-mux\r\n" + lines)
      .value()
      .media[0];
}

VoiceParameters answered(const SdpMedia& offer, bool in_our_order = false) {
  SdpMedia local = offer;
  local.codecs = answered_codecs(all_codecs(), offer, in_our_order);
  return voice_parameters(all_codecs(), local, offer, true);
}

TEST(Negotiation, OffersStaticPayloadTypesAsTheyAre) {
  EXPECT_EQ(payload_types(offered_codecs(all_codecs(), nullptr)),
            (std::vector<int>{111, 63, 9, 0, 8, 96, 97, 18, 13, 110, 126}));
}

TEST(Negotiation, TakesStaticPayloadTypesWithoutARtpmap) {
  const SdpMedia offer = offer_of("18 9 13");
  EXPECT_EQ(payload_types(answered_codecs(all_codecs(), offer)), (std::vector<int>{18, 9, 13}));
  const VoiceParameters voice = answered(offer);
  EXPECT_EQ(voice.send->name, "G729");
  EXPECT_EQ(voice.send->payload_type, 18);
  ASSERT_EQ(voice.receive.size(), 3U);
  EXPECT_EQ(voice.receive[2].name, "CN");
}

TEST(Negotiation, BitRatesOfG7221AreCodecsOfTheirOwn) {
  const SdpMedia offer = offer_of("98 99 100",
                                  "a=rtpmap:98 G7221/16000\r\na=fmtp:98 bitrate=48000\r\n"
                                  "a=rtpmap:99 G7221/16000\r\na=fmtp:99 bitrate=24000\r\n"
                                  "a=rtpmap:100 g7221/16000\r\na=fmtp:100 bitrate=32000\r\n");
  EXPECT_EQ(payload_types(answered_codecs(all_codecs(), offer)), (std::vector<int>{99, 100}));
  const VoiceParameters voice = answered(offer);
  EXPECT_EQ(voice.send->payload_type, 99);
  EXPECT_EQ(voice.send->format_parameters, "bitrate=24000");
  ASSERT_EQ(voice.receive.size(), 2U);
  EXPECT_EQ(voice.receive[1].format_parameters, "bitrate=32000");
}

TEST(Negotiation, ComfortNoiseGoesWithACodecThatPausesByItAndIsNoneItself) {
  EXPECT_EQ(answered(offer_of("13 0")).send->name, "PCMU");
  EXPECT_EQ(answered(offer_of("13 0")).send_comfort_noise, std::uint8_t{13});
  EXPECT_EQ(answered(offer_of("0")).send_comfort_noise, std::nullopt);
  EXPECT_EQ(answered(offer_of("96 13")).send_comfort_noise, std::nullopt) << "Opus has its own";
  EXPECT_EQ(answered(offer_of("9 13")).send_comfort_noise, std::nullopt) << "16 kHz";
  EXPECT_EQ(answered(offer_of("0 98", "a=rtpmap:98 CN/16000\r\n")).send_comfort_noise, std::nullopt);
  EXPECT_EQ(answered(offer_of("0 98", "a=rtpmap:98 cn/8000\r\n")).send_comfort_noise, std::uint8_t{98});
  EXPECT_EQ(check_audio(all_codecs(), offer_of("13"), false).error().text, "no common codec");
  // What was offered and not answered is not sent.
  SdpMedia local = offer_of("0 13");
  const SdpMedia answer = offer_of("0");
  EXPECT_EQ(voice_parameters(all_codecs(), local, answer, false).send_comfort_noise, std::nullopt);
}

TEST(Negotiation, APolicySaysWhichCodecsAndInWhatOrder) {
  const auto names = [](const std::vector<audio::CodecDescription>& list) {
    std::string out;
    for (const auto& codec : list) out += codec.name + " ";
    return out;
  };
  const std::vector<std::string> policy{"pcma", "opus"};
  const auto allowed = allowed_codecs(all_codecs(), policy);
  EXPECT_EQ(names(allowed), "PCMA opus CN ");
  EXPECT_EQ(names(allowed_codecs(all_codecs(), {})), names(all_codecs()));
  EXPECT_EQ(names(allowed_codecs(all_codecs(), std::vector<std::string>{"opus", "nothing"})), "opus ");
  EXPECT_EQ(payload_types(offered_codecs(allowed, nullptr)), (std::vector<int>{8, 111, 63, 13, 110, 126}));

  const SdpMedia offer = offer_of("96 0 13 8 126", "a=rtpmap:126 telephone-event/8000\r\n");
  SdpMedia local = offer;
  local.codecs = answered_codecs(allowed, offer, true);
  EXPECT_EQ(payload_types(local.codecs), (std::vector<int>{8, 96, 13, 126}));
  EXPECT_EQ(voice_parameters(allowed, local, offer, true).send->name, "PCMA")
      << "as the far end, which reads the answer";
  local.codecs = answered_codecs(all_codecs(), offer);
  EXPECT_EQ(payload_types(local.codecs), (std::vector<int>{96, 0, 13, 8, 126})) << "without one as offered";
}

TEST(Negotiation, OffersRedundantAudioBehindOpusAsChromiumDoes) {
  const auto offered = offered_codecs(all_codecs(), nullptr);
  EXPECT_EQ(offered[1], (SdpCodec{63, "red", 48000, 2, "111/111"}));
  const std::vector<std::string> pcmu{"PCMU"};
  for (const SdpCodec& codec : offered_codecs(allowed_codecs(all_codecs(), pcmu), nullptr))
    EXPECT_NE(codec.name, "red") << "there is no Opus to copy";
  // Payload types that the far end has used stay.
  const SdpMedia earlier = offer_of("96 100", "a=rtpmap:100 red/48000/2\r\na=fmtp:100 96/96\r\n");
  EXPECT_EQ(offered_codecs(all_codecs(), &earlier)[1], (SdpCodec{100, "red", 48000, 2, "96/96"}));
  const SdpMedia taken = offer_of("96 63", "a=rtpmap:63 something/8000\r\n");
  EXPECT_EQ(offered_codecs(all_codecs(), &taken)[1].payload_type, 97);
}

TEST(Negotiation, RedundantAudioIsSentAndTakenWhereBothHaveIt) {
  const std::string red = "a=rtpmap:63 red/48000/2\r\na=fmtp:63 96/96\r\n";
  for (const char* order : {"96 63 0", "63 96 0"}) {
    const VoiceParameters voice = answered(offer_of(order, red));
    EXPECT_EQ(voice.send->name, "opus") << "RED is no voice";
    EXPECT_EQ(voice.send_red, 63);
    EXPECT_EQ(voice.receive_red, 63);
  }
  const SdpMedia first = offer_of("63 96 0", red);
  EXPECT_EQ(payload_types(answered_codecs(all_codecs(), first)), (std::vector<int>{63, 96, 0}));
  const std::vector<std::string> policy{"PCMU", "opus"};
  EXPECT_EQ(payload_types(answered_codecs(allowed_codecs(all_codecs(), policy), first, true)),
            (std::vector<int>{0, 63, 96}));
  EXPECT_EQ(answered(offer_of("96 0")).send_red, std::nullopt);
  EXPECT_EQ(answered(offer_of("96 0")).receive_red, std::nullopt);
  // Of another codec, of none that is named, or of several.
  for (const char* parameters : {"a=fmtp:63 0/0\r\n", "", "a=fmtp:63 96/0\r\n", "a=fmtp:63 98/98\r\n"}) {
    const SdpMedia offer = offer_of("96 63 0", std::string("a=rtpmap:63 red/48000/2\r\n") + parameters);
    EXPECT_EQ(payload_types(answered_codecs(all_codecs(), offer)), (std::vector<int>{96, 0})) << parameters;
    EXPECT_EQ(answered(offer).send_red, std::nullopt) << parameters;
  }
  // Another voice than the one that is copied.
  EXPECT_EQ(answered(offer_of("0 96 63", red)).send_red, std::nullopt);
  EXPECT_EQ(answered(offer_of("0 96 63", red)).receive_red, 63);
  // What we offered and the far end did not answer; and its own payload types.
  const SdpMedia offer = offer_of("96 63", red);
  EXPECT_EQ(voice_parameters(all_codecs(), offer, offer_of("96"), false).receive_red, std::nullopt);
  const SdpMedia answer = offer_of("96 100", "a=rtpmap:100 red/48000/2\r\na=fmtp:100 96/96\r\n");
  EXPECT_EQ(voice_parameters(all_codecs(), offer, answer, false).send_red, 100);
  EXPECT_EQ(voice_parameters(all_codecs(), offer, answer, false).receive_red, 63);
}

TEST(Negotiation, DeepRedundancyIsForEndsThatBothKnowOfIt) {
  auto ours = all_codecs();
  ours[0].format_parameters += ";sidetone-dred=1000";
  EXPECT_EQ(offered_codecs(ours, nullptr)[0].format_parameters, "minptime=10;useinbandfec=1;sidetone-dred=1000");
  const auto answer = [&](const SdpMedia& offer) {
    SdpMedia local = offer;
    local.codecs = answered_codecs(ours, offer);
    return local;
  };
  const SdpMedia knows = offer_of("96", "a=fmtp:96 sidetone-dred=500\r\n");
  const SdpMedia knows_not = offer_of("96", "a=fmtp:96 useinbandfec=1\r\n");
  EXPECT_EQ(answer(knows).codecs[0].format_parameters, "minptime=10;useinbandfec=1;sidetone-dred=1000");
  EXPECT_EQ(answer(knows_not).codecs[0].format_parameters, "minptime=10;useinbandfec=1");
  VoiceParameters voice = voice_parameters(ours, answer(knows), knows, true);
  EXPECT_TRUE(voice.send_deep_redundancy);
  EXPECT_EQ(voice.send->format_parameters, "sidetone-dred=500");
  EXPECT_EQ(voice.receive[0].format_parameters, "minptime=10;useinbandfec=1;sidetone-dred=1000");
  // As the one who offered it to an end that ignores it: its packets are not searched for any.
  voice = voice_parameters(ours, answer(knows), knows_not, false);
  EXPECT_FALSE(voice.send_deep_redundancy);
  EXPECT_EQ(voice.receive[0].format_parameters, "minptime=10;useinbandfec=1");
}

TEST(Negotiation, ABandwidthLineBoundsThePayloads) {
  EXPECT_EQ(answered(offer_of("96")).max_bitrate_bps, 0);
  EXPECT_EQ(answered(offer_of("96", "b=TIAS:24000\r\n")).max_bitrate_bps, 24000);
  // RFC 8866 §5.8: 40 octets of headers are in it, 50 times a second.
  EXPECT_EQ(answered(offer_of("96", "b=AS:40\r\n")).max_bitrate_bps, 24000);
  EXPECT_EQ(answered(offer_of("96", "b=AS:40\r\na=ptime:40\r\n")).max_bitrate_bps, 32000);
  EXPECT_EQ(answered(offer_of("96", "b=AS:40\r\nb=TIAS:12000\r\n")).max_bitrate_bps, 12000);
  EXPECT_EQ(answered(offer_of("96", "b=AS:4294967295\r\n")).max_bitrate_bps, 510000);
  EXPECT_EQ(answered(offer_of("96", "b=AS:0\r\n")).max_bitrate_bps, 1) << "as little as the codec goes";
  EXPECT_EQ(answered(offer_of("96", "b=CT:9\r\n")).max_bitrate_bps, 0);
  EXPECT_FALSE(parse_sdp("v=0\r\nm=audio 9 X 0\r\nb=AS:many\r\n").ok());
  const SdpMedia offer = offer_of("96", "b=TIAS:24000\r\n");
  EXPECT_EQ(voice_parameters(all_codecs(), offer, offer, true, 16000).max_bitrate_bps, 16000);
  EXPECT_EQ(voice_parameters(all_codecs(), offer, offer, true, 64000).max_bitrate_bps, 24000);
}

}  // namespace
}  // namespace sidetone::media::peer
