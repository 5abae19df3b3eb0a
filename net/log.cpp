#include "net/log.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <ctime>

namespace sidetone::net {
namespace {

constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};

std::string utc_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t used = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + used, sizeof text - used, ".%03dZ", static_cast<int>(milliseconds % 1000));
  return text;
}

boost::json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void Logger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  if (level < least_) return;
  boost::json::object line;
  line["time"] = utc_now();
  line["level"] = view(kLevels[static_cast<std::size_t>(level)]);
  line["event"] = view(event);
  for (const auto& one : fields) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string_view>)
            line[view(one.key)] = view(value);
          else
            line[view(one.key)] = value;
        },
        one.value);
  }
  const std::string text = boost::json::serialize(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

}  // namespace sidetone::net
