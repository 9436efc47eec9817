// SPDX-License-Identifier: MIT
#ifndef HENGE_CRYPTO_H
#define HENGE_CRYPTO_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

// libcrypto, opened by name when something is hashed: every start would wait for its relocations.

// Its functions, with what their names begin with.
#define HENGE_CRYPTO_FUNCTIONS(use) \
  use(EVP_, DigestInit_ex) use(EVP_, DigestUpdate) use(EVP_, DigestFinal_ex) \
  use(EVP_, MD_CTX_new) use(EVP_, MD_CTX_free) use(EVP_, MD_CTX_copy_ex) use(EVP_, sha256) \
  use(, HMAC) use(CRYPTO_, memcmp)

typedef struct {
#define HENGE_DECLARE(prefix, name) __typeof__(prefix##name) *name;
  HENGE_CRYPTO_FUNCTIONS(HENGE_DECLARE)
#undef HENGE_DECLARE
} henge_crypto_functions;

// Opens the library once; NULL, or why it cannot be used, a text that stays.
const char *henge_crypto_fault(void);

// What it calls itself, where henge_crypto_fault() is NULL.
const char *henge_crypto_version(void);

// The functions, all of them there where henge_crypto_fault() is NULL.
const henge_crypto_functions *henge_crypto(void);

#endif
