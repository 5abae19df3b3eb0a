#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "media/peer/sdp.hpp"
#include "tests/media/support/far_transport.hpp"
#include "tests/media/support/peer_rig.hpp"

namespace sidetone::media::test {

using peer::ConnectionState;
using peer::Direction;
using peer::SdpMedia;
using peer::SdpType;

inline std::string text_of(SdpMedia media) {
  peer::Sdp sdp;
  sdp.media = {std::move(media)};
  return peer::write_sdp(sdp);
}

/// A call of one of our peer connections, which answers, with a far end of another kind.
struct FarCall {
  FarTransport far;
  Rig rig;
  End& near = rig.add();

  FarCall() {
    rig.run([&] { EXPECT_TRUE(near.peer->add_transceiver(Direction::kSendRecv).ok()); });
  }

  /// @return the answer, with all candidates.
  std::string answer(const std::string& offer) {
    rig.run([&] {
      const auto set = near.peer->set_remote_description({SdpType::kOffer, offer});
      ASSERT_TRUE(set.ok()) << to_string(set.error());
      ASSERT_TRUE(near.peer->set_local_description(std::nullopt).ok());
    });
    EXPECT_TRUE(rig.wait_for([&] { return near.peer->states().gathering == peer::GatheringState::kComplete; }));
    std::string out;
    rig.run([&] { out = near.peer->local_description()->sdp; });
    return out;
  }
  /// Voice and reports, both ways.
  [[nodiscard]] bool talk() {
    std::uint64_t before = 0;
    rig.run([&] { before = rig.audio->legs.at(1).received; });
    const int rtp = far.rtp();
    const int rtcp = far.rtcp();
    return rig.wait_for([&] {
      (void)far.send();
      rig.audio->push({1, 111, timestamp += 960, {1, 2, 3}});
      return rig.audio->legs.at(1).received > before + 3 && far.rtp() > rtp + 3 && far.rtcp() > rtcp;
    });
  }
  std::string stats() {
    std::string out;
    rig.run([&] { out = near.peer->stats_json(); });
    return out;
  }
  Error refusal(const std::string& offer) {
    std::optional<Error> out;
    rig.run([&] {
      const auto set = near.peer->set_remote_description({SdpType::kOffer, offer});
      if (!set.ok()) out = set.error();
    });
    return out.value_or(Error{});
  }

  std::uint32_t timestamp = 1000;
};

}  // namespace sidetone::media::test
