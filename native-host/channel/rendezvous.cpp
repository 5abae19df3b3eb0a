#include "native-host/channel/rendezvous.hpp"

#include <algorithm>
#include <utility>

#include "net/url.hpp"

namespace sidetone::host::channel {
namespace {

constexpr std::uint32_t kMaxDoublings = 10;
// After a restart of the service all its hosts come back; they are spread over this.
constexpr Milliseconds kRestartSpread{500};
constexpr Milliseconds kLongestToldWait{300'000};

/// Whether a credential that was given for one address may be shown at another: the same host, and on this machine any
/// port.
bool is_same_service(const std::string& given_for, const std::string& now) {
  const auto a = net::parse_url(given_for);
  const auto b = net::parse_url(now);
  if (!a || !b || a->host != b->host) return false;
  const bool this_machine = a->host == "127.0.0.1" || a->host == "::1" || a->host == "localhost";
  return this_machine || a->port == b->port;
}

/// The loopback interface is only spoken of where there is no other; it never goes.
bool is_usable(const boost::asio::ip::address& address, const std::vector<std::string>& usable) {
  if (std::find(usable.begin(), usable.end(), address.to_string()) != usable.end()) return true;
  return address.is_loopback() && std::none_of(usable.begin(), usable.end(), [](const std::string& one) {
           boost::system::error_code malformed;
           return boost::asio::ip::make_address(one, malformed).is_loopback();
         });
}

}  // namespace

Rendezvous::Rendezvous(boost::asio::any_io_executor executor, RendezvousOptions options, RendezvousEvents events,
                       Random& random, const net::Logger& logger, ControlPort& control,
                       std::optional<std::uint16_t> loopback_port)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      events_(std::move(events)),
      random_(random),
      logger_(logger),
      control_(control),
      loopback_port_(loopback_port),
      timer_(executor_) {
  while (!options_.service.empty() && options_.service.back() == '/') options_.service.pop_back();
}

Rendezvous::~Rendezvous() { stop(); }

void Rendezvous::start() { connect(); }

void Rendezvous::stop() {
  state_ = State::kStopped;
  alive_ = std::make_shared<int>(0);
  timer_.cancel();
  if (!socket_) return;
  socket_->set_handlers({});
  socket_->close(net::kCloseGoingAway, "the host ends");
  socket_.reset();
}

void Rendezvous::connect() {
  state_ = State::kConnecting;
  told_wait_.reset();
  net::WebSocketAddress address;
  address.url = options_.service + "/host";
  address.certificate_authority_file = options_.certificate_authority_file;
  address.dscp = options_.dscp;
  net::connect_websocket(executor_, address, {}, [this, alive = std::weak_ptr<int>(alive_)](auto result) {
    if (!alive.expired()) return on_connected(std::move(result));
    if (result) (*result)->close(net::kCloseGoingAway, "the host ends");
  });
}

void Rendezvous::on_connected(Result<std::shared_ptr<net::WebSocket>> result) {
  if (!result) return reconnect_after(next_wait(), to_string(result.error()));
  socket_ = std::move(result).value();
  socket_->set_handlers({[this](std::string_view frame) { on_frame(frame); },
                         [this, alive = std::weak_ptr<int>(alive_)](std::uint16_t code, std::string_view reason) {
                           if (!alive.expired()) on_closed(code, reason);
                         }});
  greet();
}

void Rendezvous::greet() {
  // Read again each time: the robots' credential is made anew by their service.
  auto loaded = load_credential(options_.credential_file);
  if (loaded && !loaded->service.empty() && !is_same_service(loaded->service, options_.service))
    loaded =
        Error{ErrorCode::kForbidden, "is the credential for " + loaded->service, options_.credential_file.string()};
  if (loaded && loaded->credential == refused_credential_) return enrol();
  if (loaded) {
    credential_ = std::move(loaded).value();
    return sign_in();
  }
  credential_.reset();
  if (options_.may_enrol && loaded.error().code == ErrorCode::kNotFound) return enrol();
  logger_.error("credential unusable", {{"reason", to_string(loaded.error())}});
  told_wait_ = next_wait();
  socket_->close(net::kCloseNormal, "no credential");
}

void Rendezvous::enrol() {
  state_ = State::kEnrolling;
  post(protocol::HostEnrol{options_.name});
}

void Rendezvous::sign_in() {
  state_ = State::kSigningIn;
  protocol::HostSignIn request;
  request.host = credential_->host;
  request.credential = credential_->credential;
  request.name = options_.name;
  request.version = SIDETONE_VERSION;
  request.loopback_port = loopback_port_;
  request.live_calls = live_calls_;
  request.loopback_clients = events_.loopback_devices();
  post(request);
}

template <class M>
void Rendezvous::post(const M& message) {
  socket_->send(protocol::encode(message));
}

void Rendezvous::send(control::ClientKey client, std::string frame) {
  if (state_ != State::kSignedIn) return;
  protocol::HostControl message;
  message.client = static_cast<std::uint32_t>(client);
  message.message = std::move(frame);
  auto wrapped = protocol::encode(message);
  if (wrapped.size() > protocol::limits::kFrameBytes) {
    // Text in text: each quotation mark of the inner frame costs another byte.
    logger_.warning("control message too long", {{"bytes", wrapped.size()}});
    return;
  }
  socket_->send(std::move(wrapped));
}

void Rendezvous::set_live_calls(std::vector<std::string> tags) {
  live_calls_ = std::move(tags);
  if (state_ == State::kSignedIn) post(protocol::HostLiveCalls{live_calls_});
}

void Rendezvous::network_changed(const std::vector<std::string>& addresses) {
  const bool same_addresses = std::exchange(addresses_, addresses) == addresses;
  switch (state_) {
    case State::kIdle:
    case State::kStopped:
      return;
    case State::kWaiting:
      if (told_wait_) return;  // not the network's fault
      failures_ = 0;
      timer_.cancel();
      return connect();
    case State::kConnecting:
      // It may be on its way by an interface that leads nowhere any more.
      if (!socket_ && !same_addresses) give_up("the network has changed");
      return;
    case State::kEnrolling:
    case State::kSigningIn:
    case State::kSignedIn: {
      const auto local = socket_->local().address();
      if (!is_usable(local, addresses)) give_up("its address " + local.to_string() + " is gone");
      return;
    }
  }
}

/// The present connection or attempt is over, whatever it still says; at once the next one.
void Rendezvous::give_up(const std::string& reason) {
  alive_ = std::make_shared<int>(0);
  timer_.cancel();
  if (socket_) {
    socket_->set_handlers({});
    socket_->close(net::kCloseGoingAway, "the network has changed");
    socket_.reset();
  }
  if (state_ == State::kSignedIn) control_.rendezvous_lost();
  failures_ = 0;
  logger_.info("service not connected", {{"reason", reason}, {"retry_ms", 0}});
  events_.disconnected(reason);
  connect();
}

/// Whatever told us: what belonged to the user ends before anybody else may be paired.
void Rendezvous::pairing_over() {
  credential_.reset();
  user_.reset();
  live_calls_.clear();
  events_.unpaired();
  control_.pairing_over();
}

void Rendezvous::on_frame(std::string_view frame) {
  auto decoded = protocol::decode<protocol::ServiceToHost>(frame);
  if (const auto* error = std::get_if<protocol::FrameError>(&decoded)) {
    logger_.warning("frame of the service not understood", {{"reason", to_string(error->error)}});
    return;
  }
  std::visit([this](const auto& message) { on(message); },
             std::get<protocol::Frame<protocol::ServiceToHost>>(decoded).message);
}

void Rendezvous::on(const protocol::Ok&) {}

void Rendezvous::on(const protocol::Failure& message) {
  logger_.warning("service refused", {{"code", message.code}, {"text", message.text}});
  if (message.retry_after_ms) {
    const auto told = std::min(Milliseconds{*message.retry_after_ms}, kLongestToldWait);
    told_wait_ = told + Milliseconds{random_.next_u32() % (told.count() / 4 + 1)};
  }
  if (state_ != State::kEnrolling && state_ != State::kSigningIn) return;
  if (state_ == State::kSigningIn && error_code_from_name(message.code) == ErrorCode::kUnauthenticated &&
      options_.may_enrol) {
    // The old credential stays in its file until a new one takes its place.
    refused_credential_ = credential_->credential;
    pairing_over();
    return enrol();
  }
  if (!told_wait_) told_wait_ = next_wait();
  socket_->close(net::kCloseNormal, "refused");
}

void Rendezvous::on(const protocol::HostCode& message) {
  if (state_ != State::kEnrolling) return;
  events_.pairing_code(message.code, message.valid_s);
  timer_.expires_after(Seconds{std::max<std::uint32_t>(message.valid_s, 1)});
  timer_.async_wait([this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code cancelled) {
    if (!cancelled && !alive.expired() && state_ == State::kEnrolling) enrol();
  });
}

void Rendezvous::on(const protocol::HostPaired& message) {
  if (state_ != State::kEnrolling) return;
  timer_.cancel();
  credential_ = Credential{message.host, message.credential, options_.service};
  const auto saved = save_credential(options_.credential_file, *credential_);
  if (!saved) logger_.error("credential not saved", {{"reason", to_string(saved.error())}});
  logger_.info("paired", {{"host", message.host}, {"user", message.user_name}});
  events_.paired(message.user_name);
  sign_in();
}

void Rendezvous::on(const protocol::HostWelcome& message) {
  if (state_ != State::kSigningIn) return;
  if (user_ && *user_ != message.user) {
    // The credential file was exchanged while we were away.
    const auto credential = credential_;
    pairing_over();
    credential_ = credential;
  }
  state_ = State::kSignedIn;
  failures_ = 0;
  user_ = message.user;
  logger_.info("signed in", {{"host", credential_->host}, {"user", message.user}});
  events_.signed_in(credential_->host, message);
}

void Rendezvous::on(const protocol::HostTicketIssued& message) {
  if (state_ == State::kSignedIn) events_.ticket_issued(message);
}

void Rendezvous::on(const protocol::HostControl& message) {
  if (state_ != State::kSignedIn) return;
  // The service speaks for itself only to the host that answers for its robots; to a person's host it is a carrier.
  if (message.client == 0 && user_ != protocol::UserId{0}) {
    logger_.warning("control by the service refused");
    return;
  }
  control_.receive(message.client, message.message);
}

void Rendezvous::on(const protocol::HostClientLost& message) {
  if (state_ == State::kSignedIn) control_.client_lost(message.client);
}

void Rendezvous::on(const protocol::HostClientGone& message) {
  if (state_ != State::kSignedIn) return;
  control_.client_gone(message.client);
  if (message.signed_out) events_.device_signed_out(message.client);
}

void Rendezvous::on(const protocol::HostRelease& message) {
  if (state_ == State::kSignedIn) control_.release(message.call);
}

void Rendezvous::on(const protocol::HostUnpaired&) {
  if (state_ != State::kSignedIn && state_ != State::kSigningIn) return;
  logger_.info("unpaired", {{"host", credential_->host}});
  if (options_.may_enrol) forget_credential(options_.credential_file);
  pairing_over();
  if (options_.may_enrol) return enrol();
  state_ = State::kSigningIn;
  told_wait_ = next_wait();
  socket_->close(net::kCloseNormal, "unpaired");
}

void Rendezvous::on_closed(std::uint16_t code, std::string_view reason) {
  socket_.reset();
  timer_.cancel();
  const bool was_signed_in = state_ == State::kSignedIn;
  if (was_signed_in) control_.rendezvous_lost();
  const std::string why = std::to_string(code) + (reason.empty() ? "" : " " + std::string(reason));
  if (told_wait_) return reconnect_after(*told_wait_, why);
  const bool restarts = code == net::kCloseRestart || code == net::kCloseGoingAway;
  reconnect_after(was_signed_in && restarts ? Milliseconds{random_.next_u32() % kRestartSpread.count()} : next_wait(),
                  why);
}

void Rendezvous::reconnect_after(Milliseconds wait, const std::string& reason) {
  state_ = State::kWaiting;
  logger_.info("service not connected", {{"reason", reason}, {"retry_ms", wait.count()}});
  events_.disconnected(reason);
  timer_.expires_after(wait);
  timer_.async_wait([this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code cancelled) {
    if (!cancelled && !alive.expired()) connect();
  });
}

Milliseconds Rendezvous::next_wait() {
  const auto doubled = options_.shortest_wait * (std::int64_t{1} << std::min(failures_, kMaxDoublings));
  ++failures_;
  return jittered(std::min<Milliseconds>(doubled, options_.longest_wait));
}

/// Between half and all of it, so that hosts that were lost together do not come back together.
Milliseconds Rendezvous::jittered(Milliseconds wait) {
  const auto half = wait.count() / 2;
  return Milliseconds{half + static_cast<std::int64_t>(random_.next_u64() % static_cast<std::uint64_t>(half + 1))};
}

}  // namespace sidetone::host::channel
