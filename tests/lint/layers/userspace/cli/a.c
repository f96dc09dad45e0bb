#include <attest/attest.h>
#include <attest/event.h>
#include <stdio.h>

#include "base/str.h"
#include "cli/command.h"
#include "policy/policy.h"
