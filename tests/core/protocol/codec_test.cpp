#include "core/protocol/codec.hpp"

#include <gtest/gtest.h>

#include "core/protocol/registry.hpp"

namespace sidetone::protocol {
namespace {

using Decoded = std::variant<Frame<ClientToService>, FrameError>;

Decoded read(std::string_view text) { return decode<ClientToService>(text); }

void expect_refused(std::string_view text, ErrorCode code, std::string_view where) {
  const auto result = read(text);
  const auto* refused = std::get_if<FrameError>(&result);
  ASSERT_NE(refused, nullptr) << text;
  EXPECT_EQ(refused->error.code, code) << text << ": " << to_string(refused->error);
  EXPECT_EQ(refused->error.where, where) << text << ": " << to_string(refused->error);
}

bool accepted(std::string_view text) { return std::holds_alternative<Frame<ClientToService>>(read(text)); }

TEST(Codec, WritesTypeRequestAndSequenceFirst) {
  EXPECT_EQ(encode(ConversationOpen{7}, Envelope{3, 9}), R"({"t":"conversation_open","r":3,"s":9,"u":7})");
  EXPECT_EQ(encode(SignOut{}), R"({"t":"sign_out"})");
}

TEST(Codec, LeavesOutWhatHoldsNothing) {
  EXPECT_EQ(encode(PresenceSubscribe{}), R"({"t":"presence_subscribe"})");
  EXPECT_EQ(encode(ChatMark{5, std::nullopt, 3}), R"({"t":"chat_mark","c":5,"n":3})");
}

TEST(Codec, RefusesWhatIsNotOneObject) {
  for (const auto* text : {"", " ", "{", "}", "[]", "1", "\"t\"", "null", "nul", R"({"t":"ping")", R"({"t":"ping"}})",
                           R"({"t":"ping"} {})", R"({"t":"ping"},)", R"({"t":"ping",})", R"({t:"ping"})",
                           R"({'t':'ping'})", "\xEF\xBB\xBF{\"t\":\"ping\"}"}) {
    expect_refused(text, ErrorCode::kMalformed, "frame");
  }
  expect_refused(std::string_view("{\"t\":\"ping\"}\0", 13), ErrorCode::kMalformed, "frame");
  EXPECT_TRUE(accepted(" {\"t\" : \"sign_out\"}\n"));
}

TEST(Codec, RefusesWhatIsNotUtf8) {
  for (const auto* bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe8\xaa", "a\x80"}) {
    expect_refused(R"({"t":"sign_out","x":")" + std::string(bytes) + "\"}", ErrorCode::kMalformed, "frame");
  }
  expect_refused(R"({"t":"sign_out","x":"\ud800"})", ErrorCode::kMalformed, "frame");
  expect_refused("{\"t\":\"sign_out\",\"x\":\"\n\"}", ErrorCode::kMalformed, "frame");
}

TEST(Codec, HoldsFramesToTheirLength) {
  std::string frame = R"({"t":"sign_out","x":"")";
  frame.insert(frame.size() - 1, std::string(limits::kFrameBytes - frame.size() - 1, 'x'));
  frame += '}';
  ASSERT_EQ(frame.size(), limits::kFrameBytes);
  EXPECT_TRUE(accepted(frame));
  expect_refused(frame + ' ', ErrorCode::kTooLarge, "frame");
}

TEST(Codec, HoldsFramesToTheirDepth) {
  const auto nested = [](std::size_t arrays) {
    return R"({"t":"sign_out","x":)" + std::string(arrays, '[') + std::string(arrays, ']') + '}';
  };
  EXPECT_TRUE(accepted(nested(limits::kJsonDepth - 1)));
  expect_refused(nested(limits::kJsonDepth), ErrorCode::kMalformed, "frame");
  expect_refused(nested(20'000), ErrorCode::kMalformed, "frame");
}

TEST(Codec, TheLastOfTwoEqualKeysCounts) {
  const auto result = read(R"({"t":"conversation_open","u":1,"u":2})");
  const auto* frame = std::get_if<Frame<ClientToService>>(&result);
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(std::get<ConversationOpen>(frame->message).with, 2u);
}

TEST(Codec, NamesTheTypeThatItDoesNotKnow) {
  expect_refused(R"({"t":"fly"})", ErrorCode::kUnknownType, "fly");
  // Known elsewhere, but nothing that a client says to the service.
  expect_refused(R"({"t":"signed_out","x":"why"})", ErrorCode::kUnknownType, "signed_out");
  expect_refused(R"({"t":")" + std::string(5000, 'f') + "\"}", ErrorCode::kUnknownType, std::string(64, 'f'));
}

TEST(Codec, RefusesABadEnvelope) {
  expect_refused("{}", ErrorCode::kMalformed, "t");
  expect_refused(R"({"t":1})", ErrorCode::kMalformed, "t");
  for (const auto* number : {"-1", "4294967296", "1.5", "\"1\"", "null", "1e300"}) {
    expect_refused(R"({"t":"sign_out","r":)" + std::string(number) + "}", ErrorCode::kMalformed, "r");
  }
  expect_refused(R"({"t":"sign_out","s":-1})", ErrorCode::kMalformed, "s");
  expect_refused(R"({"t":"sign_out","s":9007199254740992})", ErrorCode::kMalformed, "s");
  EXPECT_TRUE(accepted(R"({"t":"sign_out","r":4294967295,"s":9007199254740991})"));
}

TEST(Codec, AnswersFindTheirAskerThoughTheMessageIsBad) {
  for (const auto* text : {R"({"t":"fly","r":7})", R"({"r":7})", R"({"t":"conversation_open","r":7})",
                           R"({"t":"conversation_open","u":"x","r":7})", R"({"t":"sign_out","r":7,"s":"x"})"}) {
    const auto result = read(text);
    const auto* refused = std::get_if<FrameError>(&result);
    ASSERT_NE(refused, nullptr) << text;
    EXPECT_EQ(refused->request, 7u) << text;
  }
}

TEST(Codec, WholeNumbersMayBeWrittenAsFractionsOrPowers) {
  for (const auto* number : {"100", "100.0", "1e2", "1.0E+2"}) {
    const auto result = read(R"({"t":"conversation_open","u":)" + std::string(number) + "}");
    const auto* frame = std::get_if<Frame<ClientToService>>(&result);
    ASSERT_NE(frame, nullptr) << number;
    EXPECT_EQ(std::get<ConversationOpen>(frame->message).with, 100u);
  }
  for (const auto* number : {"01", "+1", "0x10", ".5", "1.", "NaN", "Infinity", "1e"}) {
    expect_refused(R"({"t":"conversation_open","u":)" + std::string(number) + "}", ErrorCode::kMalformed, "frame");
  }
}

TEST(Codec, KeepsWholeNumbersUpTo2To53) {
  const ChatMark mark{1, limits::kMaxInteger, limits::kMaxInteger - 1};
  const auto result = read(encode(mark));
  const auto* frame = std::get_if<Frame<ClientToService>>(&result);
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(std::get<ChatMark>(frame->message), mark);
  expect_refused(R"({"t":"chat_mark","c":1,"n":9007199254740992})", ErrorCode::kMalformed, "n");
  expect_refused(R"({"t":"chat_mark","c":1,"n":9007199254740993.0})", ErrorCode::kMalformed, "n");
}

/// Bytes of an unmasked WebSocket frame with so long a text (RFC 6455 §5.2): what a message costs a watcher.
std::size_t on_the_wire(const std::string& text) {
  return text.size() + (text.size() < 126 ? 2 : text.size() < 65536 ? 4 : 10);
}

TEST(WireSize, APresenceChangeIsAtMost60Bytes) {
  // Row P1, for a user of a large company late in a long session.
  const auto size = [](Availability availability, std::uint64_t sequence) {
    Presence presence;
    presence.changes.push_back({.user = 99'999, .availability = availability, .lamp = BusyLamp::kInCall});
    return on_the_wire(encode(presence, Envelope{std::nullopt, sequence}));
  };
  EXPECT_LE(size(Availability::kOnline, 999'999), 60u);
  EXPECT_LE(size(Availability::kDoNotDisturb, 99'999), 60u);
}

TEST(WireSize, AChatMessageIsAtMost60BytesBeyondItsText) {
  // Row M1, in a conversation of two.
  ChatMessage message;
  message.conversation = 9'999;
  message.number = 999;
  message.time = 1'790'000'000;
  message.text = "Hello";
  const Envelope envelope{std::nullopt, 9'999};
  EXPECT_LE(on_the_wire(encode(message, envelope)), 60u + message.text.size()) << encode(message, envelope);
}

TEST(WireSize, SettingAStatusTakesAtMost150Bytes) {
  // Row P2.
  const StatusSet status{Availability::kDoNotDisturb, "In a meeting until 14:00", 1'790'000'000};
  EXPECT_LE(on_the_wire(encode(status, Envelope{999, std::nullopt})) + 4, 150u);  // + 4: a client's frames are masked
}

TEST(WireSize, CallEventsWithoutSdpAreAtMost150Bytes) {
  // Row C1. Call ids are 128 bits in base64url.
  const std::string call(22, 'x');
  const Envelope envelope{std::nullopt, 999'999};
  EXPECT_LE(on_the_wire(encode(CallRinging{call, 99'999}, envelope)), 150u);
  EXPECT_LE(on_the_wire(encode(CallEnded{call, EndReason::kAnsweredElsewhere}, envelope)), 150u);
  EXPECT_LE(on_the_wire(encode(CallHangUp{call}, Envelope{999, std::nullopt})) + 4, 150u);
}

}  // namespace
}  // namespace sidetone::protocol
