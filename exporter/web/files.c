/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a web configuration was read from, and whether one has changed since. */
#include "web/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What stat(2) tells apart. All 0: no such file. */
struct mark {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec written, changed;
};

struct gv_web_files {
    char *paths[GV_WEB_FILE_COUNT]; /* NULL: none */
    struct mark marks[GV_WEB_FILE_COUNT];
    bool asked;
};

static struct mark mark_of(const char *path)
{
    struct stat info;

    if (path == NULL || stat(path, &info) != 0)
        return (struct mark){0};
    return (struct mark){info.st_dev, info.st_ino, info.st_size, info.st_mtim, info.st_ctim};
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same(const struct mark *a, const struct mark *b)
{
    return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
           same_time(a->written, b->written) && same_time(a->changed, b->changed);
}

struct gv_web_files *gv_web_files_new(const char *path)
{
    struct gv_web_files *files = calloc(1, sizeof(*files));

    if (files == NULL || gv_web_files_follow(files, GV_WEB_FILE_ITSELF, path) == GV_OK)
        return files;
    free(files);
    return NULL;
}

void gv_web_files_free(struct gv_web_files *files)
{
    if (files == NULL)
        return;
    for (size_t i = 0; i < GV_WEB_FILE_COUNT; i++)
        free(files->paths[i]);
    free(files);
}

bool gv_web_files_changed(struct gv_web_files *files)
{
    bool changed = !files->asked;

    files->asked = true;
    for (size_t i = 0; i < GV_WEB_FILE_COUNT; i++) {
        struct mark mark = mark_of(files->paths[i]);

        changed |= !same(&mark, &files->marks[i]);
        files->marks[i] = mark;
    }
    return changed;
}

const char *gv_web_files_path(const struct gv_web_files *files, enum gv_web_file which)
{
    return files->paths[which];
}

enum gv_err gv_web_files_follow(struct gv_web_files *files, enum gv_web_file which,
                                const char *path)
{
    char *copy = path != NULL ? strdup(path) : NULL;

    if (path != NULL && copy == NULL)
        return GV_ERR_NO_MEMORY;
    if (path == NULL || files->paths[which] == NULL || strcmp(path, files->paths[which]) != 0)
        files->marks[which] = mark_of(path);
    free(files->paths[which]);
    files->paths[which] = copy;
    return GV_OK;
}
