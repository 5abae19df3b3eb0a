#include <gtest/gtest.h>

#include "tests/native-host/control_fixture.hpp"

/// What a client has the endpoint do besides calls: keys, sounds, the meter of a microphone.
namespace sidetone::host::test {
namespace {

class SoundsTest : public ControlFixture {
 protected:
  void SetUp() override { expect<Attached>(7, Attach{}); }
  [[nodiscard]] const FakeAudio::Leg* only_leg() const {
    return engine.sound.legs.size() == 1 ? &engine.sound.legs.begin()->second : nullptr;
  }
  void after_fade() { scheduler.advance(Milliseconds{60}); }
};

TEST_F(SoundsTest, KeysGoToThePeerAndWhatBecomesOfThemComesBack) {
  auto& peer = call(7, "p", "c");
  expect<Ok>(7, DtmfInsert{"p", "12#", 200, 90});
  EXPECT_EQ(peer.keys, "12# 200 90");
  expect<Ok>(7, DtmfInsert{"p", "4", 100, 70, true});
  EXPECT_EQ(peer.keys, "4 100 70 appended");
  peer.events.key_sent('1', "2#");
  peer.events.key_sent(0, "");
  peer.events.key_received({'9', Milliseconds{120}});
  const auto tones = events<DtmfTone>(7);
  ASSERT_EQ(tones.size(), 2u);
  EXPECT_EQ(tones[0], (DtmfTone{"p", "1", "2#"}));
  EXPECT_EQ(tones[1], (DtmfTone{"p", "", ""}));
  EXPECT_EQ(events<DtmfReceived>(7), (std::vector<DtmfReceived>{{"p", "9", 120}}));
  EXPECT_EQ(refusal(7, DtmfInsert{"nobody", "1"}), "not_found");
  EXPECT_EQ(refusal(7, DtmfInsert{"p", std::string(1025, '1')}), "too_large");
}

TEST_F(SoundsTest, ATransceiverSaysWhetherItTakesKeys) {
  auto& peer = call(7, "p", "c");
  peer.transceivers.push_back({"0", peer::Direction::kSendRecv, peer::Direction::kSendRecv, true});
  ASSERT_EQ(expect<Attached>(8, Attach{}).peers.size(), 1u);
  EXPECT_TRUE(expect<Attached>(8, Attach{}).peers[0].transceivers[0].can_insert_dtmf);
}

TEST_F(SoundsTest, ASoundPlaysOnItsDeviceUntilItsTimeIsOver) {
  expect<Ok>(7, SoundPlay{protocol::Sound::kRing, "ear", 30});
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_EQ(only_leg()->config.sound, audio::Sound::kRing);
  EXPECT_EQ(only_leg()->sink.device, "ear");
  EXPECT_TRUE(only_leg()->sink.to_device);
  scheduler.advance(Milliseconds{29'900});
  EXPECT_NE(only_leg(), nullptr);
  EXPECT_EQ(only_leg()->sink.gain, 1);
  scheduler.advance(Milliseconds{100});
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_EQ(only_leg()->sink.gain, 0) << "it is not cut off";
  after_fade();
  EXPECT_TRUE(engine.sound.legs.empty());
}

TEST_F(SoundsTest, ASoundIsAsLoudAndAsHighAsItIsWanted) {
  expect<Ok>(7, SoundPlay{protocol::Sound::kRing, "ear", 30, 40, 125});
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_DOUBLE_EQ(only_leg()->sink.gain, 0.4);
  EXPECT_DOUBLE_EQ(only_leg()->config.sound_pitch, 1.25);
  expect<Ok>(7, SoundPlay{protocol::Sound::kRing, "ear", 30, 0});
  after_fade();
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_EQ(only_leg()->sink.gain, 0);
  EXPECT_EQ(only_leg()->config.sound_pitch, 1);
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kRing, "ear", 30, 101}), "out_of_range");
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kRing, "ear", 30, 100, 49}), "out_of_range");
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kRing, "ear", 30, 100, 201}), "out_of_range");
}

TEST_F(SoundsTest, AnotherSoundTakesItsPlace) {
  expect<Ok>(7, SoundPlay{protocol::Sound::kRing, "", 1});
  expect<Ok>(7, SoundPlay{protocol::Sound::kTest, "", 5});
  after_fade();
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_EQ(only_leg()->config.sound, audio::Sound::kTest);
  scheduler.advance(Milliseconds{2000});
  EXPECT_NE(only_leg(), nullptr) << "the first one's time ended the second";
  expect<Ok>(7, SoundStop{});
  expect<Ok>(7, SoundStop{});
  after_fade();
  EXPECT_TRUE(engine.sound.legs.empty());
}

