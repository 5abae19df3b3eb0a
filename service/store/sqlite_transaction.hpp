#pragma once

#include "service/store/sqlite_database.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::store {

/// The store's vocabulary in SQL; one file of implementation a concern.
class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database) : db_(database) {}

  std::optional<Account> find_account(std::string_view login) override;
  Result<UserId> add_account(const Account& account) override;
  void set_password(UserId user, std::string_view password_hash) override;
  bool renew_password(UserId user, std::string_view before, std::string_view fresh) override;
  std::string commonest_password() override;
  DeviceId add_device(const NewDevice& device) override;
  std::optional<KnownDevice> resume_device(std::string_view token_hash, std::string_view fresh,
                                           std::int64_t now) override;
  std::vector<Device> devices_of(UserId user) override;
  void touch_device(DeviceId device, std::int64_t now) override;
  std::vector<DeviceId> drop_devices(UserId user, std::uint32_t most) override;
  bool remove_device(UserId user, DeviceId device) override;

  std::optional<SecondFactor> find_second_factor(UserId user) override;
  Status add_second_factor(const SecondFactor& factor, const std::vector<std::string>& recovery_hashes) override;
  bool accept_step(UserId user, std::uint64_t step) override;
  bool use_recovery_code(UserId user, std::string_view hash) override;
  bool remove_second_factor(UserId user) override;

  DirectoryLog load_directory() override;
  Result<std::uint64_t> change_contact(UserId user, std::string_view name, std::string_view number) override;
  Result<std::uint64_t> remove_account(UserId user) override;

  Result<std::uint64_t> set_picture(UserId user, const std::optional<Picture>& picture) override;
  std::optional<std::string> find_picture(std::string_view name) override;

  Result<bool> set_favourite(UserId user, UserId favourite, bool is_one) override;
  std::vector<UserId> favourites_of(UserId user) override;
  Result<bool> set_saved_number(UserId user, std::string_view number, const std::optional<std::string>& name) override;
  std::vector<protocol::SavedNumber> saved_numbers_of(UserId user) override;

  std::vector<protocol::PresenceState> load_statuses() override;
  void put_status(const protocol::PresenceState& status) override;

  protocol::ConversationInfo open_pair(UserId one, UserId other) override;
  std::vector<protocol::ConversationInfo> conversations_of(UserId user, std::uint32_t offset,
                                                           std::uint32_t limit) override;
  Result<Appended> append_message(const NewMessage& message) override;
  Result<protocol::ChatPage> page(UserId user, const protocol::ChatHistory& wanted) override;
  Result<Raised> raise_marker(UserId user, const protocol::ChatMark& mark) override;
  Result<std::vector<UserId>> members(UserId user, protocol::ConversationId conversation) override;
  Result<Changed> edit_message(UserId user, const protocol::ChatEdit& edit, std::int64_t now) override;
  Result<Changed> remove_message(UserId user, const protocol::ChatRemove& wanted) override;
  Result<Changed> react(UserId user, const protocol::ChatReact& reaction) override;
  Result<protocol::ChatChanges> changes_since(UserId user, const protocol::ChatChangesSince& known) override;
  Result<protocol::ChatFound> search_messages(UserId user, const protocol::ChatSearch& wanted) override;

  void put_live_call(std::string_view call, std::string_view body) override;
  std::vector<LiveCallRow> load_live_calls() override;
  std::vector<HistoryChange> finish_call(std::string_view call, const std::vector<NewRecord>& records,
                                         const HistoryLimits& limits) override;
  protocol::History history_since(UserId user, std::uint64_t since) override;

  std::vector<Host> load_hosts() override;
  void put_host(const Host& host) override;
  void remove_host(std::string_view host) override;

 private:
  std::uint64_t directory_version();
  /// Name of the account's picture; empty: none. Nothing: no such account.
  std::optional<std::string> picture_of(UserId user);
  void drop_picture(std::string_view name);
  bool is_member(UserId user, protocol::ConversationId conversation);
  protocol::ConversationInfo conversation(protocol::ConversationId id);
  /// The message as its members see it, and its last change. @error kNotFound: no such conversation, no member of it,
  /// no such message.
  Result<protocol::ChatChanged> message(UserId user, protocol::ConversationId conversation, std::uint64_t number);
  std::vector<protocol::Reaction> reactions(protocol::ConversationId conversation, std::uint64_t number);
  /// The conversation counts one more change, of this message.
  Changed changed(const protocol::ChatMessage& message);
  void index_message(const protocol::ConversationInfo& conversation, std::uint64_t number, std::string_view text);
  void unindex_message(const protocol::ConversationInfo& conversation, std::uint64_t number, std::string_view text);
  protocol::History add_record(const NewRecord& record, const HistoryLimits& limits);

  SqliteDatabase& db_;
};

}  // namespace sidetone::service::store
