#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "media/ice/ice_transport.hpp"
#include "media/ice/main_context.hpp"
#include "media/ice/server_url.hpp"

typedef struct _GCancellable GCancellable;

namespace sidetone::media::ice {

struct ServerEntry {
  std::string url;
  std::string username;
  std::string credential;
};

/// An address of a server that we can speak to. @error kMalformed, kTooLarge: see parse_server_url; kUnsupported: over
/// DTLS, or STUN over TLS. @thread any.
Result<ServerUrl> usable_server(const std::string& url);

/// Resolves the names of ICE servers without blocking, from the moment that a connection is made, so that gathering
/// rarely waits for it. Numeric addresses are ready at once; a name that takes over a second is left out. The context
/// must be the thread's default one.
/// @thread the context's.
class ServerLookup {
 public:
  ServerLookup(GMainContext* context, const std::vector<ServerEntry>& entries);
  ~ServerLookup();
  ServerLookup(const ServerLookup&) = delete;
  ServerLookup& operator=(const ServerLookup&) = delete;

  /// Calls back once, at once where everything is known.
  void when_ready(std::function<void()> ready);
  [[nodiscard]] const std::vector<Server>& servers() const { return servers_; }
  /// What was left out, and why.
  [[nodiscard]] const std::vector<Error>& refused() const { return refused_; }

 private:
  friend struct LookupGlue;
  void add(Server server, const std::string& ipv4, const std::string& ipv6);
  void settle();

  std::vector<Server> servers_;
  std::vector<Error> refused_;
  std::size_t waiting_ = 0;
  bool given_up_ = false;
  GCancellable* cancel_;
  std::function<void()> ready_;
  Timer patience_;
};

}  // namespace sidetone::media::ice
