# Libraries that the project stands on. tools/setup installs them; what it built itself lies in build/deps.
set(SIDETONE_DEPS ${CMAKE_SOURCE_DIR}/build/deps CACHE PATH "Where tools/setup put what it built")

# Dear ImGui as source, compiled with the options that shell/ counts on: characters beyond the first 65,536 and nothing old.
add_library(sidetone_imgui STATIC ${SIDETONE_DEPS}/imgui/imgui.cpp ${SIDETONE_DEPS}/imgui/imgui_draw.cpp
  ${SIDETONE_DEPS}/imgui/imgui_tables.cpp ${SIDETONE_DEPS}/imgui/imgui_widgets.cpp)
target_include_directories(sidetone_imgui SYSTEM PUBLIC ${SIDETONE_DEPS}/imgui)
target_compile_definitions(sidetone_imgui PUBLIC IMGUI_USE_WCHAR32 IMGUI_DISABLE_OBSOLETE_FUNCTIONS IMGUI_DISABLE_DEMO_WINDOWS
  IMGUI_DISABLE_DEBUG_TOOLS IMGUI_DISABLE_DEFAULT_SHELL_FUNCTIONS IMGUI_DISABLE_FILE_FUNCTIONS)
# Its default loader of fonts is the one of shell/text, so that stb_truetype is not in every page: ImGui asks for it by the name of
# FreeType's, which is nowhere linked.
target_compile_definitions(sidetone_imgui PUBLIC IMGUI_ENABLE_FREETYPE)
# Its own font would be data that every page loads and nobody sees.
target_compile_definitions(sidetone_imgui PRIVATE IMGUI_DISABLE_DEFAULT_FONT)
target_compile_options(sidetone_imgui PRIVATE -fno-exceptions)
# Every letter of every frame goes through it.
set_source_files_properties(${SIDETONE_DEPS}/imgui/imgui_draw.cpp PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:MinSizeRel>:-O3;-finline-functions>")
set_target_properties(sidetone_imgui PROPERTIES EXCLUDE_FROM_ALL ON)

add_library(sidetone_boost_json INTERFACE)
if(EMSCRIPTEN)
  # A folder with nothing but Boost in it: /usr/include itself would bring the machine's C library along.
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/boost-include)
  file(CREATE_LINK /usr/include/boost ${CMAKE_BINARY_DIR}/boost-include/boost SYMBOLIC)
  target_include_directories(sidetone_boost_json SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/boost-include)
  target_compile_definitions(sidetone_boost_json INTERFACE BOOST_NO_EXCEPTIONS)
  add_library(sidetone_boost_json_source STATIC wasm/platform/boost_json.cpp)
  target_include_directories(sidetone_boost_json_source SYSTEM PRIVATE ${CMAKE_BINARY_DIR}/boost-include)
  target_compile_definitions(sidetone_boost_json_source PRIVATE BOOST_NO_EXCEPTIONS)
  target_compile_options(sidetone_boost_json_source PRIVATE -fno-exceptions)
  target_link_libraries(sidetone_boost_json INTERFACE sidetone_boost_json_source)
else()
  find_package(Boost 1.81 REQUIRED COMPONENTS json)
  find_package(Threads REQUIRED)
  find_package(OpenSSL 3.0 REQUIRED)
  find_package(PkgConfig REQUIRED)
  target_link_libraries(sidetone_boost_json INTERFACE Boost::json)

  add_library(sidetone_asio INTERFACE)
  target_link_libraries(sidetone_asio INTERFACE Boost::headers Threads::Threads OpenSSL::SSL OpenSSL::Crypto)
  target_compile_definitions(sidetone_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_USE_STD_STRING_VIEW)

  pkg_check_modules(NICE REQUIRED IMPORTED_TARGET nice)
  pkg_check_modules(SRTP REQUIRED IMPORTED_TARGET libsrtp2)
  pkg_check_modules(USRSCTP REQUIRED IMPORTED_TARGET usrsctp)
  pkg_check_modules(PULSE REQUIRED IMPORTED_TARGET libpulse)
  pkg_check_modules(SPEEXDSP REQUIRED IMPORTED_TARGET speexdsp)
  # 1.x of Debian 13, or 0.3 of Debian 12: each has its adapter in media/dsp.
  pkg_search_module(WEBRTC_AUDIO_PROCESSING REQUIRED IMPORTED_TARGET webrtc-audio-processing-1 webrtc-audio-processing)
  pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
  pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
  pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
  pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)

  find_library(OPUS_LIBRARY NAMES libopus.a PATHS ${SIDETONE_DEPS}/opus/lib NO_DEFAULT_PATH REQUIRED)
  add_library(sidetone_opus INTERFACE)
  target_include_directories(sidetone_opus SYSTEM INTERFACE ${SIDETONE_DEPS}/opus/include/opus)
  target_link_libraries(sidetone_opus INTERFACE ${OPUS_LIBRARY} m)
endif()
