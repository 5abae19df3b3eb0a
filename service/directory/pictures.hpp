#pragma once

#include "service/directory/directory.hpp"

namespace sidetone::service::directory {

/// People's pictures: checked before they are stored, stored once by what is in them, named in the directory: row D1.
/// The store has them; nothing is held here.
/// @thread logic.
class Pictures {
 public:
  Pictures(Outbox& outbox, store::Store& store, Directory& directory)
      : outbox_(outbox), store_(store), directory_(directory) {}

  void handle(const Asker& asker, const protocol::PictureSet& message);

  using Found = std::function<void(Result<std::shared_ptr<const std::string>>)>;
  /// The JPEG of a name. @error kNotFound: nobody has it any more, or it is no name.
  void find(std::string_view name, Found done);

 private:
  Outbox& outbox_;
  store::Store& store_;
  Directory& directory_;
};

}  // namespace sidetone::service::directory
