#include <bpf/libbpf.h>
#include "policy/policy.h"
#include "engine/engine.h"
#include <linux/landlock.h>
