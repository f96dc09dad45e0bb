// SPDX-License-Identifier: Apache-2.0
/* Landlock's answers to "is this enforced?". FULL means that nothing the
 * policy refuses is allowed; a note beside FULL says what is refused besides.
 */
#include <stdio.h>

#include "event/record.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/landlock_plan.h"

#define ABI_TRUNCATE 3
#define ABI_TCP 4
#define ABI_UDP 10

struct answer {
	enum attest_cover cover;
	const char *why;
};

static enum attest_cover say(struct answer answer, char *reason, size_t size)
{
	(void)snprintf(reason, size, "%s", answer.why);
	return answer.cover;
}

static const struct attest_landlock_fate *
fate_of(const struct attest_landlock_state *state, size_t number)
{
	if (!state->plan || number >= state->plan->n_fates)
		return NULL;
	return &state->plan->fates[number];
}

static bool refuses_writing(const struct attest_policy *policy, size_t number)
{
	enum attest_path_access access = policy->fs_default;

	if (number > 0)
		access = policy->rules[number - 1].access;
	return access != ATTEST_PATH_READ_WRITE;
}

/* A rule that the plan left out. */
static struct answer cover_left_out(const struct attest_landlock_fate *fate)
{
	if (fate->is_safe)
		return (struct answer){
			ATTEST_COVER_FULL,
			"its pattern cannot be expressed: what it opens stays "
			"closed"
		};
	return (struct answer){
		ATTEST_COVER_NONE,
		"a wildcard that closes names in a writable directory, or at "
		"any depth, cannot be expressed; the BPF layer (as root) does"
	};
}

/* What this kernel's Landlock, or the way it is used, cannot refuse. */
static const char *shortcoming(const struct attest_landlock_state *state,
			       const struct attest_policy *policy,
			       size_t number)
{
	if (state->plan && state->plan->fit == ATTEST_LANDLOCK_LOOSE)
		return "left to the BPF layer where a directory holds "
		       "something stricter";
	if (number > 0 && policy->rules[number - 1].hide)
		return "stat and existence cannot be refused; the BPF layer "
		       "(as root) does";
	if (state->abi < ABI_TRUNCATE && !state->truncate_is_filtered &&
	    refuses_writing(policy, number))
		return "truncation is not refused before Linux 6.2";
	return NULL;
}

/* A path rule, or the default access for number 0. */
static struct answer cover_path(const struct attest_landlock_state *state,
				const struct attest_policy *policy,
				size_t number)
{
	const struct attest_landlock_fate *fate = fate_of(state, number);
	const char *why;

	if (fate && !fate->is_carried)
		return cover_left_out(fate);
	why = shortcoming(state, policy, number);
	if (!why && fate && fate->is_cut)
		why = fate->note;
	if (why)
		return (struct answer){ ATTEST_COVER_PARTIAL, why };
	if (fate && fate->note)
		return (struct answer){ ATTEST_COVER_FULL, fate->note };
	if (number == 0 && refuses_writing(policy, number))
		return (struct answer){
			ATTEST_COVER_FULL,
			"changes of mode, owner, times and extended attributes "
			"are not seen; the BPF layer (as root) sees them"
		};
	return (struct answer){ ATTEST_COVER_FULL, "" };
}

static struct answer
cover_net_default(const struct attest_landlock_state *state,
		  const struct attest_policy *policy)
{
	static const char *const whys[] = {
		"the network cannot be refused before Linux 6.7; use "
		"isolation 'container' or the BPF layer",
		"only TCP can be refused before Linux 7.2; use isolation "
		"'container' or the BPF layer",
		"TCP and UDP are refused, raw and other sockets are not; use "
		"isolation 'container' or the BPF layer",
	};

	if (policy->net_default == ATTEST_NETWORK_ENABLED)
		return (struct answer){ ATTEST_COVER_FULL, "" };
	if (state->network_is_left)
		return (struct answer){ ATTEST_COVER_NONE, "" };
	if (state->network_is_filtered)
		return (struct answer){ ATTEST_COVER_FULL,
					"no socket but unix ones can be made" };
	if (state->abi < ABI_TCP)
		return (struct answer){ ATTEST_COVER_NONE, whys[0] };
	return (struct answer){ ATTEST_COVER_PARTIAL,
				whys[state->abi < ABI_UDP ? 1 : 2] };
}

static struct answer cover_net_rule(const struct attest_landlock_state *state,
				    const struct attest_net_rule *rule)
{
	if (state->network_is_left)
		return (struct answer){ ATTEST_COVER_NONE, "" };
	if (rule->port_max - rule->port_min >= ATTEST_LANDLOCK_PORTS_MAX)
		return (struct answer){ ATTEST_COVER_NONE,
					"so many ports cannot be listed; the "
					"BPF layer takes ranges" };
	if (rule->to)
		return (struct answer){ ATTEST_COVER_PARTIAL,
					"the port is checked, the address is "
					"not; the BPF layer checks both" };
	if (state->abi < ABI_TCP)
		return (struct answer){
			ATTEST_COVER_NONE,
			"ports cannot be checked before Linux 6.7"
		};
	if ((rule->protocols & ATTEST_NET_UDP) && state->abi < ABI_UDP)
		return (struct answer){
			ATTEST_COVER_PARTIAL,
			"UDP ports cannot be checked before Linux 7.2"
		};
	return (struct answer){ ATTEST_COVER_FULL, "" };
}

static struct answer cover_item(const struct attest_landlock_state *state,
				const struct attest_policy *policy,
				enum attest_item_kind kind, size_t index)
{
	switch (kind) {
	case ATTEST_ITEM_FS_DEFAULT:
		return cover_path(state, policy, 0);
	case ATTEST_ITEM_FS_RULE:
		return cover_path(state, policy, index + 1);
	case ATTEST_ITEM_FS_EXTENSIONS:
		return (struct answer){
			ATTEST_COVER_NONE,
			"file extensions cannot be expressed; the BPF layer "
			"(as root) does"
		};
	case ATTEST_ITEM_FS_SYMLINKS:
		return (struct answer){
			ATTEST_COVER_NONE,
			"following symbolic links cannot be refused; the BPF "
			"layer (as root) does"
		};
	case ATTEST_ITEM_NET_DEFAULT:
		return cover_net_default(state, policy);
	case ATTEST_ITEM_NET_RULE:
		return cover_net_rule(state, &policy->net_rules[index]);
	default:
		return (struct answer){ ATTEST_COVER_NONE, "" };
	}
}

static enum attest_cover cover(const void *data,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	const struct attest_landlock_state *state = data;
	struct answer answer = cover_item(state, policy, kind, index);

	/* What Landlock never does needs no reason. */
	if (answer.cover == ATTEST_COVER_NONE && answer.why[0] == '\0')
		return say(answer, reason, size);
	if (state->abi < 1 &&
	    !(kind == ATTEST_ITEM_NET_DEFAULT && state->network_is_filtered))
		answer = (struct answer){ ATTEST_COVER_NONE,
					  "this kernel has no Landlock (boot "
					  "with lsm=landlock,...)" };
	else if (subject != ATTEST_SUBJECT_COMMAND)
		answer = (struct answer){
			ATTEST_COVER_NONE,
			"only a command that is started can be confined"
		};
	return say(answer, reason, size);
}

const struct attest_layer_ops attest_landlock_layer = {
	.layer = ATTEST_LAYER_LANDLOCK,
	.name = "landlock",
	.cover = cover,
};
