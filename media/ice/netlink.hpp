#pragma once

#include <functional>
#include <memory>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "media/ice/main_context.hpp"

namespace sidetone::media::ice {

/// What the system tells of interfaces and addresses.
struct NetworkChange {
  bool links = false;      ///< an interface came, went, rose or fell
  bool addresses = false;  ///< an address came or went
  bool routes = false;     ///< a route came or went
  [[nodiscard]] bool any() const { return links || addresses || routes; }
};

/// One datagram of NETLINK_ROUTE. Other messages in it are passed over, a cut one ends it.
/// @fuzz
/// @error kMalformed: a message says that it is shorter than its header.
/// @thread any. @source RFC 3549 §2.3 and §3.1, linux/netlink.h, linux/rtnetlink.h
Result<NetworkChange> parse_network_change(Bytes datagram);

/// Calls back within milliseconds when an interface, an address or a route of this machine (of this network namespace)
/// comes, goes or changes; once for all that has been told by then. Silent where the system refuses the socket.
/// @thread the context's.
class InterfaceWatch {
 public:
  InterfaceWatch(GMainContext* context, std::function<void()> changed);
  ~InterfaceWatch();
  InterfaceWatch(const InterfaceWatch&) = delete;
  InterfaceWatch& operator=(const InterfaceWatch&) = delete;

 private:
  void read();

  std::function<void()> changed_;
  int fd_;
  std::unique_ptr<ReadWatch> watch_;
};

}  // namespace sidetone::media::ice
