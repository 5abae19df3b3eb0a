#include "service/messaging/messaging.hpp"

#include "service/session/text.hpp"

namespace sidetone::service::messaging {
namespace {

constexpr std::uint32_t kConversationsPerPage = 100;

}  // namespace

void Messaging::handle(const Asker& asker, const protocol::ConversationOpen& message) {
  if (message.with == asker.user)
    return outbox_.refuse(asker, {ErrorCode::kOutOfRange, "a conversation needs somebody else", "u"});
  if (directory_.find(message.with) == nullptr)
    return outbox_.refuse(asker, {ErrorCode::kNotFound, "there is no such person", "u"});
  store_.run<protocol::ConversationInfo>(
      [one = asker.user, other = message.with](store::Transaction& t) -> Result<protocol::ConversationInfo> {
        return t.open_pair(one, other);
      },
      [this, asker](Result<protocol::ConversationInfo> info) {
        if (!info.ok()) return outbox_.refuse(asker, info.error());
        outbox_.answer(asker, protocol::Conversation{*info});
      });
}

void Messaging::handle(const Asker& asker, const protocol::ConversationList& message) {
  using Infos = std::vector<protocol::ConversationInfo>;
  store_.run<Infos>(
      [user = asker.user, offset = message.offset](store::Transaction& t) -> Result<Infos> {
        return t.conversations_of(user, offset, kConversationsPerPage + 1);
      },
      [this, asker](Result<Infos> infos) {
        if (!infos.ok()) return outbox_.refuse(asker, infos.error());
        protocol::Conversations page{std::move(*infos), false};
        page.more = page.conversations.size() > kConversationsPerPage;
        if (page.more) page.conversations.resize(kConversationsPerPage);
        outbox_.answer(asker, page);
      });
}

void Messaging::handle(const Asker& asker, const protocol::ChatSend& message) {
  if (!is_text(message.text))
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "control characters are not text", "x"});
  if (!is_text(message.client_message_id))
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "control characters are not an id", "i"});
  append({message.conversation, asker.user, message.client_message_id, message.text,
          scheduler_.clock().wall().unix_seconds},
         asker.device, [this, asker, conversation = message.conversation](Result<store::Appended> appended) {
           if (!appended.ok()) return outbox_.refuse(asker, appended.error());
           outbox_.answer(asker, protocol::ChatSent{conversation, appended->number, appended->time});
         });
}

void Messaging::append(store::NewMessage message, DeviceId from, std::function<void(Result<store::Appended>)> done) {
  store_.run<store::Appended>([message](store::Transaction& t) { return t.append_message(message); },
                              [this, message, from, done = std::move(done)](Result<store::Appended> appended) {
                                done(appended);
                                if (appended.ok() && !appended->known) deliver(message, *appended, from);
                              });
}

void Messaging::deliver(const store::NewMessage& message, const store::Appended& appended, DeviceId from) {
  protocol::ChatMessage to_others{message.conversation, appended.number, appended.time,
                                  std::nullopt,         std::nullopt,    message.text};
  auto to_own = to_others;
  to_own.sender = message.sender;
  to_own.client_message_id = message.client_message_id;
  for (const auto& member : appended.conversation.members) {
    const DeviceId except = member.user == message.sender ? from : 0;
    if (appended.number == 1) outbox_.to_user(member.user, protocol::Conversation{appended.conversation}, except);
    outbox_.to_user(member.user, member.user == message.sender ? to_own : to_others, except);
  }
  if (overheard_) overheard_(appended.conversation, message.sender, appended.number, message.text);
}

void Messaging::handle(const Asker& asker, const protocol::ChatHistory& message) {
  if (message.before && message.after)
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "either before or after, not both", "a"});
  store_.run<protocol::ChatPage>([user = asker.user, message](store::Transaction& t) { return t.page(user, message); },
                                 [this, asker](Result<protocol::ChatPage> page) {
                                   if (!page.ok()) return outbox_.refuse(asker, page.error());
                                   outbox_.answer(asker, *page);
                                 });
}

void Messaging::handle(const Asker& asker, const protocol::ChatMark& message) {
  raise(asker.user, asker.device, message, [this, asker](Status status) {
    if (!status.ok()) return outbox_.refuse(asker, status.error());
    outbox_.ok(asker);
  });
}

void Messaging::raise(UserId user, DeviceId from, const protocol::ChatMark& mark, std::function<void(Status)> done) {
  store_.run<store::Raised>(
      [user, mark](store::Transaction& t) { return t.raise_marker(user, mark); },
      [this, user, from, mark, done = std::move(done)](Result<store::Raised> raised) {
        if (!raised.ok()) return done(raised.take_error());
        done({});
        if (!raised->changed) return;
        for (const auto member : raised->members)
          outbox_.to_user(member, protocol::ChatMarked{mark.conversation, raised->marker}, member == user ? from : 0);
      });
}

void Messaging::handle(const Asker& asker, const protocol::ChatTyping& message) {
  using Members = std::vector<UserId>;
  store_.run<Members>([user = asker.user, conversation = message.conversation](
                          store::Transaction& t) { return t.members(user, conversation); },
                      [this, asker, message](Result<Members> members) {
                        if (!members.ok()) return outbox_.refuse(asker, members.error());
                        outbox_.ok(asker);
                        for (const auto member : *members)
                          if (member != asker.user)
                            outbox_.to_user(member, protocol::ChatTypingBy{message.conversation, asker.user});
                      });
}

void Messaging::send_as(UserId robot, protocol::ConversationId conversation, std::string client_message_id,
                        std::string text) {
  append({conversation, robot, std::move(client_message_id), std::move(text), scheduler_.clock().wall().unix_seconds},
         0, [](const Result<store::Appended>&) {});
}

void Messaging::mark_as(UserId robot, protocol::ConversationId conversation, std::uint64_t number) {
  raise(robot, 0, {conversation, number, number}, [](const Status&) {});
}

}  // namespace sidetone::service::messaging
