#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/field.hpp"

/// The registry as plain data: what the two writers walk.
namespace sidetone::protocol_gen {

/// One field of a record as it stands on the wire.
struct FieldSchema {
  std::string key;     ///< wire key
  std::string name;    ///< name of the C++ member
  std::string type;    ///< TypeScript type
  std::string bounds;  ///< in words; empty where the type says it all
  std::string doc;
  bool optional = false;  ///< may be absent on the wire
};

struct RecordSchema {
  std::string name;  ///< name of the C++ struct
  std::string type;  ///< wire type `t`; empty for a record that is only a part of messages
  std::string doc;
  std::vector<FieldSchema> fields;
  bool nested = false;  ///< a part of another record
};

struct EnumSchema {
  std::string name;
  std::vector<std::string> values;
};

/// One direction of one connection.
struct ListSchema {
  std::string name;
  std::string doc;
  std::vector<std::string> messages;  ///< record names in the registry's order
};

struct LimitSchema {
  std::string name;
  std::int64_t value = 0;
  std::string doc;
};

struct Schema {
  std::vector<ListSchema> lists;
  std::vector<RecordSchema> records;  ///< in the order in which they are met; a part comes before what uses it
  std::vector<EnumSchema> enums;
  std::vector<LimitSchema> limits;

  [[nodiscard]] RecordSchema* find_record(std::string_view name);
  [[nodiscard]] const RecordSchema* find_record(std::string_view name) const;
};

/// Everything that core/protocol/registry.hpp names.
/// @param limits_header  text of core/protocol/limits.hpp: constants have no reflection, so they are read from there.
Schema read_registry(std::string_view limits_header);

/// What passes between the client's core and its platform: events, commands and the view.
Schema read_client();

std::string write_typescript(const Schema& schema);
std::string write_client_typescript(const Schema& schema);
std::string write_markdown(const Schema& schema);

}  // namespace sidetone::protocol_gen
