#include "media/srtp/crypto_attribute.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace sidetone;

/// What is accepted has a key that fits its suite, and is written and read back the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto crypto = media::srtp::parse_crypto_attribute(fuzz::text(data, size));
  if (!crypto.ok()) return 0;
  const auto lengths = media::srtp::key_lengths(crypto->suite);
  fuzz::require(!crypto->keys.empty());
  for (const auto& one : crypto->keys) fuzz::require(one.key.size() == lengths.key + lengths.salt);
  const auto again = media::srtp::parse_crypto_attribute(to_string(*crypto));
  fuzz::require(again.ok() && *again == *crypto);
  return 0;
}
