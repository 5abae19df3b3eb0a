#include "media/ice/warm_paths.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "media/rtp/demux.hpp"

namespace sidetone::media::ice {
namespace {

constexpr std::size_t kPeekedBytes = 20;        // a STUN header
constexpr std::size_t kMaxPathDatagram = 2048;  // RTP, DTLS and STUN stay below an Ethernet frame
// Whoever looks first must look away at times, or a flood of datagrams would keep everything else from its turn.
constexpr int kDatagramsInARow = 64;
constexpr std::size_t kOpenChecks = 4;  // of one pair

// How often a pair that answers is checked: libnice's and RFC 7675's interval of consent.
constexpr Seconds kWarmInterval{5};
constexpr Milliseconds kFirstInterval{100};
// A pair that has not answered this often, over some ten seconds, is left alone until something changes.
constexpr int kHopeless = 8;
constexpr Milliseconds kSearchInterval{50};
constexpr Milliseconds kSlowSearchInterval{500};
constexpr Milliseconds kQuickSearch{2'000};
constexpr Seconds kRecent{16};  // three warm checks
// Three packets of 20 ms.
constexpr Milliseconds kFollowSilence{60};
// Both ends may leave a dead path at once and for different pairs; then the controlling side stays where it went.
constexpr Seconds kStay{1};
// Who has said nothing for long (hold) is not asked five times a second.
constexpr Seconds kQuietCall{3};
constexpr Milliseconds kQuietSilence{1'000};
constexpr Milliseconds kUnansweredCheck{5'500};
constexpr Milliseconds kLongestPatience{300};

bool is_voice(rtp::PacketKind kind) { return kind == rtp::PacketKind::kRtp || kind == rtp::PacketKind::kRtcp; }
bool is_for_call(rtp::PacketKind kind) { return kind == rtp::PacketKind::kDtls || is_voice(kind); }

// RFC 8445 §5.1.2.1: of a peer-reflexive candidate, as §7.1.1 asks for.
std::uint32_t check_priority(std::size_t local) {
  return 110U << 24 | static_cast<std::uint32_t>(65'535 - local) << 8 | 255U;
}

bool is_loopback(const udp::Endpoint& endpoint) {
  if (!endpoint.is_ipv6) return endpoint.address[0] == 127;
  std::array<std::uint8_t, 16> loopback{};
  loopback[15] = 1;
  return endpoint.address == loopback;
}

}  // namespace

struct WarmPaths::Local {
  Local() = default;
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() {
    if (borrowed_fd >= 0) ::close(borrowed_fd);
  }
  [[nodiscard]] int fd() const { return own ? own->fd() : borrowed_fd; }

  udp::Endpoint address;
  bool usable = true;
  int in_a_row = 0;      ///< datagrams since others had their turn
  int borrowed_fd = -1;  ///< a duplicate: libnice may close its own when it likes
  std::unique_ptr<udp::UdpSocket> own;
  std::optional<ReadWatch> watch;
  std::optional<Timer> resume;  ///< watching, after libnice has had its turn
};

WarmPaths::WarmPaths(GMainContext* context, const Clock& clock, Random& random, Options options, Events events)
    : context_(context),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      events_(std::move(events)),
      checks_(options_.local, options_.remote, options_.controlling),
      timer_(context, [this] { tick(); }) {}

WarmPaths::~WarmPaths() = default;

// --- Sockets ---

void WarmPaths::borrow(int fd) {
  const auto address = udp::bound_to(fd);
  const auto known = [&](const auto& local) { return local->address == *address; };
  if (!address || locals_.size() >= kMaxLocals || std::any_of(locals_.begin(), locals_.end(), known)) return;
  auto local = std::make_unique<Local>();
  local->address = *address;
  local->borrowed_fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (local->borrowed_fd >= 0) add_local(std::move(local));
}

void WarmPaths::add_local(std::unique_ptr<Local> local) {
  const std::size_t index = locals_.size();
  Local& added = *local;
  locals_.push_back(std::move(local));
  // Before libnice's own source, which would take everything.
  added.watch.emplace(
      context_, added.fd(), [this, index] { read(index); }, ReadWatch::Turn::kFirst);
  added.resume.emplace(context_, [&added] { added.watch->resume(); });
  add_pairs(index);
}

/// On an address that there was not when candidates were gathered. The far end learns of it by our checks.
void WarmPaths::open_socket(const HostAddress& address) {
  auto endpoint = udp::parse_endpoint(address.address, 0);
  if (!endpoint || is_loopback(*endpoint) || locals_.size() >= kMaxLocals) return;
  const std::uint32_t count =
      options_.ports.first == 0 ? 1 : std::uint32_t{options_.ports.last} - options_.ports.first + 1;
  const std::uint32_t start = random_.next_u32() % count;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (options_.ports.first != 0)
      endpoint->port = static_cast<std::uint16_t>(options_.ports.first + (start + i) % count);
    auto socket = udp::UdpSocket::bind(*endpoint);
    if (!socket.ok() && socket.error().code == ErrorCode::kUnavailable) continue;
    if (!socket.ok()) return;  // IPv6: not before it is known to be nobody else's; the system tells again
    auto local = std::make_unique<Local>();
    local->own = std::move(socket).value();
    local->own->mark(options_.dscp);
    local->address = local->own->local();
    return add_local(std::move(local));
  }
}

void WarmPaths::read(std::size_t index) {
  Local& local = *locals_[index];
  const auto look_away = [&local] {
    local.in_a_row = 0;
    local.watch->pause();
    local.resume->start(Microseconds{0});
  };
  for (;;) {
    std::array<std::uint8_t, kPeekedBytes> head;
    udp::Endpoint from;
    const auto size = udp::peek(local.fd(), head, from);
    if (!size) return;
    if (++local.in_a_row > kDatagramsInARow) return look_away();
    if (!take(index, from, Bytes{head.data(), std::min(*size, head.size())})) return look_away();  // it is libnice's
    std::array<std::uint8_t, kMaxPathDatagram> buffer;
    const auto datagram = udp::receive_from(local.fd(), buffer, from);
    if (!datagram || datagram->empty()) continue;
    // Before it is changed.
    if (const auto kind = rtp::classify(*datagram); is_for_call(kind)) {
      if (const std::size_t pair = find_pair(index, from); pair != kNone) on_data(pair, *datagram);
      if (is_voice(kind)) return;  // comes one by one; data come in bursts, for which it is worth to look once more
    } else if (StunChecks::classify(*datagram) == StunChecks::Kind::kAnswer) {
      on_answer(*datagram);
    } else if (StunChecks::classify(*datagram) == StunChecks::Kind::kRequest) {
      on_request(index, from, *datagram);
    }
  }
}

/// Is what waits in a socket for us?
bool WarmPaths::take(std::size_t index, const udp::Endpoint& from, Bytes head) {
  if (locals_[index]->own) return true;
  if (is_for_call(rtp::classify(head))) return find_pair(index, from) != kNone;
  switch (StunChecks::classify(head)) {
    case StunChecks::Kind::kAnswer: {
      const auto transaction = StunChecks::transaction_of(head);
      return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
        return pair.local == index && std::any_of(pair.checks.begin(), pair.checks.end(),
                                                  [&](const auto& one) { return one.transaction == transaction; });
      });
    }
    case StunChecks::Kind::kRequest:
      // libnice answers it and judges whether it is genuine; then it is among its remote candidates.
      if (std::find(remotes_.begin(), remotes_.end(), from) == remotes_.end()) events_.remote_unknown();
      return false;
    case StunChecks::Kind::kOther:
      return false;
  }
  return false;
}

// --- Pairs ---

void WarmPaths::set_remotes(const std::vector<udp::Endpoint>& remotes) {
  for (const auto& remote : remotes)
    if (std::find(remotes_.begin(), remotes_.end(), remote) == remotes_.end()) remotes_.push_back(remote);
  for (std::size_t i = 0; i < locals_.size(); ++i) add_pairs(i);
}

void WarmPaths::add_pairs(std::size_t local) {
  for (const auto& remote : remotes_) (void)add_pair(local, remote);
  rearm();
}

std::size_t WarmPaths::add_pair(std::size_t local, const udp::Endpoint& remote) {
  const std::size_t known = find_pair(local, remote);
  if (known != kNone) return known;
  if (pairs_.size() >= kMaxPairs || remote.is_ipv6 != locals_[local]->address.is_ipv6) return kNone;
  Pair pair;
  pair.local = local;
  pair.remote = remote;
  pair.next_check = clock_.now();
  pair.interval = kFirstInterval;
  pairs_.push_back(std::move(pair));
  return pairs_.size() - 1;
}

std::size_t WarmPaths::find_pair(std::size_t local, const udp::Endpoint& remote) const {
  const auto found = std::find_if(pairs_.begin(), pairs_.end(),
                                  [&](const Pair& pair) { return pair.local == local && pair.remote == remote; });
  return found == pairs_.end() ? kNone : static_cast<std::size_t>(found - pairs_.begin());
}

bool WarmPaths::usable(const Pair& pair) const { return locals_[pair.local]->usable; }

void WarmPaths::select(const std::optional<Path>& path) {
  if (path) {
    const auto local =
        std::find_if(locals_.begin(), locals_.end(), [&](const auto& one) { return one->address == path->local; });
    if (local != locals_.end()) {
      if (std::find(remotes_.begin(), remotes_.end(), path->remote) == remotes_.end()) remotes_.push_back(path->remote);
      const std::size_t pair = add_pair(static_cast<std::size_t>(local - locals_.begin()), path->remote);
      if (pair != kNone && pair != current_) {
        current_ = pair;
        search_since_.reset();
        // The session's own checks have just gone through.
        pairs_[pair].heard = media_heard_ = clock_.now();
        lost_ = false;
      }
      return rearm();
    }
  }
  current_ = kNone;
  search_since_.reset();
  timer_.stop();
}

std::optional<WarmPaths::Path> WarmPaths::current() const {
  if (current_ == kNone) return std::nullopt;
  return Path{locals_[pairs_[current_].local]->address, pairs_[current_].remote};
}

bool WarmPaths::alive() const {
  return current_ != kNone && pairs_[current_].heard && clock_.now() - *pairs_[current_].heard < kConsent;
}

bool WarmPaths::send(Bytes datagram, int dscp) {
  const Pair& pair = pairs_[current_];
  Local& local = *locals_[pair.local];
  if (dscp != options_.dscp) {
    options_.dscp = dscp;
    for (const auto& one : locals_)
      if (one->own) one->own->mark(dscp);
  }
  return udp::send_to(local.fd(), datagram, pair.remote);
}

// --- Checks ---

void WarmPaths::check(Pair& pair, bool nominate) {
  std::array<std::uint8_t, kMaxPathDatagram> buffer;
  Pair::Check sent{{}, clock_.now()};
  const auto request = checks_.request(buffer, check_priority(pair.local), nominate, sent.transaction);
  if (!request) return;
  if (pair.checks.size() >= kOpenChecks) {
    checks_.forget(pair.checks.front().transaction);
    pair.checks.erase(pair.checks.begin());
  }
  pair.checks.push_back(sent);
  ++pair.unanswered;
  (void)udp::send_to(locals_[pair.local]->fd(), *request, pair.remote);
}

void WarmPaths::check_all() {
  for (Pair& pair : pairs_)
    if (usable(pair) && (pair.answered || pair.unanswered < kHopeless)) check(pair, false);
}

void WarmPaths::on_answer(Bytes datagram) {
  const auto transaction = StunChecks::transaction_of(datagram);
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    Pair& pair = pairs_[i];
    const auto found = std::find_if(pair.checks.begin(), pair.checks.end(),
                                    [&](const auto& one) { return one.transaction == transaction; });
    if (found == pair.checks.end()) continue;
    const Microseconds round_trip = clock_.now() - found->sent;
    if (!checks_.accept_answer(datagram)) return;
    pair.round_trip = round_trip;
    for (const auto& one : pair.checks) checks_.forget(one.transaction);
    pair.checks.clear();
    pair.answered = pair.heard = clock_.now();
    pair.unanswered = 0;
    pair.interval = kWarmInterval;
    pair.next_check = clock_.now() + kWarmInterval;
    if (search_since_ && !usable(pairs_[current_])) return leave_dead_path();
    if (i == current_) {
      search_since_.reset();
      rearm();
    }
    return;
  }
}

void WarmPaths::on_request(std::size_t index, const udp::Endpoint& from, Bytes datagram) {
  std::array<std::uint8_t, kMaxPathDatagram> buffer;
  const auto answer = checks_.answer(datagram, from, buffer);
  if (!answer) return;
  (void)udp::send_to(locals_[index]->fd(), *answer, from);
  if (remotes_.size() < kMaxPairs && std::find(remotes_.begin(), remotes_.end(), from) == remotes_.end())
    set_remotes({from});
}

// --- Moving ---

void WarmPaths::on_data(std::size_t index, std::span<std::uint8_t> datagram) {
  if (!events_.received(datagram)) return;
  const MonotonicTime now = clock_.now();
  Pair& pair = pairs_[index];
  pair.heard = media_heard_ = now;
  if (current_ == kNone) return;
  if (index == current_) {
    if (search_since_ && usable(pair)) search_since_.reset();
    return;
  }
  if (pair.answered && usable(pair) && now >= may_follow_ && silence_of_current() >= kFollowSilence) move_to(index);
}

Microseconds WarmPaths::silence_of_current() const {
  const auto& heard = pairs_[current_].heard;
  return heard ? clock_.now() - *heard : Microseconds::max();
}

Microseconds WarmPaths::patience() const {
  // Without another way there is no hurry; but an answer that was lost must not be taken for consent withdrawn.
  if (best_alternative(clock_.now() - kRecent) == kNone) return kUnansweredCheck;
  return clock_.now() - media_heard_ < kQuietCall ? kSilence : kQuietSilence;
}

std::size_t WarmPaths::best_alternative(MonotonicTime answered_since) const {
  std::size_t best = kNone;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    if (i == current_ || !usable(pair) || !pair.answered || *pair.answered < answered_since) continue;
    if (best == kNone || pair.round_trip < pairs_[best].round_trip) best = i;
  }
  return best;
}

