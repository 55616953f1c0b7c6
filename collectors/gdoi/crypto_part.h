/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that know OpenSSL only. */
#ifndef GV_GDOI_CRYPTO_PART_H
#define GV_GDOI_CRYPTO_PART_H

#include <openssl/evp.h>

#include "gdoi/crypto.h"

const EVP_MD *gdoi_md(enum gdoi_hash hash);

#endif
