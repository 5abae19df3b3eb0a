#pragma once

#include "service/accounts/password_hasher.hpp"
#include "service/store/store.hpp"

namespace sidetone::service::admin {

/// 25 people with names in many scripts, extensions from 1001, and the robots Echo (1100) and Music (1101).
/// @return accounts without password hashes, people first.
std::vector<store::Account> demo_company();

/// Put the company into a store that has no account yet; everybody's password is "sidetone".
/// @param done  on the logic thread: how many were added.
void seed_demo_company(store::Store& store, const accounts::PasswordCost& cost, Random& random,
                       std::function<void(Result<std::size_t>)> done);

/// The robots alone, for a company that is not the demo's. Does nothing where they are there already.
void seed_robots(store::Store& store, std::function<void(Status)> done);

}  // namespace sidetone::service::admin
