#pragma once

#include "service/accounts/password_hasher.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::admin {

/// How large the demo's company is.
struct DemoSize {
  std::uint32_t people = 25;   ///< 25 … 50,000
  std::uint32_t messages = 0;  ///< between the first two of them, …100,000
};

/// People with names in many scripts, extensions from 1001, and the robots Echo (1100) and Music (1101). Beyond the 25
/// that have sign-in names of their own, people are made of the others' names: "person26", extension 20026 …
/// @return accounts without password hashes, people first.
std::vector<store::Account> demo_company(std::uint32_t people = 25);

/// Put the company into a store that has no account yet; everybody's password is "sidetone".
/// @param now   seconds since 1970: of the newest message.
/// @param done  on the logic thread: how many accounts were added.
void seed_demo_company(store::Store& store, DemoSize size, const accounts::PasswordCost& cost, Random& random,
                       std::int64_t now, std::function<void(Result<std::size_t>)> done);

/// The robots alone, for a company that is not the demo's. Does nothing where they are there already.
void seed_robots(store::Store& store, std::function<void(Status)> done);

}  // namespace sidetone::service::admin
