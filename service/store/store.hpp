#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/protocol/calls.hpp"
#include "core/protocol/directory.hpp"
#include "core/protocol/message_changes.hpp"
#include "core/protocol/message_search.hpp"
#include "core/protocol/presence.hpp"
#include "core/protocol/saved_numbers.hpp"
#include "service/store/rows.hpp"

/// Where the truth is kept. SQLite today; what another database must do is in tests/service/store_test.cpp.
namespace sidetone::service::store {

/// What may be asked and changed inside one transaction. Calls block: @thread the store's own.
/// A failing database marks the whole transaction as failed (kIo to whoever submitted it), so that a single call need
/// not say so; errors named here are those of the request, and they undo the transaction too.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // --- accounts ---
  virtual std::optional<Account> find_account(std::string_view login) = 0;
  /// @error kConflict: the login or the number is taken.
  virtual Result<UserId> add_account(const Account& account) = 0;
  virtual void set_password(UserId user, std::string_view password_hash) = 0;
  /// The same password, hashed anew. @return false: it has been changed meanwhile, and stays.
  virtual bool renew_password(UserId user, std::string_view before, std::string_view fresh) = 0;
  /// A hash with the cost that most accounts' have; empty where there is none.
  virtual std::string commonest_password() = 0;
  virtual DeviceId add_device(const NewDevice& device) = 0;
  /// The device with this token, or with the token before it (its last answer may have been lost); from now on `fresh`
  /// is its token.
  virtual std::optional<KnownDevice> resume_device(std::string_view token_hash, std::string_view fresh,
                                                   std::int64_t now) = 0;
  /// Those seen last come first.
  virtual std::vector<Device> devices_of(UserId user) = 0;
  /// The device is in use.
  virtual void touch_device(DeviceId device, std::int64_t now) = 0;
  /// Remove all but the `most` seen last. @return those that were removed.
  virtual std::vector<DeviceId> drop_devices(UserId user, std::uint32_t most) = 0;
  /// @return false: the user has no such device.
  virtual bool remove_device(UserId user, DeviceId device) = 0;

  // --- second factor of a sign-in ---
  virtual std::optional<SecondFactor> find_second_factor(UserId user) = 0;
  /// @param recovery_hashes  of the codes that stand in for it, each once; they take the place of `recovery_codes`.
  /// @error kConflict: the user has one already; kNotFound: no such account.
  virtual Status add_second_factor(const SecondFactor& factor, const std::vector<std::string>& recovery_hashes) = 0;
  /// A code of this time step is accepted. @return false: one of this step or a later one has been already.
  virtual bool accept_step(UserId user, std::uint64_t step) = 0;
  /// @return false: the user has no such code, or has used it.
  virtual bool use_recovery_code(UserId user, std::string_view hash) = 0;
  /// With its recovery codes. @return false: there is none.
  virtual bool remove_second_factor(UserId user) = 0;

  // --- directory ---
  virtual DirectoryLog load_directory() = 0;
  /// Name and number of an account. @return the directory's new version. @error kNotFound, kConflict.
  virtual Result<std::uint64_t> change_contact(UserId user, std::string_view name, std::string_view number) = 0;
  /// The account goes; its number in conversations and records stays, among favourites it does not. @return the new
  /// version. @error kNotFound.
  virtual Result<std::uint64_t> remove_account(UserId user) = 0;

  /// The same picture of several people is kept once, and as long as one of them has it. Nothing: none any more.
  /// @return the new version. @error kNotFound.
  virtual Result<std::uint64_t> set_picture(UserId user, const std::optional<Picture>& picture) = 0;
  /// @return the JPEG of that name.
  virtual std::optional<std::string> find_picture(std::string_view name) = 0;

  // --- favourites ---
  /// Whoever is not in the directory becomes nobody's favourite. @return it is another way now than before.
  /// @error kTooLarge: the user has limits::kFavourites already.
  virtual Result<bool> set_favourite(UserId user, UserId favourite, bool is_one) = 0;
  virtual std::vector<UserId> favourites_of(UserId user) = 0;

