// What a data channel carries: two peer connections in two processes, ICE, DTLS and SCTP as in a call, one reliable and
// ordered channel, messages of 16 KiB one way for five seconds, as many as it takes. See README.md beside this file.
//   data-channel_bench [--json] [--runs N]
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "media/ice/addresses.hpp"
#include "media/peer/peer_connection.hpp"
#include "net/crypto.hpp"
#include "net/system_clock.hpp"
#include "tests/bench/data-channel/delayed_path.hpp"

namespace {

using namespace sidetone;
using namespace sidetone::media;
using bench::DelayedPath;
using std::chrono::steady_clock;

constexpr std::size_t kMessageBytes = 16 * 1024;
constexpr std::chrono::seconds kWarmUp{5};
constexpr std::chrono::seconds kMeasured{5};
constexpr std::chrono::seconds kPatience{20};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "data-channel: %s\n", why.c_str());
  std::_Exit(1);
}

/// Candidates go by themselves, through the path.
std::string without_candidates(const std::string& sdp) {
  std::istringstream in(sdp);
  std::string out;
  for (std::string line; std::getline(in, line);)
    if (line.rfind("a=candidate:", 0) != 0 && line.rfind("a=end-of-candidates", 0) != 0) out += line + '\n';
  return out;
}

/// Messages between the two processes: a kind and a text, each a datagram.
class Signalling {
 public:
  explicit Signalling(int handle) : handle_(handle) {}
  void send(char kind, const std::string& text) {
    const std::string whole = kind + text;
    if (::send(handle_, whole.data(), whole.size(), 0) != static_cast<ssize_t>(whole.size()))
      give_up("signalling broke");
  }
  /// @return none: nothing came within `wait`.
  std::optional<std::pair<char, std::string>> receive(std::chrono::milliseconds wait) {
    pollfd watched{handle_, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(wait.count())) <= 0) return std::nullopt;
    std::array<char, 64 * 1024> buffer;
    const ssize_t size = recv(handle_, buffer.data(), buffer.size(), 0);
    if (size <= 0) give_up("the other process has ended");
    return std::pair{buffer[0], std::string(buffer.data() + 1, static_cast<std::size_t>(size - 1))};
  }

 private:
  int handle_;
};

/// One end of the call; the engine's callbacks come on its I/O thread.
class End {
 public:
  End(Signalling& signalling, bool offers, std::uint32_t address, DelayedPath* path)
      : signalling_(signalling), address_(address), path_(path) {
    peer::MediaEngineOptions options;
    options.audio.use_devices = false;
    engine_ = peer::make_media_engine(options, clock_, random_, [] {});
    run([&] {
      peer::PeerEvents events;
      events.candidate_found = [this](const peer::IceCandidate& found) {
        const std::string candidate = through_path(0, found.candidate);
        if (!candidate.empty()) signalling_.send('C', candidate);
      };
      events.channel_opened = [this](peer::ChannelHandle handle, const auto&, std::uint16_t, bool) {
        channel = handle;
        open = true;
      };
      events.channel_message = [this](peer::ChannelHandle, bool, Bytes data) { received += data.size(); };
      peer = engine_->make_peer({}, std::move(events));
      if (!offers) return;
      peer::DataChannelOptions wanted;
      wanted.label = "bench";
      channel = peer->create_data_channel(wanted).value();
      signalling_.send('O', without_candidates(peer->set_local_description(std::nullopt).value().sdp));
    });
  }
  ~End() {
    run([&] { peer.reset(); });
  }

  void run(const std::function<void()>& task) {
    std::atomic<bool> done = false;
    engine_->post([&] {
      task();
      done = true;
      done.notify_one();
    });
    done.wait(false);
  }

  void obey(char kind, const std::string& text) {
    run([&] {
      if (kind == 'O') {
        if (!peer->set_remote_description({peer::SdpType::kOffer, text}).ok()) give_up("the offer is refused");
        signalling_.send('A', without_candidates(peer->set_local_description(std::nullopt).value().sdp));
      } else if (kind == 'A') {
        if (!peer->set_remote_description({peer::SdpType::kAnswer, text}).ok()) give_up("the answer is refused");
      } else if (kind == 'C') {
        const std::string candidate = through_path(1, text);
        if (!candidate.empty()) (void)peer->add_ice_candidate({candidate, "0", 0, ""});
      }
    });
  }

  std::unique_ptr<peer::PeerConnection> peer;
  std::atomic<peer::ChannelHandle> channel{0};
  std::atomic<bool> open{false};
  std::atomic<std::uint64_t> received{0};

 private:
  // Only the address that the path is on counts; with a path, its port takes the place of the true one.
  [[nodiscard]] std::string through_path(unsigned end, const std::string& candidate) const {
    std::istringstream in(candidate);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    if (words.size() < 8 || words[2] != "udp" || words[7] != "host" || inet_addr(words[4].c_str()) != address_)
      return {};
    if (path_ == nullptr) return candidate;
    words[5] = std::to_string(path_->stand_for(end, static_cast<std::uint16_t>(std::stoi(words[5]))));
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
  }

