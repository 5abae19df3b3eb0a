#include "core/client/cache.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/client/turn.hpp"

namespace sidetone::client::detail {
namespace {

constexpr std::string_view kCacheForm = "1";  ///< another one makes what was kept before worthless
constexpr std::uint32_t kKeepAfterMs = 2'000;
constexpr std::size_t kBatchBytes = 32 * 1024;    ///< of one command, so that no frame waits for it
constexpr std::uint32_t kNextBatchAfterMs = 200;  ///< so that who types meets one of them in many keys
constexpr std::uint64_t kUsersInPart = 512;       ///< so that the change of one contact writes few others
constexpr std::size_t kKeptMessages = 50;         ///< of one conversation
constexpr std::size_t kKeptConversations = 100;   ///< whose messages are kept: the newest

using KeptMessages = protocol::MessageList<protocol::Directory, protocol::Favourites, protocol::History,
                                           protocol::Conversation, protocol::ChatPage, protocol::FavouriteSet,
                                           protocol::ChatMark, protocol::SavedNumbers, protocol::SavedNumberSet>;

std::string contacts_text(const State& state, std::uint64_t part) {
  protocol::Directory out;
  const auto& contacts = state.directory.contacts;
  for (auto it = contacts.lower_bound(static_cast<UserId>(part * kUsersInPart));
       it != contacts.end() && it->first / kUsersInPart == part; ++it)
    out.contacts.push_back(wire_contact(it->second));
  return out.contacts.empty() ? std::string() : protocol::encode(out);
}

/// A delta without changes: the contacts are those of this version.
std::string directory_text(const State& state, std::uint64_t) {
  const auto version = state.directory.version;
  return version == 0 ? std::string() : protocol::encode(protocol::Directory{version, version, {}, {}});
}

std::string favourites_text(const State& state, std::uint64_t) {
  const auto& kept = state.favourites.kept;
  return kept.empty() ? std::string() : protocol::encode(protocol::Favourites{{kept.begin(), kept.end()}});
}

std::string history_text(const State& state, std::uint64_t) {
  const auto& history = state.history;
  if (history.version == 0) return {};
  protocol::History out{0, history.version, {}, {}};
  for (const auto& [number, one] : history.records)
    out.records.push_back({one.record, one.kind, one.other, one.time, one.duration_s, one.reason});
  return protocol::encode(out);
}

const ConversationEntry* cached_conversation(const State& state, std::uint64_t part) {
  const auto found = state.chat.conversations.find(static_cast<ConversationId>(part));
  return found == state.chat.conversations.end() ? nullptr : &found->second;
}

std::string conversation_text(const State& state, std::uint64_t part) {
  const auto* entry = cached_conversation(state, part);
  if (entry == nullptr) return {};
  protocol::Conversation out{{entry->conversation, {}, entry->last_number, entry->last_time, std::nullopt}};
  for (const auto& [user, marker] : entry->members)
    out.info.members.push_back({marker.user, marker.delivered, marker.read});
  return protocol::encode(out);
}

bool is_recent(const State& state, const ConversationEntry& entry) {
  const auto newer =
      std::count_if(state.chat.conversations.begin(), state.chat.conversations.end(), [&](const auto& other) {
        return std::pair(other.second.last_time, other.first) > std::pair(entry.last_time, entry.conversation);
      });
  return static_cast<std::size_t>(newer) < kKeptConversations;
}

/// The newest without a hole between them.
std::string messages_text(const State& state, std::uint64_t part) {
  const auto* entry = cached_conversation(state, part);
  if (entry == nullptr || entry->messages.empty() || !is_recent(state, *entry)) return {};
  auto first = std::prev(entry->messages.end());
  for (std::size_t count = 1; count < kKeptMessages && first != entry->messages.begin(); ++count) {
    const auto before = std::prev(first);
    if (before->first + 1 != first->first) break;
    first = before;
  }
  protocol::ChatPage out{entry->conversation, {}, false, std::nullopt};
  if (entry->changes > 0) out.changes = entry->changes;
  for (auto it = first; it != entry->messages.end(); ++it) {
    const auto& one = it->second;
    auto& message = out.messages.emplace_back();
    message.conversation = entry->conversation;
    message.number = one.number;
    message.time = one.time;
    message.sender = one.sender;
    if (!one.client_message_id.empty()) message.client_message_id = one.client_message_id;
    message.text = one.text;
    if (one.edited != 0) message.edited = one.edited;
    message.removed = one.removed;
    for (const auto& reaction : one.reactions) message.reactions.push_back({reaction.user, reaction.emoji});
  }
  return protocol::encode(out);
}

std::string wish_text(const State& state, std::uint64_t part) {
  const auto wish = favourite_wish(state, static_cast<UserId>(part));
  return wish ? protocol::encode(*wish) : std::string();
}

std::string read_text(const State& state, std::uint64_t part) {
  const auto* entry = cached_conversation(state, part);
  if (entry == nullptr) return {};
  const auto own = entry->members.find(state.account.user);
  if (entry->read_wanted <= (own == entry->members.end() ? 0 : own->second.read)) return {};
  return protocol::encode(protocol::ChatMark{entry->conversation, std::nullopt, entry->read_wanted});
}

std::string saved_numbers_text(const State& state, std::uint64_t) {
  const auto& kept = state.saved_numbers.kept;
  protocol::SavedNumbers out;
  for (const auto& [number, name] : kept) out.numbers.push_back({number, name});
  return kept.empty() ? std::string() : protocol::encode(out);
}

std::string saved_number_wish_text(const State& state, std::uint64_t part) {
  const auto asked = state.saved_numbers.asked.find(part);
  return asked == state.saved_numbers.asked.end() ? std::string() : protocol::encode(asked->second);
}

/// How each Kept is called in the store, and its text; empty: there is nothing to keep.
struct KeptLine {
  std::string_view name;
  std::string (*text)(const State&, std::uint64_t part);
};
constexpr std::array kKeptLines{
    KeptLine{"contacts", contacts_text},
    KeptLine{"directory", directory_text},
    KeptLine{"favourites", favourites_text},
    KeptLine{"history", history_text},
    KeptLine{"conversation", conversation_text},
    KeptLine{"messages", messages_text},
    KeptLine{"wish", wish_text},
    KeptLine{"read", read_text},
    KeptLine{"saved_numbers", saved_numbers_text},
    KeptLine{"saved_number_wish", saved_number_wish_text},
};
static_assert(kKeptLines.size() == static_cast<std::size_t>(Kept::kSavedNumberWish) + 1);

const KeptLine& line_of(const KeptPart& part) { return kKeptLines[static_cast<std::size_t>(part.first)]; }

std::string name_of(const KeptPart& part) {
  return std::string(line_of(part).name) + '/' + std::to_string(part.second);
}

std::optional<KeptPart> part_named(std::string_view name) {
  const auto slash = name.find('/');
  for (std::size_t i = 0; i < kKeptLines.size() && slash != std::string_view::npos; ++i) {
    if (kKeptLines[i].name != name.substr(0, slash)) continue;
    const auto number = name.substr(slash + 1);
    std::uint64_t part = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), part);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size()) return std::nullopt;
    return KeptPart{static_cast<Kept>(i), part};
  }
  return std::nullopt;
}

