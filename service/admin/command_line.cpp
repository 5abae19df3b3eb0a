#include <charconv>
#include <string_view>

#include "service/admin/program.hpp"

namespace sidetone::service::admin {

std::string usage() {
  return "sidetone-service [options]\n"
         "\n"
         "  --config FILE              read settings from FILE\n"
         "  --check                    read them, say what is wrong, start nothing\n"
         "  --print-config             print a file with every setting at its default, documented\n"
         "  --print-config-reference   print the same as a page of documentation\n"
         "  --data DIR                 instead of the file's [store] data\n"
         "  --port N                   instead of [server] port; 0: any\n"
         "  --web-root DIR             instead of [server] web_root\n"
         "  --demo                     [demo] company = true\n"
         "  --second-factor-off LOGIN  let this person sign in by password alone, and end; the service may run\n"
         "  --help\n"
         "\n"
         "When it is ready it prints one line: ready http://ADDRESS:PORT. It logs to stderr, one JSON object a line. "
         "SIGINT and SIGTERM stop it.\n";
}

Result<CommandLine> read_command_line(int count, const char* const* arguments) {
  CommandLine line;
  struct Override {
    std::optional<std::string> data, web_root;
    std::optional<std::uint32_t> port;
    bool demo = false;
  } over;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = arguments[i];
    const auto value = [&]() -> Result<std::string> {
      if (i + 1 < count) return std::string(arguments[++i]);
      return Error{ErrorCode::kMalformed, "needs a value", std::string(option)};
    };
    if (option == "--help") {
      line.action = CommandLine::Action::kHelp;
    } else if (option == "--check") {
      line.action = CommandLine::Action::kCheck;
    } else if (option == "--print-config") {
      line.action = CommandLine::Action::kPrintConfig;
    } else if (option == "--print-config-reference") {
      line.action = CommandLine::Action::kPrintReference;
    } else if (option == "--second-factor-off") {
      line.action = CommandLine::Action::kSecondFactorOff;
      SIDETONE_TRY(line.login, value());
    } else if (option == "--demo") {
      over.demo = true;
    } else if (option == "--config") {
      SIDETONE_TRY(const auto file, value());
      SIDETONE_TRY(line.settings, config::load_settings(file));
    } else if (option == "--data") {
      SIDETONE_TRY(over.data, value());
    } else if (option == "--web-root") {
      SIDETONE_TRY(over.web_root, value());
    } else if (option == "--port") {
      SIDETONE_TRY(const auto text, value());
      std::uint32_t port = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
      if (error != std::errc() || end != text.data() + text.size() || port > 65535)
        return Error{ErrorCode::kOutOfRange, "must be a port, 0 to 65535", "--port"};
      over.port = port;
    } else {
      return Error{ErrorCode::kMalformed, "there is no such option; --help shows them", std::string(option)};
    }
  }
  if (over.data) line.settings.data = *over.data;
  if (over.web_root) {
    line.settings.web_root = *over.web_root;
    line.settings.set_at["server.web_root"] = "--web-root";
  }
  if (over.port) line.settings.port = *over.port;
  if (over.demo) line.settings.demo_company = true;
  if (line.action == CommandLine::Action::kRun || line.action == CommandLine::Action::kCheck) {
    SIDETONE_CHECK(config::check_settings(line.settings));
    SIDETONE_CHECK(config::check_files(line.settings));
  }
  return line;
}

}  // namespace sidetone::service::admin
