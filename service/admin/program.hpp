#pragma once

#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "service/config/settings.hpp"

namespace sidetone::service::admin {

struct CommandLine {
  enum class Action { kRun, kCheck, kPrintConfig, kPrintReference, kSecondFactorOff, kHelp };
  Action action = Action::kRun;
  config::Settings settings;
  std::string login;  ///< of kSecondFactorOff
};

/// What the command line and the file that it names ask for; options override the file.
/// @error as config::load_settings; kMalformed: an unknown option.
Result<CommandLine> read_command_line(int count, const char* const* arguments);

std::string usage();

/// Run until SIGINT or SIGTERM. @return the exit status.
int run_service(const config::Settings& settings);

}  // namespace sidetone::service::admin
