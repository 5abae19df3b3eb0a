#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/http_server.hpp"
#include "net/static_files.hpp"
#include "service/service.hpp"

namespace sidetone::service {

/// The service's face to the network: /client, /host, /health, /directory/<version> and the page's files.
/// @thread logic.
class Front {
 public:
  Front(boost::asio::io_context& context, const config::Settings& settings, Service& service, const net::Logger& log);

  /// Listen; everything is answered with 503 until `open`.
  /// @error as net::serve_http; kNotFound: web_root is no folder.
  Status listen();
  void open() { open_ = true; }
  /// No new connections; those that are there are told to come back soon.
  void shut();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// "http://127.0.0.1:8080"
  [[nodiscard]] std::string url() const;
  /// Where hosts connect: the public address, if there is one, for WebSockets.
  [[nodiscard]] std::string socket_url() const;
  [[nodiscard]] std::size_t connections() const { return server_->connections(); }
  /// Origins of pages that may connect.
  [[nodiscard]] const std::vector<std::string>& allowed_origins() const { return allowed_origins_; }

 private:
  net::HttpAnswer respond(const net::HttpRequest& request);
  bool signed_in(const net::HttpRequest& request);
  net::HttpResponse sign_in_first(const char* counter);
  net::HttpAnswer respond_picture(const net::HttpRequest& request);
  net::HttpResponse respond_directory(const net::HttpRequest& request);
  net::HttpResponse respond_page(const net::HttpRequest& request);
  net::UpgradeDecision upgrade(const net::HttpRequest& request);
  [[nodiscard]] std::string authority() const;
  std::vector<std::string> own_origins() const;

  boost::asio::io_context& context_;
  const config::Settings& settings_;
  Service& service_;
  const net::Logger& log_;
  bool open_ = false;
  std::optional<net::StaticFiles> files_;
  std::vector<std::string> allowed_origins_;
  std::shared_ptr<net::HttpServer> server_;
};

}  // namespace sidetone::service
