#include "service/store/message_words.hpp"

#include <vector>

#include "core/base/utf8.hpp"

namespace sidetone::service::store {
namespace {

/// Han, Kana, Hangul's syllables, and the scripts of class SA: Thai, Lao, Burmese, Khmer.
/// @source Unicode 14, Blocks.txt and LineBreak.txt
bool stands_alone(char32_t code) {
  return (code >= 0x0E00 && code <= 0x0EFF) || (code >= 0x1000 && code <= 0x109F) ||
         (code >= 0x1780 && code <= 0x17FF) || (code >= 0x3040 && code <= 0x30FF) ||
         (code >= 0x3400 && code <= 0x9FFF) || (code >= 0xAC00 && code <= 0xD7A3) ||
         (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFF66 && code <= 0xFF9F) ||
         (code >= 0x20000 && code <= 0x3FFFF);
}

bool is_blank(char32_t code) {
  return code <= ' ' || code == 0xA0 || (code >= 0x2000 && code <= 0x200A) || code == 0x3000;
}

/// What the tokenizer makes words of, roughly: signs alone would be a word that nothing has.
bool is_of_words(char32_t code) {
  if (code < 0x80) return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
  return code >= 0xAA && (code < 0x2000 || code > 0x2BFF) && (code < 0x3000 || code > 0x3004) &&
         (code < 0x3008 || code > 0x3020) && (code < 0x1F000 || code > 0x1FBFF);
}

/// As FTS5 writes a string. @source https://www.sqlite.org/fts5.html#fts5_strings
std::string quoted(std::string_view word) {
  std::string out = "\"";
  for (const char c : searchable_words(word)) {
    if (c == '"') continue;  // no part of a word
    out += c;
  }
  return out + '"';
}

std::vector<std::string> typed_words(std::string_view typed) {
  std::vector<std::string> words;
  std::string word;
  bool findable = false;
  const auto end_word = [&] {
    if (findable) words.push_back(word);
    word.clear();
    findable = false;
  };
  while (!typed.empty()) {
    const char32_t code = take_code(typed);
    if (is_blank(code)) {
      end_word();
      continue;
    }
    findable = findable || is_of_words(code);
    append_code(word, code);
  }
  end_word();
  return words;
}

}  // namespace

std::string searchable_words(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const char32_t code = take_code(text);
    const bool alone = stands_alone(code);
    if (alone && !out.empty() && out.back() != ' ') out += ' ';
    append_code(out, code == 0 ? ' ' : code);
    if (alone) out += ' ';
  }
  return out;
}

std::string wanted_words(std::string_view typed, UserId user, std::optional<protocol::ConversationId> conversation) {
  const auto words = typed_words(typed);
  if (words.empty()) return {};
  std::string out = "who : u" + std::to_string(user);
  if (conversation) out += " AND who : c" + std::to_string(*conversation);
  for (std::size_t i = 0; i < words.size(); ++i)
    out += " AND words : " + quoted(words[i]) + (i + 1 == words.size() ? " *" : "");
  return out;
}

std::string searchable_members(const protocol::ConversationInfo& conversation) {
  std::string out = 'c' + std::to_string(conversation.conversation);
  for (const auto& member : conversation.members) out += " u" + std::to_string(member.user);
  return out;
}

}  // namespace sidetone::service::store
