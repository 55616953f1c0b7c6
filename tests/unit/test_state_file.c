/* SPDX-License-Identifier: Apache-2.0 */
/* A state file is the old one or the new one, or it is none. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "probes/state_file.h"

static char dir[] = "/tmp/gv-state-XXXXXX";
static char path[64];

static void put(const void *octets, size_t n)
{
    FILE *file = fopen(path, "wb");

    CHECK("written", file != NULL && fwrite(octets, 1, n, file) == n);
    if (file != NULL)
        (void)fclose(file);
}

static size_t get(char *octets, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t n = file != NULL ? fread(octets, 1, room, file) : 0;

    if (file != NULL)
        (void)fclose(file);
    return n;
}

static enum gv_err read_it(struct gv_buf *out)
{
    gv_buf_reset(out);
    return gv_state_file_read(dir, "state", out);
}

int main(void)
{
    static const char text[] = "192.0.2.1:848 1764000000\n192.0.2.2:848 1764000300\n";
    struct gv_buf out = gv_buf(GV_STATE_FILE_MOST);
    char whole[256], damaged[256];
    struct stat info;
    size_t n;

    CHECK("directory", mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof(path), "%s/state", dir);
    CHECK_INT("none yet", read_it(&out), GV_ERR_NOT_FOUND);
    CHECK_INT("write", gv_state_file_write(dir, "state", gv_text(text)), GV_OK);
    CHECK("its owner's alone", stat(path, &info) == 0 && (info.st_mode & 077) == 0);
    CHECK_INT("read", read_it(&out), GV_OK);
    CHECK_STR("what was written", out.at, text);
    n = get(whole, sizeof(whole));
    for (size_t cut = 0; cut < n; cut++) { /* the last newline may be missing */
        put(whole, cut);
        CHECK("cut short", read_it(&out) == GV_ERR_MALFORMED || cut == n - 1);
    }
    for (size_t i = strlen(text); i < n - 1; i++) {
        memcpy(damaged, whole, n);
        damaged[i] ^= 1;
        put(damaged, n);
        if (strncasecmp(damaged, whole, n) != 0)
            CHECK_INT("damaged at its end", read_it(&out), GV_ERR_MALFORMED);
    }
    CHECK_INT("replaced", gv_state_file_write(dir, "state", gv_text("x\n")), GV_OK);
    CHECK_INT("read", read_it(&out), GV_OK);
    CHECK_STR("the new one", out.at, "x\n");
    CHECK_INT("no such directory", gv_state_file_write("/nowhere", "state", gv_text("y\n")),
              GV_ERR_SYSTEM);
    gv_buf_clear(&out);
    (void)unlink(path);
    CHECK("nothing is left beside it", rmdir(dir) == 0);
    return check_end();
}
