/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, n)   ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#endif

enum { SPARE_MOST = 32 };

/* Each secret has pages of its own, so that lock and don't-dump reach just it. */
struct gv_secret {
    size_t pages_size;
    size_t n;
    unsigned holders;
    char octets[];
};

/* Wiped pages of one page each, still locked, for the next secrets: on a virtual machine fresh
 * ones may cost as much as a tenth of a key exchange. */
static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;
static void *spare[SPARE_MOST];
static size_t spare_count;

static void *spare_take(size_t size)
{
    void *page = NULL;

    (void)pthread_mutex_lock(&spare_lock);
    if (spare_count > 0)
        page = spare[--spare_count];
    (void)pthread_mutex_unlock(&spare_lock);
    if (page != NULL)
        ASAN_UNPOISON_MEMORY_REGION(page, size);
    return page;
}

/* False where there are enough. */
static bool spare_put(void *page, size_t size)
{
    bool put;

    ASAN_POISON_MEMORY_REGION(page, size);
    (void)pthread_mutex_lock(&spare_lock);
    put = spare_count < SPARE_MOST;
    if (put)
        spare[spare_count++] = page;
    (void)pthread_mutex_unlock(&spare_lock);
    if (!put)
        ASAN_UNPOISON_MEMORY_REGION(page, size);
    return put;
}

static void *pages_new(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    (void)mlock(pages, size); /* best effort: RLIMIT_MEMLOCK may be small */
    (void)madvise(pages, size, MADV_DONTDUMP);
    (void)madvise(pages, size, MADV_WIPEONFORK);
    return pages;
}

struct gv_secret *gv_secret_new(const void *octets, size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t need = sizeof(struct gv_secret) + n + 1;
    struct gv_secret *secret;

    if (n > SIZE_MAX / 2)
        return NULL;
    need = (need + page - 1) / page * page;
    secret = need == page ? spare_take(page) : NULL;
    if (secret == NULL)
        secret = pages_new(need);
    if (secret == NULL)
        return NULL;
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
    if (size != (size_t)sysconf(_SC_PAGESIZE) || !spare_put(secret, size))
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
