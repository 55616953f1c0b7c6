/* SPDX-License-Identifier: Apache-2.0 */
/* Hash: octets as one number, the same in every process (FNV-1a of 64 bits,
 * http://www.isthe.com/chongo/tech/comp/fnv/).
 *
 * Whoever chooses the octets can make two of them equal: nothing may rest on it that matters
 * to others. */
#ifndef GV_BASE_HASH_H
#define GV_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define GV_HASH_BEGIN UINT64_C(14695981039346656037)

/* Go on from `hash`, which is GV_HASH_BEGIN before the first octet. */
static inline uint64_t gv_hash(uint64_t hash, const void *octets, size_t n)
{
    const unsigned char *at = octets;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash;
}

#endif
