// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <errno.h>

#include "base/lazy.h"

int attest_lazy_load(const char *soname,
		     const struct attest_lazy_symbol *symbols, size_t n,
		     const char **ret_missing)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library) {
		*ret_missing = dlerror();
		return -ENOENT;
	}
	for (size_t i = 0; i < n; i++)
		if (!dlsym(library, symbols[i].name)) {
			*ret_missing = dlerror();
			(void)dlclose(library);
			return -ENOENT;
		}
	for (size_t i = 0; i < n; i++)
		__atomic_store_n(symbols[i].pointer,
				 dlsym(library, symbols[i].name),
				 __ATOMIC_RELEASE);
	return 0;
}
