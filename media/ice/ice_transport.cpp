#include "media/ice/ice_transport.hpp"

#include <gio/gio.h>
#include <nice/agent.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

#include "media/ice/tls_tunnel.hpp"
#include "media/ice/warm_paths.hpp"

namespace sidetone::media::ice {
namespace {

// RFC 8445 §14.2 asks for 5 ms at least between checks, libnice waits 20 ms.
constexpr guint kPacingMs = 5;
// First retransmission of a check. RFC 8445 §14.3 says 500 ms; the first check of one side is often lost because the
// other does not know the candidate yet, and a call must not wait half a second for that.
constexpr guint kFirstRetransmissionMs = 100;
constexpr guint kRetransmissions = 7;
// How long libnice keeps its pacing timer running when there is nothing left to check; its 5 s are 1000 wake-ups for
// nothing.
constexpr guint kIdleMs = 2'000;
// Between a check from an address that we do not know and the question whether libnice took it.
constexpr Milliseconds kNewRemote{2};
// Of which a system gives its programs net.core.rmem_max, twice. What it gives unasked holds 90 packets: of a burst at
// 1 Gbit/s a program that is kept from running for a millisecond would lose some.
constexpr int kReceiveBufferBytes = 1024 * 1024;

std::string address_of(const NiceAddress& address) {
  std::array<char, NICE_ADDRESS_STRING_LEN> text{};
  nice_address_to_string(&address, text.data());
  return text.data();
}

Candidate from_nice(const NiceCandidate& nice) {
  Candidate candidate;
  candidate.foundation = nice.foundation;
  candidate.component = nice.component_id;
  candidate.protocol = nice.transport == NICE_CANDIDATE_TRANSPORT_UDP ? Protocol::kUdp : Protocol::kTcp;
  candidate.priority = nice.priority;
  candidate.address = address_of(nice.addr);
  candidate.port = static_cast<std::uint16_t>(nice_address_get_port(&nice.addr));
  switch (nice.type) {
    case NICE_CANDIDATE_TYPE_HOST:
      candidate.type = CandidateType::kHost;
      break;
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      candidate.type = CandidateType::kServerReflexive;
      break;
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      candidate.type = CandidateType::kPeerReflexive;
      break;
    case NICE_CANDIDATE_TYPE_RELAYED:
      candidate.type = CandidateType::kRelayed;
      break;
  }
  if (candidate.type != CandidateType::kHost) {
    candidate.related_address = address_of(nice.base_addr);
    candidate.related_port = static_cast<std::uint16_t>(nice_address_get_port(&nice.base_addr));
  }
  return candidate;
}

/// What a candidate sends from, or, a far one, is sent to.
std::optional<udp::Endpoint> base_of(const Candidate& candidate) {
  if (candidate.type == CandidateType::kHost) return udp::parse_endpoint(candidate.address, candidate.port);
  return udp::parse_endpoint(candidate.related_address, candidate.related_port);
}

struct CandidateDeleter {
  void operator()(NiceCandidate* candidate) const { nice_candidate_free(candidate); }
};
using NiceCandidatePtr = std::unique_ptr<NiceCandidate, CandidateDeleter>;

NiceCandidatePtr to_nice(const Candidate& candidate, guint stream) {
  NiceCandidateType type = NICE_CANDIDATE_TYPE_HOST;
  switch (candidate.type) {
    case CandidateType::kHost:
      break;
    case CandidateType::kServerReflexive:
      type = NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
      break;
    case CandidateType::kPeerReflexive:
      type = NICE_CANDIDATE_TYPE_PEER_REFLEXIVE;
      break;
    case CandidateType::kRelayed:
      type = NICE_CANDIDATE_TYPE_RELAYED;
      break;
  }
  NiceCandidatePtr nice(nice_candidate_new(type));
  nice->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  nice->stream_id = stream;
  nice->component_id = candidate.component;
  nice->priority = candidate.priority;
  g_strlcpy(nice->foundation, candidate.foundation.c_str(), NICE_CANDIDATE_MAX_FOUNDATION);
  if (nice_address_set_from_string(&nice->addr, candidate.address.c_str()) == FALSE) return nullptr;
  nice_address_set_port(&nice->addr, candidate.port);
  return nice;
}

std::vector<Candidate> remotes_of(NiceAgent* agent, guint stream, guint component) {
  std::vector<Candidate> out;
  GSList* list = nice_agent_get_remote_candidates(agent, stream, component);
  for (const GSList* item = list; item != nullptr; item = item->next)
    out.push_back(from_nice(*static_cast<const NiceCandidate*>(item->data)));
  g_slist_free_full(list, reinterpret_cast<GDestroyNotify>(reinterpret_cast<void (*)()>(nice_candidate_free)));
  return out;
}

}  // namespace

/// What is one component's own.
struct IceTransport::Flow {
  Flow(IceTransport& transport, Component component_of_flow)
      : owner(transport),
        component(component_of_flow),
        id(static_cast<guint>(component_of_flow)),
        remotes_due(transport.context_, [this] { name_remotes(); }) {}

