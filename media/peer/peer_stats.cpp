#include "media/peer/peer_connection_impl.hpp"

namespace sidetone::media::peer {
std::string PeerConnectionImpl::stats_json() const { return "[]"; }
}  // namespace sidetone::media::peer
