#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/contact.hpp"

namespace sidetone::shell {

/// Everybody, in the order of their names, and who is meant by what was typed. Made for 20 000 people and a search in
/// every frame in which something was typed.
class ContactIndex {
 public:
  using Contacts = std::map<model::UserId, model::Contact>;

  /// Take the directory in, if it is another one than before.
  /// @param version  of the directory. @param self  who is left out.
  void update(const Contacts& contacts, std::uint64_t version, model::UserId self);

  /// Whose name, number or address has, for each word of `find`, a word that begins with it. The case and the accents
  /// of Latin, Greek and Cyrillic letters do not matter; nothing typed finds everybody.
  /// @return best first, then by name; valid until the next call.
  const std::vector<model::UserId>& find(std::string_view find);

 private:
  struct Entry {
    model::UserId user = 0;
    std::uint32_t begin = 0;  ///< its words in words_
    std::uint32_t end = 0;
  };
  std::string words_;  ///< each with a mark before it
  std::vector<Entry> entries_;
  std::uint64_t version_ = 0;
  std::size_t size_ = 0;
  model::UserId self_ = 0;
  bool searched_ = false;
  std::string searched_for_;
  std::vector<model::UserId> found_;
};

/// The text in lower case without accents, its words with the byte 1 before each.
std::string fold_words(std::string_view utf8);

/// Digits, and what is written between them in numbers: such a text can be dialled.
bool looks_like_number(std::string_view text);

}  // namespace sidetone::shell
