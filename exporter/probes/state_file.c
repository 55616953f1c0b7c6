/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 4096 };

static const char end_mark[] = "# whole: ";

/* "directory/name" and an ending, in `out`; NULL where it is too long. */
static const char *path_of(const char *directory, const char *name, const char *ending,
                           struct gv_buf *out)
{
    gv_buf_add_str(out, directory);
    gv_buf_add_char(out, '/');
    gv_buf_add_str(out, name);
    gv_buf_add_str(out, ending);
    if (out->err != GV_OK)
        errno = ENAMETOOLONG;
    return out->err == GV_OK ? out->at : NULL;
}

static enum gv_err read_all(int fd, struct gv_buf *out)
{
    for (;;) {
        char *room = gv_buf_room(out, 4096);
        ssize_t n = room != NULL ? read(fd, room, 4096) : -1;

        if (room == NULL)
            return GV_ERR_TOO_LARGE;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? GV_OK : GV_ERR_SYSTEM;
        gv_buf_grew(out, (size_t)n);
    }
}

/* The last line is "# whole: N", N the octets before it. Takes it off. */
static bool is_whole(struct gv_text *text)
{
    size_t at = 0, mark_n = sizeof(end_mark) - 1;
    struct gv_text rest = *text, line, last = {"", 0};
    uint64_t n;

    while (gv_text_line(&rest, &line)) {
        last = line;
        at = (size_t)(line.at - text->at);
    }
    if (!gv_text_starts(last, end_mark) || !gv_text_u64(gv_text_from(last, mark_n), &n) ||
        n != at)
        return false;
    text->n = at;
    return true;
}

enum gv_err gv_state_file_read(const char *directory, const char *name, struct gv_buf *out)
{
    struct gv_buf path = gv_buf(PATH_MOST), all = gv_buf(GV_STATE_FILE_MOST);
    const char *file = path_of(directory, name, "", &path);
    int fd = file != NULL ? open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
    enum gv_err err = errno == ENOENT ? GV_ERR_NOT_FOUND : GV_ERR_SYSTEM;
    struct gv_text text;

    if (fd >= 0) {
        err = read_all(fd, &all);
        (void)close(fd);
        text = (struct gv_text){all.at != NULL ? all.at : "", all.n};
        if (err == GV_OK && !is_whole(&text))
            err = GV_ERR_MALFORMED;
        if (err == GV_OK)
            gv_buf_add(out, text.at, text.n);
    }
    gv_buf_clear(&all);
    gv_buf_clear(&path);
    return err;
}

static bool write_all(int fd, const char *at, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* So that the name is on the disk as well. */
static bool flush_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool replace(const char *directory, const char *file, const char *beside,
                    const struct gv_buf *text)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && write_all(fd, text->at, text->n) && fsync(fd) == 0;
    int code = errno;

    if (fd >= 0 && close(fd) != 0)
        ok = false;
    if (ok && rename(beside, file) == 0 && flush_directory(directory))
        return true;
    if (!ok) {
        (void)unlink(beside);
        errno = code;
    }
    return false;
}

enum gv_err gv_state_file_write(const char *directory, const char *name, struct gv_text text)
{
    struct gv_buf file = gv_buf(PATH_MOST), beside = gv_buf(PATH_MOST);
    struct gv_buf whole = gv_buf(GV_STATE_FILE_MOST);
    enum gv_err err = GV_ERR_SYSTEM;

    gv_buf_add_text(&whole, text);
    gv_buf_add_str(&whole, end_mark);
    gv_buf_add_u64(&whole, text.n);
    gv_buf_add_char(&whole, '\n');
    if (whole.err == GV_OK && path_of(directory, name, "", &file) != NULL &&
        path_of(directory, name, ".new", &beside) != NULL &&
        replace(directory, file.at, beside.at, &whole))
        err = GV_OK;
    gv_buf_clear(&file);
    gv_buf_clear(&beside);
    gv_buf_clear(&whole);
    return err;
}
