#include "media/sctp/association.hpp"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "media/sctp/data_in_flight.hpp"

namespace sidetone::media::sctp {

/// What usrsctp's callbacks reach. Guarded by the stack's mutex except for `callbacks`, which only the owner's thread
/// uses.
struct Association::State : std::enable_shared_from_this<Association::State> {
  AssociationCallbacks callbacks;
  Post post;
  const Clock* clock = nullptr;
  struct socket* handle = nullptr;
  std::uintptr_t id = 0;
  bool up = false;
  bool ended = false;
  std::uint32_t remote_streams = 0;
  std::size_t max_message_bytes = 0;
  // Waiting for the owner's thread
  std::vector<std::vector<std::uint8_t>> packets;
  std::vector<std::function<void(AssociationCallbacks&)>> events;
  bool drain_posted = false;
  Message partial;
  bool partial_too_long = false;
  DataInFlight in_flight;

  void drain();
};

namespace {

using State = Association::State;

constexpr std::size_t kMaxQueuedPackets = 4096;
constexpr std::uint32_t kInitialWindowPackets = 10;
// With a tick and a round trip below the least time-out: else that fires for nothing.
constexpr std::uint32_t kDelayedSackMs = 20;
constexpr Milliseconds kLeastTimeOut{1'000};
constexpr Milliseconds kLeastStep{10};      // of the stack's time
constexpr Milliseconds kLongestHold{500};   // however the ages fall, timers run
constexpr std::uint32_t kMaxChunks = 8192;  // of both buffers, in packets

/// The one usrsctp of the process. It is never finished: at exit nothing of it is left but memory.
struct Stack {
  // Recursive because usrsctp calls back from inside our calls.
  std::recursive_mutex mutex;
  std::unordered_map<std::uintptr_t, State*> associations;
  std::uintptr_t next_id = 1;
  MonotonicTime last_tick;
  bool ticked = false;

  static Stack& instance() {
    static Stack* const stack = new Stack;
    return *stack;
  }

  State* find(const void* address) {
    const auto found = associations.find(reinterpret_cast<std::uintptr_t>(address));
    return found == associations.end() ? nullptr : found->second;
  }

  /// Lets the time pass that has passed. Several associations call this: what one of them has let pass does not pass
  /// again.
  void pass_time(MonotonicTime now) {
    const auto passed = std::chrono::duration_cast<Milliseconds>(now - last_tick);
    if (!std::exchange(ticked, true) || passed.count() < 0 || passed > Seconds{2}) {
      last_tick = now;
      usrsctp_handle_timers(
          static_cast<std::uint32_t>(std::chrono::duration_cast<Milliseconds>(Association::tick_interval()).count()));
      return;
    }
    if (passed < kLeastStep || (passed < kLongestHold && takes_data_for_lost(now))) return;
    last_tick = last_tick + Microseconds{passed};
    usrsctp_handle_timers(static_cast<std::uint32_t>(passed.count()));
  }

  /// Hands what others got by this call to their threads.
  void post_others(const State* self) {
    for (const auto& [id, state] : associations) {
      if (state == self || state->drain_posted || (state->packets.empty() && state->events.empty())) continue;
      state->drain_posted = true;
      state->post([weak = state->weak_from_this()] {
        if (const auto strong = weak.lock()) strong->drain();
      });
    }
  }

 private:
  Stack() {
    usrsctp_init_nothreads(0, &Stack::on_output, nullptr);
    usrsctp_sysctl_set_sctp_blackhole(2);
    usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
    usrsctp_sysctl_set_sctp_ecn_enable(0);  // there is no IP header to carry it
    usrsctp_sysctl_set_sctp_asconf_enable(0);
    usrsctp_sysctl_set_sctp_auth_enable(0);
    usrsctp_sysctl_set_sctp_nr_outgoing_streams_default(kStreams);
    // RFC 9260 §16 has 1 s; over a path that carries a call a lost packet is repeated earlier.
    usrsctp_sysctl_set_sctp_rto_min_default(static_cast<std::uint32_t>(kLeastTimeOut.count()));
    usrsctp_sysctl_set_sctp_rto_initial_default(500);
    usrsctp_sysctl_set_sctp_init_rto_max_default(5'000);
    usrsctp_sysctl_set_sctp_rto_max_default(10'000);
    usrsctp_sysctl_set_sctp_heartbeat_interval_default(30'000);
    // The defaults are of 2001. Ten packets at first and at a stretch are what TCP has (RFC 6928); four a SACK keep a
    // path of 100 ms at 6 Mbit/s. High-speed congestion control (RFC 3649) has grown back after a loss in time.
    usrsctp_sysctl_set_sctp_delayed_sack_time_default(kDelayedSackMs);
    usrsctp_sysctl_set_sctp_initial_cwnd(kInitialWindowPackets);
    usrsctp_sysctl_set_sctp_max_burst_default(kInitialWindowPackets);
    usrsctp_sysctl_set_sctp_default_cc_module(SCTP_CC_HSTCP);
    usrsctp_sysctl_set_sctp_max_chunks_on_queue(kMaxChunks);
  }

  /// usrsctp's retransmission timer does not start anew with each acknowledgement (RFC 9260 §6.3.2 R3), and when it
  /// ends, whatever is older than a smoothed round trip is lost to it, not what is older than the time-out. So it ends
  /// where the oldest chunk is younger than that, a moment later, or has been out for the whole time-out. Where
  /// few are in flight, a window has little to lose, and nobody's timers are held.
  bool takes_data_for_lost(MonotonicTime now) const {
    return std::any_of(associations.begin(), associations.end(), [now](const auto& entry) {
      const State& state = *entry.second;
      const auto oldest = state.in_flight.oldest();
      if (state.in_flight.chunks() <= kInitialWindowPackets || now - *oldest >= kLeastTimeOut) return false;
      sctp_status status{};
      socklen_t size = sizeof status;
      return usrsctp_getsockopt(state.handle, IPPROTO_SCTP, SCTP_STATUS, &status, &size) == 0 &&
             now - *oldest >= Milliseconds{status.sstat_primary.spinfo_srtt};
    });
  }

  static int on_output(void* address, void* buffer, std::size_t length, std::uint8_t, std::uint8_t) {
    State* state = instance().find(address);
    if (state == nullptr || state->packets.size() >= kMaxQueuedPackets) return -1;
    const auto* bytes = static_cast<const std::uint8_t*>(buffer);
    state->packets.emplace_back(bytes, bytes + length);
    state->in_flight.sent(state->packets.back(), state->clock->now());
    return 0;
  }
};

void end(State& state) {
  if (std::exchange(state.ended, true)) return;
  state.up = false;
  state.events.emplace_back([](AssociationCallbacks& callbacks) { callbacks.closed(); });
}

void on_notification(State& state, const void* data, std::size_t length) {
  std::uint16_t type = 0;  // the first field of every notification
  if (length < sizeof type) return;
  std::memcpy(&type, data, sizeof type);
  if (type == SCTP_ASSOC_CHANGE) {
    sctp_assoc_change change{};
    if (length < sizeof change) return;
    std::memcpy(&change, data, sizeof change);
    if (change.sac_state == SCTP_COMM_UP) {
      state.up = true;
      state.remote_streams = change.sac_outbound_streams;
      state.events.emplace_back([](AssociationCallbacks& callbacks) { callbacks.connected(); });
    } else if (change.sac_state != SCTP_RESTART) {
      end(state);
    }
  } else if (type == SCTP_STREAM_RESET_EVENT) {
    sctp_stream_reset_event reset{};
    if (length < sizeof reset) return;
    std::memcpy(&reset, data, sizeof reset);
    if ((reset.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) == 0 ||
        (reset.strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) != 0)
      return;
    std::vector<std::uint16_t> streams((length - sizeof reset) / sizeof(std::uint16_t));
    if (!streams.empty())
      std::memcpy(streams.data(), static_cast<const std::uint8_t*>(data) + sizeof reset,
                  streams.size() * sizeof(std::uint16_t));
    state.events.emplace_back([streams](AssociationCallbacks& callbacks) { callbacks.streams_reset(streams); });
  }
}

void on_data(State& state, const sctp_rcvinfo& info, int flags, const std::uint8_t* data, std::size_t length) {
  Message& partial = state.partial;
  if (partial.data.size() + length > state.max_message_bytes) {
    state.partial_too_long = true;
    partial.data.clear();
  }
  if (!state.partial_too_long) partial.data.insert(partial.data.end(), data, data + length);
  if ((flags & MSG_EOR) == 0) return;
  partial.stream = info.rcv_sid;
  partial.protocol = ntohl(info.rcv_ppid);
  Message whole = std::exchange(partial, {});
  if (std::exchange(state.partial_too_long, false)) {
    state.events.emplace_back([stream = whole.stream](AssociationCallbacks& callbacks) { callbacks.too_long(stream); });
    return;
  }
  state.events.emplace_back([message = std::move(whole)](AssociationCallbacks& callbacks) mutable {
    callbacks.received(std::move(message));
  });
}

/// usrsctp's receive callback: owns `data`, which null with length 0 means the end.
int on_receive(struct socket*, union sctp_sockstore, void* data, std::size_t length, sctp_rcvinfo info, int flags,
               void* argument) {
  State* state = Stack::instance().find(argument);
  if (state != nullptr) {
    if (data == nullptr) {
      end(*state);
    } else if ((flags & MSG_NOTIFICATION) != 0) {
      on_notification(*state, data, length);
    } else {
      on_data(*state, info, flags, static_cast<const std::uint8_t*>(data), length);
    }
  }
  std::free(data);
  return 1;
}

bool set_options(struct socket* handle) {
  const linger abort_on_close{1, 0};
  const int on = 1;
  const int send_buffer = static_cast<int>(kSendBufferBytes);
  const int receive_buffer = static_cast<int>(kReceiveBufferBytes);
  sctp_assoc_value reset{};
  reset.assoc_id = SCTP_ALL_ASSOC;
  reset.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ;
  sctp_initmsg init{};
  init.sinit_num_ostreams = kStreams;
  init.sinit_max_instreams = kStreams;
  bool ok = usrsctp_set_non_blocking(handle, 1) == 0 &&
            usrsctp_setsockopt(handle, SOL_SOCKET, SO_LINGER, &abort_on_close, sizeof abort_on_close) == 0 &&
            usrsctp_setsockopt(handle, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer) == 0 &&
            usrsctp_setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) == 0 &&
            usrsctp_setsockopt(handle, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on) == 0 &&
            usrsctp_setsockopt(handle, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &reset, sizeof reset) == 0 &&
            usrsctp_setsockopt(handle, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init) == 0;
  for (const std::uint16_t type : {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT}) {
    sctp_event event{};
    event.se_assoc_id = SCTP_ALL_ASSOC;
    event.se_type = type;
    event.se_on = 1;
    ok = ok && usrsctp_setsockopt(handle, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event) == 0;
  }
  return ok;
}

sockaddr_conn address_of(std::uintptr_t id, std::uint16_t port) {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(port);
  address.sconn_addr = reinterpret_cast<void*>(id);
  return address;
}

}  // namespace

void prepare() { (void)Stack::instance(); }

void Association::State::drain() {
  for (;;) {
    std::vector<std::vector<std::uint8_t>> out;
    std::vector<std::function<void(AssociationCallbacks&)>> calls;
    {
      const std::lock_guard lock(Stack::instance().mutex);
      out.swap(packets);
      calls.swap(events);
      drain_posted = false;
    }
    if (out.empty() && calls.empty()) return;
    for (const auto& packet : out) callbacks.send(packet);
    // Events run from the queue of the thread, so that no owner is called back from inside a call.
    if (calls.empty()) continue;
    post([weak = weak_from_this(), calls = std::move(calls)] {
      for (const auto& call : calls)
        if (const auto strong = weak.lock()) call(strong->callbacks);
    });
  }
}

Result<std::unique_ptr<Association>> Association::make(const Clock& clock, Post post, AssociationCallbacks callbacks,
                                                       std::size_t max_message_bytes) {
  Stack& stack = Stack::instance();
  auto state = std::make_shared<State>();
  state->callbacks = std::move(callbacks);
  state->post = std::move(post);
  state->clock = &clock;
  state->max_message_bytes = std::min(max_message_bytes, kMaxMessageBytes);
  const std::lock_guard lock(stack.mutex);
  state->id = stack.next_id++;
  auto* address = reinterpret_cast<void*>(state->id);
  usrsctp_register_address(address);
  state->handle = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, on_receive, nullptr, 0, address);
  if (state->handle == nullptr || !set_options(state->handle)) {
    if (state->handle != nullptr) usrsctp_close(state->handle);
    usrsctp_deregister_address(address);
    return Error{ErrorCode::kIo, "SCTP socket cannot be made", "sctp"};
  }
  stack.associations[state->id] = state.get();
  return std::unique_ptr<Association>(new Association(std::move(state)));
}

Association::~Association() {
  Stack& stack = Stack::instance();
  {
    const std::lock_guard lock(stack.mutex);
    auto* address = reinterpret_cast<void*>(state_->id);
    usrsctp_close(state_->handle);  // with ABORT
    usrsctp_deregister_address(address);
    stack.associations.erase(state_->id);
    stack.post_others(nullptr);
    state_->events.clear();
  }
  for (const auto& packet : state_->packets) state_->callbacks.send(packet);
}

Status Association::connect(std::uint16_t local_port, std::uint16_t remote_port) {
  Stack& stack = Stack::instance();
  {
    const std::lock_guard lock(stack.mutex);
    auto local = address_of(state_->id, local_port);
    auto remote = address_of(state_->id, remote_port);
    if (usrsctp_bind(state_->handle, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0)
      return Error{ErrorCode::kIo, "SCTP port is taken", "sctp"};
    if (usrsctp_connect(state_->handle, reinterpret_cast<sockaddr*>(&remote), sizeof remote) != 0 &&
        errno != EINPROGRESS)
      return Error{ErrorCode::kIo, "SCTP cannot connect", "sctp"};
    sctp_paddrparams parameters{};
    std::memcpy(&parameters.spp_address, &remote, sizeof remote);
    parameters.spp_flags = SPP_PMTUD_DISABLE;
    parameters.spp_pathmtu = kPacketBytes;
    (void)usrsctp_setsockopt(state_->handle, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &parameters, sizeof parameters);
    stack.post_others(state_.get());
  }
  state_->drain();
  return {};
}

void Association::receive(Bytes packet) {
  Stack& stack = Stack::instance();
  {
    const std::lock_guard lock(stack.mutex);
    state_->in_flight.received(packet);
    usrsctp_conninput(reinterpret_cast<void*>(state_->id), packet.data(), packet.size(), 0);
    stack.pass_time(state_->clock->now());
    stack.post_others(state_.get());
  }
  state_->drain();
}

Status Association::send(std::uint16_t stream, std::uint32_t protocol, const Reliability& reliability, Bytes data) {
  Stack& stack = Stack::instance();
  ssize_t sent = -1;
  int error = 0;
  {
    const std::lock_guard lock(stack.mutex);
    if (!state_->up) return Error{ErrorCode::kUnavailable, "SCTP is not connected", "sctp"};
    sctp_sendv_spa how{};
    how.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    how.sendv_sndinfo.snd_sid = stream;
    how.sendv_sndinfo.snd_ppid = htonl(protocol);
    how.sendv_sndinfo.snd_flags = static_cast<std::uint16_t>(SCTP_EOR | (reliability.ordered ? 0 : SCTP_UNORDERED));
    if (reliability.max_retransmits || reliability.max_packet_life_ms) {
      how.sendv_flags |= SCTP_SEND_PRINFO_VALID;
      how.sendv_prinfo.pr_policy = reliability.max_retransmits ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
      how.sendv_prinfo.pr_value =
          reliability.max_retransmits ? *reliability.max_retransmits : *reliability.max_packet_life_ms;
    }
    sent = usrsctp_sendv(state_->handle, data.data(), data.size(), nullptr, 0, &how, sizeof how, SCTP_SENDV_SPA, 0);
    error = errno;
    stack.post_others(state_.get());
  }
  state_->drain();
  if (sent == static_cast<ssize_t>(data.size())) return {};
  if (error == EWOULDBLOCK || error == EAGAIN)
    return Error{ErrorCode::kUnavailable, "too much waits to be sent", "sctp"};
  if (error == EMSGSIZE) return Error{ErrorCode::kTooLarge, "message is too long", "sctp"};
  return Error{ErrorCode::kIo, "SCTP refuses the message", "sctp"};
}

bool Association::reset_stream(std::uint16_t stream) {
  Stack& stack = Stack::instance();
  bool done = false;
  {
    const std::lock_guard lock(stack.mutex);
    alignas(sctp_reset_streams) std::array<std::uint8_t, sizeof(sctp_reset_streams) + sizeof(std::uint16_t)> storage{};
    auto* request = reinterpret_cast<sctp_reset_streams*>(storage.data());
    request->srs_assoc_id = SCTP_ALL_ASSOC;
    request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
    request->srs_number_streams = 1;
    std::memcpy(storage.data() + sizeof(sctp_reset_streams), &stream, sizeof stream);
    done = usrsctp_setsockopt(state_->handle, IPPROTO_SCTP, SCTP_RESET_STREAMS, request,
                              static_cast<socklen_t>(storage.size())) == 0;
    stack.post_others(state_.get());
  }
  state_->drain();
  return done;
}

void Association::tick() {
  Stack& stack = Stack::instance();
  {
    const std::lock_guard lock(stack.mutex);
    stack.pass_time(state_->clock->now());
    stack.post_others(state_.get());
  }
  state_->drain();
}

}  // namespace sidetone::media::sctp
