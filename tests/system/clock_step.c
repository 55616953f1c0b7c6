/* SPDX-License-Identifier: Apache-2.0 */
/* To be preloaded: the wall clock steps by CLOCK_STEP_S seconds once CLOCK_STEP_FILE is there.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    const char *file = getenv("CLOCK_STEP_FILE"), *step = getenv("CLOCK_STEP_S");
    void *symbol;
    int code;

    if (real == NULL) {
        symbol = dlsym(RTLD_NEXT, "clock_gettime");
        memcpy(&real, &symbol, sizeof(real));
    }
    code = real(id, now);
    if (code == 0 && id == CLOCK_REALTIME && file != NULL && step != NULL &&
        access(file, F_OK) == 0)
        now->tv_sec += strtol(step, NULL, 10);
    return code;
}
