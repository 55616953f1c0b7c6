/* SPDX-License-Identifier: Apache-2.0 */
#include "config/secret_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config/reader.h"

enum gv_err gv_secret_of_line(struct gv_text text, struct gv_secret **out, const char **why)
{
    if (text.n > 0 && text.at[text.n - 1] == '\n')
        text.n--;
    if (text.n > 0 && text.at[text.n - 1] == '\r')
        text.n--;
    if (text.n == 0 || gv_text_index(text, '\0') < text.n) {
        *why = text.n == 0 ? "is empty; expected a line of text"
                           : "is binary; expected a line of text";
        return GV_ERR_MALFORMED;
    }
    *out = gv_secret_new(text.at, text.n);
    if (*out != NULL)
        return GV_OK;
    *why = "finds no memory";
    return GV_ERR_NO_MEMORY;
}

static const char *unread(enum gv_err err)
{
    if (err == GV_ERR_NOT_FOUND)
        return "it does not exist";
    if (err == GV_ERR_TOO_LARGE)
        return "it is larger than a secret may be";
    return errno == EISDIR ? "it is no regular file" : strerror(errno);
}

static void say(struct gv_buf *why, const char *before, const char *path, const char *after,
                const char *what)
{
    gv_buf_add_str(why, before);
    gv_buf_add_char(why, '"');
    gv_buf_add_str(why, path);
    gv_buf_add_str(why, after);
    gv_buf_add_str(why, what);
}

/* The file's octets, in `text`, if not everybody can read them. */
static enum gv_err read_private(const char *path, size_t most, bool insecure_perms,
                                struct gv_buf *text, struct gv_buf *why)
{
    unsigned mode = 0;
    char remedy[80];
    enum gv_err err = gv_config_read_file(path, most, text, &mode);

    if (err != GV_OK) {
        say(why, "cannot read ", path, "\": ", unread(err));
        return err;
    }
    if ((mode & S_IROTH) == 0 || insecure_perms)
        return GV_OK;
    (void)snprintf(remedy, sizeof(remedy),
                   "can be read by everybody (mode %04o); run chmod o= on it", mode);
    say(why, "", path, "\" ", remedy);
    return GV_ERR_AUTHORIZATION;
}

static void forget(struct gv_buf *text)
{
    if (text->at != NULL)
        gv_wipe(text->at, text->n);
    gv_buf_clear(text);
}

enum gv_err gv_secret_file_check(const char *path, bool insecure_perms, struct gv_buf *why)
{
    enum { KEY_MOST = 65536 };
    struct gv_buf text = gv_buf(KEY_MOST + 8);
    enum gv_err err = read_private(path, KEY_MOST, insecure_perms, &text, why);

    forget(&text);
    return err;
}

enum gv_err gv_secret_file_read(const char *path, bool insecure_perms, struct gv_secret **out,
                                struct gv_buf *why)
{
    struct gv_buf text = gv_buf(GV_CONFIG_SECRET + 8);
    const char *what;
    enum gv_err err = read_private(path, GV_CONFIG_SECRET, insecure_perms, &text, why);

    if (err == GV_OK) {
        err = gv_secret_of_line((struct gv_text){text.at, text.n}, out, &what);
        if (err != GV_OK)
            say(why, "", path, "\" ", what);
    }
    forget(&text);
    return err;
}
