#include "base/str.h"
#include "event/record.h"
# include "policy/policy.h"
#include <jansson.h>