  void set_state(State now) {
    if (state == now) return;
    state = now;
    owner.callbacks_.state_changed(component, now);
  }

  void watch_paths();
  void name_remotes() {
    if (!paths) return;
    std::vector<udp::Endpoint> endpoints;
    for (const auto& candidate : remotes_of(owner.agent_, owner.stream_, id))
      if (const auto endpoint = udp::parse_endpoint(candidate.address, candidate.port)) endpoints.push_back(*endpoint);
    paths->set_remotes(endpoints);
  }

  IceTransport& owner;
  Component component;
  guint id;
  State state = State::kNew;
  std::unique_ptr<WarmPaths> paths;  ///< none: not connected yet, or relays alone may be used
  Timer remotes_due;
};

/// libnice's signals and callbacks.
struct NiceGlue {
  static void candidate(NiceAgent*, NiceCandidate* nice, gpointer data) {
    auto& self = *static_cast<IceTransport*>(data);
    if (self.muted_ || nice->transport != NICE_CANDIDATE_TRANSPORT_UDP) return;
    if (self.options_.relay_only && nice->type != NICE_CANDIDATE_TYPE_RELAYED) return;
    self.local_candidates_.push_back(from_nice(*nice));
    self.callbacks_.candidate_found(self.local_candidates_.back());
  }

  static void gathered(NiceAgent*, guint, gpointer data) {
    auto& self = *static_cast<IceTransport*>(data);
    if (self.muted_ || std::exchange(self.gathered_, true)) return;
    for (const auto& tunnel : *self.tunnels_) tunnel->stop_listening();
    self.callbacks_.gathering_done();
  }

  static void state(NiceAgent*, guint, guint component, guint state, gpointer data) {
    auto& self = *static_cast<IceTransport*>(data);
    IceTransport::Flow* flow = self.flow_of(component);
    if (self.muted_ || flow == nullptr) return;
    switch (static_cast<NiceComponentState>(state)) {
      case NICE_COMPONENT_STATE_DISCONNECTED:
        if (flow->paths && flow->paths->alive()) break;
        if (flow->state != State::kNew) flow->set_state(State::kDisconnected);
        break;
      case NICE_COMPONENT_STATE_GATHERING:
        break;
      case NICE_COMPONENT_STATE_CONNECTING:
        if (flow->state != State::kConnected) flow->set_state(State::kChecking);
        break;
      case NICE_COMPONENT_STATE_CONNECTED:
      case NICE_COMPONENT_STATE_READY:
        flow->watch_paths();
        flow->set_state(State::kConnected);
        break;
      case NICE_COMPONENT_STATE_FAILED:
        // libnice misses answers by the pair that it knows of; the voice may have left that long ago.
        if (flow->paths && flow->paths->alive()) break;
        flow->set_state(State::kFailed);
        break;
      case NICE_COMPONENT_STATE_LAST:
        break;
    }
  }