void WarmPaths::move_to(std::size_t pair) {
  current_ = pair;
  search_since_.reset();
  pairs_[pair].heard = clock_.now();
  if (checks_.controlling()) may_follow_ = clock_.now() + kStay;
  check(pairs_[pair], true);
  rearm();
  events_.moved();
}

/// Where the present path is in doubt: to one that has answered since then.
void WarmPaths::leave_dead_path() {
  const MonotonicTime now = clock_.now();
  const Pair& present = pairs_[current_];
  const bool gone = !usable(present);
  const Microseconds grace = std::clamp<Microseconds>(2 * present.round_trip, kGrace, kLongestPatience);
  if (!gone && now - *search_since_ < grace) return;
  const std::size_t better = best_alternative(*search_since_);
  if (better != kNone) move_to(better);
}

/// Makes room for the pairs of other sockets. The present one stays until there is a better one.
void WarmPaths::forget_unusable() {
  std::vector<Pair> kept;
  std::size_t current = kNone;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (i == current_) current = kept.size();
    if (i == current_ || usable(pairs_[i])) {
      kept.push_back(std::move(pairs_[i]));
    } else {
      for (const auto& one : pairs_[i].checks) checks_.forget(one.transaction);
    }
  }
  pairs_ = std::move(kept);
  current_ = current;
}