  net::SystemClock clock_;
  net::SystemRandom random_;
  Signalling& signalling_;
  std::uint32_t address_;
  DelayedPath* path_;
  std::unique_ptr<peer::MediaEngine> engine_;
};

void connect(End& end, Signalling& signalling) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!end.open) {
    if (const auto message = signalling.receive(std::chrono::milliseconds{5}))
      end.obey(message->first, message->second);
    if (steady_clock::now() > deadline) give_up("the channel does not open");
  }
}

/// The far process: says what it has received when asked.
[[noreturn]] void receive_all(int handle, std::uint32_t address) {
  Signalling signalling(handle);
  {
    End end(signalling, false, address, nullptr);
    connect(end, signalling);
    for (;;) {
      const auto message = signalling.receive(kPatience);
      if (!message || message->first == 'E') break;
      if (message->first == 'R')
        signalling.send('R', std::to_string(end.received));
      else
        end.obey(message->first, message->second);
    }
  }
  std::_Exit(0);
}

void keep_full(End& end, steady_clock::time_point until) {
  static const std::vector<std::uint8_t> kMessage(kMessageBytes, 0x5a);
  while (steady_clock::now() < until) {
    bool full = false;
    end.run([&] {
      for (int i = 0; i < 16 && !full; ++i) {
        const auto sent = end.peer->send(end.channel, true, kMessage);
        full = !sent.ok();
        if (full && sent.error().code != ErrorCode::kUnavailable) give_up("a message is refused: " + sent.error().text);
      }
    });
    if (full) std::this_thread::sleep_for(std::chrono::microseconds{500});
  }
}

/// @return Mbit/s of payload that arrived.
double run_once(std::uint32_t address, std::chrono::microseconds one_way) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.data()) != 0) give_up("no socket pair");
  const pid_t child = fork();  // before any thread
  if (child == 0) {
    close(pair[0]);
    receive_all(pair[1], address);
  }
  close(pair[1]);
  double rate = 0;
  {
    Signalling signalling(pair[0]);
    std::unique_ptr<DelayedPath> path;
    if (one_way.count() > 0) path = std::make_unique<DelayedPath>(address, one_way);
    End end(signalling, true, address, path.get());
    connect(end, signalling);
    const auto received = [&]() -> double {
      signalling.send('R', "");
      for (;;) {
        const auto message = signalling.receive(kPatience);
        if (!message) give_up("the far end does not answer");
        if (message->first == 'R') return std::stod(message->second);
        end.obey(message->first, message->second);
      }
    };
    keep_full(end, steady_clock::now() + kWarmUp);
    const double before = received();
    const auto began = steady_clock::now();
    keep_full(end, began + kMeasured);
    const double seconds = std::chrono::duration<double>(steady_clock::now() - began).count();
    rate = (received() - before) * 8e-6 / seconds;
    signalling.send('E', "");
    waitpid(child, nullptr, 0);
  }
  close(pair[0]);
  return rate;
}

/// An IPv4 address of this machine that ICE takes.
std::uint32_t own_address() {
  for (const std::string& text : ice::host_addresses()) {
    in_addr address{};
    if (inet_pton(AF_INET, text.c_str(), &address) == 1) return address.s_addr;
  }
  give_up("this machine has no IPv4 address");
}

struct Figure {
  const char* key;
  std::vector<double> values;
  [[nodiscard]] double median() {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
};

}  // namespace

int main(int count, char** arguments) {
  bool json = false;
  int runs = 5;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (word == "--json") {
      json = true;
    } else if (word == "--runs" && i + 1 < count && std::atoi(arguments[i + 1]) > 0) {
      runs = std::atoi(arguments[++i]);
    } else {
      std::fprintf(stderr, "data-channel_bench [--json] [--runs N]: \"%s\" is not known\n", arguments[i]);
      return 2;
    }
  }
  const std::uint32_t address = own_address();
  std::array<Figure, 2> figures{Figure{"loopback_mbit", {}}, Figure{"rtt100_mbit", {}}};
  for (int i = 0; i < runs; ++i) {
    figures[0].values.push_back(run_once(address, std::chrono::microseconds{0}));
    figures[1].values.push_back(run_once(address, std::chrono::milliseconds{50}));
  }
  if (json) std::printf("{");
  for (Figure& figure : figures) {
    const double median = figure.median();
    if (json) {
      std::printf("\"%s\":%.1f,", figure.key, median);
    } else {
      std::printf("%-14s %7.1f   (%.1f to %.1f, %zu runs)\n", figure.key, median, figure.values.front(),
                  figure.values.back(), figure.values.size());
    }
  }
  if (!json) return 0;
  std::printf("\"spread\":{");
  for (const Figure& figure : figures)
    std::printf("%s\"%s\":[%.1f,%.1f,%zu]", &figure == figures.data() ? "" : ",", figure.key, figure.values.front(),
                figure.values.back(), figure.values.size());
  std::printf("}}\n");
  return 0;
}
