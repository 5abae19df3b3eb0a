#include "net/static_files.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <utility>

#include "net/crypto.hpp"
#include "net/url.hpp"

namespace sidetone::net {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<std::string_view, std::string_view> kContentTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".wav", "audio/wav"},
    {".ogg", "audio/ogg"},
};

// Enough of SHA-256 that no two contents of a folder share it.
constexpr std::size_t kEtagBytes = 16;

/// `name-<8 or more hexadecimal or upper-case letters and digits>.ext`, as bundlers write.
bool name_carries_hash(std::string_view name) {
  const auto dot = name.find('.');
  const auto dash = name.substr(0, dot).rfind('-');
  if (dot == std::string_view::npos || dash == std::string_view::npos) return false;
  const auto hash = name.substr(dash + 1, dot - dash - 1);
  const auto all = [&](auto&& one) { return std::all_of(hash.begin(), hash.end(), one); };
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const bool hexadecimal = all([&](unsigned char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  const bool base32 = all([&](unsigned char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
  return hash.size() >= 8 && (hexadecimal || base32);
}

/// Whether a comma-separated header names `word`, without `;q=0`.
bool accepts(std::string_view header, std::string_view word) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    auto one = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
    one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
    if (one.substr(0, word.size()) != word) continue;
    const auto rest = one.substr(word.size());
    if (rest.empty() || ((rest.front() == ' ' || rest.front() == ';') && rest.find("q=0") == std::string_view::npos))
      return true;
    if (rest.find("q=0.") != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot != std::string_view::npos)
    for (const auto& [extension, type] : kContentTypes)
      if (file_name.substr(dot) == extension) return type;
  return "application/octet-stream";
}

Result<StaticFiles> StaticFiles::open(StaticFilesOptions options) {
  std::error_code failure;
  const auto root = fs::canonical(options.root, failure);
  if (failure || !fs::is_directory(root, failure))
    return Error{ErrorCode::kNotFound, "is not a folder that can be read", options.root.string()};
  options.root = root;
  return StaticFiles(std::move(options));
}

fs::path StaticFiles::resolve(std::string_view target) const {
  auto decoded = percent_decode(target.substr(0, target.find_first_of("?#")));
  if (!decoded || decoded->empty() || decoded->front() != '/') return {};
  std::string_view rest = *decoded;
  fs::path path = options_.root;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto name = rest.substr(0, slash);
    rest = rest.substr(slash);
    const bool last_is_empty = name.empty() && rest.empty();
    if (last_is_empty) {
      path /= options_.index;
    } else if (name.empty() || name.front() == '.' ||
               name.find_first_of(std::string_view("\\\0", 2)) != std::string_view::npos) {
      return {};
    } else {
      path /= name;
    }
  }
  // A symbolic link may lead out of the folder.
  std::error_code failure;
  const auto real = fs::canonical(path, failure);
  if (failure ||
      std::mismatch(options_.root.begin(), options_.root.end(), real.begin(), real.end()).first != options_.root.end())
    return {};
  if (!fs::is_regular_file(real, failure)) return {};
  return real;
}

std::shared_ptr<const StaticFiles::Entry> StaticFiles::load(const fs::path& file) {
  std::error_code failure;
  const auto modified = fs::last_write_time(file, failure);
  if (failure) return nullptr;
  const auto size = fs::file_size(file, failure);
  if (failure || size > options_.max_file_bytes) return nullptr;
  const auto known = cache_.find(file);
  if (known != cache_.end() && known->second->modified == modified && known->second->size == size) return known->second;
  if (known != cache_.end()) {
    cached_bytes_ -= known->second->content->size();
    cache_.erase(known);
  }

  std::ifstream stream(file, std::ios::binary);
  auto content = std::make_shared<std::string>(size, '\0');
  if (!stream.read(content->data(), static_cast<std::streamsize>(size))) return nullptr;
  const auto digest = sha256(*content);
  auto entry = std::make_shared<Entry>();
  entry->modified = modified;
  entry->size = size;
  entry->etag = '"' + base64url(Bytes(digest).first(kEtagBytes)) + '"';
  entry->content = std::move(content);
  if (size > options_.max_cached_bytes) return entry;
  if (cached_bytes_ + size > options_.max_cached_bytes) {
    cache_.clear();
    cached_bytes_ = 0;
  }
  cached_bytes_ += size;
  cache_[file] = entry;
  return entry;
}

HttpResponse StaticFiles::serve(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = plain_response(405, "only GET and HEAD");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const auto file = resolve(request.target);
  std::shared_ptr<const Entry> entry;
  std::string encoding;
  if (!file.empty()) {
    for (const auto& [name, extension] : {std::pair{"br", ".br"}, std::pair{"gzip", ".gz"}}) {
      if (!accepts(request.accept_encoding, name)) continue;
      auto packed = file;
      packed += extension;
      std::error_code failure;
      if (fs::symlink_status(packed, failure).type() != fs::file_type::regular) continue;
      entry = load(packed);
      if (!entry) continue;
      encoding = name;
      break;
    }
    if (!entry) entry = load(file);
  }
  if (!entry) return plain_response(404, "no such file");

  const std::string name = file.filename().string();
  HttpResponse response;
  response.content_type = content_type_of(name);
  auto& headers = response.headers;
  headers.emplace_back("ETag", entry->etag);
  headers.emplace_back("Cache-Control", name_carries_hash(name) ? "public, max-age=31536000, immutable" : "no-cache");
  headers.emplace_back("Vary", "Accept-Encoding");
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (response.content_type.starts_with("text/html")) {
    headers.emplace_back("Content-Security-Policy", options_.content_security_policy);
    headers.emplace_back("Permissions-Policy", options_.permissions_policy);
    headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  }
  if (request.if_none_match.find(entry->etag) != std::string::npos || request.if_none_match == "*") {
    response.status = 304;
    return response;
  }
  if (!encoding.empty()) headers.emplace_back("Content-Encoding", encoding);
  response.body = entry->content;
  return response;
}

}  // namespace sidetone::net
