#include "window/text_editing.hpp"

namespace sidetone::window {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t before(std::string_view text, std::size_t at) {
  while (at > 0 && continues(text[--at])) continue;
  return at;
}

std::size_t behind(std::string_view text, std::size_t at) {
  if (at < text.size()) ++at;
  while (at < text.size() && continues(text[at])) ++at;
  return at;
}

}  // namespace

void TextEditing::insert(std::string_view utf8) {
  text.insert(caret, utf8);
  caret += utf8.size();
}

bool TextEditing::strike(std::string_view key) {
  if (key == "Backspace") {
    const std::size_t from = before(text, caret);
    text.erase(from, caret - from);
    caret = from;
  } else if (key == "Delete") {
    text.erase(caret, behind(text, caret) - caret);
  } else if (key == "ArrowLeft") {
    caret = before(text, caret);
  } else if (key == "ArrowRight") {
    caret = behind(text, caret);
  } else if (key == "Home") {
    caret = 0;
  } else if (key == "End") {
    caret = text.size();
  } else {
    return false;
  }
  return true;
}

}  // namespace sidetone::window
