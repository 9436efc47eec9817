// SPDX-License-Identifier: MIT
#ifndef HENGE_CRYPTO_H
#define HENGE_CRYPTO_H

#include <openssl/crypto.h>
#include <openssl/evp.h>

// libcrypto, opened by name when something is hashed: every start would wait for its relocations.

// Its functions, without `EVP_`.
#define HENGE_CRYPTO_FUNCTIONS(use) \
  use(DigestInit_ex) use(DigestUpdate) use(DigestFinal_ex) use(MD_CTX_new) use(MD_CTX_free) \
  use(MD_CTX_copy_ex) use(sha256)

typedef struct {
#define HENGE_DECLARE(name) __typeof__(EVP_##name) *name;
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
