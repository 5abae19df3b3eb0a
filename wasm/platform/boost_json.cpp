// Boost.JSON is a compiled library on other systems; Emscripten has no package of it, so the wasm programs compile it
// here, once. Without exceptions Boost asks the program what to do instead. Nothing in core/ reaches this: it uses the
// error_code forms only.
#include <boost/throw_exception.hpp>
#include <cstdlib>

namespace boost {

void throw_exception(const std::exception&) { std::abort(); }
void throw_exception(const std::exception&, const source_location&) { std::abort(); }

}  // namespace boost

#include <boost/json/src.hpp>
