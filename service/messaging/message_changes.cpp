#include "core/base/emoji.hpp"
#include "service/messaging/messaging.hpp"
#include "service/session/text.hpp"

/// Messages that become other ones after they were sent, and looking for them.
namespace sidetone::service::messaging {

void Messaging::change(const Asker& asker, std::function<Result<store::Changed>(store::Transaction&)> work) {
  store_.run<store::Changed>(std::move(work), [this, asker](Result<store::Changed> changed) {
    if (!changed.ok()) return outbox_.refuse(asker, changed.error());
    outbox_.answer(asker, changed->change);
    if (!changed->changed) return;
    for (const auto member : changed->members)
      outbox_.to_user(member, changed->change, member == asker.user ? asker.device : 0);
  });
}

void Messaging::handle(const Asker& asker, const protocol::ChatEdit& message) {
  if (!is_text(message.text))
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "control characters are not text", "x"});
  change(asker, [user = asker.user, message, now = scheduler_.clock().wall().unix_seconds](store::Transaction& t) {
    return t.edit_message(user, message, now);
  });
}

void Messaging::handle(const Asker& asker, const protocol::ChatRemove& message) {
  change(asker, [user = asker.user, message](store::Transaction& t) { return t.remove_message(user, message); });
}

void Messaging::handle(const Asker& asker, const protocol::ChatReact& message) {
  if (message.emoji && !is_emoji(*message.emoji))
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "not an emoji", "e"});
  change(asker, [user = asker.user, message](store::Transaction& t) { return t.react(user, message); });
}

void Messaging::handle(const Asker& asker, const protocol::ChatChangesSince& message) {
  store_.run<protocol::ChatChanges>(
      [user = asker.user, message](store::Transaction& t) { return t.changes_since(user, message); },
      [this, asker](Result<protocol::ChatChanges> changes) {
        if (!changes.ok()) return outbox_.refuse(asker, changes.error());
        outbox_.answer(asker, *changes);
      });
}

void Messaging::handle(const Asker& asker, const protocol::ChatSearch& message) {
  store_.run<protocol::ChatFound>(
      [user = asker.user, message](store::Transaction& t) { return t.search_messages(user, message); },
      [this, asker](Result<protocol::ChatFound> found) {
        if (!found.ok()) return outbox_.refuse(asker, found.error());
        outbox_.answer(asker, *found);
      });
}

}  // namespace sidetone::service::messaging
