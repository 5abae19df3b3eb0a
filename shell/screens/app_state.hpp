#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/client/commands.hpp"
#include "core/client/state.hpp"
#include "shell/facts.hpp"
#include "shell/outbox.hpp"
#include "shell/screens/contact_index.hpp"
#include "shell/screens/conversation_rows.hpp"
#include "shell/widgets/widgets.hpp"

/// What the interface itself remembers from frame to frame: where the person is, what is typed and chosen. What the
/// client knows stands in client::State, what the page knows in Facts.
namespace sidetone::shell {

enum class Screen { kContacts, kChats, kCalls, kDialPad, kSettings };

struct SignInState {
  std::string user;
  std::string password;
  bool code_wanted = false;  ///< the password was right: there is a second factor
  std::string code;
  std::uint32_t intent = 0;  ///< under way
  std::string error_code;    ///< of the wire protocol; empty: nothing has gone wrong
  std::string error_text;
  std::uint32_t retry_after_ms = 0;
  bool show_password = false;
  bool wants_focus =
      true;  ///< the next thing to be written has not got the focus yet: at the beginning, after a refusal
};

struct ContactsState {
  std::string find;
  protocol::UserId selected = 0;
  ui::ScrollState scroll;
  ui::ScrollState card_scroll;
  float card_height = 0;  ///< of the last frame, device pixels
  ContactIndex index;
};

/// What can be done with a message stands open beside it.
struct MessageMenu {
  protocol::UserId with = 0;
  std::uint64_t number = 0;
  Rect beside;              ///< the button that opens it
  NodeId item = 0;          ///< the message, which gets the focus back
  bool wants_focus = true;  ///< it has just been opened, or asks now
  bool asks = false;        ///< whether the message shall be removed for everybody
};

/// A message of one's own is being rewritten.
struct MessageEdit {
  protocol::UserId with = 0;
  std::uint64_t number = 0;
  std::string text;
};

/// A message that was looked for, to be brought into sight.
struct MessageTarget {
  protocol::UserId with = 0;
  std::uint64_t number = 0;
  std::optional<double> lit_until_ms;  ///< it has been found, and stands out until then
  bool focused = false;                ///< and has got the focus
};

/// Words in messages that are looked for with the field that finds chats.
struct MessageSearchState {
  std::string wanted;
  std::string told;   ///< to the core
  double due_ms = 0;  ///< when `wanted` is told, unless more is typed
};

struct ChatsState {
  protocol::UserId with = 0;  ///< the open conversation's other person; 0: none
  std::string find;
  std::map<protocol::UserId, std::string> drafts;
  ui::ScrollState list_scroll;
  std::map<protocol::UserId, ui::ScrollState> scrolls;
  std::map<protocol::UserId, ConversationWindow> windows;
  bool focus_composer = false;  ///< a chat has just been opened: what is typed goes there
  std::optional<MessageMenu> menu;
  std::optional<MessageEdit> edit;
  std::optional<MessageTarget> target;
  MessageSearchState search;
};

struct CallsState {
  std::uint64_t selected = 0;  ///< record
  bool missed_only = false;
  ui::ScrollState scroll;
  ui::ScrollState card_scroll;
  float card_height = 0;
};

/// A number is getting the name that it is kept under.
struct NumberNaming {
  std::string number;
  std::string name;
  bool wants_focus = true;  ///< it has just been opened
};

struct DialState {
  std::string number;
  std::optional<NumberNaming> naming;
  bool wants_focus = false;  ///< the number, after its naming
  bool lists_open = false;   ///< below 720: the lists cover the keys
  ui::ScrollState saved_scroll;
  std::string sounding;
  double sounding_until_ms = 0;
  ui::ScrollState scroll;
};

struct CallViewState {
  std::string call;  ///< the one that is looked at; empty: none
  bool dial_pad = false;
  bool details = true;  ///< the panel with the path
  bool devices = false;
  bool panel_over = false;  ///< below 1280: the panel covers the stage
  std::string sounding;     ///< digit of the pad that was pressed last
  double sounding_until_ms = 0;
  std::string digits;      ///< sent in this call
  std::string opened_for;  ///< the call that the pad and the devices were opened for
  ui::ScrollState scroll;
  float panel_height = 0;  ///< of the panel's content, device pixels
};

/// What is open in the card of a call that rings.
struct IncomingState {
  enum class Part { kButtons, kForward, kReply };
  Part part = Part::kButtons;
  std::string call;          ///< whose card it is
  NodeId button = 0;         ///< that opened it, and gets the focus back
  bool wants_focus = false;  ///< it has just been opened
  std::string find;
  std::uint32_t intent = 0;  ///< forward_call is under way
  std::string to;            ///< whom it named, in words
  std::string refusal;       ///< error code of the wire protocol; empty: nothing was refused
};

/// Turning the second factor on or off.
struct SecondFactorForm {
  bool asked = false;  ///< get_second_factor has been sent
  bool open = false;   ///< what has to be typed is shown
  std::string password;
  std::string code;
  std::uint32_t intent = 0;  ///< under way
  std::string error_code;    ///< of the wire protocol; empty: nothing has gone wrong
  std::string error_text;
  std::uint32_t retry_after_ms = 0;
  bool wants_focus = false;  ///< something else is shown now, and its first field or button has not got the focus yet
};

struct SettingsState {
  int section = 0;
  std::string pairing_code;
  std::uint32_t pairing_intent = 0;
  std::string pairing_error;
  std::string status_text;
  bool status_taken = false;   ///< status_text has been filled with what the service says
  int status_choice = 3;       ///< how long it holds: index of the chips; 3: until it is changed
  bool devices_asked = false;  ///< list_devices has been sent
  SecondFactorForm second_factor;
  bool meter_shown = false;       ///< in this frame: the meter of the microphone can be seen
  bool confirm_sign_out = false;  ///< the question is open
  bool focus_question = false;    ///< it has just been opened: its safe answer gets the focus
  std::string confirm_unpair;     ///< host that is to be unpaired; the question is open
  float content_height = 0;       ///< of the section, device pixels
  ui::ScrollState scroll;
};

struct Toast {
  std::string text;
  double until_ms = 0;
};

/// What the frame has shown, for a focus that does not get lost when it changes.
struct ShownState {
  Screen screen = Screen::kContacts;
  bool in_call_view = false;
  NodeId focus_before_call = 0;
  bool focus_in_card = false;    ///< of a call that rings
  NodeId focus_beside_card = 0;  ///< the last one that was not in it
};

/// Whose presence is looked at: collected anew in each frame, told to the core when it has changed.
struct WatchState {
  std::set<protocol::UserId> visible;
  std::set<protocol::UserId> told;
  std::optional<double> told_ms;
};

struct AppState {
  Screen screen = Screen::kContacts;
  bool in_call_view = false;  ///< the call covers list and detail
  bool detail_open = false;   ///< below 720: the detail covers the list
  SignInState sign_in;
  ContactsState contacts;
  ChatsState chats;
  CallsState calls;
  DialState dial;
  CallViewState call;
  IncomingState incoming;
  SettingsState settings;
  WatchState watch;
  ShownState shown;
  std::optional<Toast> toast;
  std::string theme = "system";
  std::string language = "en";
  std::map<std::uint32_t, std::string> failed_intents;  ///< what to say of them, by intent
};

/// What a screen gets: all of it by reference, for one frame.
struct Scene {
  Ui& ui;
  const client::State& client;
  const Facts& facts;
  AppState& app;
  Outbox& out;
  double now_ms = 0;
  std::int64_t unix_s = 0;    ///< the service's clock
  double next_second_ms = 0;  ///< when unix_s is one more

