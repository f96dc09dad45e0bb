/* SPDX-License-Identifier: Apache-2.0 */
/* Macros of libraries' headers that cppcheck does not see. */
#define LIBBPF_OPTS(type, name, ...) struct type name = { 0 }
#define json_array_foreach(a, i, v)                                            \
	for (i = 0, v = json_array_get(a, i); v; i++)
#define json_object_foreach(o, k, v)                                           \
	for (k = json_object_iter_key(o), v = json_object_get(o, k); k;)
