/* SPDX-License-Identifier: Apache-2.0 */
/* What the sandbox refuses, tried from inside it, each in a process of its own. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "process/sandbox.h"

enum { DONE = 0, KILLED = -1, NO_SANDBOX = 250, SKIP = 77 };

static char writable[] = "/tmp/gv-sandbox-XXXXXX";
static char other[] = "/tmp/gv-elsewhere-XXXXXX";

static int told(long result)
{
    return result >= 0 ? DONE : errno;
}

static int create_in(const char *directory)
{
    char path[64];
    int fd;

    (void)snprintf(path, sizeof(path), "%s/file", directory);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    (void)close(fd);
    (void)unlink(path);
    return DONE;
}

static int create_here(void)
{
    return create_in(writable);
}

static int create_elsewhere(void)
{
    return create_in(other);
}

static int remove_elsewhere(void)
{
    return told(rmdir(other));
}

static int read_anything(void)
{
    return told(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int write_null(void)
{
    return told(open("/dev/null", O_WRONLY | O_CLOEXEC));
}

static int execute(void)
{
    char *const args[] = {(char[]){"true"}, NULL};

    return told(execv("/bin/true", args));
}

static int mount_something(void)
{
    return told(mount("none", writable, "tmpfs", 0, NULL));
}

static int own_namespace(void)
{
    return told(unshare(CLONE_NEWUSER));
}

static int become_root(void)
{
    return told(setuid(0));
}

static int packets(void)
{
    return told(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int datagrams(void)
{
    return told(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int trace(void)
{
    return told(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int process_of_another_space(void)
{
    return told(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL));
}

static int signal_another(void)
{
    return told(kill(1, 0));
}

static const struct {
    const char *name;
    int (*call)(void);
    int expected;          /* KILLED, DONE or an errno */
    bool landlock, narrow; /* needs that; is allowed to sanitizers */
} rows[] = {
    {"write where we may", create_here, DONE, false, false},
    {"write elsewhere", create_elsewhere, EACCES, true, false},
    {"remove elsewhere", remove_elsewhere, EACCES, true, false},
    {"read anything", read_anything, DONE, false, false},
    {"write to /dev/null", write_null, DONE, false, false},
    {"execute", execute, KILLED, false, false},
    {"mount", mount_something, KILLED, false, false},
    {"a namespace", own_namespace, KILLED, false, false},
    {"become root", become_root, KILLED, false, false},
    {"see packets", packets, ENOSYS, false, false},
    {"datagrams", datagrams, DONE, false, false},
    {"a process in a namespace", process_of_another_space, ENOSYS, false, false},
    {"trace", trace, KILLED, false, true},
    {"signal another process", signal_another, ENOSYS, false, true},
};

#ifdef __SANITIZE_ADDRESS__
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

/* How `call` ended inside. */
static int inside(int (*call)(void), struct gv_sandbox *got)
{
    const char *const paths[] = {writable, NULL};
    int status = 0;
    pid_t pid;

    (void)fflush(stdout);
    pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_DUMPABLE, 0);
        _exit(gv_sandbox_enter(paths, got) == GV_OK ? call() : NO_SANDBOX);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return NO_SANDBOX;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : NO_SANDBOX;
    return WEXITSTATUS(status);
}

static struct gv_sandbox seen;

static int tell_seccomp(void)
{
    return seen.seccomp ? DONE : 1;
}

static int tell_landlock(void)
{
    return seen.landlock > 0 ? DONE : 1;
}

int main(void)
{
    bool landlock;

    if (mkdtemp(writable) == NULL || mkdtemp(other) == NULL)
        return 1;
    if (inside(tell_seccomp, &seen) == 1) {
        (void)puts("this kernel has no seccomp");
        return SKIP;
    }
    landlock = inside(tell_landlock, &seen) == DONE;
    if (!landlock)
        (void)puts("this kernel has no Landlock: not tried");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if ((landlock || !rows[i].landlock) && !(sanitized && rows[i].narrow))
            CHECK_INT(rows[i].name, inside(rows[i].call, &seen), rows[i].expected);
    (void)rmdir(writable);
    (void)rmdir(other);
    return check_end();
}
