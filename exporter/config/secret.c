/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/reader.h"
#include "config/secret_file.h"

static enum gv_err read_all(int fd, size_t most, struct gv_buf *out)
{
    for (;;) {
        char *at = gv_buf_room(out, most + 1 - out->n);
        ssize_t n = at != NULL ? read(fd, at, most + 1 - out->n) : -1;

        if (at == NULL)
            return out->err;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return GV_ERR_SYSTEM;
        if (n == 0)
            return GV_OK;
        gv_buf_grew(out, (size_t)n);
        if (out->n > most)
            return GV_ERR_TOO_LARGE;
    }
}

enum gv_err gv_config_read_file(const char *path, size_t most, struct gv_buf *out,
                                unsigned *mode)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    enum gv_err err;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? GV_ERR_NOT_FOUND : GV_ERR_SYSTEM;
    err = GV_ERR_SYSTEM;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        if (mode != NULL)
            *mode = info.st_mode & 07777;
        err = (uintmax_t)info.st_size > most ? GV_ERR_TOO_LARGE : read_all(fd, most, out);
    } else {
        errno = EISDIR;
    }
    (void)close(fd);
    return err;
}

static void take(struct gv_config_reader *reader, const struct gv_node *node,
                 struct gv_text text, struct gv_secret **out)
{
    const char *why;

    if (gv_secret_of_line(text, out, &why) != GV_OK)
        gv_fault(&reader->faults, node->at, "the secret of %s %s", node->key, why);
}

static void from_file(struct gv_config_reader *reader, const struct gv_node *node,
                      const char *path, struct gv_secret **out)
{
    struct gv_buf why = gv_buf(GV_CONFIG_PATH * 4);
    enum gv_err err = gv_secret_file_read(path, reader->options->insecure_perms, out, &why);

    if (err != GV_OK)
        gv_fault(&reader->faults, node->at, "%s: %s%s", node->key,
                 why.at != NULL ? why.at : "no memory",
                 err == GV_ERR_AUTHORIZATION ? ", or start with --insecure-perms" : "");
    gv_buf_clear(&why);
}

static void from_credential(struct gv_config_reader *reader, const struct gv_node *node,
                            struct gv_secret **out)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    struct gv_buf path = gv_buf(GV_CONFIG_PATH * 2);

    if (strchr(node->text, '/') != NULL) {
        gv_fault(&reader->faults, node->at, "%s is \"%s\"; expected a name without \"/\"",
                 node->key, node->text);
        return;
    }
    if (directory == NULL) {
        gv_fault(
            &reader->faults, node->at,
            "%s: $CREDENTIALS_DIRECTORY is not set; expected LoadCredential=%s:FILE in the "
            "systemd unit",
            node->key, node->text);
        return;
    }
    gv_buf_add_str(&path, directory);
    gv_buf_add_char(&path, '/');
    gv_buf_add_str(&path, node->text);
    if (path.err == GV_OK)
        from_file(reader, node, path.at, out);
    else
        gv_fault(&reader->faults, node->at, "%s: the path is too long", node->key);
    gv_buf_clear(&path);
}

static void from_env(struct gv_config_reader *reader, const struct gv_node *node,
                     struct gv_secret **out)
{
    const char *value = getenv(node->text);

    if (value == NULL) {
        gv_fault(&reader->faults, node->at, "%s: the environment has no variable \"%s\"",
                 node->key, node->text);
        return;
    }
    gv_fault_warn(
        &reader->faults, node->at,
        "%s: other processes of the same user can read the environment; prefer a file",
        node->key);
    take(reader, node, gv_text(value), out);
}

static void from_text(struct gv_config_reader *reader, const struct gv_node *node,
                      struct gv_secret **out)
{
    if (reader->inline_secrets || reader->options->insecure_perms)
        take(reader, node, gv_text(node->text), out);
    else
        gv_fault(&reader->faults, node->at,
                 "%s stands in a file that others can read; expected %s_file, or chmod 600 of "
                 "this file, or --insecure-perms",
                 node->key, node->key);
}

void gv_config_secret(struct gv_config_reader *reader, const struct gv_secret_source *source,
                      struct gv_secret **out)
{
    const struct gv_node *node = source->node;

    *out = NULL;
    if (reader->options->offline && source->from > GV_SECRET_INLINE) {
        take(reader, node, gv_text("a stand-in"), out);
        return;
    }
    switch (source->from) {
    case GV_SECRET_NOWHERE:
        return;
    case GV_SECRET_INLINE:
        from_text(reader, node, out);
        return;
    case GV_SECRET_FILE:
        from_file(reader, node, gv_config_path(reader, node->text), out);
        return;
    case GV_SECRET_ENV:
        from_env(reader, node, out);
        return;
    case GV_SECRET_CREDENTIAL:
        from_credential(reader, node, out);
        return;
    }
}
