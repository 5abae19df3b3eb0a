# What every target of the project is compiled with.
add_library(sidetone_options INTERFACE)
target_include_directories(sidetone_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(sidetone_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror)
target_compile_definitions(sidetone_options INTERFACE SIDETONE_VERSION="${PROJECT_VERSION}")

if(SIDETONE_SANITIZE)
  add_compile_options(-fsanitize=${SIDETONE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # Sanitized programs are large: GNU ld takes five times as long over one.
  add_link_options(-fsanitize=${SIDETONE_SANITIZE} -fuse-ld=lld)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The build folder does not count, so that the presets share results. Paths stay absolute: tests find their vectors by __FILE__.
  set(cached ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${cached})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${cached})
endif()

# Compile a folder's files in a few pieces: the same templates (JSON, Asio, the messages) are then instantiated once a piece instead of once a file, and
# a whole build takes a fifth of the time. Names in anonymous namespaces must therefore be unique in their folder.
# Pieces of ten files, of twenty where there are many files: too large ones would leave one processor waiting for the other.
function(sidetone_compile_together target)
  get_target_property(files ${target} SOURCES)
  list(LENGTH files count)
  set(piece 10)
  if(count GREATER 50)
    set(piece 20)
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${piece})
endfunction()
