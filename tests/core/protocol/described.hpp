#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/protocol/field.hpp"
#include "tests/core/protocol/samples.hpp"

/// The registry as values instead of types: the tests that walk it are loops, compiled once, not templates for every
/// message.
namespace sidetone::protocol::described {

enum class Kind { kText, kNumber, kReal, kFlag, kChoice, kRecord };

struct FieldShape {
  std::string key;
  Kind kind = Kind::kText;
  bool list = false;
  bool may_be_absent = false;
  Bounds bounds;
  std::size_t items = 0;
  std::vector<std::string> choices;
  boost::json::value smallest;  ///< the field, or one item of the list, as small as it may be
};

struct RecordShape {
  std::string name;  ///< wire type, or the fields' keys where it has none
  std::vector<FieldShape> fields;
  boost::json::object smallest;
  /// Decode, and encode again what came out.
  Result<boost::json::object> (*through)(const boost::json::object&) = nullptr;

  [[nodiscard]] Status decode(const boost::json::object& json) const;
};

/// Every record that a message of the registry is or has as a part, once each.
const std::vector<RecordShape>& all_records();

struct MessageShape {
  std::string list;
  std::string type;
  /// Make one up, send it through the codec of its list with and without an envelope.
  /// @return empty, or what differs.
  std::string (*round_trip)(samples::Size size, std::uint64_t seed) = nullptr;
};

/// Every message of every list; one that is in two lists stands here twice.
const std::vector<MessageShape>& all_messages();

}  // namespace sidetone::protocol::described
