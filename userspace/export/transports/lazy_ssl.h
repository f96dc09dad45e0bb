/* SPDX-License-Identifier: Apache-2.0 */
/** OpenSSL, loaded when it is first used: see base/lazy.h. Internal to export/.
 */
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/lazy.h"

#define ATTEST_SSL_SONAME "libssl.so.3"

/* clang-format off */
#define ATTEST_SSL_NAMES(X) \
	X(ERR_clear_error) \
	X(ERR_peek_last_error) \
	X(ERR_reason_error_string) \
	X(SSL_CTX_ctrl) \
	X(SSL_CTX_free) \
	X(SSL_CTX_load_verify_file) \
	X(SSL_CTX_new) \
	X(SSL_CTX_set_default_verify_paths) \
	X(SSL_CTX_set_verify) \
	X(SSL_CTX_use_PrivateKey_file) \
	X(SSL_CTX_use_certificate_chain_file) \
	X(SSL_connect) \
	X(SSL_ctrl) \
	X(SSL_free) \
	X(SSL_get0_param) \
	X(SSL_get_error) \
	X(SSL_get_verify_result) \
	X(SSL_new) \
	X(SSL_read) \
	X(SSL_set1_host) \
	X(SSL_set_fd) \
	X(SSL_shutdown) \
	X(SSL_write) \
	X(TLS_client_method) \
	X(X509_VERIFY_PARAM_set1_ip_asc) \
	X(X509_verify_cert_error_string)
/* clang-format on */

ATTEST_SSL_NAMES(ATTEST_LAZY_DECLARE)

#define ERR_clear_error attest_lazy_ERR_clear_error
#define ERR_peek_last_error attest_lazy_ERR_peek_last_error
#define ERR_reason_error_string attest_lazy_ERR_reason_error_string
#define SSL_CTX_ctrl attest_lazy_SSL_CTX_ctrl
#define SSL_CTX_free attest_lazy_SSL_CTX_free
#define SSL_CTX_load_verify_file attest_lazy_SSL_CTX_load_verify_file
#define SSL_CTX_new attest_lazy_SSL_CTX_new
#define SSL_CTX_set_default_verify_paths                                       \
	attest_lazy_SSL_CTX_set_default_verify_paths
#define SSL_CTX_set_verify attest_lazy_SSL_CTX_set_verify
#define SSL_CTX_use_PrivateKey_file attest_lazy_SSL_CTX_use_PrivateKey_file
#define SSL_CTX_use_certificate_chain_file                                     \
	attest_lazy_SSL_CTX_use_certificate_chain_file
#define SSL_connect attest_lazy_SSL_connect
#define SSL_ctrl attest_lazy_SSL_ctrl
#define SSL_free attest_lazy_SSL_free
#define SSL_get0_param attest_lazy_SSL_get0_param
#define SSL_get_error attest_lazy_SSL_get_error
#define SSL_get_verify_result attest_lazy_SSL_get_verify_result
#define SSL_new attest_lazy_SSL_new
#define SSL_read attest_lazy_SSL_read
#define SSL_set1_host attest_lazy_SSL_set1_host
#define SSL_set_fd attest_lazy_SSL_set_fd
#define SSL_shutdown attest_lazy_SSL_shutdown
#define SSL_write attest_lazy_SSL_write
#define TLS_client_method attest_lazy_TLS_client_method
#define X509_VERIFY_PARAM_set1_ip_asc attest_lazy_X509_VERIFY_PARAM_set1_ip_asc
#define X509_verify_cert_error_string attest_lazy_X509_verify_cert_error_string
