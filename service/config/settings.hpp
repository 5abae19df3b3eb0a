#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.hpp"
#include "service/config/validators.hpp"

namespace sidetone::service::config {

/// Everything that an administrator can set. Values here are the defaults; what each means is said once, in
/// settings_table.cpp.
struct Settings {
  std::string address = "127.0.0.1";
  std::uint32_t port = 8080;
  std::string certificate;
  std::string key;
  std::string web_root;
  std::string public_url;
  std::vector<std::string> allowed_origins;
  std::uint32_t max_connections = 20'000;
  std::uint32_t max_connections_per_address = 2'000;
  std::vector<std::string> trusted_proxies;

  std::string data = "data";

  std::vector<std::string> stun;
  std::vector<std::string> turn;
  std::string turn_user;
  std::string turn_password;
  std::string turn_secret;
  std::uint32_t turn_valid_s = 86'400;

  std::uint32_t password_memory_kib = 19 * 1024;
  std::uint32_t password_passes = 2;
  std::uint32_t password_lanes = 1;
  std::uint32_t password_threads = 1;
  std::uint32_t password_queue = 64;
  std::uint32_t free_attempts = 5;
  std::uint32_t free_attempts_per_address = 100;
  std::uint32_t free_attempts_per_account = 100;
  std::uint32_t longest_wait_s = 60;

  std::uint32_t sign_in_within_s = 30;
  std::uint32_t devices_per_user = 100;
  std::uint32_t resume_s = 600;
  std::uint32_t ring_frames = 256;
  std::uint32_t ring_kib = 256;
  std::uint32_t backlog_kib = 1024;

  std::uint32_t offline_grace_s = 10;
  std::uint32_t coalesce_ms = 100;

  std::uint32_t ring_s = 30;
  std::uint32_t ringing_grace_s = 10;
  std::uint32_t answered_grace_s = 30;
  std::uint32_t restored_grace_s = 60;

  std::uint32_t history_missed = 50;
  std::uint32_t history_received = 50;
  std::uint32_t history_dialled = 50;

  std::uint32_t pairing_code_s = 300;
  std::uint32_t enrol_s = 3600;
  std::uint32_t ticket_s = 30;

  std::string log_level = "info";

  bool demo_company = false;
  std::uint32_t demo_people = 25;
  std::uint32_t demo_messages = 0;

  /// "section.key" → "file:line" or the option that set it; not there: the default.
  std::map<std::string, std::string, std::less<>> set_at;
};

/// One setting: where it stands in the file, what it may be, and what it is for.
struct Setting {
  using Member = std::variant<std::string Settings::*, std::uint32_t Settings::*, bool Settings::*,
                              std::vector<std::string> Settings::*>;

  std::string_view section;
  std::string_view key;
  Member member;
  std::string_view doc;
  std::uint32_t min = 0;
  std::uint32_t max = 0;  ///< of a list: how many items; 0: any number
  std::vector<std::string_view> choices = {};
  Validator validator = nullptr;  ///< of the value, or of each item of a list
};

/// All settings, in the order of the file.
const std::vector<Setting>& settings_table();

/// Read a file: `[section]`, `key = value`, `#` begins a comment line; lists are separated by commas.
/// @param name  of the file, for errors.
/// @error kMalformed, kNotFound (no such section or setting), kOutOfRange; `where` is "file:line".
/// @fuzz
Result<Settings> parse_settings(std::string_view text, const std::string& name);
/// @error kIo: the file cannot be read.
Result<Settings> load_settings(const std::string& file);

/// What only makes sense together: a certificate needs its key; plain HTTP is for loopback alone.
/// @error `where` is the place of a setting that is concerned.
Status check_settings(const Settings& settings);
/// That the files and folders which they name can be read. @error kIo, with the setting's place.
Status check_files(const Settings& settings);
[[nodiscard]] bool is_loopback(const std::string& address);

/// The file with every setting at its default, each with its documentation.
std::string print_defaults();
/// The same as a page of documentation in Markdown.
std::string print_reference();

}  // namespace sidetone::service::config
