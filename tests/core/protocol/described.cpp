#include "tests/core/protocol/described.hpp"

#include <set>
#include <span>

#include "core/protocol/codec.hpp"
#include "core/protocol/registry.hpp"

namespace sidetone::protocol::described {
namespace {

using samples::Size;

constexpr std::size_t kNoLimit = std::size_t{1} << 30;

template <class T>
RecordShape shape();

template <class T>
Result<boost::json::object> through(const boost::json::object& json) {
  T record;
  SIDETONE_CHECK(detail::read_record(json, record));
  boost::json::object out;
  detail::write_record(out, record);
  return out;
}

template <class Element>
constexpr Kind kind_of() {
  if constexpr (std::is_same_v<Element, std::string>) return Kind::kText;
  if constexpr (std::is_same_v<Element, bool>) return Kind::kFlag;
  if constexpr (std::is_enum_v<Element>) return Kind::kChoice;
  if constexpr (std::is_floating_point_v<Element>) return Kind::kReal;
  return std::is_arithmetic_v<Element> ? Kind::kNumber : Kind::kRecord;
}

boost::json::value smallest(const FieldShape& field) {
  switch (field.kind) {
    case Kind::kText:
      return boost::json::string(static_cast<std::size_t>(field.bounds.min), 'x');
    case Kind::kNumber:
      return field.bounds.min;
    case Kind::kReal:
      return 0.0;
    case Kind::kFlag:
      return false;
    case Kind::kChoice:
      return boost::json::string(field.choices.front());
    case Kind::kRecord:
      break;
  }
  return nullptr;
}

/// What depends on the types alone; the rest is not worth a copy for each of them.
struct TypeOfField {
  Kind kind;
  bool list;
  bool may_be_absent;
  std::span<const std::string_view> choices;
  RecordShape (*part)();
};

void add_field(RecordShape& record, std::string_view key, const Bounds& bounds, std::size_t items,
               const TypeOfField& type) {
  FieldShape out;
  out.key = key;
  out.kind = type.kind;
  out.list = type.list;
  out.may_be_absent = type.may_be_absent;
  out.bounds = bounds;
  out.items = items;
  out.choices.assign(type.choices.begin(), type.choices.end());
  if (type.part != nullptr)
    out.smallest = type.part().smallest;
  else
    out.smallest = smallest(out);
  if (!out.may_be_absent) record.smallest[out.key] = out.smallest;
  record.fields.push_back(std::move(out));
}

template <class Owner, class T>
void describe(RecordShape& record, const Field<Owner, T>& one) {
  using Element = typename ElementOf<T>::Type;
  TypeOfField type{kind_of<Element>(),
                   IsVector<T>::value,
                   IsOptional<T>::value || IsVector<T>::value || std::is_same_v<T, bool>,
                   {},
                   nullptr};
  if constexpr (std::is_enum_v<Element>) type.choices = EnumNames<Element>::kNames;
  if constexpr (Record<Element>) type.part = shape<Element>;
  add_field(record, one.key, one.bounds, one.items, type);
}

template <class T>
RecordShape shape() {
  RecordShape out;
  T::fields().apply([&](const auto&... fields) { (describe(out, fields), ...); });
  if constexpr (Message<T>) {
    out.name = T::kType;
  } else {
    out.name = "record of";
    for (const auto& one : out.fields) out.name += ' ' + one.key;
  }
  out.through = through<T>;
  return out;
}

class Collector {
 public:
  template <class T>
  void add() {
    if (!seen_.insert(&through<T>).second) return;
    records.push_back(shape<T>());
    T::fields().apply([&](const auto&... fields) { (add_part(fields), ...); });
  }

  std::vector<RecordShape> records;

 private:
  template <class Owner, class T>
  void add_part(const Field<Owner, T>&) {
    if constexpr (Record<typename ElementOf<T>::Type>) add<typename ElementOf<T>::Type>();
  }

  std::set<Result<boost::json::object> (*)(const boost::json::object&)> seen_;
};

/// With and without numbers.
Envelope some_envelope(samples::Source& source) {
  if (source.bits() % 2 == 0) return {};
  return {static_cast<std::uint32_t>(source.bits()), source.bits() % limits::kMaxInteger};
}

template <class List, class M>
std::string round_trip(Size size, std::uint64_t seed) {
  samples::Source source(size, seed);
  const auto message = samples::record<M>(source);
  const auto envelope = some_envelope(source);
  const auto text = encode(message, envelope);
  const auto result = decode<List>(text, kNoLimit);
  if (const auto* refused = std::get_if<FrameError>(&result)) return to_string(refused->error);
  const auto& frame = std::get<Frame<List>>(result);
  const auto* same = std::get_if<M>(&frame.message);
  if (same == nullptr) return "decoded as another message";
  if (!(*same == message)) return "differs: " + text.substr(0, 300);
  return frame.envelope == envelope ? "" : "the envelope differs";
}

}  // namespace

Status RecordShape::decode(const boost::json::object& json) const {
  SIDETONE_CHECK(through(json));
  return {};
}

const std::vector<RecordShape>& all_records() {
  static const auto records = [] {
    Collector collector;
    samples::for_each_list([&]<class List>(std::string_view) {
      samples::for_each_message(List{}, [&]<class M>() { collector.template add<M>(); });
    });
    return std::move(collector.records);
  }();
  return records;
}

const std::vector<MessageShape>& all_messages() {
  static const auto messages = [] {
    std::vector<MessageShape> out;
    samples::for_each_list([&]<class List>(std::string_view name) {
      samples::for_each_message(List{}, [&]<class M>() {
        out.push_back({std::string(name), std::string(M::kType), round_trip<List, M>});
      });
    });
    return out;
  }();
  return messages;
}

}  // namespace sidetone::protocol::described
