#include "media/peer/media_engine.hpp"

#include <future>
#include <utility>

#include "media/ice/main_context.hpp"
#include "media/ice/netlink.hpp"
#include "media/peer/engine_context.hpp"
#include "media/peer/io_thread.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/peer/peer_connection_impl.hpp"

namespace sidetone::media::peer {
namespace {

class MediaEngineImpl final : public MediaEngine {
 public:
  MediaEngineImpl(const AudioEngineFactory& make_audio, const Clock& clock, Random& random,
                  std::function<void()> devices_changed, const VoicePolicy& voice, const NetworkPolicy& network) {
    audio::EngineEvents events;
    events.devices_changed = [this, changed = std::move(devices_changed)] {
      if (changed) io_.post(changed);
    };
    events.source_lost = [this](audio::LegId leg, std::string reason) {
      post_to(leg, [reason = std::move(reason)](const EngineContext::LegOwner& owner) { owner.source_lost(reason); });
    };
    events.key_sent = [this](audio::LegId leg, const rtp::EventSender::Change& change) {
      post_to(leg, [change](const EngineContext::LegOwner& owner) { owner.key_sent(change); });
    };
    events.key_received = [this](audio::LegId leg, const rtp::ReceivedKey& key) {
      post_to(leg, [key](const EngineContext::LegOwner& owner) { owner.key_received(key); });
    };
    audio_ = make_audio(std::move(events));
    io_.post([this, &clock, &random, voice, network] {
      (void)srtp::prepare();
      sctp::prepare();
      dtls::prepare();
      mdns_ = std::make_unique<ice::MdnsResolver>(io_.context());
      context_.reset(new EngineContext{io_.context(),
                                       clock,
                                       random,
                                       *audio_,
                                       *mdns_,
                                       [this](std::function<void()> task) { io_.post(std::move(task)); },
                                       {},
                                       {},
                                       voice,
                                       network});
      frames_ = std::make_unique<ice::ReadWatch>(io_.context(), audio_->frames_ready_fd(), [this] { on_frames(); });
      interfaces_ = std::make_unique<ice::InterfaceWatch>(io_.context(), [this] {
        for (const auto& [who, changed] : context_->network_listeners) changed();
      });
    });
  }

  ~MediaEngineImpl() override {
    std::promise<void> done;
    io_.post([this, &done] {
      interfaces_.reset();
      frames_.reset();
      context_.reset();
      mdns_.reset();
      done.set_value();
    });
    done.get_future().wait();
    audio_.reset();  // while its last events still find a thread
  }

  void post(std::function<void()> task) override { io_.post(std::move(task)); }

  std::unique_ptr<PeerConnection> make_peer(const Configuration& configuration, PeerEvents events) override {
    auto certificate = dtls::Certificate::make();
    if (!certificate.ok()) return nullptr;
    auto made = std::make_unique<PeerConnectionImpl>(*context_, configuration, std::move(events),
                                                     std::move(certificate).value());
    if (!made->usable()) return nullptr;
    return made;
  }

  audio::AudioEngine& audio() override { return *audio_; }

  void on_network_change(std::function<void()> changed) override {
    io_.post([this, changed = std::move(changed)] { context_->network_listeners[this] = changed; });
  }

 private:
  template <class Tell>
  void post_to(audio::LegId leg, Tell tell) {
    io_.post([this, leg, tell = std::move(tell)] {
      if (!context_) return;
      if (const auto found = context_->legs.find(leg); found != context_->legs.end()) tell(found->second);
    });
  }

  void on_frames() {
    audio_->take_frames([this](const audio::OutgoingFrame& frame) {
      if (const auto found = context_->legs.find(frame.leg); found != context_->legs.end()) found->second.frame(frame);
    });
  }

  std::unique_ptr<audio::AudioEngine> audio_;
  // Of the I/O thread
  std::unique_ptr<ice::MdnsResolver> mdns_;
  std::unique_ptr<EngineContext> context_;
  std::unique_ptr<ice::ReadWatch> frames_;
  std::unique_ptr<ice::InterfaceWatch> interfaces_;
  IoThread io_;  // last: its thread ends before anything that its tasks touch
};

}  // namespace

std::unique_ptr<MediaEngine> make_media_engine(const AudioEngineFactory& make_audio, const Clock& clock, Random& random,
                                               std::function<void()> devices_changed, const VoicePolicy& voice,
                                               const NetworkPolicy& network) {
  return std::make_unique<MediaEngineImpl>(make_audio, clock, random, std::move(devices_changed), voice, network);
}

}  // namespace sidetone::media::peer
