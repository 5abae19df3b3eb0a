#include "net/websocket.hpp"
