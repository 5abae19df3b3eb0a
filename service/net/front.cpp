#include "service/net/front.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/utf8.hpp"
#include "service/net/socket_wire.hpp"

namespace sidetone::service {
namespace {

constexpr std::string_view kPage = R"(Sidetone runs here.

It has no page to show: [server] web_root names no folder with one. From the command line, in the project's folder:

  npm run call -- --from alice --to bob      rings, connects, prints levels and path, hangs up
  npm run call -- --from alice --to echo     says back what you say, a second later

What the service counts: /health
)";

constexpr std::string_view kPictures = "/pictures/";

std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

Front::Front(boost::asio::io_context& context, const config::Settings& settings, Service& service,
             const net::Logger& log)
    : context_(context), settings_(settings), service_(service), log_(log) {}

Status Front::listen() {
  if (!settings_.web_root.empty()) {
    net::StaticFilesOptions options;
    options.root = settings_.web_root;
    SIDETONE_TRY(files_, net::StaticFiles::open(std::move(options)));
  }
  net::HttpServerOptions options;
  options.address = settings_.address;
  options.port = static_cast<std::uint16_t>(settings_.port);
  options.certificate_file = settings_.certificate;
  options.key_file = settings_.key;
  options.max_connections = settings_.max_connections;
  options.max_connections_per_client = settings_.max_connections_per_address;
  options.trusted_proxies = settings_.trusted_proxies;
  net::HttpHandlers handlers;
  handlers.request = [this](const net::HttpRequest& request) { return respond(request); };
  handlers.upgrade = [this](const net::HttpRequest& request) { return upgrade(request); };
  SIDETONE_TRY(server_, net::serve_http(context_.get_executor(), options, std::move(handlers)));
  allowed_origins_ = settings_.allowed_origins.empty() ? own_origins() : settings_.allowed_origins;
  service_.hosts().set_allowed_origins(allowed_origins_);
  return {};
}

void Front::shut() {
  open_ = false;
  server_->stop_accepting();
  service_.clients().close_all(net::kCloseRestart, "the service stops");
  service_.hosts().close_all(net::kCloseRestart, "the service stops");
}

std::string Front::authority() const { return bracketed(settings_.address) + ":" + std::to_string(port()); }
std::string Front::url() const { return (settings_.certificate.empty() ? "http://" : "https://") + authority(); }
std::string Front::socket_url() const {
  const auto reached_at = settings_.public_url.empty() ? url() : settings_.public_url;
  return "ws" + reached_at.substr(std::string_view("http").size());
}

/// Names, not whatever the Host header says: a page whose name has been pointed here (DNS rebinding) must not count as
/// ours.
std::vector<std::string> Front::own_origins() const {
  std::vector<std::string> names{bracketed(settings_.address)};
  if (config::is_loopback(settings_.address))
    for (const char* name : {"127.0.0.1", "localhost", "[::1]"})
      if (names.front() != name) names.emplace_back(name);
  const std::string scheme = settings_.certificate.empty() ? "http://" : "https://";
  const bool usual_port = port() == (settings_.certificate.empty() ? 80 : 443);
  std::vector<std::string> origins;
  for (const auto& name : names) origins.push_back(scheme + name + (usual_port ? "" : ":" + std::to_string(port())));
  if (!settings_.public_url.empty()) origins.push_back(settings_.public_url);
  return origins;
}

net::HttpAnswer Front::respond(const net::HttpRequest& request) {
  const auto path = path_of(request.target);
  if (request.method != "GET" && request.method != "HEAD") return net::plain_response(405, "only GET here");
  if (!open_) return net::plain_response(503, "not ready yet");
  if (path == "/health") {
    auto response = net::plain_response(service_.healthy() ? 200 : 503, service_.health());
    response.content_type = "application/json";
    return response;
  }
  if (path.rfind("/directory/", 0) == 0) return respond_directory(request);
  if (path.rfind(kPictures, 0) == 0) return respond_picture(request);
  if (path == "/client" || path == "/host") return net::plain_response(426, "a WebSocket is spoken here");
  return respond_page(request);
}

bool Front::signed_in(const net::HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view header = request.authorization;
  return header.substr(0, kBearer.size()) == kBearer &&
         service_.clients().user_with_token(accounts::secret_hash(header.substr(kBearer.size()))) != 0;
}

net::HttpResponse Front::sign_in_first(const char* counter) {
  service_.counters().add(counter);
  auto response = net::plain_response(401, "sign in first");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

net::HttpAnswer Front::respond_picture(const net::HttpRequest& request) {
  if (!signed_in(request)) return sign_in_first("pictures_refused");
  return [this, name = std::string(path_of(request.target).substr(kPictures.size()))](
             const std::function<void(net::HttpResponse)>& respond) {
    service_.pictures().find(name, [respond](Result<std::shared_ptr<const std::string>> jpeg) {
      if (!jpeg.ok())
        return respond(net::plain_response(jpeg.error().code == ErrorCode::kNotFound ? 404 : 503, jpeg.error().text));
      net::HttpResponse response;
      response.content_type = "image/jpeg";
      // What has this name never changes.
      response.headers = {{"Cache-Control", "private, max-age=31536000, immutable"},
                          {"Content-Security-Policy", "default-src 'none'; sandbox"},
                          {"Cross-Origin-Resource-Policy", "same-origin"},
                          {"X-Content-Type-Options", "nosniff"}};
      response.body = *jpeg;
      respond(std::move(response));
    });
  };
}

net::HttpResponse Front::respond_directory(const net::HttpRequest& request) {
  if (!signed_in(request)) return sign_in_first("directory_refused");
  // Whatever version was asked for, the newest is what the client needs.
  const auto snapshot = service_.directory().snapshot();
  const std::string etag = "\"" + std::to_string(snapshot->version) + "-" + service_.clients().epoch() + "\"";
  net::HttpResponse response;
  response.content_type = "application/json";
  response.headers = {{"ETag", etag},
                      {"Cache-Control", "private, no-cache"},
                      {"Vary", "Accept-Encoding"},
                      {"X-Content-Type-Options", "nosniff"}};
  service_.counters().add("directory_snapshots");
  if (request.if_none_match == etag) {
    response.status = 304;
    return response;
  }
  if (request.accept_encoding.find("gzip") != std::string::npos) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = snapshot->gzip;
  } else {
    response.body = snapshot->plain;
  }
  return response;
}

net::HttpResponse Front::respond_page(const net::HttpRequest& request) {
  const bool root = path_of(request.target) == "/";
  if (files_) {
    auto response = files_->serve(request);
    if (!root || response.status != 404) return response;
  }
  return root ? net::plain_response(200, std::string(kPage)) : net::plain_response(404, "there is no such page");
}

net::UpgradeDecision Front::upgrade(const net::HttpRequest& request) {
  const auto path = path_of(request.target);
  if (!open_) return net::plain_response(503, "not ready yet");
  if (path != "/client" && path != "/host") return net::plain_response(404, "no WebSocket is spoken here");
  if (!request.origin.empty() && (path == "/host" || std::find(allowed_origins_.begin(), allowed_origins_.end(),
                                                               request.origin) == allowed_origins_.end())) {
    service_.counters().add("origins_refused");
    log_.warning("origin refused", {{"origin", utf8_prefix(request.origin, 200)}, {"path", path}});
    return net::plain_response(403, "pages of this origin may not connect");
  }
  net::AcceptWebSocket accept;
  if (std::find(request.subprotocols.begin(), request.subprotocols.end(), "sidetone.1") != request.subprotocols.end())
    accept.subprotocol = "sidetone.1";
  accept.options.max_message_bytes = 2 * protocol::limits::kFrameBytes;  // what is over the limit is answered
  accept.options.max_queue_bytes = kStrangerQueueBytes;
  accept.opened = [this, client = path == "/client",
                   address = request.client](const std::shared_ptr<net::WebSocket>& socket) {
    auto wire = std::make_shared<SocketWire>(socket, address);
    const auto serve = [&](auto& part) {
      const auto id = part.opened(wire);
      socket->set_handlers({[&part, id](std::string_view text) { part.received(id, text); },
                            [this, &part, id](std::uint16_t code, std::string_view) {
                              if (code == net::kCloseTooLarge) service_.counters().add("frames_far_too_large");
                              part.closed(id);
                            }});
    };
    if (client)
      serve(service_.clients());
    else
      serve(service_.hosts());
  };
  return accept;
}

}  // namespace sidetone::service
