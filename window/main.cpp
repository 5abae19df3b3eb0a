// The interface in a window of its own, for who develops it: npm run shell. Requests come as lines on standard input
// (window/requests.hpp), answers go as lines to standard output.
#include <SDL.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "window/program.hpp"

namespace {

/// Lines of standard input become events of the window's loop; its end closes the window.
void read_requests(Uint32 request_event) {
  for (std::string line; std::getline(std::cin, line);) {
    SDL_Event event{};
    event.type = request_event;
    event.user.data1 = std::make_unique<std::string>(std::move(line)).release();
    SDL_PushEvent(&event);
  }
  SDL_Event quit{};
  quit.type = SDL_QUIT;
  SDL_PushEvent(&quit);
  SDL_Event gone{};
  gone.type = request_event;
  SDL_PushEvent(&gone);
}

}  // namespace

int main(int /*count*/, char** /*words*/) {
  if (isatty(STDIN_FILENO) != 0) {
    std::cerr << "sidetone-window is opened by npm run shell\n";
    return 2;
  }
  const auto surface = sidetone::window::Surface::open();
  if (!surface) {
    std::cerr << sidetone::to_string(surface.error()) << '\n';
    return 1;
  }
  const auto tell = [](const std::optional<std::string>& answer) {
    if (answer) std::cout << *answer << std::endl;
  };
  sidetone::window::Program program(**surface);
  const Uint32 request_event = SDL_RegisterEvents(1);
  std::thread(read_requests, request_event).detach();
  for (;;) {
    SDL_Event event;
    const std::optional<int> after = program.idle_after_ms();
    const bool came = after ? SDL_WaitEventTimeout(&event, *after) != 0 : SDL_WaitEvent(&event) != 0;
    if (came && event.type == request_event) {
      const std::unique_ptr<std::string> line(static_cast<std::string*>(event.user.data1));
      if (line == nullptr) break;
      tell(program.carry_out(*line));
    } else if (came) {
      program.happened(event);
    }
    // All that has happened goes into one frame.
    if (SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT) == SDL_FALSE) tell(program.idle());
  }
  // The reader of standard input may still hold it: the process ends without waiting for it.
  std::cout.flush();
  _exit(0);
}
