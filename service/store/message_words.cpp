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

/// What the tokenizer makes words of, roughly. What it sees as a sign in a word parts the words that are looked for,
/// too.
bool is_of_words(char32_t code) {
  if (code < 0x80) return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
  return code >= 0xAA && (code < 0x2000 || code > 0x2BFF) && (code < 0x3000 || code > 0x3004) &&
         (code < 0x3008 || code > 0x3020) && (code < 0x1F000 || code > 0x1FBFF);
}

std::vector<std::string> typed_words(std::string_view typed) {
  std::vector<std::string> words{{}};
  while (!typed.empty()) {
    const char32_t code = take_code(typed);
    if (is_blank(code))
      words.emplace_back();
    else
      append_code(words.back(), code);
  }
  return words;
}

}  // namespace

std::string member_words(std::string_view text, UserId member) {
  // Ends in a letter: the number of no other member goes on from this one's.
  const std::string before = 'u' + std::to_string(member) + 'x';
  std::string out;
  bool in_word = false;
  while (!text.empty()) {
    const char32_t code = take_code(text);
    if (!is_of_words(code)) {
      in_word = false;
      continue;
    }
    const bool alone = stands_alone(code);
    if (!in_word || alone) {
      if (!out.empty()) out += ' ';
      out += before;
    }
    append_code(out, code);
    in_word = !alone;
  }
  return out;
}

std::string searchable_words(std::string_view text, const protocol::ConversationInfo& conversation) {
  std::string out;
  for (const auto& member : conversation.members) {
    if (!out.empty()) out += ' ';
    out += member_words(text, member.user);
  }
  return out;
}

std::string wanted_words(std::string_view typed, UserId member) {
  std::string out;
  for (const auto& typed_word : typed_words(typed)) {
    const auto words = member_words(typed_word, member);
    if (words.empty()) continue;
    // No quotation mark is part of a word. @source https://www.sqlite.org/fts5.html#fts5_strings
    out += (out.empty() ? "\"" : " AND \"") + words + '"';
  }
  if (!out.empty()) out += " *";
  return out;
}

}  // namespace sidetone::service::store
