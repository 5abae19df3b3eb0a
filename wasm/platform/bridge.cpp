// The C interface of the client's core to JavaScript. Strings are UTF-8; what is returned belongs to the client and
// holds until its next call.
#include "core/client/bridge.hpp"

#include <emscripten/emscripten.h>

using sidetone::client::Bridge;

extern "C" {

EMSCRIPTEN_KEEPALIVE Bridge* sidetone_create() { return new Bridge; }

EMSCRIPTEN_KEEPALIVE void sidetone_destroy(Bridge* client) { delete client; }

EMSCRIPTEN_KEEPALIVE char* sidetone_room_for_text(Bridge* client, std::size_t bytes) {
  return client->room_for_text(bytes);
}

EMSCRIPTEN_KEEPALIVE const char* sidetone_dispatch(Bridge* client, const char* event, std::size_t bytes,
                                                   std::size_t text_bytes) {
  return client->dispatch({event, bytes}, text_bytes).c_str();
}

EMSCRIPTEN_KEEPALIVE const char* sidetone_view(Bridge* client, unsigned lists) { return client->view(lists).c_str(); }
}
