// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>

#include "base/cleanup.h"
#include "export/transports/tls.h"

ATTEST_SSL_NAMES(ATTEST_LAZY_DEFINE)

static const struct attest_lazy_symbol symbols[] = { ATTEST_SSL_NAMES(
    ATTEST_LAZY_SYMBOL) };

static int fail(struct attest_diag *diag, const char *what, const char *path)
{
	unsigned long error = ERR_peek_last_error();

	ERR_clear_error();
	return attest_export_fail(diag, -EINVAL, "%s '%.128s': %s", what, path,
				  error ? ERR_reason_error_string(error)
					: "not usable");
}

static int load(SSL_CTX *context, const struct attest_url *url,
		struct attest_diag *diag)
{
	const char *ca = attest_url_arg(url, "ca");
	const char *cert = attest_url_arg(url, "cert");
	const char *key = attest_url_arg(url, "key");

	if (ca && SSL_CTX_load_verify_file(context, ca) != 1)
		return fail(diag, "ca=", ca);
	if (!ca)
		(void)SSL_CTX_set_default_verify_paths(context);
	if (cert && SSL_CTX_use_certificate_chain_file(context, cert) != 1)
		return fail(diag, "cert=", cert);
	/* Both may stand in one file. */
	key = key ? key : cert;
	if (key &&
	    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		return fail(diag, "key=", key);
	return 0;
}

int attest_tls_context(const struct attest_url *url, SSL_CTX **ret,
		       struct attest_diag *reterr_diag)
{
	SSL_CTX *context;
	int r;

	r = attest_export_need(ATTEST_SSL_SONAME, symbols, ARRAY_SIZE(symbols),
			       reterr_diag);
	if (r < 0)
		return r;
	context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	(void)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_mode(context,
			       SSL_MODE_ENABLE_PARTIAL_WRITE |
				   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	r = load(context, url, reterr_diag);
	if (r < 0) {
		SSL_CTX_free(context);
		return r;
	}
	*ret = context;
	return 0;
}

SSL *attest_tls_session(SSL_CTX *context, int fd, const char *host)
{
	unsigned char address[16];
	SSL *ssl = SSL_new(context);
	bool ok = ssl && SSL_set_fd(ssl, fd) == 1;

	if (inet_pton(AF_INET, host, address) == 1 ||
	    inet_pton(AF_INET6, host, address) == 1)
		ok = ok && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
							 host) == 1;
	else
		ok = ok && SSL_set1_host(ssl, host) == 1 &&
		     SSL_set_tlsext_host_name(ssl, host) == 1;
	if (ok)
		return ssl;
	SSL_free(ssl);
	return NULL;
}

int attest_tls_wants(SSL *ssl, int result)
{
	int error = SSL_get_error(ssl, result);

	if (error == SSL_ERROR_WANT_READ)
		return POLLIN;
	if (error == SSL_ERROR_WANT_WRITE)
		return POLLOUT;
	return -1;
}

ssize_t attest_tls_read(SSL *ssl, void *buffer, int size)
{
	int n, reason;

	ERR_clear_error();
	n = SSL_read(ssl, buffer, size);
	if (n > 0)
		return n;
	switch (SSL_get_error(ssl, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SSL:
		reason = ERR_GET_REASON(ERR_peek_last_error());
		return reason == SSL_R_UNEXPECTED_EOF_WHILE_READING
			   ? -ECONNRESET
			   : -EPROTO;
	}
	return -ECONNRESET;
}

int attest_tls_fail(struct attest_courier *courier, SSL *ssl, const char *what)
{
	unsigned long error = ERR_peek_last_error();
	long verify = SSL_get_verify_result(ssl);
	const char *why = "connection closed";

	if (verify != X509_V_OK)
		why = X509_verify_cert_error_string(verify);
	else if (error)
		why = ERR_reason_error_string(error);
	ERR_clear_error();
	return attest_courier_fail(courier, -EPROTO, "%s: %s", what,
				   why ? why : "failed");
}
