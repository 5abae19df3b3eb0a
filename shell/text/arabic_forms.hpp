#pragma once

#include <vector>

namespace sidetone::shell::text {

/// Replace Arabic letters by their forms beside their neighbours (Unicode's Arabic Presentation Forms-B), lam and alef
/// by their ligature: joining for what has a font and no shaper. In logical order; what has no forms stays.
void join_arabic(std::vector<char32_t>& codes);

}  // namespace sidetone::shell::text