  [[nodiscard]] bool online() const { return client.connection.phase == client::ConnectionPhase::kOnline; }
  [[nodiscard]] const model::Contact* contact(protocol::UserId user) const;
  [[nodiscard]] const model::Presence* presence(protocol::UserId user) const;
  /// Name, or number, or a word for nobody.
  [[nodiscard]] std::string name_of(protocol::UserId user) const;
  /// How somebody looks. @param name  borrowed.
  [[nodiscard]] ui::Face face(protocol::UserId user, std::string_view name) const;
  /// The newest live call of this device that is talked in or dialled, not one that still rings; nullptr: none.
  [[nodiscard]] const client::CallEntry* call_here() const;
  /// The call that the call screen is about: call_here(), or the one that it showed and that has ended a moment ago.
  [[nodiscard]] const client::CallEntry* call_shown() const;
  /// There are a service and a way for the voice.
  [[nodiscard]] bool can_call() const;
  /// "Voice at TC-0417", "Voice in this browser" … of the next call.
  [[nodiscard]] std::string voice_words() const;
  /// "Too many tries. Wait for 8 s …"
  [[nodiscard]] std::string wait_words(std::uint32_t retry_after_ms) const;
  /// One pane at a time: below 720.
  [[nodiscard]] bool phone() const { return ui.screen.width() < ui.px(size::kBreakpointsTwoPane); }
  /// Presence of this person is being shown: the core watches it.
  void watch(protocol::UserId user) { app.watch.visible.insert(user); }
  void open_chat(protocol::UserId with);
  void place_call(protocol::UserId user);
  void place_call(std::string_view number);
  void say(std::string text);  ///< a toast
};

// One function a screen, in the file of its name. `area` is what the frame leaves it.
void sign_in_screen(Scene& scene, Rect area);
/// Rail, foot, call strip, banners, toast, incoming card, and on a phone the way back above a detail; calls the
/// screens. The one entry for who is signed in.
void frame_screen(Scene& scene, Rect area);
void contacts_list(Scene& scene, Rect area);
void contact_detail(Scene& scene, Rect area);
void chats_list(Scene& scene, Rect area);
void chat_detail(Scene& scene, Rect area);
void calls_list(Scene& scene, Rect area);
void call_record_detail(Scene& scene, Rect area);
void dial_list(Scene& scene, Rect area);
void dial_pad_screen(Scene& scene, Rect area);
void call_screen(Scene& scene, Rect area);
void incoming_card(Scene& scene, Rect screen);
void settings_list(Scene& scene, Rect area);
void settings_detail(Scene& scene, Rect area);

}  // namespace sidetone::shell
