#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.hpp"

namespace sidetone::net {

struct StaticFilesOptions {
  std::filesystem::path root;
  std::string index = "index.html";  ///< for a path that ends in '/'
  /// Content-Security-Policy of HTML pages. A page runs its own files alone, makes no script out of text, speaks with
  /// its origin and with native hosts on loopback, and stands in nobody's frame.
  std::string content_security_policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self' ws://127.0.0.1:* ws://localhost:*; media-src 'self' blob:; worker-src 'self'; "
      "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
      "require-trusted-types-for 'script'; trusted-types sidetone";
  /// Permissions-Policy of HTML pages: a telephone needs a microphone, and nothing else that watches.
  std::string permissions_policy =
      "microphone=(self), speaker-selection=(self), autoplay=(self), camera=(), geolocation=(), display-capture=(), "
      "usb=(), serial=(), midi=(), payment=()";
  std::size_t max_file_bytes = 32 * 1024 * 1024;
  std::size_t max_cached_bytes = 16 * 1024 * 1024;  ///< files kept in memory
};

/// A folder served over HTTP: regular files below the root and nothing else, GET and HEAD, ETag by content hash. A name
/// that carries a hash
/// (`app-1a2b3c4d.js`) is cached for ever, all others are asked for again. `x.br` and `x.gz` beside `x` are sent to who
/// accepts them.
/// @thread one; reads files in the call (they are few, and kept in memory).
class StaticFiles {
 public:
  /// @error kNotFound: no such folder.
  static Result<StaticFiles> open(StaticFilesOptions options);

  HttpResponse serve(const HttpRequest& request);

 private:
  struct Entry {
    std::filesystem::file_time_type modified;
    std::uintmax_t size = 0;
    std::string etag;
    std::shared_ptr<const std::string> content;
  };

  explicit StaticFiles(StaticFilesOptions options) : options_(std::move(options)) {}
  /// @return nothing where the path names no regular file below the root.
  [[nodiscard]] std::filesystem::path resolve(std::string_view target) const;
  /// @return nullptr where there is no such file.
  std::shared_ptr<const Entry> load(const std::filesystem::path& file);

  StaticFilesOptions options_;
  std::map<std::filesystem::path, std::shared_ptr<const Entry>> cache_;
  std::size_t cached_bytes_ = 0;
};

/// By the name's extension; application/octet-stream for others.
std::string_view content_type_of(std::string_view file_name);

}  // namespace sidetone::net