void WarmPaths::network_changed(const std::vector<HostAddress>& addresses) {
  const bool spoken_of_loopback = std::any_of(addresses.begin(), addresses.end(), [](const auto& one) {
    const auto endpoint = udp::parse_endpoint(one.address, 0);
    return endpoint && is_loopback(*endpoint);
  });
  const auto there = [&](const udp::Endpoint& endpoint) {
    const std::string text = udp::address_text(endpoint);
    // The loopback interface is only spoken of where there is no other; it never goes.
    return (is_loopback(endpoint) && !spoken_of_loopback) ||
           std::any_of(addresses.begin(), addresses.end(), [&](const auto& one) { return one.address == text; });
  };
  for (const auto& local : locals_) local->usable = there(local->address);
  for (const auto& address : addresses) {
    const bool known = std::any_of(locals_.begin(), locals_.end(), [&](const auto& local) {
      return udp::address_text(local->address) == address.address;
    });
    if (!known) open_socket(address);
  }
  std::vector<int> sockets;
  for (const auto& local : locals_) sockets.push_back(local->fd());
  bind_to_interfaces(sockets, addresses);
  forget_unusable();
  for (std::size_t i = 0; i < locals_.size(); ++i)
    if (locals_[i]->usable) add_pairs(i);
  if (current_ == kNone || lost_) return;
  if (!usable(pairs_[current_])) {
    const std::size_t ready = best_alternative(clock_.now() - kRecent);
    if (ready != kNone) {
      move_to(ready);
    } else if (!search_since_) {
      search_since_ = clock_.now();
    }
  }
  for (Pair& pair : pairs_) {
    pair.next_check = clock_.now();
    pair.interval = kFirstInterval;
    pair.unanswered = 0;
  }
  tick();
}

