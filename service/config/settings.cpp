#include "service/config/settings.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace sidetone::service::config {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// As many as `signed_in` carries.
constexpr std::size_t kIceServers = 16;

std::string name_of(const Setting& setting) {
  return "'" + std::string(setting.key) + "' of [" + std::string(setting.section) + "]";
}

/// @return why the value does not do, or nothing.
struct Assign {
  Settings& settings;
  const Setting& setting;
  std::string_view value;

  Status operator()(std::string Settings::*member) const {
    if (!setting.choices.empty() &&
        std::find(setting.choices.begin(), setting.choices.end(), value) == setting.choices.end()) {
      std::string text = name_of(setting) + " must be one of";
      for (const auto choice : setting.choices) text += " " + std::string(choice);
      return Error{ErrorCode::kOutOfRange, text, ""};
    }
    settings.*member = std::string(value);
    return value.empty() ? Status() : validated(value);
  }
  Status operator()(std::uint32_t Settings::*member) const {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc::result_out_of_range ||
        (error == std::errc() && end == value.data() + value.size() && (number < setting.min || number > setting.max)))
      return Error{
          ErrorCode::kOutOfRange,
          name_of(setting) + " must lie between " + std::to_string(setting.min) + " and " + std::to_string(setting.max),
          ""};
    if (error != std::errc() || end != value.data() + value.size())
      return Error{ErrorCode::kMalformed,
                   name_of(setting) + " must be a whole number, not '" + std::string(value) + "'", ""};
    settings.*member = number;
    return {};
  }
  Status operator()(bool Settings::*member) const {
    if (value != "true" && value != "false")
      return Error{ErrorCode::kMalformed, name_of(setting) + " must be true or false", ""};
    settings.*member = value == "true";
    return {};
  }
  [[nodiscard]] Status validated(std::string_view one) const {
    if (setting.validator == nullptr) return {};
    if (const auto complaint = setting.validator(one))
      return Error{ErrorCode::kMalformed, name_of(setting) + ": '" + std::string(one) + "' " + *complaint, ""};
    return {};
  }
  Status operator()(std::vector<std::string> Settings::*member) const {
    auto& list = settings.*member;
    list.clear();
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      const auto item = trimmed(rest.substr(0, comma));
      if (item.empty()) return Error{ErrorCode::kMalformed, name_of(setting) + " has an empty item", ""};
      list.emplace_back(item);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    if (setting.max != 0 && list.size() > setting.max)
      return Error{ErrorCode::kTooLarge, name_of(setting) + " has more than " + std::to_string(setting.max) + " items",
                   ""};
    for (const auto& item : list) SIDETONE_CHECK(validated(item));
    return {};
  }
};

struct Show {
  const Settings& settings;
  std::string operator()(std::string Settings::*member) const { return settings.*member; }
  std::string operator()(std::uint32_t Settings::*member) const { return std::to_string(settings.*member); }
  std::string operator()(bool Settings::*member) const { return settings.*member ? "true" : "false"; }
  std::string operator()(std::vector<std::string> Settings::*member) const {
    std::string out;
    for (const auto& item : settings.*member) out += (out.empty() ? "" : ", ") + item;
    return out;
  }
};

std::string range_of(const Setting& setting) {
  if (std::holds_alternative<std::uint32_t Settings::*>(setting.member))
    return std::to_string(setting.min) + " to " + std::to_string(setting.max);
  if (std::holds_alternative<bool Settings::*>(setting.member)) return "true, false";
  if (std::holds_alternative<std::vector<std::string> Settings::*>(setting.member) && setting.max != 0)
    return "at most " + std::to_string(setting.max);
  std::string out;
  for (const auto choice : setting.choices) out += (out.empty() ? "" : ", ") + std::string(choice);
  return out;
}

std::string wrapped(std::string_view text, std::string_view prefix, std::size_t width) {
  std::string out;
  std::string line;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      out += std::string(prefix) + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return out + std::string(prefix) + line + "\n";
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& name) {
  Settings settings;
  const auto& table = settings_table();
  std::string section;
  std::set<std::pair<std::string, std::string>> seen;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::string where = name + ":" + std::to_string(++number);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      if (line.back() != ']') return Error{ErrorCode::kMalformed, "']' is missing", where};
      section = std::string(trimmed(line.substr(1, line.size() - 2)));
      if (std::none_of(table.begin(), table.end(), [&](const auto& one) { return one.section == section; }))
        return Error{ErrorCode::kNotFound, "there is no section [" + section + "]", where};
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return Error{ErrorCode::kMalformed, "must be 'key = value', '[section]' or '# comment'", where};
    const std::string key(trimmed(line.substr(0, equals)));
    if (section.empty()) return Error{ErrorCode::kMalformed, "'" + key + "' stands before the first [section]", where};
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const auto& one) { return one.section == section && one.key == key; });
    if (found == table.end())
      return Error{ErrorCode::kNotFound, "there is no setting '" + key + "' in [" + section + "]", where};
    if (!seen.emplace(section, key).second)
      return Error{ErrorCode::kMalformed, name_of(*found) + " is set twice", where};
    auto status = std::visit(Assign{settings, *found, trimmed(line.substr(equals + 1))}, found->member);
    if (!status.ok()) {
      auto error = status.take_error();
      error.where = where;
      return error;
    }
    settings.set_at[section + "." + key] = where;
  }
  return settings;
}

