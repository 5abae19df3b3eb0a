#include "native-host/daemon.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>

#include "media/ice/addresses.hpp"

namespace sidetone::host {

namespace asio = boost::asio;
using control::ClientKey;

Daemon::Daemon(asio::io_context& context, const Options& options, const MediaEngineFactory& make_engine,
               const Clock& clock, Random& random, const net::Logger& logger, EventWriter& events)
    : context_(context), options_(options), clock_(clock), random_(random), logger_(logger), events_(events) {
  engine_ = make_engine([this] { on_channels([this] { report_audio(); }); });
  hub_ = std::make_unique<control::ControlHub>(*engine_, clock_, static_cast<control::Scheduler&>(*this),
                                               static_cast<control::HubOutput&>(*this), options_.name);
}

Daemon::~Daemon() {
  rendezvous_.reset();
  loopback_.reset();
  // Peer connections end on the engine's thread, and before the engine.
  std::promise<void> closed;
  on_control([&](control::ControlHub& hub) {
    hub.close_all();
    closed.set_value();
  });
  closed.get_future().wait();
  engine_.reset();
}

Status Daemon::start() {
  std::optional<std::uint16_t> port;
  if (options_.loopback_port) {
    channel::LoopbackOptions options;
    options.port = *options_.loopback_port;
    options.own_uid = ::geteuid();
    SIDETONE_TRY(loopback_, channel::Loopback::open(context_.get_executor(), options, clock_, logger_, *this));
    port = loopback_->port();
  }
  channel::RendezvousOptions options;
  options.service = options_.service;
  options.name = options_.name;
  options.credential_file = options_.credential_file;
  options.may_enrol = !options_.credential_given;
  options.certificate_authority_file = options_.certificate_authority_file;
  options.dscp = options_.dscp.signalling;
  rendezvous_ = std::make_unique<channel::Rendezvous>(context_.get_executor(), options, rendezvous_events(), random_,
                                                      logger_, static_cast<channel::ControlPort&>(*this), port);
  rendezvous_->start();
  engine_->on_network_change([this] {
    on_channels([this, addresses = media::ice::host_addresses()] {
      if (!stopping_) rendezvous_->network_changed(addresses);
    });
  });
  report_audio();
  return {};
}

channel::RendezvousEvents Daemon::rendezvous_events() {
  channel::RendezvousEvents events;
  events.pairing_code = [this](const std::string& code, std::uint32_t valid_s) { events_.pairing_code(code, valid_s); };
  events.paired = [this](const std::string& user) { events_.paired(user); };
  events.signed_in = [this](const std::string& host, const protocol::HostWelcome& welcome) {
    if (loopback_) loopback_->set_allowed_origins(welcome.allowed_origins);
    events_.signed_in(host, loopback_ ? std::optional(loopback_->port()) : std::nullopt);
  };
  events.disconnected = [this](const std::string& reason) { events_.disconnected(reason); };
  events.unpaired = [this] {
    if (!loopback_) return;
    loopback_->set_allowed_origins({});
    loopback_->drop_clients("not paired any more");
  };
  events.device_signed_out = [this](std::uint32_t device) {
    if (loopback_) loopback_->drop_device(device, "signed out");
  };
  events.loopback_devices = [this] { return loopback_ ? loopback_->devices() : std::vector<std::uint32_t>{}; };
  events.ticket_issued = [this](const protocol::HostTicketIssued& ticket) {
    if (loopback_) loopback_->issue_ticket(ticket.ticket, ticket.client, Seconds{ticket.valid_s});
  };
  return events;
}

void Daemon::stop() {
  if (stopping_) return;
  stopping_ = true;
  logger_.info("stopping");
  if (loopback_) loopback_->stop();
  if (rendezvous_) rendezvous_->stop();
  on_control([this](control::ControlHub& hub) {
    hub.close_all();
    on_channels([this] { context_.stop(); });
  });
}

void Daemon::on_control(std::function<void(control::ControlHub&)> task) {
  engine_->post([this, task = std::move(task)] { task(*hub_); });
}

void Daemon::on_channels(std::function<void()> task) {
  asio::post(context_, [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (!alive.expired()) task();
  });
}

void Daemon::report_audio() {
  if (stopping_) return;
  on_control([this](control::ControlHub& hub) {
    hub.devices_changed();
    const auto& audio = engine_->audio();
    on_channels([this, count = audio.devices().size(), reason = audio.devices_missing_reason()] {
      events_.audio(count, reason);
    });
  });
}

void Daemon::send(ClientKey client, std::string frame) {
  on_channels([this, client, frame = std::move(frame)]() mutable {
    if (stopping_) return;
    if (client < control::kLoopback)
      rendezvous_->send(client, std::move(frame));
    else if (loopback_)
      loopback_->send(client, std::move(frame));
  });
}

void Daemon::client_attached(ClientKey client) {
  on_channels([this, client] {
    const bool by_loopback = client >= control::kLoopback;
    const std::uint32_t device = by_loopback ? loopback_->device_of(client) : static_cast<std::uint32_t>(client);
    logger_.info("client attached", {{"device", device}, {"by", by_loopback ? "loopback" : "rendezvous"}});
    events_.client_attached(device);
  });
}

void Daemon::live_calls(std::vector<std::string> tags) {
  on_channels([this, tags = std::move(tags)]() mutable {
    if (!stopping_) rendezvous_->set_live_calls(std::move(tags));
  });
}

void Daemon::after(Milliseconds delay, std::function<void()> task) {
  on_channels([this, delay, task = std::move(task)]() mutable {
    auto timer = std::make_shared<asio::steady_timer>(context_, delay);
    timer->async_wait(
        [this, alive = std::weak_ptr<int>(alive_), timer, task = std::move(task)](boost::system::error_code cancelled) {
          if (!cancelled && !alive.expired() && !stopping_) engine_->post(task);
        });
  });
}

void Daemon::receive(ClientKey client, std::string frame) {
  on_control([client, frame = std::move(frame)](control::ControlHub& hub) { hub.receive(client, frame); });
}

void Daemon::client_lost(ClientKey client) {
  on_control([client](control::ControlHub& hub) { hub.client_lost(client); });
}

void Daemon::client_gone(ClientKey client) {
  on_control([client](control::ControlHub& hub) { hub.client_gone(client); });
}

void Daemon::rendezvous_lost() {
  on_control([](control::ControlHub& hub) { hub.rendezvous_lost(); });
}

void Daemon::release(std::string tag) {
  on_control([tag = std::move(tag)](control::ControlHub& hub) { hub.release(tag); });
}

void Daemon::pairing_over() {
  on_control([](control::ControlHub& hub) { hub.pairing_over(); });
}

}  // namespace sidetone::host
