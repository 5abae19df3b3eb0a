#include "tests/media/device/private_pulse.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace sidetone::testing {
namespace {

/// Start a program with HOME and the runtime folder of the test; its output goes to `output` (or nowhere).
int spawn(const std::string& folder, std::vector<std::string> words, int output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int process = fork();
  if (process != 0) return process;
  setenv("HOME", folder.c_str(), 1);
  setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  const int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, STDIN_FILENO);
  dup2(output >= 0 ? output : nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

PrivatePulse::PrivatePulse() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sidetone-pulse-XXXXXX").string();
  folder_ = mkdtemp(pattern.data()) == nullptr ? "" : pattern;
}

PrivatePulse::~PrivatePulse() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bool PrivatePulse::start() {
  std::filesystem::remove(folder_ + "/pulse.sock");
  const std::string microphone =
      "module-remap-source source_name=mic master=micfeed.monitor source_properties=device.description=Microphone";
  process_ = spawn(folder_,
                   {"pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--realtime=no",
                    "--high-priority=no", "--use-pid-file=no", "-L",
                    "module-native-protocol-unix socket=" + folder_ + "/pulse.sock auth-anonymous=1", "-L",
                    "module-null-sink sink_name=spk rate=48000 channels=1 sink_properties=device.description=Speaker",
                    "-L", "module-null-sink sink_name=micfeed rate=48000 channels=1", "-L", microphone},
                   -1);
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (control({"info"}).find("Server Name") != std::string::npos) return true;
    poll(nullptr, 0, 25);
  }
  return false;
}

void PrivatePulse::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

std::string PrivatePulse::control(const std::vector<std::string>& words) const {
  std::array<int, 2> pipes{};
  if (pipe2(pipes.data(), O_CLOEXEC) != 0) return {};
  std::vector<std::string> all = {"pactl", "-s", server()};
  all.insert(all.end(), words.begin(), words.end());
  const int process = spawn(folder_, all, pipes[1]);
  close(pipes[1]);
  std::string out;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = read(pipes[0], buffer.data(), buffer.size())) > 0;) {
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(pipes[0]);
  waitpid(process, nullptr, 0);
  return out;
}

}  // namespace sidetone::testing