TEST_F(SoundsTest, ALoudspeakerThatIsNotThereIsSaidAndWhatPlaysGoesOn) {
  expect<Ok>(7, SoundPlay{protocol::Sound::kRing, "ear", 30});
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kTest, "mic", 1}), "unavailable");
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kTest, "gone", 1}), "unavailable");
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_EQ(only_leg()->config.sound, audio::Sound::kRing);
  EXPECT_EQ(only_leg()->sink.gain, 1);
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kTest, "ear", 0}), "out_of_range");
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kTest, "ear", 121}), "out_of_range");
}

TEST_F(SoundsTest, AMicrophoneIsMeteredForItsTime) {
  engine.sound.level = 0.25;
  expect<Ok>(7, MicrophoneWatch{"mic", 2, 100});
  ASSERT_NE(only_leg(), nullptr);
  EXPECT_TRUE(only_leg()->config.metered);
  EXPECT_EQ(only_leg()->source.device, "mic");
  scheduler.advance(Milliseconds{1000});
  EXPECT_EQ(events<MicrophoneLevel>(7).size(), 10u);
  EXPECT_EQ(events<MicrophoneLevel>(7).back().level, 0.25);
  // Asking again goes on with the same microphone, at one pace.
  expect<Ok>(7, MicrophoneWatch{"mic", 2, 100});
  EXPECT_EQ(engine.sound.legs.size(), 1u);
  scheduler.advance(Milliseconds{1500});
  EXPECT_EQ(events<MicrophoneLevel>(7).size(), 25u);
  scheduler.advance(Milliseconds{500});
  EXPECT_TRUE(engine.sound.legs.empty()) << "the microphone is still open";
  const auto told = events<MicrophoneLevel>(7).size();
  scheduler.advance(Milliseconds{5000});
  EXPECT_EQ(events<MicrophoneLevel>(7).size(), told);
}

TEST_F(SoundsTest, AMicrophoneIsClosedWhenItIsToBe) {
  expect<Ok>(7, MicrophoneWatch{"", 60, 50});
  EXPECT_EQ(refusal(7, MicrophoneWatch{"ear", 60, 50}), "unavailable");
  EXPECT_NE(only_leg(), nullptr);
  expect<Ok>(7, MicrophoneWatch{"", 0, 50});
  EXPECT_TRUE(engine.sound.legs.empty());
  engine.sound.list.clear();
  engine.sound.missing = "no audio server";
  EXPECT_EQ(refusal(7, MicrophoneWatch{"", 60, 50}), "unavailable");
  EXPECT_EQ(refusal(7, SoundPlay{protocol::Sound::kTest, "", 1}), "unavailable");
}

// Each way in which a client can be gone.
TEST_F(SoundsTest, BothEndWithTheClient) {
  const auto begin = [&](ClientKey client) {
    expect<Ok>(client, SoundPlay{protocol::Sound::kRing, "", 120});
    expect<Ok>(client, MicrophoneWatch{"", 60, 50});
    EXPECT_EQ(engine.sound.legs.size(), 2u);
  };
  begin(7);
  hub.client_gone(7);
  EXPECT_TRUE(engine.sound.legs.empty());

  expect<Attached>(7, Attach{});
  begin(7);
  expect<Attached>(8, Attach{});
  EXPECT_TRUE(engine.sound.legs.empty()) << "another client took over";

  begin(8);
  hub.client_lost(7);
  EXPECT_EQ(engine.sound.legs.size(), 2u) << "of another client";
  hub.client_lost(8);
  after_fade();
  EXPECT_TRUE(engine.sound.legs.empty());
  const auto before = sent.size();
  hub.devices_changed();
  EXPECT_EQ(sent.size(), before) << "nobody hears it";

  begin(8);  // its next request finds it attached
  hub.rendezvous_lost();
  after_fade();
  EXPECT_TRUE(engine.sound.legs.empty());

  expect<Attached>(8, Attach{});
  begin(8);
  hub.pairing_over();
  EXPECT_TRUE(engine.sound.legs.empty());
}

}  // namespace
}  // namespace sidetone::host::test
