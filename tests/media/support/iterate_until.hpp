#pragma once

#include <functional>

#include "media/ice/main_context.hpp"

namespace sidetone::media::test {

/// Lets a main context work until a condition holds. @return whether it does within `patience`.
inline bool iterate_until(ice::MainContext& context, Seconds patience, const std::function<bool()>& condition) {
  bool over = false;
  ice::Timer end(context.get(), [&] { over = true; });
  end.start(patience);
  while (!condition() && !over) context.iterate(true);
  return condition();
}

}  // namespace sidetone::media::test
