/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Each secret has pages of its own, so that lock and don't-dump reach just it. */
struct gv_secret {
    size_t pages_size;
    size_t n;
    unsigned holders;
    char octets[];
};

struct gv_secret *gv_secret_new(const void *octets, size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t need = sizeof(struct gv_secret) + n + 1;
    struct gv_secret *secret;

    if (n > SIZE_MAX / 2)
        return NULL;
    need = (need + page - 1) / page * page;
    secret = mmap(NULL, need, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        return NULL;
    (void)mlock(secret, need); /* best effort: RLIMIT_MEMLOCK may be small */
    (void)madvise(secret, need, MADV_DONTDUMP);
    (void)madvise(secret, need, MADV_WIPEONFORK);
    secret->pages_size = need;
    secret->n = n;
    secret->holders = 1;
    if (n > 0)
        memcpy(secret->octets, octets, n);
    return secret;
}

struct gv_secret *gv_secret_share(struct gv_secret *secret)
{
    if (secret != NULL)
        secret->holders++;
    return secret;
}

void gv_secret_free(struct gv_secret *secret)
{
    if (secret == NULL || --secret->holders > 0)
        return;
    size_t size = secret->pages_size;

    gv_wipe(secret, size);
    (void)munmap(secret, size);
}

const char *gv_secret_reveal(const struct gv_secret *secret)
{
    return secret->octets;
}

size_t gv_secret_size(const struct gv_secret *secret)
{
    return secret->n;
}

bool gv_secret_equal(const struct gv_secret *a, const struct gv_secret *b)
{
    unsigned char diff = 0;

    if (a == NULL || b == NULL)
        return a == b;
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        diff = (unsigned char)(diff | (a->octets[i] ^ b->octets[i]));
    return diff == 0;
}

void gv_wipe(void *octets, size_t n)
{
    explicit_bzero(octets, n);
}
