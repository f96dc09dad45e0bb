#include <bpf/bpf.h>
#include <yaml.h>
#include "policy/policy.h"
