#include "service/session/router.hpp"

#include <tuple>
#include <type_traits>

namespace sidetone::service {
namespace {

using namespace protocol;

/// One line of the table. The part is reached by a function: there are no pointers to members that are references.
template <class M, class Get>
struct Line {
  Get get;
  net::Rate rate;
  using Of = M;
};
template <class M, class Get>
constexpr Line<M, Get> line(Get get, double per_second, double burst) {
  return {get, {per_second, burst}};
}

constexpr auto kAccountsPart = [](Parts & parts) -> auto& { return parts.accounts; };
constexpr auto kSecondFactorsPart = [](Parts & parts) -> auto& { return parts.second_factors; };
constexpr auto kDirectoryPart = [](Parts & parts) -> auto& { return parts.directory; };
constexpr auto kFavouritesPart = [](Parts & parts) -> auto& { return parts.favourites; };
constexpr auto kSavedNumbersPart = [](Parts & parts) -> auto& { return parts.saved_numbers; };
constexpr auto kPicturesPart = [](Parts & parts) -> auto& { return parts.pictures; };
constexpr auto kPresencePart = [](Parts & parts) -> auto& { return parts.presence; };
constexpr auto kMessagingPart = [](Parts & parts) -> auto& { return parts.messaging; };
constexpr auto kCallsPart = [](Parts & parts) -> auto& { return parts.calls; };
constexpr auto kHistoryPart = [](Parts & parts) -> auto& { return parts.history; };
constexpr auto kHostsPart = [](Parts & parts) -> auto& { return parts.hosts; };

/// Message, who handles it, how often a second for long, how many at once.
const auto kTable = std::tuple{
    line<SignIn>(kAccountsPart, 1, 5),
    line<Resume>(kAccountsPart, 1, 5),
    line<SignOut>(kAccountsPart, 1, 5),
    line<Ping>(kAccountsPart, 5, 20),
    line<DeviceList>(kAccountsPart, 1, 20),
    line<DeviceRevoke>(kAccountsPart, 1, 20),
    line<SecondFactorGet>(kSecondFactorsPart, 1, 20),
    line<SecondFactorBegin>(kSecondFactorsPart, 1, 5),
    line<SecondFactorConfirm>(kSecondFactorsPart, 1, 5),
    line<SecondFactorRemove>(kSecondFactorsPart, 1, 5),
    line<DirectorySync>(kDirectoryPart, 1, 20),
    line<FavouriteSet>(kFavouritesPart, 5, 100),
    line<FavouriteList>(kFavouritesPart, 1, 20),
    line<SavedNumberSet>(kSavedNumbersPart, 5, 100),
    line<SavedNumberList>(kSavedNumbersPart, 1, 20),
    line<PictureSet>(kPicturesPart, 0.1, 10),
    line<PresenceSubscribe>(kPresencePart, 10, 100),
    line<StatusSet>(kPresencePart, 1, 20),
    line<ConversationOpen>(kMessagingPart, 5, 100),
    line<ConversationList>(kMessagingPart, 5, 50),
    line<ChatSend>(kMessagingPart, 20, 200),
    line<ChatHistory>(kMessagingPart, 10, 100),
    line<ChatMark>(kMessagingPart, 20, 200),
    line<ChatTyping>(kMessagingPart, 2, 20),
    line<ChatEdit>(kMessagingPart, 5, 50),
    line<ChatRemove>(kMessagingPart, 5, 50),
    line<ChatReact>(kMessagingPart, 5, 50),
    line<ChatChangesSince>(kMessagingPart, 20, 300),
    line<ChatSearch>(kMessagingPart, 5, 20),
    line<CallInvite>(kCallsPart, 1, 20),
    line<CallAnswer>(kCallsPart, 1, 20),
    line<CallDecline>(kCallsPart, 1, 20),
    line<CallForward>(kCallsPart, 1, 20),
    line<CallHangUp>(kCallsPart, 2, 40),
    line<CallCandidate>(kCallsPart, 20, 300),
    line<CallUpdate>(kCallsPart, 2, 40),
    line<CallList>(kCallsPart, 2, 40),
    line<CallTakeUp>(kCallsPart, 1, 20),
    line<HistorySync>(kHistoryPart, 2, 40),
    line<HostPair>(kHostsPart, 1, 10),
    line<HostConfirm>(kHostsPart, 1, 10),
    line<HostList>(kHostsPart, 2, 40),
    line<HostUnpair>(kHostsPart, 1, 10),
    line<HostTicket>(kHostsPart, 1, 20),
    line<Control>(kHostsPart, 200, 1000),
};

template <class M, class Table, std::size_t I = 0>
constexpr std::size_t index_in() {
  static_assert(I < std::tuple_size_v<Table>, "this message of ClientToService has no line in the table");
  if constexpr (std::is_same_v<M, typename std::tuple_element_t<I, Table>::Of>)
    return I;
  else
    return index_in<M, Table, I + 1>();
}

static_assert(std::tuple_size_v<std::decay_t<decltype(kTable)>> == ClientToService::kCount, "one line a message");

}  // namespace

void route(Parts& parts, Outbox& outbox, Counters& counters, MonotonicTime now, const Asker& asker, Session& session,
           const FromClient& message) {
  std::visit(
      [&](const auto& one) {
        using M = std::decay_t<decltype(one)>;
        constexpr std::size_t kIndex = index_in<M, std::decay_t<decltype(kTable)>>();
        const auto& entry = std::get<kIndex>(kTable);
        const auto wait = session.buckets[kIndex].take(entry.rate, now);
        if (wait > Milliseconds{0}) {
          counters.add("requests_over_rate");
          return outbox.refuse(asker,
                               {ErrorCode::kRateLimited, "too many requests of this kind", std::string(M::kType)},
                               static_cast<std::uint32_t>(wait.count()));
        }
        entry.get(parts).handle(asker, one);
      },
      message);
}

}  // namespace sidetone::service