  // --- saved numbers ---
  /// @param name  nothing: the number is kept no more. @return it is another way now than before.
  /// @error kTooLarge: the user has limits::kSavedNumbers already.
  virtual Result<bool> set_saved_number(UserId user, std::string_view number,
                                        const std::optional<std::string>& name) = 0;
  virtual std::vector<protocol::SavedNumber> saved_numbers_of(UserId user) = 0;

  // --- presence ---
  virtual std::vector<protocol::PresenceState> load_statuses() = 0;
  virtual void put_status(const protocol::PresenceState& status) = 0;

  // --- messaging; kNotFound: no such conversation, or the user is no member of it ---
  virtual protocol::ConversationInfo open_pair(UserId one, UserId other) = 0;
  virtual std::vector<protocol::ConversationInfo> conversations_of(UserId user, std::uint32_t offset,
                                                                   std::uint32_t limit) = 0;
  virtual Result<Appended> append_message(const NewMessage& message) = 0;
  virtual Result<protocol::ChatPage> page(UserId user, const protocol::ChatHistory& wanted) = 0;
  virtual Result<Raised> raise_marker(UserId user, const protocol::ChatMark& mark) = 0;
  /// Its text is another one now. @error kForbidden: somebody else's; kConflict: it has been removed.
  virtual Result<Changed> edit_message(UserId user, const protocol::ChatEdit& edit, std::int64_t now) = 0;
  /// Its text and its reactions are gone. @error kForbidden: somebody else's.
  virtual Result<Changed> remove_message(UserId user, const protocol::ChatRemove& wanted) = 0;
  /// @error kConflict: it has been removed.
  virtual Result<Changed> react(UserId user, const protocol::ChatReact& reaction) = 0;
  virtual Result<protocol::ChatChanges> changes_since(UserId user, const protocol::ChatChangesSince& known) = 0;
  /// @error kNotFound: no such conversation, where one is named.
  virtual Result<protocol::ChatFound> search_messages(UserId user, const protocol::ChatSearch& wanted) = 0;
  virtual Result<std::vector<UserId>> members(UserId user, protocol::ConversationId conversation) = 0;

  // --- calls and history ---
  virtual void put_live_call(std::string_view call, std::string_view body) = 0;
  virtual std::vector<LiveCallRow> load_live_calls() = 0;
  /// Forget the live call, where it was kept, and add its records. @return what each user's devices must hear.
  virtual std::vector<HistoryChange> finish_call(std::string_view call, const std::vector<NewRecord>& records,
                                                 const HistoryLimits& limits) = 0;
  virtual protocol::History history_since(UserId user, std::uint64_t since) = 0;

  // --- native hosts ---
  virtual std::vector<Host> load_hosts() = 0;
  virtual void put_host(const Host& host) = 0;
  virtual void remove_host(std::string_view host) = 0;
};

/// Runs transactions on a thread of its own, several in one commit where they queue up.
/// @thread submit: logic; `done` comes back on the logic thread, in the order of submission, after the commit.
class Store {
 public:
  using Work = std::function<Status(Transaction&)>;
  using Done = std::function<void(Status)>;

  virtual ~Store() = default;
  /// @thread any.
  [[nodiscard]] virtual StoreHealth health() const = 0;
  /// @param work  its error undoes what it did, and nothing else of the same commit.
  virtual void submit(Work work, Done done) = 0;

  /// `run<T>([](Transaction& t) -> Result<T> {…}, [](Result<T> result) {…})`.
  template <class T, class W, class D>
  void run(W work, D done) {
    auto kept = std::make_shared<std::optional<T>>();
    submit(
        [kept, work = std::move(work)](Transaction& transaction) -> Status {
          Result<T> result = work(transaction);
          if (!result.ok()) return result.take_error();
          kept->emplace(std::move(result).value());
          return {};
        },
        [kept, done = std::move(done)](Status status) {
          if (!status.ok()) return done(Result<T>(status.take_error()));
          done(Result<T>(std::move(**kept)));
        });
  }
};

}  // namespace sidetone::service::store