std::uint64_t digest_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

std::string owner_of(const State& state) {
  return std::string(kCacheForm) + ' ' + std::to_string(state.account.user) + ' ' + state.connection.url;
}

void restore(Turn& turn, const protocol::Directory& directory) {
  auto& held = turn.state.directory;
  for (const auto& one : directory.contacts) held.contacts[one.user] = known_contact(one);
  // With a part missing the whole directory is asked for.
  if (!turn.state.cache.dropped) held.version = directory.version;
}

void restore(Turn& turn, const protocol::Favourites& favourites) { take_favourites(turn, favourites); }

void restore(Turn& turn, const protocol::History& history) { take_history(turn.state.history, history); }

void restore(Turn& turn, const protocol::Conversation& conversation) { learn_conversation(turn, conversation.info); }

void restore(Turn& turn, const protocol::ChatPage& page) {
  auto* entry = find_conversation(turn, page.conversation);
  if (entry == nullptr) return;
  for (const auto& message : page.messages) take_message(turn, *entry, message);
  entry->changes = page.changes.value_or(0);
}

void restore(Turn& turn, const protocol::FavouriteSet& wish) { on(turn, SetFavourite{wish.user, wish.favourite}); }

void restore(Turn& turn, const protocol::SavedNumbers& numbers) { take_saved_numbers(turn, numbers); }

void restore(Turn& turn, const protocol::ChatMark& mark) {
  if (auto* entry = find_conversation(turn, mark.conversation))
    entry->read_wanted = std::max(entry->read_wanted, std::min(mark.read.value_or(0), entry->last_number));
}

