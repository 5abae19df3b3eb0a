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

constexpr auto accounts_part = [](Parts & parts) -> auto& { return parts.accounts; };
constexpr auto directory_part = [](Parts & parts) -> auto& { return parts.directory; };
constexpr auto presence_part = [](Parts & parts) -> auto& { return parts.presence; };
constexpr auto messaging_part = [](Parts & parts) -> auto& { return parts.messaging; };
constexpr auto calls_part = [](Parts & parts) -> auto& { return parts.calls; };
constexpr auto history_part = [](Parts & parts) -> auto& { return parts.history; };
constexpr auto hosts_part = [](Parts & parts) -> auto& { return parts.hosts; };

/// Message, who handles it, how often a second for long, how many at once.
const auto kTable = std::tuple{
    line<SignIn>(accounts_part, 1, 5),
    line<Resume>(accounts_part, 1, 5),
    line<SignOut>(accounts_part, 1, 5),
    line<Ping>(accounts_part, 5, 20),
    line<DeviceList>(accounts_part, 1, 20),
    line<DeviceRevoke>(accounts_part, 1, 20),
    line<DirectorySync>(directory_part, 1, 20),
    line<PresenceSubscribe>(presence_part, 10, 100),
    line<StatusSet>(presence_part, 1, 20),
    line<ConversationOpen>(messaging_part, 5, 100),
    line<ConversationList>(messaging_part, 5, 50),
    line<ChatSend>(messaging_part, 20, 200),
    line<ChatHistory>(messaging_part, 10, 100),
    line<ChatMark>(messaging_part, 20, 200),
    line<ChatTyping>(messaging_part, 2, 20),
    line<CallInvite>(calls_part, 1, 20),
    line<CallAnswer>(calls_part, 1, 20),
    line<CallDecline>(calls_part, 1, 20),
    line<CallHangUp>(calls_part, 2, 40),
    line<CallCandidate>(calls_part, 20, 300),
    line<CallUpdate>(calls_part, 2, 40),
    line<CallList>(calls_part, 2, 40),
    line<CallTakeUp>(calls_part, 1, 20),
    line<HistorySync>(history_part, 2, 40),
    line<HostPair>(hosts_part, 1, 10),
    line<HostConfirm>(hosts_part, 1, 10),
    line<HostList>(hosts_part, 2, 40),
    line<HostUnpair>(hosts_part, 1, 10),
    line<HostTicket>(hosts_part, 1, 20),
    line<Control>(hosts_part, 200, 1000),
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
