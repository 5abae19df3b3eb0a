#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/client/state.hpp"
#include "core/client/view.hpp"
#include "core/protocol/registry.hpp"

/// A client on a test bench: events in, commands out, time and randomness made up.
namespace sidetone::client::test {

class Bench {
 public:
  State state;
  std::vector<Command> commands;  ///< of the last event

  template <class E>
  const std::vector<Command>& happen(E event, std::optional<std::uint32_t> intent = std::nullopt) {
    Event one;
    one.moment.now_ms = now_ms;
    one.moment.unix_s = 1'700'000'000 + now_ms / 1000;
    one.moment.random = "random" + std::to_string(1'000'000'000'000'000 + ++events_);
    one.moment.intent = intent;
    one.what = std::move(event);
    return commands = reduce(state, one);
  }

  /// A message of the service, with the next sequence number unless the connection is not signed in.
  template <class M>
  void service(const M& message, std::optional<std::uint32_t> request = std::nullopt) {
    protocol::Envelope envelope{request, std::nullopt};
    if (!std::is_same_v<M, protocol::SignedIn> && state.connection.phase == ConnectionPhase::kOnline)
      envelope.sequence = ++sequence;
    happen(SocketText{state.connection.socket, protocol::encode(message, envelope)});
  }

  void start(bool browser_voice = false, std::optional<Persisted> persisted = std::nullopt) {
    Start start;
    start.persisted = std::move(persisted);
    start.url = "wss://service.example/client";
    start.device_name = "bench";
    start.browser_voice = browser_voice;
    happen(start);
  }
  /// Signed in as user 1, everything synchronised and empty; one native host is online.
  void sign_in(bool browser_voice = false) {
    start(browser_voice);
    happen(SignIn{"alice", "secret"}, 1);
    come_online();
    settle();
  }
  void come_online(bool resumed = false) {
    happen(SocketOpened{state.connection.socket});
    sequence = resumed ? sequence : 0;
    session = resumed ? session : session + 1;
    service(
        protocol::SignedIn{
            1, "Alice", 11, "token", "session" + std::to_string(session), resumed, "epoch", 1'700'000'000, {}},
        request_of<protocol::SignIn>());
  }
  /// Answers to what a client asks for after it has signed in.
  void settle() {
    const auto asked = commands;
    answer_from<protocol::HostList>(asked, protocol::Hosts{{{"host", "Endpoint", true, std::nullopt}}});
    answer_from<protocol::CallList>(asked, protocol::Calls{});
    answer_from<protocol::DirectorySync>(asked, protocol::Directory{0, 1, {{2, "Bob", "1002", "bob", false}}, {}});
    answer_from<protocol::FavouriteList>(asked, protocol::Favourites{});
    answer_from<protocol::SavedNumberList>(asked, protocol::SavedNumbers{});
    answer_from<protocol::ConversationList>(asked, protocol::Conversations{});
    answer_from<protocol::HistorySync>(asked, protocol::History{0, 1, {}, {}});
  }
  void lose_connection() { happen(SocketClosed{state.connection.socket, 1006, "cable"}); }
  void come_back(bool resumed) {
    happen(TimerFired{"reconnect"});
    come_online(resumed);
  }

  /// The commands of a type in the last output.
  template <class C>
  [[nodiscard]] std::vector<C> all() const {
    std::vector<C> out;
    for (const auto& one : commands)
      if (const auto* found = std::get_if<C>(&one)) out.push_back(*found);
    return out;
  }
  template <class C>
  [[nodiscard]] bool did() const {
    return !all<C>().empty();
  }
  template <class C>
  [[nodiscard]] C the() const {
    const auto found = all<C>();
    EXPECT_EQ(found.size(), 1U) << C::kType;
    return found.empty() ? C{} : found.front();
  }

  struct Sent {
    std::optional<std::uint32_t> request;
    protocol::AnyMessage<protocol::ClientToService> message;
  };
  static std::vector<Sent> sent_in(const std::vector<Command>& list) {
    std::vector<Sent> out;
    for (const auto& one : list) {
      const auto* frame = std::get_if<SendFrame>(&one);
      if (frame == nullptr) continue;
      auto decoded = protocol::decode<protocol::ClientToService>(frame->text);
      auto* good = std::get_if<protocol::Frame<protocol::ClientToService>>(&decoded);
      EXPECT_NE(good, nullptr) << frame->text;
      if (good != nullptr) out.push_back({good->envelope.request, good->message});
    }
    return out;
  }
  /// Messages of a type that the last event sent.
  template <class M>
  [[nodiscard]] std::vector<M> sent() const {
    std::vector<M> out;
    for (const auto& one : sent_in(commands))
      if (const auto* found = std::get_if<M>(&one.message)) out.push_back(*found);
    return out;
  }
  template <class M>
  [[nodiscard]] std::optional<std::uint32_t> request_of() const {
    return request_in<M>(commands);
  }
  template <class M>
  static std::optional<std::uint32_t> request_in(const std::vector<Command>& list) {
    for (const auto& one : sent_in(list))
      if (std::holds_alternative<M>(one.message)) return one.request;
    return std::nullopt;
  }
  template <class M, class Answer>
  void answer_from(const std::vector<Command>& asked, const Answer& answer) {
    const auto request = request_in<M>(asked);
    ASSERT_TRUE(request.has_value()) << "not asked: " << M::kType;
    service(answer, request);
  }
  /// Answer the request of this type in the last output.
  template <class M, class Answer>
  void answer(const Answer& answer) {
    answer_from<M>(std::vector<Command>(commands), answer);
  }

  [[nodiscard]] View view() const { return make_view(state); }
  [[nodiscard]] const model::Call& call(const std::string& id) const { return state.calls.at(id).call; }

  std::int64_t now_ms = 1'000;
  std::uint64_t sequence = 0;
  int session = 0;

 private:
  std::uint64_t events_ = 0;
};

inline protocol::Failure failure(ErrorCode code, std::string text = "no") {
  return {std::string(error_code_name(code)), std::move(text), std::nullopt, std::nullopt};
}

}  // namespace sidetone::client::test
