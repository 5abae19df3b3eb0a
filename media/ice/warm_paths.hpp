#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "media/ice/addresses.hpp"
#include "media/ice/main_context.hpp"
#include "media/ice/stun_checks.hpp"
#include "media/udp/udp_socket.hpp"

namespace sidetone::media::ice {

/// The ways between the sockets of a connected ICE session and the far end's addresses, kept ready, so that the voice
/// changes over within a fraction of a second when the present way dies. Every pair is checked now and then; the voice
/// leaves its pair
/// - at once when the pair's own interface or address is gone (`network_changed`), for another pair that has answered
///   of late, or over a socket on an address that came only now, as soon as the far end answers there;
/// - when nothing has come by it for kSilence and then a check by it stays unanswered for kGrace, while another pair
///   does answer. A far end that is only silent (discontinuous transmission, hold) answers;
/// - when genuine packets come by another pair that has answered and none by the present one: the far end has moved.
/// It watches the sockets beside libnice, which still answers the checks that come to them and keeps what is not for
/// here. @thread the context's. @source RFC 8445 §7 (checks), §7.3.1.3 (addresses that only a check shows), RFC 7675
class WarmPaths {
 public:
  struct Path {
    udp::Endpoint local;
    udp::Endpoint remote;
    bool operator==(const Path&) const = default;
  };
  struct Events {
    /// One datagram that is no STUN, may be changed in place. @return it is genuine: SRTP's tag fits.
    std::function<bool(std::span<std::uint8_t>)> received;
    std::function<void()> moved;           ///< `current` is another one
    std::function<void()> remote_unknown;  ///< somebody checks us whom `set_remotes` did not name
    std::function<void()> lost;            ///< nothing has answered for kConsent
  };
  struct Options {
    Credentials local;
    Credentials remote;
    bool controlling = false;
    udp::PortRange ports;
    int dscp = 46;
  };

  static constexpr Milliseconds kSilence{200};
  static constexpr Milliseconds kGrace{100};
  /// As long as libnice waits for an answer; RFC 7675 §5.1 would allow 30 s.
  static constexpr Seconds kConsent{10};
  static constexpr std::size_t kMaxLocals = 20;
  static constexpr std::size_t kMaxPairs = 32;

  WarmPaths(GMainContext* context, const Clock& clock, Random& random, Options options, Events events);
  ~WarmPaths();
  WarmPaths(const WarmPaths&) = delete;
  WarmPaths& operator=(const WarmPaths&) = delete;

  /// A bound UDP socket of libnice; it stays libnice's. Over kMaxLocals, and what is known already: nothing happens.
  void borrow(int fd);
  /// Where the far end may be reached. Only adds.
  void set_remotes(const std::vector<udp::Endpoint>& remotes);
  /// What the ICE session has selected. Nothing: a way that cannot be watched from here, by a relay of ours.
  void select(const std::optional<Path>& path);
  /// The addresses of this machine have changed. @param addresses  those that can be used now.
  void network_changed(const std::vector<HostAddress>& addresses);

  [[nodiscard]] bool carries() const { return current_ != kNone; }
  [[nodiscard]] std::optional<Path> current() const;
  /// Must carry. @return false: the datagram is dropped.
  bool send(Bytes datagram, int dscp);
  /// The far end has been heard within kConsent.
  [[nodiscard]] bool alive() const;

 private:
  struct Local;
  struct Pair {
    std::size_t local = 0;
    udp::Endpoint remote;
    std::optional<MonotonicTime> answered;
    std::optional<MonotonicTime> heard;  ///< an answer or genuine media
    Microseconds round_trip{0};
    MonotonicTime next_check;
    Microseconds interval{0};
    int unanswered = 0;
    struct Check {
      StunChecks::Transaction transaction;
      MonotonicTime sent;
    };
    std::vector<Check> checks;
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void add_local(std::unique_ptr<Local> local);
  void open_socket(const HostAddress& address);
  void add_pairs(std::size_t local);
  std::size_t add_pair(std::size_t local, const udp::Endpoint& remote);
  [[nodiscard]] std::size_t find_pair(std::size_t local, const udp::Endpoint& remote) const;
  void read(std::size_t local);
  [[nodiscard]] bool take(std::size_t local, const udp::Endpoint& from, Bytes head);
  void on_answer(Bytes datagram);
  void on_request(std::size_t local, const udp::Endpoint& from, Bytes datagram);
  void on_data(std::size_t pair, std::span<std::uint8_t> datagram);
  void forget_unusable();
  void check(Pair& pair, bool nominate);
  void check_all();
  void leave_dead_path();
  [[nodiscard]] std::size_t best_alternative(MonotonicTime answered_since) const;
  void move_to(std::size_t pair);
  void tick();
  void rearm();
  [[nodiscard]] bool usable(const Pair& pair) const;
  [[nodiscard]] Microseconds silence_of_current() const;
  [[nodiscard]] Microseconds patience() const;

  GMainContext* context_;
  const Clock& clock_;
  Random& random_;
  Options options_;
  Events events_;
  StunChecks checks_;
  std::vector<std::unique_ptr<Local>> locals_;
  std::vector<udp::Endpoint> remotes_;
  std::vector<Pair> pairs_;
  std::size_t current_ = kNone;
  std::optional<MonotonicTime> search_since_;  ///< the present path is in doubt since
  MonotonicTime media_heard_;
  MonotonicTime may_follow_;
  bool lost_ = false;
  Timer timer_;
};

}  // namespace sidetone::media::ice
