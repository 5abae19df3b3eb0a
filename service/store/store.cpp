#include "core/base/result.hpp"
