#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/contact.hpp"

namespace sidetone::shell {

/// Rows of a list that stand under one heading.
struct ContactSection {
  enum class Kind { kFound, kFavourites, kEverybody, kLetter };
  Kind kind = Kind::kFound;
  std::string letter;  ///< of kLetter: what the names begin with, without accents and in upper case
  std::size_t first = 0;
  std::size_t count = 0;
  bool operator==(const ContactSection&) const = default;
};

struct ContactListing {
  std::vector<model::UserId> people;     ///< each once
  std::vector<ContactSection> sections;  ///< all of them, in their order; none is empty
};

/// Everybody, favourites first and then in the order of their names, and who is meant by what was typed. Made for
/// 20 000 people and a search in every frame in which something was typed.
class ContactIndex {
 public:
  using Contacts = std::map<model::UserId, model::Contact>;
  using Favourites = std::set<model::UserId>;

  /// Take directory and favourites in, if they are others than before.
  /// @param version  of the directory. @param self  who is left out.
  void update(const Contacts& contacts, std::uint64_t version, model::UserId self, const Favourites& favourites);

  /// Whose name, number or address has, for each word of `find`, a word that begins with it. The case and the accents
  /// of Latin, Greek and Cyrillic letters do not matter; nothing typed finds everybody.
  /// @return best first, of equal ones favourites first, then by name; valid until the next call.
  const ContactListing& find(std::string_view find);

 private:
  struct Entry {
    model::UserId user = 0;
    std::uint32_t begin = 0;  ///< its words in words_
    std::uint32_t end = 0;
    std::uint32_t initials = 0;  ///< of its words, a bit each: who has not got what is wanted is not read
  };
  /// Who was found, so that one letter more or less looks at few or at none.
  struct Search {
    std::string folded;
    std::vector<std::uint32_t> entries;  ///< ascending
  };
  [[nodiscard]] std::string_view words_of(const Entry& entry) const;
  void list_everybody();
  void search(std::string_view find);
  const std::vector<std::uint32_t>& entries_with(const std::string& folded);
  void forget_old_searches();

  std::string words_;  ///< each with a mark before it
  std::vector<Entry> entries_;
  std::uint64_t version_ = 0;
  std::size_t size_ = 0;
  model::UserId self_ = 0;
  bool searched_ = false;
  std::string searched_for_;
  Favourites favourites_;
  std::vector<Search> searches_;  ///< newest last
  ContactListing found_;
};

/// The text in lower case without accents, its words with the byte 1 before each.
std::string fold_words(std::string_view utf8);

/// Digits, and what is written between them in numbers: such a text can be dialled.
bool looks_like_number(std::string_view text);

}  // namespace sidetone::shell