void keep_everything(Turn& turn) {
  const auto& state = turn.state;
  for (const auto& [user, contact] : state.directory.contacts) turn.keep(Kept::kContacts, user / kUsersInPart);
  for (const auto what : {Kept::kDirectory, Kept::kFavourites, Kept::kHistory, Kept::kSavedNumbers}) turn.keep(what);
  for (const auto& [id, entry] : state.chat.conversations) keep_conversation(turn, id);
  keep_wishes(turn);
  for (const auto& [place, wish] : state.saved_numbers.asked) turn.keep(Kept::kSavedNumberWish, place);
}

/// What the platform gave back is of no use: nothing stays in its store but what is known for certain.
void drop(Turn& turn, const std::string& why) {
  ++turn.state.counters.unusable_kept;
  auto& cache = turn.state.cache;
  if (std::exchange(cache.dropped, true)) return;
  turn.command(Report{"what was kept is dropped: " + why});
  turn.command(Forget{});
  cache.digests.clear();
  turn.state.directory.version = 0;
  if (turn.state.account.user != 0) turn.keep(Kept::kDirectory);
}

}  // namespace

void Turn::keep(Kept what, std::uint64_t part) {
  auto& cache = state.cache;
  cache.changed.emplace(what, part);
  if (!std::exchange(cache.waiting, true)) command(StartTimer{"keep", kKeepAfterMs});
}

void keep_contact(Turn& turn, UserId user) { turn.keep(Kept::kContacts, user / kUsersInPart); }

void keep_conversation(Turn& turn, ConversationId conversation) {
  turn.keep(Kept::kConversation, conversation);
  turn.keep(Kept::kMessages, conversation);
  turn.keep(Kept::kRead, conversation);
}

void on(Turn& turn, const KeptText& kept) {
  auto& state = turn.state;
  if (!state.connection.session.empty()) {
    ++state.counters.stale_events;
    return;
  }
  if (kept.owner != owner_of(state)) return drop(turn, "it belongs to somebody else");
  const auto part = part_named(kept.name);
  if (!part) return drop(turn, "'" + std::string(utf8_prefix(kept.name, 64)) + "' is not one of its names");
  const auto decoded = protocol::decode<KeptMessages>(kept.text, limits::kSnapshotBytes);
  if (const auto* fault = std::get_if<protocol::FrameError>(&decoded))
    return drop(turn, name_of(*part) + ": " + to_string(fault->error));
  if (!state.cache.dropped) state.cache.digests[*part] = digest_of(kept.text);
  const auto give_back = [&](const auto& message) {
    if constexpr (std::is_same_v<decltype(message), const protocol::SavedNumberSet&>)
      restore_saved_number_wish(turn, part->second, message);
    else
      restore(turn, message);
  };
  std::visit(give_back, std::get_if<0>(&decoded)->message);
}

void keep_timer(Turn& turn) {
  auto& state = turn.state;
  auto& cache = state.cache;
  if (!cache.waiting) {
    ++state.counters.stale_events;
    return;
  }
  if (std::exchange(cache.dropped, false)) keep_everything(turn);
  for (const auto& [part, digest] : cache.digests) {
    if (part.first != Kept::kMessages) continue;
    const auto* entry = cached_conversation(state, part.second);
    if (entry == nullptr || !is_recent(state, *entry)) cache.changed.insert(part);
  }
  Keep keep{owner_of(state), {}};
  const auto put = [&](const KeptPart& part, std::string text) {
    const auto digest = digest_of(text);
    const bool same =
        text.empty() ? cache.digests.erase(part) == 0 : std::exchange(cache.digests[part], digest) == digest;
    if (!same) keep.texts.push_back({name_of(part), std::move(text)});
  };
  std::size_t bytes = 0;
  while (!cache.changed.empty() && bytes < kBatchBytes) {
    const auto part = *cache.changed.begin();
    cache.changed.erase(cache.changed.begin());
    auto text = line_of(part).text(state, part.second);
    bytes += text.size();
    put(part, std::move(text));
  }
  // Until all contacts are there, the store must not say that they are.
  if (!cache.changed.empty() && cache.changed.begin()->first == Kept::kContacts) put({Kept::kDirectory, 0}, {});
  if (!keep.texts.empty()) turn.command(std::move(keep));
  cache.waiting = !cache.changed.empty();
  if (cache.waiting) turn.command(StartTimer{"keep", kNextBatchAfterMs});
  turn.command(ViewStays{});
}

}  // namespace sidetone::client::detail
