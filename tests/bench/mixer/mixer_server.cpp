// The mixing host's media path by itself: sockets, SRTP, the audio engine and its conferences. See README.md.
//   mixer_server CONFERENCES FIRST_PORT FIRST_FAR_PORT
// Leg i is at 127.0.0.1:FIRST_PORT+i and talks to 127.0.0.1:FIRST_FAR_PORT+i. Says "ready", runs until SIGTERM and then
// says how many packets were sent and how many of them another leg's encoder has made.
#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "media/audio/audio_engine.hpp"
#include "media/rtp/packet.hpp"
#include "net/system_clock.hpp"
#include "tests/bench/mixer/wire.hpp"

namespace {

using namespace sidetone;

volatile std::sig_atomic_t ending = 0;

struct Leg {
  int socket = -1;
  std::unique_ptr<media::srtp::SrtpSession> srtp;
  std::uint16_t sequence = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::size_t count = std::stoul(argv[1]) * bench::kLegsOfConference;
  const net::SystemClock clock;
  media::audio::EngineOptions options;
  options.use_devices = false;
  options.encoder_complexity = 5;
  options.decoder_complexity = 4;  // losses are concealed as libopus 1.3 does; there are none but when time runs out
  const auto engine = media::audio::make_audio_engine(options, clock, {});
  const media::audio::CodecBinding opus{bench::kPayloadType, "opus", 48000, "minptime=10"};

  const int wait = epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [&](int fd, std::uint32_t leg) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = leg;
    if (epoll_ctl(wait, EPOLL_CTL_ADD, fd, &event) != 0) bench::fail("epoll_ctl");
  };
  watch(engine->frames_ready_fd(), 0);
  std::vector<Leg> legs(count + 1);  // by LegId, which begin at 1
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = engine->add_leg({opus, {opus}, Milliseconds{20}});
    const media::audio::Source conference{
        media::audio::SourceKind::kConference, {}, std::to_string(i / bench::kLegsOfConference)};
    if (!id.ok() || *id != i + 1 || !engine->set_source(*id, conference).ok()) bench::fail("leg");
    legs[*id].socket = bench::connected_socket(static_cast<std::uint16_t>(std::stoul(argv[2]) + i),
                                               static_cast<std::uint16_t>(std::stoul(argv[3]) + i));
    legs[*id].srtp = bench::srtp_session();
    watch(legs[*id].socket, *id);
  }
  std::signal(SIGTERM, [](int) { ending = 1; });
  std::puts("ready");
  std::fflush(stdout);

  std::array<std::uint8_t, media::rtp::kMaxPacketBytes> buffer;
  const auto send = [&](const media::audio::OutgoingFrame& frame) {
    Leg& leg = legs[frame.leg];
    media::rtp::Packet packet;
    packet.marker = frame.marker;
    packet.payload_type = frame.payload_type;
    packet.sequence = leg.sequence++;
    packet.timestamp = frame.timestamp;
    packet.ssrc = frame.leg;
    packet.payload = frame.payload;
    ByteWriter out(buffer);
    if (!media::rtp::write_rtp(packet, out).ok()) return;
    const auto sealed = leg.srtp->protect_rtp(buffer, out.size());
    if (sealed.ok()) ::send(leg.socket, sealed->data(), sealed->size(), 0);
  };
  const auto receive = [&](std::uint32_t id) {
    const ssize_t size = recv(legs[id].socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) return;
    const auto open = legs[id].srtp->unprotect_rtp(std::span{buffer}.first(static_cast<std::size_t>(size)));
    if (!open.ok()) return;
    const auto packet = media::rtp::parse_rtp(*open);
    if (!packet.ok()) return;
    engine->deliver(id, {packet->ssrc, packet->sequence, packet->timestamp, packet->payload_type, packet->marker,
                         clock.now(), packet->payload});
  };
  std::array<epoll_event, 64> events;
  while (ending == 0) {
    const int ready = epoll_wait(wait, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const std::uint32_t id = events[static_cast<std::size_t>(i)].data.u32;
      if (id == 0) {
        engine->take_frames(send);
      } else {
        receive(id);
      }
    }
  }
  std::uint64_t sent = 0;
  std::uint64_t shared = 0;
  for (std::size_t i = 1; i <= count; ++i) {
    sent += engine->stats(static_cast<media::audio::LegId>(i)).frames_encoded;
    shared += engine->stats(static_cast<media::audio::LegId>(i)).frames_shared;
  }
  std::printf("{\"sent\":%llu,\"shared\":%llu}\n", static_cast<unsigned long long>(sent),
              static_cast<unsigned long long>(shared));
}
