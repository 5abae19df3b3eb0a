#pragma once

#include <algorithm>

#include "shell/screens/contact_index.hpp"

namespace sidetone::shell {

/// Where rows and heads stand, device pixels from the top of the list. The first section's head is not among them: it
/// stands above the list, where the head of what is seen first always stands.
class ContactRows {
 public:
  ContactRows(const ContactListing& listing, float row, float head) : listing_(listing), row_(row), head_(head) {}

  [[nodiscard]] float height() const { return rows_top(listing_.people.size(), listing_.sections.size() - 1); }
  [[nodiscard]] float top(std::size_t person) const { return rows_top(person, section_of(person)); }
  [[nodiscard]] float head_top(std::size_t section) const {
    return rows_top(listing_.sections[section].first, section) - head_;
  }
  /// The section whose rows are the first to be seen.
  [[nodiscard]] std::size_t section_at(float offset) const {
    std::size_t at = 0;
    while (at + 1 < listing_.sections.size() && rows_top(listing_.sections[at + 1].first, at + 1) <= offset) ++at;
    return at;
  }
  /// The person whose row, or the head above it, is the first to be seen.
  [[nodiscard]] std::size_t person_at(float offset) const {
    const auto section = section_at(offset);
    const auto& [kind, letter, first, count] = listing_.sections[section];
    const float into = std::max(0.0F, offset - rows_top(first, section));
    return first + std::min(count, static_cast<std::size_t>(into / row_));
  }
  [[nodiscard]] std::size_t section_of(std::size_t person) const {
    const auto& sections = listing_.sections;
    const auto after = std::upper_bound(sections.begin(), sections.end(), person,
                                        [](std::size_t at, const ContactSection& one) { return at < one.first; });
    return static_cast<std::size_t>(after - sections.begin()) - 1;
  }

 private:
  [[nodiscard]] float rows_top(std::size_t person, std::size_t section) const {
    return static_cast<float>(person) * row_ + static_cast<float>(section) * head_;
  }
  const ContactListing& listing_;
  float row_;
  float head_;
};

}  // namespace sidetone::shell
