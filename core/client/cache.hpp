#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

/// What a client keeps to be read without the service: wire messages by name, of one user at one service.
namespace sidetone::client {

/// In the order in which they are kept and given back: contacts before the version of the directory that they make up,
/// a conversation before its messages.
/// Last what the service has not been told yet: who shall be a favourite or not, by user, what has been read, and which
/// numbers shall be kept, in the order of asking.
enum class Kept {
  kContacts,
  kDirectory,
  kFavourites,
  kHistory,
  kConversation,
  kMessages,
  kWish,
  kRead,
  kSavedNumbers,
  kSavedNumberWish,
};

/// What is kept, and the number of the part; 0 where there is one only. In the platform's store, `<name>/<part>`.
using KeptPart = std::pair<Kept, std::uint64_t>;

struct Cache {
  std::set<KeptPart> changed;                 ///< perhaps: what is the same as before is not written
  bool waiting = false;                       ///< the timer runs
  std::map<KeptPart, std::uint64_t> digests;  ///< FNV-1a of the texts that the platform has
  bool dropped = false;                       ///< something was not of use, so all is kept anew
};

}  // namespace sidetone::client
