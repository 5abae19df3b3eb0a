#include "shell/screens/links.hpp"

namespace sidetone::shell {
namespace {

bool link_starts(std::string_view text, std::size_t at, std::string_view scheme) {
  if (text.size() - at <= scheme.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = text[at + i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != scheme[i]) return false;
  }
  return true;
}

/// What must not be in an address as it is shown: it could make it look like another one.
bool link_breaks(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c <= 0x20 || c == 0x7F || c == '"' || c == '<' || c == '>') return true;
  const auto next = text.substr(at, 3);
  if (next.size() < 3) return false;
  if (next == "\xE3\x80\x80") return true;  // U+3000, a wide space
  if (next[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(next[1]);
  const auto third = static_cast<unsigned char>(next[2]);
  if (second == 0x80) return (third >= 0x80 && third <= 0x8F) || (third >= 0xA8 && third <= 0xAF);
  return second == 0x81 && third >= 0xA0 && third <= 0xAF;
}

bool link_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::size_t link_count(std::string_view text, char wanted) {
  std::size_t count = 0;
  for (const char c : text) count += c == wanted ? 1 : 0;
  return count;
}

/// Closing punctuation is the sentence's, but a bracket that was opened inside the address is its own.
std::size_t link_end(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin) {
    const char last = text[end - 1];
    const auto link = text.substr(begin, end - begin);
    const bool bracket = (last == ')' && link_count(link, ')') > link_count(link, '(')) ||
                         (last == ']' && link_count(link, ']') > link_count(link, '['));
    if (!bracket && std::string_view(".,;:!?'*_~").find(last) == std::string_view::npos) return end;
    --end;
  }
  return end;
}

}  // namespace

std::vector<LinkRange> find_links(std::string_view text) {
  std::vector<LinkRange> out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t scheme = link_starts(text, at, "https://") ? 8 : link_starts(text, at, "http://") ? 7 : 0;
    if (scheme == 0 || (at > 0 && link_letter(text[at - 1]))) continue;
    std::size_t end = at + scheme;
    while (end < text.size() && !link_breaks(text, end)) ++end;
    end = link_end(text, at, end);
    if (end <= at + scheme) continue;
    out.push_back({at, end});
    at = end - 1;
  }
  return out;
}

}  // namespace sidetone::shell
