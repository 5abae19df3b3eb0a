#include "service/directory/saved_numbers.hpp"

#include "service/session/text.hpp"

namespace sidetone::service::directory {

void SavedNumbers::handle(const Asker& asker, const protocol::SavedNumberSet& message) {
  if (!is_line(message.number) || message.number.find_first_not_of(' ') == std::string::npos)
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "a number is not blank and has no control characters", "e"});
  if (!is_line(message.name.value_or("")))
    return outbox_.refuse(asker, {ErrorCode::kMalformed, "the name of a number has no control characters", "n"});
  store_.run<bool>(
      [user = asker.user, message](store::Transaction& t) {
        return t.set_saved_number(user, message.number, message.name);
      },
      [this, asker, message](Result<bool> changed) {
        if (!changed.ok()) return outbox_.refuse(asker, changed.error());
        outbox_.ok(asker);
        if (*changed)
          outbox_.to_user(asker.user, protocol::SavedNumberChanged{message.number, message.name}, asker.device);
      });
}

void SavedNumbers::handle(const Asker& asker, const protocol::SavedNumberList&) {
  using Numbers = std::vector<protocol::SavedNumber>;
  store_.run<Numbers>(
      [user = asker.user](store::Transaction& t) -> Result<Numbers> { return t.saved_numbers_of(user); },
      [this, asker](Result<Numbers> numbers) {
        if (!numbers.ok()) return outbox_.refuse(asker, numbers.error());
        outbox_.answer(asker, protocol::SavedNumbers{std::move(*numbers)});
      });
}

}  // namespace sidetone::service::directory
