#include "media/ice/server_lookup.hpp"

#include <gio/gio.h>

#include <utility>

#include "media/ice/server_url.hpp"

namespace sidetone::media::ice {
namespace {
constexpr Microseconds kPatience{1'000'000};
}

struct LookupGlue {
  struct Question {
    ServerLookup* self;
    Server server;
  };

  static std::string first_of(const GList* addresses, GSocketFamily family) {
    for (const GList* item = addresses; item != nullptr; item = item->next) {
      GInetAddress* address = G_INET_ADDRESS(item->data);
      if (g_inet_address_get_family(address) != family) continue;
      gchar* text = g_inet_address_to_string(address);
      std::string out = text;
      g_free(text);
      return out;
    }
    return {};
  }

  static void answered(GObject* resolver, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<Question> question(static_cast<Question*>(data));
    GError* error = nullptr;
    GList* addresses = g_resolver_lookup_by_name_finish(G_RESOLVER(resolver), result, &error);
    const bool cancelled = error != nullptr && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) != FALSE;
    g_clear_error(&error);
    if (cancelled) return;  // the lookup is gone
    ServerLookup& self = *question->self;
    --self.waiting_;
    if (addresses != nullptr && !self.given_up_) {
      self.add(question->server, first_of(addresses, G_SOCKET_FAMILY_IPV4), first_of(addresses, G_SOCKET_FAMILY_IPV6));
    } else {
      self.refused_.push_back({ErrorCode::kUnavailable, "server name is not known", question->server.address});
    }
    if (addresses != nullptr) g_resolver_free_addresses(addresses);
    self.settle();
  }
};

Result<ServerUrl> usable_server(const std::string& url) {
  SIDETONE_TRY(auto parsed, parse_server_url(url));
  if (parsed.secure && !parsed.turn)
    return Error{ErrorCode::kUnsupported, "STUN servers over TLS are not supported", url};
  if (parsed.secure && !parsed.tcp)
    return Error{ErrorCode::kUnsupported, "TURN servers over DTLS are not supported", url};
  return parsed;
}

ServerLookup::ServerLookup(GMainContext* context, const std::vector<ServerEntry>& entries)
    : cancel_(g_cancellable_new()), patience_(context, [this] {
        given_up_ = true;
        settle();
      }) {
  for (const auto& entry : entries) {
    const auto url = usable_server(entry.url);
    if (!url.ok()) {
      refused_.push_back(url.error());
      continue;
    }
    const ServerUrl& parsed = url.value();
    Server server;
    server.kind = !parsed.turn    ? Server::Kind::kStun
                  : parsed.secure ? Server::Kind::kTurnTls
                  : parsed.tcp    ? Server::Kind::kTurnTcp
                                  : Server::Kind::kTurnUdp;
    server.address = parsed.host;
    server.name = parsed.host;
    server.port = parsed.port;
    server.username = entry.username;
    server.credential = entry.credential;
    if (g_hostname_is_ip_address(server.address.c_str()) != FALSE) {
      servers_.push_back(std::move(server));
      continue;
    }
    ++waiting_;
    GResolver* resolver = g_resolver_get_default();
    const std::string name = server.address;
    g_resolver_lookup_by_name_async(resolver, name.c_str(), cancel_, LookupGlue::answered,
                                    new LookupGlue::Question{this, std::move(server)});
    g_object_unref(resolver);
  }
  if (waiting_ > 0) patience_.start(kPatience);
}

ServerLookup::~ServerLookup() {
  g_cancellable_cancel(cancel_);
  g_object_unref(cancel_);
}

/// A relay is tried by both families; libnice knows one STUN server, and a reflexive address is worth most behind
/// IPv4's NATs.
void ServerLookup::add(Server server, const std::string& ipv4, const std::string& ipv6) {
  for (const std::string* address : {&ipv4, &ipv6}) {
    if (address->empty()) continue;
    server.address = *address;
    servers_.push_back(server);
    if (server.kind == Server::Kind::kStun) return;
  }
}

void ServerLookup::when_ready(std::function<void()> ready) {
  ready_ = std::move(ready);
  settle();
}

void ServerLookup::settle() {
  if (waiting_ > 0 && !given_up_) return;
  patience_.stop();
  if (ready_) std::exchange(ready_, nullptr)();
}

}  // namespace sidetone::media::ice
