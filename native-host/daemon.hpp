#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "media/peer/peer_connection.hpp"
#include "native-host/channel/control_port.hpp"
#include "native-host/channel/loopback.hpp"
#include "native-host/channel/rendezvous.hpp"
#include "native-host/control/control_hub.hpp"
#include "native-host/control/scheduler.hpp"
#include "native-host/event_writer.hpp"
#include "native-host/options.hpp"
#include "net/log.hpp"

namespace sidetone::host {

using MediaEngineFactory =
    std::function<std::unique_ptr<media::peer::MediaEngine>(std::function<void()> devices_changed)>;

/// The whole host. Channels run on the io_context's one thread, control on the media engine's I/O thread; between them
/// tasks are posted both ways, and neither waits for the other.
class Daemon final : private control::HubOutput, private control::Scheduler, private channel::ControlPort {
 public:
  Daemon(boost::asio::io_context& context, const Options& options, const MediaEngineFactory& make_engine,
         const Clock& clock, Random& random, const net::Logger& logger, EventWriter& events);
  /// The io_context runs no more.
  ~Daemon() override;

  /// @error kIo: the loopback port cannot be bound.
  Status start();
  /// Say goodbye everywhere; then the io_context is stopped. @thread the io_context's.
  void stop();

 private:
  // Called by control, on the media thread.
  void send(control::ClientKey client, std::string frame) override;
  void client_attached(control::ClientKey client) override;
  void live_calls(std::vector<std::string> tags) override;
  void after(Milliseconds delay, std::function<void()> task) override;

  // Called by the channels, on the io_context's thread.
  void receive(control::ClientKey client, std::string frame) override;
  void client_lost(control::ClientKey client) override;
  void client_gone(control::ClientKey client) override;
  void rendezvous_lost() override;
  void release(std::string tag) override;
  void pairing_over() override;

  channel::RendezvousEvents rendezvous_events();
  void on_control(std::function<void(control::ControlHub&)> task);
  void on_channels(std::function<void()> task);
  void report_audio();

  boost::asio::io_context& context_;
  Options options_;
  const Clock& clock_;
  Random& random_;
  const net::Logger& logger_;
  EventWriter& events_;
  std::unique_ptr<control::ControlHub> hub_;  ///< outlives the engine, whose thread uses it
  std::unique_ptr<media::peer::MediaEngine> engine_;
  std::unique_ptr<channel::Loopback> loopback_;
  std::unique_ptr<channel::Rendezvous> rendezvous_;
  bool stopping_ = false;
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);  ///< tasks that outlive the daemon do nothing
};

}  // namespace sidetone::host
