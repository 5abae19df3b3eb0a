#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <functional>
#include <memory>
#include <string>

#include "net/stream.hpp"
#include "net/websocket.hpp"

/// For net/*.cpp alone: the server side of an upgrade.
namespace sidetone::net {

/// Answer an upgrade request with 101 and hand over the WebSocket, or drop the connection where the handshake fails.
/// @param held  kept until the WebSocket is gone: the connection's place in the server's count.
void accept_websocket(Stream stream, const boost::beast::http::request<boost::beast::http::empty_body>& request,
                      const std::string& subprotocol, const WebSocketOptions& options,
                      std::function<void(std::shared_ptr<WebSocket>)> opened, std::shared_ptr<void> held);

}  // namespace sidetone::net
