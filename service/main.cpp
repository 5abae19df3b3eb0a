#include <cstdio>

#include "service/admin/program.hpp"
#include "service/admin/second_factor_off.hpp"

namespace {

int second_factor_off(const sidetone::service::admin::CommandLine& line) {
  const auto done = sidetone::service::admin::turn_off_second_factor(line.settings, line.login);
  if (!done.ok()) {
    std::fprintf(stderr, "sidetone-service: %s\n", sidetone::to_string(done.error()).c_str());
    return 1;
  }
  std::printf("%s signs in by password alone\n", line.login.c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  using namespace sidetone::service;
  using Action = admin::CommandLine::Action;
  const auto line = admin::read_command_line(count, arguments);
  if (!line.ok()) {
    std::fprintf(stderr, "sidetone-service: %s\n", sidetone::to_string(line.error()).c_str());
    return 2;
  }
  switch (line->action) {
    case Action::kHelp:
      std::fputs(admin::usage().c_str(), stdout);
      return 0;
    case Action::kCheck:
      std::puts("the settings are fine");
      return 0;
    case Action::kPrintConfig:
      std::fputs(config::print_defaults().c_str(), stdout);
      return 0;
    case Action::kPrintReference:
      std::fputs(config::print_reference().c_str(), stdout);
      return 0;
    case Action::kSecondFactorOff:
      return second_factor_off(*line);
    case Action::kRun:
      break;
  }
  return admin::run_service(line->settings);
}
