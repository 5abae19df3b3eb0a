#include <cstdio>

#include "service/admin/program.hpp"

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
    case Action::kRun:
      break;
  }
  return admin::run_service(line->settings);
}
