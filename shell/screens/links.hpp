#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sidetone::shell {

struct LinkRange {
  std::size_t begin = 0;  ///< bytes
  std::size_t end = 0;
  bool operator==(const LinkRange&) const = default;
};

/// The http and https addresses in a text. An address ends at white space, a control or a bidi control character, a
/// quote or an angle bracket; closing punctuation after it belongs to the sentence.
std::vector<LinkRange> find_links(std::string_view text);

}  // namespace sidetone::shell
