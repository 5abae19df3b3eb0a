#include <gtest/gtest.h>

#include "native-host/control/text.hpp"
#include "tests/native-host/control_fixture.hpp"

namespace sidetone::host::test {
namespace {

class ControlTest : public ControlFixture {};

TEST_F(ControlTest, AttachSaysWhatIsThere) {
  const auto answer = expect<Attached>(7, Attach{3});
  EXPECT_EQ(answer.version, 1u);
  EXPECT_EQ(answer.name, "desk");
  EXPECT_FALSE(answer.host_version.empty());
  ASSERT_EQ(answer.devices.size(), 2u);
  EXPECT_EQ(answer.devices[0].device, "mic");
  EXPECT_EQ(answer.devices[1].kind, protocol::DeviceKind::kAudioOutput);
  EXPECT_EQ(attached, std::vector<ClientKey>{7});
}

TEST_F(ControlTest, NothingBeforeAttach) {
  EXPECT_EQ(refusal(7, PeerCreate{"p", "", {}, false}), "conflict");
  EXPECT_TRUE(engine.peers.empty());
}

TEST_F(ControlTest, WhatIsDoneToAMicrophoneIsAsTheClientWishes) {
  expect<Attached>(7, Attach{});
  expect<Ok>(7, PeerCreate{"p", "call-1", {}, false});
  TrackCapture capture{"t", "mic"};
  capture.echo_cancellation = true;
  capture.noise_suppression = false;
  expect<Ok>(7, capture);
  expect<Transceivers>(7, TransceiverAdd{"p", "t", protocol::Direction::kSendRecv});
  const auto& processing = engine.peers.at(0)->source.processing;
  EXPECT_EQ(processing.echo_cancellation, true);
  EXPECT_EQ(processing.noise_suppression, false);
  EXPECT_EQ(processing.auto_gain_control, std::nullopt) << "what it does not say is the host's to decide";
  TrackSet change{"t", true, "music"};
  change.noise_suppression = true;
  expect<Ok>(7, change);
  EXPECT_EQ(engine.peers.at(0)->source.kind, audio::SourceKind::kMusic);
  EXPECT_EQ(processing.echo_cancellation, true) << "another microphone, the same wishes";
  EXPECT_EQ(processing.noise_suppression, true);
}

TEST_F(ControlTest, ACallIsSetUpAndEnds) {
  expect<Attached>(7, Attach{});
  protocol::IceServer turn;
  turn.url = "turn:t";
  turn.username = "u";
  turn.credential = "c";
  expect<Ok>(7, PeerCreate{"p", "call-1", {turn}, true});
  auto& record = *engine.peers.at(0);
  EXPECT_TRUE(record.configuration.relay_only);
  EXPECT_EQ(record.configuration.ice_servers.at(0).credential, "c");
  EXPECT_EQ(refusal(7, PeerCreate{"p", "", {}, false}), "conflict");

  expect<Ok>(7, TrackCapture{"t", "mic"});
  const auto added = expect<Transceivers>(7, TransceiverAdd{"p", "t", protocol::Direction::kSendRecv});
  ASSERT_EQ(added.transceivers.size(), 1u);
  EXPECT_EQ(added.transceivers[0].track, "t");
  EXPECT_EQ(record.source.kind, audio::SourceKind::kDevice);
  EXPECT_EQ(record.source.device, "mic");
  EXPECT_EQ(refusal(7, TransceiverAdd{"p", std::nullopt, protocol::Direction::kRecvOnly}), "unsupported");
  const auto changed = expect<Transceivers>(7, TransceiverSet{"p", 0, protocol::Direction::kRecvOnly, std::nullopt});
  EXPECT_EQ(changed.transceivers[0].direction, protocol::Direction::kRecvOnly);
  EXPECT_EQ(refusal(7, TransceiverSet{"p", 1, std::nullopt, std::nullopt}), "not_found");

  EXPECT_EQ(expect<Description>(7, OfferCreate{"p", true}).sdp, "offer again");
  EXPECT_EQ(expect<Description>(7, LocalSet{"p", std::nullopt, std::nullopt}).sdp, "made");
  EXPECT_EQ(expect<Description>(7, LocalSet{"p", SdpKind::kAnswer, "mine"}).sdp, "mine");
  EXPECT_EQ(record.local->type, peer::SdpType::kAnswer);
  EXPECT_EQ(refusal(7, LocalSet{"p", std::nullopt, "mine"}), "malformed");
  EXPECT_EQ(refusal(7, RemoteSet{"p", SdpKind::kAnswer, "bad"}), "malformed");
  expect<Transceivers>(7, RemoteSet{"p", SdpKind::kOffer, "theirs"});
  EXPECT_EQ(record.remote->sdp, "theirs");
  EXPECT_EQ(expect<Description>(7, AnswerCreate{"p"}).kind, SdpKind::kAnswer);
  expect<Ok>(7, CandidateAdd{"p", "candidate:1", "0", 0, std::nullopt});
  EXPECT_EQ(record.candidates.at(0).mid, "0");
  record.events.candidate_found({"candidate:2", "0", 0, "uf"});
  ASSERT_EQ(events<CandidateFound>(7).size(), 1u);
  EXPECT_EQ(events<CandidateFound>(7)[0].ufrag, "uf");

  record.connect();
  ASSERT_FALSE(events<PeerState>(7).empty());
  EXPECT_EQ(events<PeerState>(7).back().connection, protocol::ConnectionState::kConnected);
  EXPECT_EQ(live, (std::vector<std::vector<std::string>>{{"call-1"}}));
  expect<Ok>(7, PeerTag{"p", "call-2"});
  EXPECT_EQ(live.back(), std::vector<std::string>{"call-2"});
  record.stats = R"([{"type":"x"}])";
  EXPECT_EQ(expect<Stats>(7, StatsGet{"p"}).report, record.stats);
  expect<Ok>(7, PlayoutSet{"p", "ear", 50, false});
  EXPECT_EQ(record.sink.device, "ear");
  EXPECT_EQ(record.sink.gain, 0.5);
  EXPECT_TRUE(record.sink.to_device);
  expect<Ok>(7, PlayoutSet{"p", "", 100, true});
  EXPECT_FALSE(record.sink.to_device);

  expect<Ok>(7, PeerClose{"p"});
  EXPECT_TRUE(record.closed);
  EXPECT_TRUE(live.back().empty());
  EXPECT_EQ(refusal(7, PeerClose{"p"}), "not_found");
  EXPECT_EQ(refusal(7, StatsGet{"p"}), "not_found");
}

TEST_F(ControlTest, Tracks) {
  expect<Attached>(7, Attach{});
  EXPECT_EQ(refusal(7, TrackCapture{"t", "no such"}), "unavailable");
  EXPECT_EQ(refusal(7, TrackCapture{"t", "ear"}), "unavailable") << "a loudspeaker is no microphone";
  expect<Ok>(7, TrackCapture{"t", "echo"});
  EXPECT_EQ(refusal(7, TrackCapture{"t", "echo"}), "conflict");
  expect<Ok>(7, PeerCreate{"p", "", {}, false});
  auto& record = *engine.peers.at(0);
  EXPECT_EQ(refusal(7, TransceiverAdd{"p", "none", protocol::Direction::kSendRecv}), "not_found");
  EXPECT_TRUE(record.transceivers.empty()) << "nothing has changed";
  expect<Transceivers>(7, TransceiverAdd{"p", "t", protocol::Direction::kSendRecv});
  EXPECT_EQ(record.source.kind, audio::SourceKind::kEcho);
  expect<Ok>(7, TrackSet{"t", false, std::nullopt});
  EXPECT_TRUE(record.muted);
  expect<Ok>(7, TrackSet{"t", true, "music"});
  EXPECT_FALSE(record.muted);
  EXPECT_EQ(record.source.kind, audio::SourceKind::kMusic);
  EXPECT_EQ(refusal(7, TrackSet{"t", true, "gone"}), "unavailable");
  EXPECT_EQ(record.source.kind, audio::SourceKind::kMusic);

  expect<Ok>(7, TrackSet{"t", true, "conference:42"});
  EXPECT_EQ(record.source.kind, audio::SourceKind::kConference);
  EXPECT_EQ(record.source.conference, "42");
  EXPECT_FALSE(record.source.with_microphone);
  expect<Ok>(7, TrackSet{"t", true, "conference:42:"});
  EXPECT_EQ(record.source.conference, "42");
  EXPECT_TRUE(record.source.with_microphone);
  EXPECT_EQ(record.source.device, "");
  EXPECT_EQ(refusal(7, TrackSet{"t", true, "conference:42:gone"}), "unavailable");
  EXPECT_EQ(refusal(7, TrackSet{"t", true, "conference:"}), "malformed");
  EXPECT_EQ(record.source.conference, "42");
  expect<Ok>(7, TrackSet{"t", true, "music"});

  record.events.source_lost("unplugged");
  ASSERT_EQ(events<TrackEnded>(7).size(), 1u);
  EXPECT_EQ(events<TrackEnded>(7)[0].track, "t");
  EXPECT_EQ(events<TrackEnded>(7)[0].reason, "unplugged");
  expect<Ok>(7, TrackSet{"t", true, ""});
  EXPECT_EQ(record.source.kind, audio::SourceKind::kDevice);
  expect<Ok>(7, TrackStop{"t"});
  EXPECT_EQ(record.source.kind, audio::SourceKind::kSilence);
  EXPECT_EQ(refusal(7, TrackStop{"t"}), "not_found");

  engine.sound.list.clear();
  engine.sound.missing = "no sound server";
  const auto answer = ask(7, TrackCapture{"t2", ""});
  ASSERT_TRUE(std::holds_alternative<Failure>(answer));
  EXPECT_NE(std::get<Failure>(answer).text.find("no sound server"), std::string::npos);
}

TEST_F(ControlTest, NumbersAreBounded) {
  expect<Attached>(7, Attach{});
  for (std::size_t i = 0; i < control::kMaxPeers; ++i)
    expect<Ok>(7, PeerCreate{"p" + std::to_string(i), "", {}, false});
  EXPECT_EQ(refusal(7, PeerCreate{"more", "", {}, false}), "too_large");
  for (std::size_t i = 0; i < control::kMaxTracks; ++i) expect<Ok>(7, TrackCapture{"t" + std::to_string(i), "echo"});
  EXPECT_EQ(refusal(7, TrackCapture{"more", "echo"}), "too_large");
  for (std::size_t i = 0; i < control::kMaxChannels; ++i)
    expect<Ok>(7, ChannelCreate{"p0", "c" + std::to_string(i), "", "", false, {}, {}, {}});
  EXPECT_EQ(refusal(7, ChannelCreate{"p0", "more", "", "", false, {}, {}, {}}), "too_large");
  EXPECT_EQ(expect<Attached>(7, Attach{}).peers.size(), control::kMaxPeers);
}

TEST_F(ControlTest, BadFramesAreAnsweredAndCounted) {
  expect<Attached>(7, Attach{});
  const std::pair<std::string, std::string> cases[] = {
      {"{", "malformed"},
      {"[]", "malformed"},
      {R"({"t":"no_such","r":5})", "unknown_type"},
      {R"({"t":"peer_create","r":5})", "malformed"},
      {R"({"t":"peer_create","r":5,"p":"","g":""})", "out_of_range"},
      {R"({"t":"levels_watch","r":5,"e":9000})", "out_of_range"},
      {R"({"t":"ping","r":5,"x":")" + std::string(limits::kControlBytes, 'x') + "\"}", "too_large"},
  };
  for (const auto& [frame, code] : cases) {
    sent.clear();
    hub.receive(7, frame);
    ASSERT_EQ(sent.size(), 1u) << frame.substr(0, 60);
    ASSERT_TRUE(std::holds_alternative<Failure>(sent[0].message));
    EXPECT_EQ(std::get<Failure>(sent[0].message).code, code) << frame.substr(0, 60);
  }
  EXPECT_EQ(hub.malformed_frames(), std::size(cases));
  EXPECT_TRUE(engine.peers.empty());
}

TEST_F(ControlTest, ACallOutlivesItsClientAndTheNextFindsIt) {
  expect<Attached>(7, Attach{});
  expect<Ok>(7, TrackCapture{"t", "mic"});
  expect<Ok>(7, TrackCapture{"unused", "mic"});
  auto& record = call(7, "p", "call-1");
  expect<Transceivers>(7, TransceiverAdd{"p", "t", protocol::Direction::kSendRecv});
  hub.client_gone(7);
  sent.clear();
  scheduler.advance(Seconds{300});
  EXPECT_FALSE(record.closed);
  EXPECT_EQ(record.source.kind, audio::SourceKind::kDevice) << "the microphone stays open";
  EXPECT_EQ(live.back(), std::vector<std::string>{"call-1"});
  EXPECT_TRUE(sent.empty());

  const auto found = expect<Attached>(8, Attach{});
  ASSERT_EQ(found.peers.size(), 1u);
  EXPECT_EQ(found.peers[0].peer, "p");
  EXPECT_EQ(found.peers[0].tag, "call-1");
  EXPECT_EQ(found.peers[0].connection, protocol::ConnectionState::kConnected);
  EXPECT_EQ(found.peers[0].transceivers.at(0).track, "t");
  EXPECT_FALSE(found.peers[0].transceivers.at(0).muted);
  expect<Ok>(8, TrackSet{"t", false, std::nullopt});
  EXPECT_TRUE(record.muted);
  const auto muted = expect<Attached>(8, Attach{});
  EXPECT_TRUE(muted.peers.at(0).transceivers.at(0).muted) << "who takes the call up shows it as it is";
  EXPECT_EQ(refusal(8, TrackSet{"unused", true, std::nullopt}), "not_found");
  hub.release("other");
  EXPECT_FALSE(record.closed);
  hub.release("call-1");
  EXPECT_TRUE(record.closed);
  ASSERT_FALSE(events<PeerState>(8).empty());
  EXPECT_EQ(events<PeerState>(8).back().connection, protocol::ConnectionState::kClosed);
  EXPECT_TRUE(live.back().empty());
}

TEST_F(ControlTest, WhoAttachesTakesOver) {
  expect<Attached>(7, Attach{});
  auto& record = call(7, "p", "call-1");
  expect<Attached>(control::kLoopback + 1, Attach{});
  EXPECT_EQ(events<Detached>(7).size(), 1u);
  sent.clear();
  record.connect();
  EXPECT_TRUE(events<PeerState>(7).empty());
  EXPECT_EQ(events<PeerState>(control::kLoopback + 1).size(), 1u);
  EXPECT_EQ(refusal(7, PeerClose{"p"}), "conflict");
  hub.client_gone(7);
  EXPECT_EQ(expect<Description>(control::kLoopback + 1, OfferCreate{"p", false}).sdp, "offer");
  expect<Attached>(7, Attach{});
  EXPECT_EQ(events<Detached>(control::kLoopback + 1).size(), 1u);
}

TEST_F(ControlTest, LostServiceKeepsTheClientAttached) {
  expect<Attached>(7, Attach{});
  auto& record = call(7, "p", "call-1");
  record.events.channel_opened(9, {.label = "sidetone.identity"}, 1, true);
  hub.rendezvous_lost();
  sent.clear();
  const std::string text = "hello";
  record.events.channel_message(9, false, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  EXPECT_TRUE(sent.empty());
  expect<Ok>(7, Ping{});
  ASSERT_EQ(events<ChannelMessage>(7).size(), 1u);
  EXPECT_EQ(events<ChannelMessage>(7)[0].data, "hello");
  // A client by loopback does not need the service.
  expect<Attached>(control::kLoopback + 1, Attach{});
  hub.rendezvous_lost();
  sent.clear();
  record.connect();
  EXPECT_EQ(events<PeerState>(control::kLoopback + 1).size(), 1u);
}

TEST_F(ControlTest, NothingIsLeftForTheNextUser) {
  expect<Attached>(7, Attach{});
  expect<Ok>(7, TrackCapture{"t", "mic"});
  auto& record = call(7, "p", "call-1");
  expect<Transceivers>(7, TransceiverAdd{"p", "t", protocol::Direction::kSendRecv});
  record.events.channel_opened(9, {.label = "sidetone.identity"}, 1, true);
  hub.rendezvous_lost();
  record.events.channel_message(9, false, {reinterpret_cast<const std::uint8_t*>("hi"), 2});
  sent.clear();
  hub.pairing_over();
  EXPECT_TRUE(record.closed);
  EXPECT_EQ(live.back(), std::vector<std::string>{});
  EXPECT_EQ(refusal(7, PeerCreate{"q", "", {}, false}), "conflict") << "nobody is attached";
  sent.clear();
  const auto found = expect<Attached>(8, Attach{});
  EXPECT_TRUE(found.peers.empty());
  EXPECT_EQ(sent.size(), 1u) << "nor anything that waited";
  EXPECT_EQ(refusal(8, TrackSet{"t", true, std::nullopt}), "not_found");
}

TEST_F(ControlTest, APeerConnectionThatCannotBeMadeIsRefused) {
  expect<Attached>(7, Attach{});
  engine.out_of_keys = true;
  EXPECT_EQ(refusal(7, PeerCreate{"p", "", {}, false}), "unavailable");
  engine.out_of_keys = false;
  expect<Ok>(7, PeerCreate{"p", "", {}, false});
}

TEST_F(ControlTest, WhatNobodyCanWantIsClosed) {
  expect<Attached>(7, Attach{});
  auto& running = call(7, "running", "call-1");
  auto& failed = call(7, "failed", "call-2");
  auto& stray = call(7, "stray", "");
  failed.fail();
  scheduler.advance(Seconds{120});
  EXPECT_FALSE(failed.closed) << "its client is there and may restart ICE";
  hub.client_gone(7);
  scheduler.advance(Seconds{25});
  EXPECT_FALSE(failed.closed);
  EXPECT_FALSE(stray.closed);
  scheduler.advance(Seconds{15});
  EXPECT_TRUE(failed.closed);
  EXPECT_TRUE(stray.closed);
  EXPECT_FALSE(running.closed);
  hub.release("call-1");
  scheduler.advance(Seconds{10});
  EXPECT_EQ(scheduler.pending(), 0u) << "no timer without a peer connection";
}

TEST_F(ControlTest, ChannelMessagesWaitForTheNextClient) {
  expect<Attached>(7, Attach{});
  auto& record = call(7, "p", "call-1");
  expect<Ok>(7, ChannelCreate{"p", "id", "sidetone.identity", "", true, 3, std::nullopt, std::nullopt});
  EXPECT_FALSE(record.channel_options.ordered);
  EXPECT_EQ(record.channel_options.max_retransmits, 3);
  EXPECT_EQ(refusal(7, ChannelCreate{"p", "~1", "", "", false, {}, {}, {}}), "out_of_range");
  record.events.channel_opened(1, record.channel_options, 0, false);
  ASSERT_EQ(events<ChannelOpened>(7).size(), 1u);
  EXPECT_EQ(events<ChannelOpened>(7)[0].channel, "id");
  expect<Ok>(7, ChannelMessage{"p", "id", false, "hi"});
  expect<Ok>(7, ChannelMessage{"p", "id", true, "AP8"});
  EXPECT_EQ(record.sent, (std::vector<std::string>{"t:hi", std::string("b:\0\xff", 4)}));
  EXPECT_EQ(refusal(7, ChannelMessage{"p", "id", true, "A"}), "malformed");
  EXPECT_EQ(refusal(7, ChannelMessage{"p", "no", false, "x"}), "not_found");

  hub.client_gone(7);
  const auto arrive = [&](const std::string& data, bool binary = false) {
    record.events.channel_message(1, binary, {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()});
  };
  for (int i = 0; i < 40; ++i) arrive("m" + std::to_string(i));
  arrive(std::string("\x00\xff", 2), true);
  sent.clear();
  const auto found = expect<Attached>(8, Attach{});
  ASSERT_EQ(found.peers.at(0).channels.size(), 1u);
  EXPECT_TRUE(found.peers[0].channels[0].open);
  EXPECT_TRUE(std::holds_alternative<Attached>(sent.front().message)) << "first what there is, then what came";
  const auto messages = events<ChannelMessage>(8);
  ASSERT_EQ(messages.size(), control::kMaxWaitingMessages);
  EXPECT_EQ(messages.front().data, "m9");
  EXPECT_EQ(messages.back().data, "AP8");
  EXPECT_TRUE(messages.back().binary);

  record.events.channel_opened(5, {.label = "theirs"}, 1, true);
  EXPECT_EQ(events<ChannelOpened>(8).at(0).channel, "~1");
  record.events.channel_closed(5, "");
  EXPECT_EQ(events<ChannelClosed>(8).at(0).channel, "~1");
  EXPECT_FALSE(events<ChannelClosed>(8).at(0).error.has_value());
}

TEST_F(ControlTest, AMessageThatCannotBeCarriedClosesItsChannelWithAnError) {
  expect<Attached>(7, Attach{});
  auto& record = call(7, "p", "call-1");
  EXPECT_EQ(record.configuration.max_message_bytes, control::kMaxChannelMessageBytes);
  const auto arrive = [&](peer::ChannelHandle handle, const std::string& data, bool binary) {
    record.events.channel_message(handle, binary, {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()});
  };
  for (peer::ChannelHandle handle = 1; handle <= 4; ++handle)
    record.events.channel_opened(handle, {}, static_cast<std::uint16_t>(handle), true);
  // The longest that there can be.
  arrive(1, std::string(control::kMaxChannelMessageBytes, '\xff'), true);
  arrive(1, std::string(control::kMaxChannelMessageBytes, '"'), false);
  EXPECT_EQ(events<ChannelMessage>(7).size(), 2u);
  EXPECT_TRUE(events<ChannelClosed>(7).empty());
  arrive(2, "\xff not UTF-8", false);
  arrive(2, "after it", false);
  arrive(3, std::string(control::kMaxChannelMessageBytes, '\x01'), false);
  record.events.channel_closed(4, "a message was longer than 12288 bytes");
  EXPECT_EQ(events<ChannelMessage>(7).size(), 2u);
  const auto closed = events<ChannelClosed>(7);
  ASSERT_EQ(closed.size(), 3u);
  EXPECT_EQ(closed[0].channel, "~2");
  for (const auto& one : closed) EXPECT_TRUE(one.error.has_value());
  EXPECT_EQ(record.closed_channels, (std::vector<peer::ChannelHandle>{2, 3}));
}

TEST_F(ControlTest, WhatAFarEndCallsItsChannelsKeepsNobodyOut) {
  expect<Attached>(7, Attach{});
  auto& record = call(7, "p", "call-1");
  for (peer::ChannelHandle handle = 1; handle <= 16; ++handle)
    record.events.channel_opened(handle, {.label = std::string(1024, '\x01'), .protocol = std::string(1024, '"')},
                                 static_cast<std::uint16_t>(handle), true);
  ASSERT_EQ(events<ChannelOpened>(7).size(), 16u);
  const auto found = expect<Attached>(8, Attach{});
  ASSERT_EQ(found.peers.at(0).channels.size(), 16u);
  EXPECT_EQ(found.peers[0].channels[0].label, events<ChannelOpened>(7)[0].label);
  EXPECT_EQ(found.peers[0].channels[0].label.find('\x01'), std::string::npos);
}

TEST_F(ControlTest, RelayedCandidatesAloneNeedAServerThatCanRelay) {
  expect<Attached>(7, Attach{});
  const auto server = [](const char* url) {
    protocol::IceServer out;
    out.url = url;
    return out;
  };
  EXPECT_EQ(refusal(7, PeerCreate{"p", "", {}, true}), "unsupported");
  EXPECT_EQ(refusal(7, PeerCreate{"p", "", {server("stun:t")}, true}), "unsupported");
  const auto answer = ask(7, PeerCreate{"p", "", {server("turns:t:443?transport=udp")}, true});
  ASSERT_TRUE(std::holds_alternative<Failure>(answer));
  EXPECT_NE(std::get<Failure>(answer).text.find("DTLS"), std::string::npos);
  expect<Ok>(7, PeerCreate{"p", "", {server("turns:t")}, true});
  expect<Ok>(7, PeerCreate{"q", "", {server("turns:t")}, false});
}

TEST_F(ControlTest, LevelsOnlyWhileWatchedAndVoiceRuns) {
  expect<Attached>(7, Attach{});
  EXPECT_EQ(refusal(7, LevelsWatch{10}), "out_of_range");
  expect<Ok>(7, LevelsWatch{100});
  scheduler.advance(Milliseconds{1000});
  EXPECT_TRUE(events<Levels>(7).empty());
  PeerRecord& record = call(7, "p", "call-1");
  scheduler.advance(Milliseconds{1000});
  ASSERT_EQ(events<Levels>(7).size(), 1u) << "they stand still";
  EXPECT_EQ(events<Levels>(7)[0].peers.at(0).sent, 0.25);
  EXPECT_EQ(events<Levels>(7)[0].peers.at(0).received, 0.5);
  record.levels = {0.26, 0.48};
  scheduler.advance(Milliseconds{500});
  EXPECT_EQ(events<Levels>(7).size(), 1u) << "nearly";
  record.levels = {0.26, 0.4};
  scheduler.advance(Milliseconds{100});
  ASSERT_EQ(events<Levels>(7).size(), 2u);
  EXPECT_EQ(events<Levels>(7)[1].peers.at(0).received, 0.4);
  scheduler.advance(Milliseconds{1900});
  EXPECT_EQ(events<Levels>(7).size(), 2u);
  scheduler.advance(Milliseconds{100});
  EXPECT_EQ(events<Levels>(7).size(), 3u) << "who was not listening yet is told in two seconds";
  expect<Ok>(7, LevelsWatch{0});
  sent.clear();
  scheduler.advance(Seconds{1});
  EXPECT_TRUE(events<Levels>(7).empty());
  expect<Ok>(7, LevelsWatch{100});
  expect<Attached>(8, Attach{});
  sent.clear();
  scheduler.advance(Seconds{1});
  EXPECT_TRUE(sent.empty()) << "the next client has not asked";
}

TEST_F(ControlTest, DevicesChanged) {
  hub.devices_changed();
  EXPECT_TRUE(sent.empty());
  expect<Attached>(7, Attach{});
  engine.sound.list.push_back({"head\xff", "Headset", audio::DeviceKind::kInput, false});
  hub.devices_changed();
  ASSERT_EQ(events<MediaDevices>(7).size(), 1u);
  EXPECT_EQ(events<MediaDevices>(7)[0].devices.at(2).device, "head?");
  EXPECT_EQ(expect<MediaDevices>(7, MediaDeviceList{}).devices.size(), 3u);
}

TEST_F(ControlTest, AnswersThatAreTooLongAreRefused) {
  expect<Attached>(7, Attach{});
  call(7, "p", "").stats = std::string(limits::kControlBytes, ' ');
  EXPECT_EQ(refusal(7, StatsGet{"p"}), "too_large");
}

TEST(Text, KeepsUtf8Alone) {
  EXPECT_TRUE(control::is_utf8("grüße 電話 📞"));
  for (const std::string bad :
       {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xff"})
    EXPECT_FALSE(control::is_utf8(bad));
  EXPECT_EQ(control::to_utf8("a\xff\xc3\xbc\xc3"), "a?\xc3\xbc?");
}

}  // namespace
}  // namespace sidetone::host::test
