#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "service/robots/identity_key.hpp"
#include "service/service.hpp"
#include "service/store/sqlite_store.hpp"
#include "tests/service/support/virtual_scheduler.hpp"

/// The whole service without sockets, on a virtual clock, with people who speak frames to it.
namespace sidetone::service::testing {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (auto& one : out) one = static_cast<std::byte>(engine_());
  }

 private:
  std::mt19937 engine_;
};

/// An account's "hash" is "plain:" and its password. Counts the work, whoever is asked for.
class InstantPasswords final : public accounts::PasswordChecker {
 public:
  void check(std::string password, std::string encoded, std::function<void(Result<bool>)> done) override {
    ++checks;
    if (full) return done(Error{ErrorCode::kUnavailable, "too many people are signing in, try again soon", "sign_in"});
    auto answer = [done = std::move(done), fits = encoded == "plain:" + password] { done(fits); };
    if (slow) return waiting.push_back(std::move(answer));
    answer();
  }
  [[nodiscard]] bool is_outdated(const std::string& encoded) const override { return encoded.rfind(outdated, 0) == 0; }
  void hash(std::string password, std::function<void(Result<std::string>)> done) override {
    ++hashes;
    done("plain:" + password);
  }
  /// Answer those who wait.
  void finish() {
    for (auto& answer : std::exchange(waiting, {})) answer();
  }
  int checks = 0;
  int hashes = 0;
  bool full = false;
  bool slow = false;  ///< answers come with `finish`
  std::vector<std::function<void()>> waiting;
  std::string outdated = "old:";  ///< how hashes begin that were made at another cost
};

class FakeWire final : public Wire {
 public:
  explicit FakeWire(std::string address = "192.0.2.1") : address_(std::move(address)) {}
  void send(Body text) override {
    if (closed != 0) return;  // a socket that closes takes nothing more
    if (stalled)
      queued_ += text->size();
    else
      frames.push_back(*text);
  }
  void close(std::uint16_t code, std::string_view) override { closed = code; }
  [[nodiscard]] std::size_t queued_bytes() const override { return queued_; }
  void allow_queue(std::size_t bytes) override { allowed = bytes; }
  [[nodiscard]] std::string address() const override { return address_; }

  /// What was queued has left at last.
  void drain() { queued_ = 0; }

  std::vector<std::string> frames;
  std::uint16_t closed = 0;
  std::size_t allowed = kStrangerQueueBytes;
  bool stalled = false;  ///< the far end does not read

 private:
  std::string address_;
  std::size_t queued_ = 0;
};

struct Received {
  protocol::Envelope envelope;
  ToClient message;
  std::size_t bytes = 0;
};

class Rig;

/// A person's device. Checks that its frames are numbered without gaps.
class Client {
 public:
  Client(Rig& rig, std::string login, std::string device)
      : rig_(rig), login_(std::move(login)), device_name_(std::move(device)) {}

  void connect(const std::string& address = "192.0.2.1");
  /// Connect and sign in; expects success.
  Client& sign_in(const std::string& password = "sidetone");
  /// Connect and come back with the last token. @return whether the session went on.
  bool resume();
  /// The connection breaks.
  void lose();

  /// @return its request id.
  std::uint32_t send(const FromClient& message);
  void send_without_id(const FromClient& message);
  void send_text(const std::string& text);
  /// Send and hand out the answer; a missing one fails the test.
  ToClient ask(const FromClient& message);
  template <class M>
  M ask_for(const FromClient& message) {
    const auto answer = ask(message);
    if (const auto* wanted = std::get_if<M>(&answer)) return *wanted;
    ADD_FAILURE() << login_ << " got another answer than " << M::kType << ": " << describe(answer);
    return {};
  }
  /// The error code of the answer; empty where it is none.
  std::string ask_for_error(const FromClient& message);

