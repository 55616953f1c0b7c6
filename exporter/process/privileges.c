/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/privileges.h"

enum { WORDS = _LINUX_CAPABILITY_U32S_3 };

static enum gv_err fail(const char *what, char *why, size_t why_size)
{
    (void)snprintf(why, why_size, "cannot %s: %s", what, strerror(errno));
    return GV_ERR_SYSTEM;
}

/* Only what may be gained by executing something: nothing ever will be. */
static void shrink_bounds(void)
{
    for (unsigned long c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
        if (c != CAP_NET_BIND_SERVICE)
            (void)prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
}

/* Effective and permitted are the one to bind low ports, where it is permitted. Who has no
 * more than that calls nothing that a service's filter may forbid. */
static enum gv_err keep_one(char *why, size_t why_size)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[WORDS] = {{0}};
    const unsigned bit = 1U << CAP_NET_BIND_SERVICE;
    bool more = false;

    if (syscall(SYS_capget, &head, data) != 0)
        return fail("read capabilities", why, why_size);
    for (size_t i = 0; i < WORDS; i++) {
        unsigned keep = data[i].permitted & (i == 0 ? bit : 0);

        more = more || data[i].permitted != keep || data[i].effective != keep;
        data[i].permitted = data[i].effective = keep;
        data[i].inheritable = 0;
    }
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (more && syscall(SYS_capset, &head, data) != 0)
        return fail("drop capabilities", why, why_size);
    return GV_OK;
}

static enum gv_err become(const char *name, char *why, size_t why_size)
{
    const struct passwd *user;

    errno = 0;
    user = getpwnam(name);
    if (user == NULL) {
        (void)snprintf(why, why_size, "--user=%s: %s", name,
                       errno != 0 ? strerror(errno) : "no such user");
        return GV_ERR_NOT_FOUND;
    }
    if (user->pw_uid == geteuid() && user->pw_uid != 0)
        return GV_OK;
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || initgroups(name, user->pw_gid) != 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        return fail("become the user of --user (are we root?)", why, why_size);
    return GV_OK;
}

enum gv_err gv_privileges_drop(const char *user, bool *root, char *why, size_t why_size)
{
    enum gv_err err = GV_OK;

    if (user != NULL) {
        shrink_bounds();
        err = become(user, why, why_size);
    }
    if (err != GV_OK)
        return err;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail("forbid new privileges", why, why_size);
    *root = geteuid() == 0;
    return *root ? GV_OK : keep_one(why, why_size);
}