Result<Settings> load_settings(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kIo, "cannot be read", file};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_settings(text.str(), file);
}

bool is_loopback(const std::string& address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

namespace {

/// Where the first of these settings that was set stands; the first one's name where none was.
std::string place_of(const Settings& settings, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (const auto found = settings.set_at.find(name); found != settings.set_at.end()) return found->second;
  return std::string(*names.begin());
}

}  // namespace

Status check_settings(const Settings& settings) {
  if (settings.certificate.empty() != settings.key.empty())
    return Error{ErrorCode::kMalformed, "'certificate' and 'key' of [server] belong together: one of them is not set",
                 place_of(settings, {"server.certificate", "server.key"})};
  if (settings.certificate.empty() && !is_loopback(settings.address))
    return Error{ErrorCode::kForbidden,
                 "plain HTTP is for loopback addresses only: passwords and calls would cross the network in clear; set "
                 "'certificate' and 'key', or "
                 "listen on 127.0.0.1 behind a proxy that does TLS",
                 place_of(settings, {"server.address"})};
  if (!settings.public_url.empty())
    if (const auto complaint = check_public_url(settings.public_url))
      return Error{ErrorCode::kMalformed, "'public_url' of [server] " + *complaint,
                   place_of(settings, {"server.public_url"})};
  if (!settings.turn_secret.empty() && !settings.turn_password.empty())
    return Error{ErrorCode::kMalformed, "either 'turn_secret' of [ice] or 'turn_user' and 'turn_password', not both",
                 place_of(settings, {"ice.turn_secret", "ice.turn_password"})};
  if (settings.turn_user.empty() != settings.turn_password.empty())
    return Error{ErrorCode::kMalformed, "'turn_user' and 'turn_password' of [ice] belong together",
                 place_of(settings, {"ice.turn_user", "ice.turn_password"})};
  if (settings.stun.size() + settings.turn.size() > kIceServers)
    return Error{ErrorCode::kTooLarge,
                 "'stun' and 'turn' of [ice] name more than " + std::to_string(kIceServers) + " servers together",
                 place_of(settings, {"ice.turn", "ice.stun"})};
  return {};
}

Status check_files(const Settings& settings) {
  const auto refuse = [&](const char* name, const std::string& path, const std::string& reason) {
    return Error{ErrorCode::kIo, "'" + path + "' " + reason, place_of(settings, {name})};
  };
  const auto readable = [](const std::string& file) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(file, ignored) && std::ifstream(file, std::ios::binary).good();
  };
  if (!settings.certificate.empty() && !readable(settings.certificate))
    return refuse("server.certificate", settings.certificate, "cannot be read");
  if (!settings.key.empty() && !readable(settings.key)) return refuse("server.key", settings.key, "cannot be read");
  std::error_code failure;
  if (!settings.web_root.empty()) std::filesystem::directory_iterator(settings.web_root, failure);
  if (failure)
    return refuse("server.web_root", settings.web_root, "is no folder that can be read: " + failure.message());
  return {};
}

std::string print_defaults() {
  const Settings defaults;
  std::string out = "# Settings of sidetone-service, all at their defaults.\n";
  std::string_view section;
  for (const auto& setting : settings_table()) {
    if (setting.section != section) {
      section = setting.section;
      out += "\n[" + std::string(section) + "]\n";
    }
    out += "\n" + wrapped(setting.doc, "# ", 110);
    if (const auto range = range_of(setting); !range.empty()) out += "# (" + range + ")\n";
    const auto value = std::visit(Show{defaults}, setting.member);
    out += std::string(setting.key) + " =" + (value.empty() ? "" : " " + value) + "\n";
  }
  return out;
}

std::string print_reference() {
  const Settings defaults;
  std::string out =
      "# Configuration\n\n"
      "`sidetone-service --config FILE` reads one file: `[section]`, `key = value`, lines that begin with `#` are "
      "comments, lists are separated by\n"
      "commas. A wrong setting is refused with its line and the reason; `--check` reads the file and starts nothing; "
      "`--print-config` prints the\n"
      "whole file with every setting at its default. This page is generated: `sidetone-service "
      "--print-config-reference`.\n";
  std::string_view section;
  for (const auto& setting : settings_table()) {
    if (setting.section != section) {
      section = setting.section;
      out += "\n## [" + std::string(section) +
             "]\n\n| setting | default | allowed | what it is for |\n|---|---|---|---|\n";
    }
    const auto value = std::visit(Show{defaults}, setting.member);
    const auto range = range_of(setting);
    out += "| `" + std::string(setting.key) + "` | " + (value.empty() ? "" : "`" + value + "`") + " | " + range +
           " | " + std::string(setting.doc) + " |\n";
  }
  return out;
}

}  // namespace sidetone::service::config
