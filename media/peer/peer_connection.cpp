#include "media/peer/peer_connection.hpp"
