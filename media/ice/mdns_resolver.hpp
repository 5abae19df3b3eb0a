#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "media/ice/main_context.hpp"

namespace sidetone::media::ice {

/// Resolves the `.local` names that browsers hide their addresses behind. Asks on every interface by multicast, for up
/// to 3 seconds; sockets are open only while somebody waits.
/// @thread the context's. @source RFC 6762 §5; draft-ietf-mmusic-mdns-ice-candidates §3.2
class MdnsResolver {
 public:
  explicit MdnsResolver(GMainContext* context);
  ~MdnsResolver();
  MdnsResolver(const MdnsResolver&) = delete;
  MdnsResolver& operator=(const MdnsResolver&) = delete;

  /// @param answered  once for every address, none after the time is over; not called from inside `resolve`.
  /// @return id for `forget`; 0: too many wait already.
  std::uint64_t resolve(const std::string& name, std::function<void(const std::string& address)> answered);
  void forget(std::uint64_t id);

  static constexpr std::size_t kMaxWaiting = 32;

 private:
  struct Waiting {
    std::uint64_t id = 0;
    std::string name;
    std::function<void(const std::string&)> answered;
    std::vector<std::string> seen;
    int rounds = 0;
  };
  struct Socket;

  void open();
  void ask(const std::string& name);
  void receive(int fd);
  void on_round();

  GMainContext* context_;
  std::vector<Waiting> waiting_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::uint64_t next_id_ = 1;
  Timer round_;
};

}  // namespace sidetone::media::ice
