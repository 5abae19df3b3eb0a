#pragma once

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace sidetone::net {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// One field of a log line. Never a secret: no credential, ticket, token, password or what people say.
struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(std::string_view(text)) {}
  template <class T>
  requires std::is_arithmetic_v<T> LogField(std::string_view name, T number) : key(name), value() {
    if constexpr (std::is_same_v<T, bool>)
      value = number;
    else if constexpr (std::is_floating_point_v<T>)
      value = static_cast<double>(number);
    else
      value = static_cast<std::int64_t>(number);
  }
};

/// One JSON object a line: time (UTC), level, event and fields. @thread any.
class Logger {
 public:
  explicit Logger(LogLevel least = LogLevel::kInfo, std::FILE* out = stderr) : least_(least), out_(out) {}

  /// @param event  what happened, a fixed text: "host signed in"
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kInfo, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kWarning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kError, event, fields);
  }

 private:
  LogLevel least_;
  std::FILE* out_;
};

}  // namespace sidetone::net
