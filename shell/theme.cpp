#include "shell/theme.hpp"

namespace sidetone::shell {

Abgr color_of(ThemeName theme, Color color) {
  return kColorTable[static_cast<std::size_t>(theme)][static_cast<std::size_t>(color)];
}

TextMetrics metrics_of(TextStyle style) {
  const TextToken& token = kTextTable[static_cast<std::size_t>(style)];
  return {token.size, token.line, token.weight >= 600};
}

}  // namespace sidetone::shell
