/* SPDX-License-Identifier: Apache-2.0 */
/** curl, loaded when it is first used: see base/lazy.h. Internal to export/. */
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/lazy.h"

/* curl checks the number of arguments by macros. */
#undef curl_easy_getinfo
#undef curl_easy_setopt

#define ATTEST_CURL_SONAME "libcurl.so.4"

/* clang-format off */
#define ATTEST_CURL_NAMES(X) \
	X(curl_easy_cleanup) \
	X(curl_easy_getinfo) \
	X(curl_easy_init) \
	X(curl_easy_perform) \
	X(curl_easy_setopt) \
	X(curl_easy_strerror) \
	X(curl_slist_append) \
	X(curl_slist_free_all)
/* clang-format on */

ATTEST_CURL_NAMES(ATTEST_LAZY_DECLARE)

#define curl_easy_cleanup attest_lazy_curl_easy_cleanup
#define curl_easy_getinfo attest_lazy_curl_easy_getinfo
#define curl_easy_init attest_lazy_curl_easy_init
#define curl_easy_perform attest_lazy_curl_easy_perform
#define curl_easy_setopt attest_lazy_curl_easy_setopt
#define curl_easy_strerror attest_lazy_curl_easy_strerror
#define curl_slist_append attest_lazy_curl_slist_append
#define curl_slist_free_all attest_lazy_curl_slist_free_all
