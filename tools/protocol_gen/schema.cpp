#include "tools/protocol_gen/schema.hpp"

#include <algorithm>
#include <regex>
#include <sstream>
#include <utility>

#include "core/client/view.hpp"
#include "core/protocol/registry.hpp"

namespace sidetone::protocol_gen {
namespace {

using namespace sidetone::protocol;

/// The text behind `key` in a compiler's name of a function template's instance, up to `;` or `]`.
std::string_view argument_of(std::string_view function, std::string_view key) {
  const auto start = function.find(key);
  if (start == std::string_view::npos) return {};
  auto argument = function.substr(start + key.size());
  return argument.substr(0, argument.find_first_of(";]"));
}

std::string last_part(std::string_view qualified) {
  while (!qualified.empty() && qualified.back() == ')') qualified.remove_suffix(1);
  return std::string(qualified.substr(qualified.rfind(':') + 1));
}

template <class T>
std::string type_name() {
  return last_part(argument_of(__PRETTY_FUNCTION__, "T = "));
}

template <auto Member>
std::string member_name() {
  return last_part(argument_of(__PRETTY_FUNCTION__, "Member = "));
}

class Reader {
 public:
  explicit Reader(Schema& schema) : schema_(schema) {}

  template <class... Ms>
  void list(std::string name, std::string doc, MessageList<Ms...>) {
    ListSchema list{std::move(name), std::move(doc), {}};
    (list.messages.push_back(record<Ms>()), ...);
    schema_.lists.push_back(std::move(list));
  }

  template <class T>
  std::string record() {
    const std::string name = type_name<T>();
    if (schema_.find_record(name) != nullptr) return name;
    RecordSchema out;
    out.name = name;
    if constexpr (Message<T>) {
      out.type = T::kType;
      out.doc = T::kDoc;
    }
    add_fields<T>(out, std::make_index_sequence<decltype(T::fields())::kCount>());
    schema_.records.push_back(std::move(out));
    return name;
  }

 private:
  template <class T, std::size_t... Is>
  void add_fields(RecordSchema& out, std::index_sequence<Is...>) {
    (out.fields.push_back(describe(field_at<Is>(T::fields()), member_name<field_at<Is>(T::fields()).member>())), ...);
  }

  template <class Owner, class T>
  FieldSchema describe(const Field<Owner, T>& one, std::string name) {
    FieldSchema out;
    out.key = one.key;
    out.name = std::move(name);
    out.doc = one.doc;
    out.optional = IsOptional<T>::value || IsVector<T>::value || std::is_same_v<T, bool>;
    out.type = element_type<typename ElementOf<T>::Type>() + (IsVector<T>::value ? "[]" : "");
    if constexpr (IsVector<T>::value) out.bounds = "at most " + std::to_string(one.items) + " items";
    const auto each = bounds_in_words<typename ElementOf<T>::Type>(one.bounds);
    if (!each.empty()) out.bounds += (out.bounds.empty() ? "" : ", each ") + each;
    return out;
  }

  template <class T>
  std::string element_type() {
    if constexpr (std::is_same_v<T, bool>) {
      return "boolean";
    } else if constexpr (std::is_same_v<T, std::string>) {
      return "string";
    } else if constexpr (std::is_enum_v<T>) {
      return enumeration<T>();
    } else if constexpr (std::is_arithmetic_v<T>) {
      return "number";
    } else {
      const auto name = record<T>();
      schema_.find_record(name)->nested = true;
      return Message<T> ? name + "Item" : name;
    }
  }

  template <class E>
  std::string enumeration() {
    const std::string name = type_name<E>();
    const auto known =
        std::any_of(schema_.enums.begin(), schema_.enums.end(), [&](const auto& one) { return one.name == name; });
    if (!known) schema_.enums.push_back({name, {EnumNames<E>::kNames.begin(), EnumNames<E>::kNames.end()}});
    return name;
  }

  template <class T>
  static std::string bounds_in_words(const Bounds& bounds) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (bounds.min > 0) return std::to_string(bounds.min) + " to " + std::to_string(bounds.max) + " bytes";
      return "at most " + std::to_string(bounds.max) + " bytes";
    } else if constexpr (std::is_same_v<T, double>) {
      return "finite";
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      return std::to_string(bounds.min) + " to " + std::to_string(bounds.max);
    } else {
      return {};
    }
  }

  Schema& schema_;
};

/// A product of whole numbers, as limits.hpp writes them: `64 * 1024`, `100'000`.
std::int64_t product(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\''), text.end());
  std::istringstream in(text);
  std::int64_t value = 1;
  for (std::string factor; std::getline(in, factor, '*');) value *= std::stoll(factor);
  return value;
}

std::vector<LimitSchema> read_limits(std::string_view header) {
  static const std::regex line(R"(inline constexpr std::\w+ (k\w+) = ([0-9 '*]+);(?:\s*///<\s*([^\n]*))?)");
  std::vector<LimitSchema> out;
  const std::string text(header);
  for (std::sregex_iterator match(text.begin(), text.end(), line), end; match != end; ++match) {
    auto name = (*match)[1].str().substr(1);
    name.front() = static_cast<char>(std::tolower(name.front()));
    out.push_back({name, product((*match)[2].str()), (*match)[3].str()});
  }
  return out;
}

}  // namespace

const RecordSchema* Schema::find_record(std::string_view name) const {
  const auto found = std::find_if(records.begin(), records.end(), [&](const auto& one) { return one.name == name; });
  return found == records.end() ? nullptr : &*found;
}

RecordSchema* Schema::find_record(std::string_view name) {
  return const_cast<RecordSchema*>(std::as_const(*this).find_record(name));
}

Schema read_registry(std::string_view limits_header) {
  Schema schema;
  Reader reader(schema);
  reader.list("ClientToService", "A client's requests to the service, on `/client`.", ClientToService{});
  reader.list("ServiceToClient", "The service's answers and events to a client.", ServiceToClient{});
  reader.list("HostToService", "A native host's messages to the service, on `/host`.", HostToService{});
  reader.list("ServiceToHost", "The service's messages to a native host.", ServiceToHost{});
  reader.list("ClientToHost",
              "A client's requests to a native host: by loopback, or inside `control` and `host_control`.",
              ClientToHost{});
  reader.list("HostToClient", "A native host's answers and events to a client.", HostToClient{});
  reader.list("ClientToClient", "Between the two clients of a call, on its data channel.", ClientToClient{});
  schema.limits = read_limits(limits_header);
  return schema;
}

Schema read_client() {
  Schema schema;
  Reader reader(schema);
  reader.record<client::Moment>();
  reader.list("Event", "Everything that can happen to a client.", client::Events{});
  reader.list("Command", "Everything that a client asks of its platform.", client::Commands{});
  reader.record<client::View>();
  return schema;
}

}  // namespace sidetone::protocol_gen