  /// What has come since the last call, answers included.
  std::vector<Received> take();
  /// All events of one kind that have come since they were asked for last; others stay.
  template <class M>
  std::vector<M> events() {
    collect();
    std::vector<M> out;
    std::vector<Received> rest;
    for (auto& one : inbox_) {
      if (auto* wanted = std::get_if<M>(&one.message); wanted != nullptr)
        out.push_back(std::move(*wanted));
      else
        rest.push_back(std::move(one));
    }
    inbox_ = std::move(rest);
    return out;
  }
  void forget_events() { collect(), inbox_.clear(); }

  static std::string describe(const ToClient& message);

  [[nodiscard]] UserId user() const { return signed_in.user; }
  [[nodiscard]] DeviceId device() const { return signed_in.device; }
  [[nodiscard]] bool closed_with(std::uint16_t code) const { return wire && wire->closed == code; }

  protocol::SignedIn signed_in;
  std::uint64_t last_sequence = 0;
  std::shared_ptr<FakeWire> wire;
  std::uint64_t connection = 0;
  std::string device_key = robots::IdentityKey::generate().value().public_key();

 private:
  void collect();

  Rig& rig_;
  std::string login_;
  std::string device_name_;
  std::uint32_t next_request_ = 1;
  std::vector<Received> inbox_;
};

/// A native host that is connected to /host.
class HostClient {
 public:
  explicit HostClient(Rig& rig) : rig_(rig) {}
  void connect(const std::string& address = "198.51.100.7");
  void lose();
  std::uint32_t send(const protocol::AnyMessage<protocol::HostToService>& message);
  using Message = protocol::AnyMessage<protocol::ServiceToHost>;
  std::vector<Message> take();
  template <class M>
  std::vector<M> events() {
    std::vector<M> out;
    collect();
    std::erase_if(inbox_, [&](const Message& one) {
      const auto* wanted = std::get_if<M>(&one);
      if (wanted) out.push_back(*wanted);
      return wanted != nullptr;
    });
    return out;
  }
  /// Sign in with what pairing gave.
  void sign_in(std::vector<std::string> live_calls = {}, std::uint32_t loopback_port = 40'000);
  /// Let a person pair it, by the code that it shows.
  void pair_with(Client& person);

  std::string host;
  std::string credential;
  std::shared_ptr<FakeWire> wire;

 private:
  void collect();
  Rig& rig_;
  std::uint64_t connection_ = 0;
  std::uint32_t next_request_ = 1;
  std::vector<Message> inbox_;
};

class Rig {
 public:
  /// @param on_disk  for tests that kill and restart the service.
  explicit Rig(config::Settings settings = {}, bool on_disk = false, std::uint32_t seed = 1);
  ~Rig();

  /// A device by name, "alice/desk", made and signed in when it is first asked for.
  Client& operator[](const std::string& name);
  /// The same, not signed in.
  Client& stranger(const std::string& name);
  [[nodiscard]] UserId user(const std::string& login) const { return users_.at(login); }

  /// Do what the store has queued, until nothing is left.
  void settle();
  void advance(Microseconds by);
  /// kill -9: nothing is said, nothing queued is written; then a new life on the same store.
  void kill_and_restart();
  /// Its data folder, where it is on disk.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  VirtualScheduler time;
  SeededRandom random;
  InstantPasswords passwords;
  net::Logger log{net::LogLevel::kError, stderr};
  config::Settings settings;
  std::unique_ptr<store::SqliteStore> store;
  std::unique_ptr<Service> service;

 private:
  void start();

  std::filesystem::path folder_;
  std::map<std::string, UserId> users_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
};

/// What the robots' host signs in with.
inline constexpr const char* kRobotHost = "robot-host";
inline constexpr const char* kRobotCredential = "robot-credential";

/// A call from one device to a person, ringing. @return its id.
std::string place_call(Rig& rig, Client& caller, UserId callee, std::optional<std::string> host = std::nullopt);

}  // namespace sidetone::service::testing