void WarmPaths::tick() {
  if (current_ == kNone || lost_) return;
  const MonotonicTime now = clock_.now();
  if (!alive()) {
    lost_ = true;
    return events_.lost();
  }
  if (!search_since_ && silence_of_current() >= patience()) {
    // First only the present path is asked: mostly the far end has nothing to say.
    search_since_ = now;
    check(pairs_[current_], false);
  } else if (search_since_) {
    check_all();
    leave_dead_path();
  }
  for (std::size_t i = 0; i < pairs_.size() && !search_since_; ++i) {
    Pair& pair = pairs_[i];
    if (!usable(pair) || pair.next_check > now) continue;
    if (!pair.answered && pair.unanswered >= kHopeless) continue;
    check(pair, false);
    pair.next_check = now + pair.interval;
    pair.interval = std::min<Microseconds>(2 * pair.interval, kWarmInterval);
  }
  rearm();
}

void WarmPaths::rearm() {
  if (current_ == kNone || lost_) return timer_.stop();
  const MonotonicTime now = clock_.now();
  if (search_since_) {
    const bool quick = now - *search_since_ < kQuickSearch;
    return timer_.start(quick ? kSearchInterval : kSlowSearchInterval);
  }
  MonotonicTime next = now + kWarmInterval;
  for (const Pair& pair : pairs_)
    if (usable(pair) && (pair.answered || pair.unanswered < kHopeless)) next = std::min(next, pair.next_check);
  next = std::min(next, *pairs_[current_].heard + patience());
  timer_.start(std::max<Microseconds>(next - now, Milliseconds{5}));
}

}  // namespace sidetone::media::ice