  static void received(NiceAgent*, guint, guint component, guint length, gchar* data, gpointer owner) {
    auto& self = *static_cast<IceTransport*>(owner);
    const std::span<std::uint8_t> datagram{reinterpret_cast<std::uint8_t*>(data), length};
    if (!self.muted_) (void)self.callbacks_.received(static_cast<Component>(component), datagram);
  }

  static void selected(NiceAgent*, guint, guint component, NiceCandidate* local, NiceCandidate* remote,
                       gpointer owner) {
    const auto* flow = static_cast<IceTransport*>(owner)->flow_of(component);
    if (flow != nullptr && flow->paths) flow->paths->select(path(*local, *remote));
  }

  /// Nothing: by a relay of ours, which only libnice can send by.
  static std::optional<WarmPaths::Path> path(const NiceCandidate& local, const NiceCandidate& remote) {
    if (local.type == NICE_CANDIDATE_TYPE_RELAYED) return std::nullopt;
    const auto from = base_of(from_nice(local));
    const Candidate far = from_nice(remote);
    const auto to = udp::parse_endpoint(far.address, far.port);
    if (!from || !to) return std::nullopt;
    return WarmPaths::Path{*from, *to};
  }
};

IceTransport::IceTransport(GMainContext* context, const Clock& clock, Random& random, TransportOptions options,
                           TransportCallbacks callbacks)
    : context_(context),
      clock_(clock),
      random_(random),
      options_(options),
      callbacks_(std::move(callbacks)),
      tunnels_(std::make_unique<Tunnels>()) {
  flows_.push_back(std::make_unique<Flow>(*this, Component::kRtp));
  if (options.separate_rtcp) flows_.push_back(std::make_unique<Flow>(*this, Component::kRtcp));
}

Result<std::unique_ptr<IceTransport>> IceTransport::make(GMainContext* context, const Clock& clock, Random& random,
                                                         const TransportOptions& options,
                                                         TransportCallbacks callbacks) {
  std::unique_ptr<IceTransport> self(new IceTransport(context, clock, random, options, std::move(callbacks)));
  NiceAgent* agent = self->agent_ = nice_agent_new_full(
      context, NICE_COMPATIBILITY_RFC5245,
      static_cast<NiceAgentOption>(NICE_AGENT_OPTION_ICE_TRICKLE | NICE_AGENT_OPTION_CONSENT_FRESHNESS));
  const auto refuse = [] { return Error{ErrorCode::kInternal, "ICE cannot be set up", "ice"}; };
  if (agent == nullptr) return refuse();
  g_object_set(agent, "controlling-mode", static_cast<gboolean>(options.controlling), "upnp", FALSE, "ice-tcp", FALSE,
               "ice-udp", TRUE, "force-relay", static_cast<gboolean>(options.relay_only), "stun-pacing-timer",
               kPacingMs, "stun-initial-timeout", kFirstRetransmissionMs, "stun-max-retransmissions", kRetransmissions,
               "idle-timeout", kIdleMs, nullptr);
  self->stream_ = nice_agent_add_stream(agent, static_cast<guint>(self->flows_.size()));
  if (self->stream_ == 0) return refuse();
  for (const auto& flow : self->flows_)
    if (options.ports.first != 0)
      nice_agent_set_port_range(agent, self->stream_, flow->id, options.ports.first, options.ports.last);
  // DSCP is the upper six bits of the former TOS byte. libnice sets IP_TOS and IPV6_TCLASS on every socket of the
  // stream.
  nice_agent_set_stream_tos(agent, self->stream_, options.dscp << 2);
  gchar* ufrag = nullptr;
  gchar* password = nullptr;
  if (nice_agent_get_local_credentials(agent, self->stream_, &ufrag, &password) == FALSE) return refuse();
  self->local_ = {ufrag, password};
  g_free(ufrag);
  g_free(password);
  g_signal_connect(agent, "new-candidate-full", G_CALLBACK(NiceGlue::candidate), self.get());
  g_signal_connect(agent, "candidate-gathering-done", G_CALLBACK(NiceGlue::gathered), self.get());
  g_signal_connect(agent, "component-state-changed", G_CALLBACK(NiceGlue::state), self.get());
  g_signal_connect(agent, "new-selected-pair-full", G_CALLBACK(NiceGlue::selected), self.get());
  for (const auto& flow : self->flows_)
    nice_agent_attach_recv(agent, self->stream_, flow->id, context, NiceGlue::received, self.get());
  return self;
}

IceTransport::~IceTransport() {
  if (agent_ == nullptr) return;
  g_signal_handlers_disconnect_by_data(agent_, this);
  // Without a callback libnice would leave in the sockets what still comes, the relay's answers with it, and the loop
  // would turn for nothing else.
  const NiceAgentRecvFunc discard = [](NiceAgent*, guint, guint, guint, gchar*, gpointer) {};
  for (const auto& flow : flows_)
    if (stream_ != 0) nice_agent_attach_recv(agent_, stream_, flow->id, context_, discard, nullptr);
  if (uses_relay_) {
    // Gives the relay's allocation back; the agent and its ways there live until that is answered or given up.
    for (const auto& tunnel : *tunnels_) tunnel->mute();
    nice_agent_close_async(
        agent_,
        [](GObject* agent, GAsyncResult*, gpointer tunnels) {
          g_object_unref(agent);
          delete static_cast<Tunnels*>(tunnels);
        },
        tunnels_.release());
    return;
  }
  g_object_unref(agent_);
}

Status IceTransport::gather(const std::vector<std::string>& addresses, const std::vector<Server>& servers) {
  for (const auto& text : addresses) {
    NiceAddress address;
    nice_address_init(&address);
    if (nice_address_set_from_string(&address, text.c_str()) != FALSE) nice_agent_add_local_address(agent_, &address);
  }
  for (const auto& server : servers) {
    if (server.kind == Server::Kind::kStun) {
      g_object_set(agent_, "stun-server", server.address.c_str(), "stun-server-port", static_cast<guint>(server.port),
                   nullptr);
      continue;
    }
    const bool has_ipv4 = std::any_of(addresses.begin(), addresses.end(),
                                      [](const std::string& text) { return text.find(':') == std::string::npos; });
    if (const auto added = add_relay(server, !has_ipv4); !added.ok())
      callbacks_.relay_failed(server, to_string(added.error()));
  }
  if (nice_agent_gather_candidates(agent_, stream_) == FALSE)
    return Error{ErrorCode::kUnavailable, "no port is free for ICE", "ice"};
  std::vector<int> all;
  for (const auto& flow : flows_)
    for (const int fd : sockets(*flow)) all.push_back(fd);
  for (const int fd : all)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
  bind_to_interfaces(all, host_addresses_by_interface());
  return {};
}

/// @param from_ipv6  of this machine's addresses libnice takes those of the relay's family.
Status IceTransport::add_relay(const Server& server, bool from_ipv6) {
  std::string address = server.address;
  std::uint16_t port = server.port;
  if (server.kind == Server::Kind::kTurnTls) {
    TlsTunnel::Options options{server.address, server.port, server.name, options_.relay_authority_file, from_ipv6, {}};
    options.failed = [this, server](const std::string& reason) {
      if (!muted_) callbacks_.relay_failed(server, reason);
    };
    SIDETONE_TRY(auto tunnel, TlsTunnel::make(context_, std::move(options)));
    address = udp::address_text(tunnel->local());
    port = tunnel->local().port;
    tunnels_->push_back(std::move(tunnel));
  }
  uses_relay_ = true;
  const auto type = server.kind == Server::Kind::kTurnUdp ? NICE_RELAY_TYPE_TURN_UDP : NICE_RELAY_TYPE_TURN_TCP;
  for (const auto& flow : flows_)
    nice_agent_set_relay_info(agent_, stream_, flow->id, address.c_str(), port, server.username.c_str(),
                              server.credential.c_str(), type);
  return {};
}

IceTransport::Flow* IceTransport::flow_of(std::uint32_t component) const {
  return component == 0 || component > flows_.size() ? nullptr : flows_[component - 1].get();
}

State IceTransport::state(Component component) const {
  const Flow* flow = flow_of(static_cast<std::uint32_t>(component));
  return flow == nullptr ? State::kNew : flow->state;
}

std::vector<int> IceTransport::sockets(const Flow& flow) const {
  std::vector<int> out;
  GPtrArray* sockets = nice_agent_get_sockets(agent_, stream_, flow.id);
  for (guint i = 0; sockets != nullptr && i < sockets->len; ++i) {
    auto* socket = static_cast<GSocket*>(g_ptr_array_index(sockets, i));
    if (g_socket_get_socket_type(socket) == G_SOCKET_TYPE_DATAGRAM) out.push_back(g_socket_get_fd(socket));
  }
  if (sockets != nullptr) g_ptr_array_unref(sockets);
  return out;
}

void IceTransport::Flow::watch_paths() {
  if (paths || owner.options_.relay_only || !owner.remote_) return;
  NiceCandidate* local = nullptr;
  NiceCandidate* remote = nullptr;
  if (nice_agent_get_selected_pair(owner.agent_, owner.stream_, id, &local, &remote) == FALSE) return;
  WarmPaths::Options options{owner.local_, *owner.remote_, owner.controlling(), owner.options_.ports,
                             owner.options_.dscp};
  WarmPaths::Events events;
  events.received = [this](std::span<std::uint8_t> datagram) {
    return !owner.muted_ && owner.callbacks_.received(component, datagram);
  };
  events.moved = [this] {
    if (!owner.muted_) owner.callbacks_.path_changed(component);
  };
  // After libnice has judged the check.
  events.remote_unknown = [this] {
    if (!remotes_due.running()) remotes_due.start(kNewRemote);
  };
  events.lost = [this] {
    if (!owner.muted_) set_state(State::kFailed);
  };
  paths =
      std::make_unique<WarmPaths>(owner.context_, owner.clock_, owner.random_, std::move(options), std::move(events));
  for (const int fd : owner.sockets(*this)) paths->borrow(fd);
  paths->select(NiceGlue::path(*local, *remote));
  name_remotes();
}

void IceTransport::network_changed(const std::vector<HostAddress>& addresses) {
  for (const auto& flow : flows_)
    if (flow->paths) flow->paths->network_changed(addresses);
}

void IceTransport::set_controlling(bool controlling) {
  g_object_set(agent_, "controlling-mode", static_cast<gboolean>(controlling), nullptr);
}

bool IceTransport::controlling() const {
  gboolean value = FALSE;
  g_object_get(agent_, "controlling-mode", &value, nullptr);
  return value != FALSE;
}

Status IceTransport::set_remote(const Credentials& credentials) {
  if (remote_ == credentials) return {};
  if (nice_agent_set_remote_credentials(agent_, stream_, credentials.ufrag.c_str(), credentials.password.c_str()) ==
      FALSE)
    return Error{ErrorCode::kMalformed, "ICE credentials are not accepted", "ice"};
  remote_ = credentials;
  for (const auto& candidate : std::exchange(early_, {})) (void)add_remote(candidate);
  if (remote_done_early_) remote_done();
  return {};
}

Status IceTransport::add_remote(const Candidate& candidate) {
  if (candidate.protocol != Protocol::kUdp) return Error{ErrorCode::kUnsupported, "TCP candidates are not used", "ice"};
  Flow* flow = flow_of(candidate.component);
  if (flow == nullptr) return Error{ErrorCode::kUnsupported, "the candidate's component is not used", "ice"};
  if (candidate.port == 0) return Error{ErrorCode::kOutOfRange, "candidate has no port", "ice"};
  if (!remote_) {
    if (early_.size() >= kMaxRemoteCandidates) return Error{ErrorCode::kTooLarge, "too many candidates", "ice"};
    early_.push_back(candidate);
    return {};
  }
  if (remote_count_ >= kMaxRemoteCandidates) return Error{ErrorCode::kTooLarge, "too many candidates", "ice"};
  const NiceCandidatePtr nice = to_nice(candidate, stream_);
  if (!nice) return Error{ErrorCode::kMalformed, "candidate address is not numeric", "ice"};
  ++remote_count_;
  GSList list{nice.get(), nullptr};
  nice_agent_set_remote_candidates(agent_, stream_, flow->id, &list);
  flow->name_remotes();
  return {};
}

void IceTransport::remote_done() {
  if (!remote_) {
    remote_done_early_ = true;
    return;
  }
  nice_agent_peer_candidate_gathering_done(agent_, stream_);
}

bool IceTransport::send(Component component, Bytes datagram, int dscp) {
  const Flow* flow = flow_of(static_cast<std::uint32_t>(component));
  if (flow == nullptr) return false;
  // One path carries all classes (RFC 8835 §4.2); they take turns seldom.
  if (dscp != options_.dscp) {
    options_.dscp = dscp;
    nice_agent_set_stream_tos(agent_, stream_, dscp << 2);
  }
  if (flow->paths && flow->paths->carries()) return flow->paths->send(datagram, dscp);
  return nice_agent_send(agent_, stream_, flow->id, static_cast<guint>(datagram.size()),
                         reinterpret_cast<const gchar*>(datagram.data())) == static_cast<gint>(datagram.size());
}

std::optional<SelectedPair> IceTransport::selected(Component component) const {
  const Flow* flow = flow_of(static_cast<std::uint32_t>(component));
  if (flow == nullptr) return std::nullopt;
  if (const auto path = flow->paths ? flow->paths->current() : std::nullopt)
    return described(path->local, path->remote);
  NiceCandidate* local = nullptr;
  NiceCandidate* remote = nullptr;
  if (nice_agent_get_selected_pair(agent_, stream_, flow->id, &local, &remote) == FALSE) return std::nullopt;
  return SelectedPair{from_nice(*local), from_nice(*remote)};
}

/// A path in terms of candidates. One that neither side has told of is peer-reflexive.
SelectedPair IceTransport::described(const udp::Endpoint& local, const udp::Endpoint& remote) const {
  const auto unknown = [](const udp::Endpoint& endpoint) {
    Candidate candidate;
    candidate.foundation = "0";
    candidate.type = CandidateType::kPeerReflexive;
    candidate.address = udp::address_text(endpoint);
    candidate.port = endpoint.port;
    return candidate;
  };
  SelectedPair pair{unknown(local), unknown(remote)};
  for (const auto& candidate : local_candidates_)
    if (base_of(candidate) == local) {
      pair.local = candidate;
      break;
    }
  for (const auto& candidate : remote_candidates())
    if (udp::parse_endpoint(candidate.address, candidate.port) == remote) {
      pair.remote = candidate;
      break;
    }
  return pair;
}

std::vector<Candidate> IceTransport::remote_candidates() const {
  std::vector<Candidate> out;
  for (const auto& flow : flows_)
    for (auto& candidate : remotes_of(agent_, stream_, flow->id)) out.push_back(std::move(candidate));
  return out;
}

int IceTransport::socket() const {
  GSocket* socket = nice_agent_get_selected_socket(agent_, stream_, static_cast<guint>(Component::kRtp));
  return socket == nullptr ? -1 : g_socket_get_fd(socket);
}

}  // namespace sidetone::media::ice
