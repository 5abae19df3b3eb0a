#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/app.hpp"

/// The whole interface on a stage: what the client knows is filled by hand, letters are boxes, the person is a test
/// that uses it by roles and names. Only where a test asks for something that is not there does the stage itself fail
/// it.
namespace sidetone::shell {

/// Each character is a box, half as wide as it is high.
class BoxGlyphs : public text::GlyphSource {
 public:
  bool rasterize(const text::GlyphRequest& request, text::GlyphBitmap& out) override;
};

/// People of Stage::people(), by what is special about their names.
namespace people {
inline constexpr protocol::UserId kMe = 1;
inline constexpr protocol::UserId kAiko = 2;      ///< Aiko Tanaka · 田中 愛子, 4417
inline constexpr protocol::UserId kDmitry = 3;    ///< Дмитрий Соколов, 3120
inline constexpr protocol::UserId kFatima = 4;    ///< فاطمة الزهراء بنعلي, 5512
inline constexpr protocol::UserId kSean = 5;      ///< Seán Ó Briain, 2207
inline constexpr protocol::UserId kEleni = 6;     ///< Ελένη Παπαδοπούλου, 2051
inline constexpr protocol::UserId kNeha = 7;      ///< नेहा शर्मा, 2301
inline constexpr protocol::UserId kLukasz = 8;    ///< Łukasz Wiśniewski, 100
inline constexpr protocol::UserId kTram = 9;      ///< Nguyễn Ngọc Trâm, 2410
inline constexpr protocol::UserId kSeoyeon = 10;  ///< 김서연, 2412
inline constexpr protocol::UserId kMaxi = 11;     ///< Maximiliane von Hohenstein-Wittelsbach, 2204
}  // namespace people

class Stage {
  BoxGlyphs glyphs_;  // before the App, which draws with it to its end
  float width_ = 0;
  float height_ = 0;
  /// What of it is not cut off by the containers around it.
  [[nodiscard]] Rect visible_part(const Node& node) const;

 public:
  /// English, signed out. @param width, height  device pixels
  explicit Stage(int width = 1280, int height = 800, float scale = 1);

  App app;
  client::State client;
  Facts facts;
  double now_ms = 1000;
  std::int64_t unix_s = 1'795'860'060;  ///< Friday 27 November 2026, 10:01 UTC

  /// Jonas Hartmann, 4400, online, with these colleagues and the host TC-0417.
  void sign_in();
  void person(protocol::UserId user, std::string_view name, std::string_view number);
  void presence(protocol::UserId user, protocol::Availability availability,
                protocol::BusyLamp lamp = protocol::BusyLamp::kIdle);
  void record(std::uint64_t number, protocol::RecordKind kind, protocol::UserId other, std::int64_t time,
              std::uint32_t duration_s = 0);
  client::CallEntry& call(std::string_view id, model::CallPhase phase, protocol::UserId other);
  /// English words in another language's direction and plural rules.
  void speak(std::string_view language);
  void resize(int width, int height, float scale = 1);

  /// Hand the facts over, let time go on by a sixtieth of a second and draw until no further frame is wanted at once.
  void frame();
  /// The same after a longer time.
  void wait(double ms);

  /// The element of this role and name; the test fails if there is none.
  const Node& find(Role role, std::string_view name);
  /// The same, nullptr if there is none. An empty name: any.
  [[nodiscard]] const Node* look(Role role, std::string_view name) const;
  [[nodiscard]] std::vector<const Node*> all(Role role) const;
  /// A text of this kind is to be seen somewhere: as a name or a value.
  [[nodiscard]] bool shows(std::string_view text) const;

  /// Activate the one enabled element with this name that can be pressed, as a page's click does, and draw.
  void click(std::string_view name);
  void click(Role role, std::string_view name);
  /// Set the text of a field, and draw.
  void type(std::string_view field, std::string_view text);
  /// Strike a key while the element `focus` has the focus, and draw.
  void key(std::string_view chord, NodeId focus = 0);
  /// Send the form of this name, as Enter in one of its fields does.
  void submit(std::string_view form);
  void done(std::uint32_t intent, std::string_view error_code = {}, std::string_view error_text = {});

  /// What the interface told the core of this kind, oldest first.
  template <class Message>
  std::vector<Message> sent() {
    std::vector<Message> out;
    for (const auto& event : app.outbox().events()) {
      auto frame = protocol::decode<protocol::MessageList<Message>>(event, protocol::limits::kSnapshotBytes);
      if (auto* read = std::get_if<protocol::Frame<protocol::MessageList<Message>>>(&frame))
        out.push_back(std::get<Message>(read->message));
    }
    return out;
  }
  [[nodiscard]] bool requested(std::string_view name, std::string_view value);
  void forget_sent() { app.outbox().take_json(); }

  /// Fails the test if something stands outside the screen or two things that can be pressed overlap.
  void check_layout();
};

}  // namespace sidetone::shell
