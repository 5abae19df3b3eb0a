# What every target of the project is compiled with.
add_library(sidetone_options INTERFACE)
target_include_directories(sidetone_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(sidetone_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror)
target_compile_definitions(sidetone_options INTERFACE SIDETONE_VERSION="${PROJECT_VERSION}")

if(SIDETONE_SANITIZE)
  add_compile_options(-fsanitize=${SIDETONE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIDETONE_SANITIZE})
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
