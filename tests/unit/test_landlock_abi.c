// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <attest/image.h>

#include "base/cleanup.h"
#include "sandbox/landlock_abi.h"

static void each_abi_only_adds(void **state)
{
	(void)state;
	for (int abi = 1; abi <= ATTEST_LANDLOCK_ABI_NEWEST; abi++) {
		assert_int_equal(attest_landlock_fs_rights(abi - 1) &
				     ~attest_landlock_fs_rights(abi),
				 0);
		assert_int_equal(attest_landlock_net_rights(abi - 1) &
				     ~attest_landlock_net_rights(abi),
				 0);
		assert_int_equal(attest_landlock_scopes(abi - 1) &
				     ~attest_landlock_scopes(abi),
				 0);
	}
}

static void rights_appear_with_their_abi(void **state)
{
	static const struct {
		uint64_t right;
		int abi;
	} cases[] = {
		{ ATTEST_LL_EXECUTE, 1 },   { ATTEST_LL_MAKE_SYM, 1 },
		{ ATTEST_LL_REFER, 2 },	    { ATTEST_LL_TRUNCATE, 3 },
		{ ATTEST_LL_IOCTL_DEV, 5 }, { ATTEST_LL_RESOLVE_UNIX, 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int abi = cases[i].abi;

		assert_true(attest_landlock_fs_rights(abi) & cases[i].right);
		assert_false(attest_landlock_fs_rights(abi - 1) &
			     cases[i].right);
	}
	assert_int_equal(attest_landlock_net_rights(3), 0);
	assert_int_equal(attest_landlock_net_rights(4), 3);
	assert_int_equal(attest_landlock_net_rights(10), 15);
	assert_int_equal(attest_landlock_scopes(5), 0);
	assert_int_equal(attest_landlock_scopes(6), 3);
	assert_int_equal(attest_landlock_log_flags(6), 0);
	assert_int_equal(attest_landlock_log_flags(7), 2);
}

static void unknown_abis_are_clamped(void **state)
{
	(void)state;
	assert_int_equal(attest_landlock_fs_rights(-38), 0);
	assert_int_equal(attest_landlock_fs_rights(0), 0);
	assert_int_equal(attest_landlock_fs_rights(1000),
			 attest_landlock_fs_rights(ATTEST_LANDLOCK_ABI_NEWEST));
	assert_int_equal(
	    attest_landlock_net_rights(1000),
	    attest_landlock_net_rights(ATTEST_LANDLOCK_ABI_NEWEST));
}

static void access_maps_to_rights(void **state)
{
	uint64_t all = attest_landlock_rights_for(ATTEST_ACCESS_ALL);

	(void)state;
	assert_int_equal(attest_landlock_rights_for(0), 0);
	assert_int_equal(attest_landlock_rights_for(ATTEST_ACCESS_READ),
			 ATTEST_LL_READ_FILE);
	assert_int_equal(attest_landlock_rights_for(ATTEST_ACCESS_EXECUTE),
			 ATTEST_LL_EXECUTE);
	assert_true(all & ATTEST_LL_REFER);
	assert_false(all & (ATTEST_LL_MAKE_CHAR | ATTEST_LL_MAKE_BLOCK));
	assert_false(all & ~attest_landlock_fs_rights(1000));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_abi_only_adds),
		cmocka_unit_test(rights_appear_with_their_abi),
		cmocka_unit_test(unknown_abis_are_clamped),
		cmocka_unit_test(access_maps_to_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
