/* SPDX-License-Identifier: Apache-2.0 */
#include "secret_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "config_reader.h"

static enum gv_err refuse(struct gv_buf *why, const char *path, const char *what)
{
    gv_buf_add_str(why, path);
    gv_buf_add_str(why, ": ");
    gv_buf_add_str(why, what);
    return GV_ERR_AUTHENTICATION;
}

static enum gv_err take(const char *path, struct gv_text text, struct gv_secret **out,
                        struct gv_buf *why)
{
    if (text.n > 0 && text.at[text.n - 1] == '\n')
        text.n--;
    if (text.n > 0 && text.at[text.n - 1] == '\r')
        text.n--;
    if (text.n == 0)
        return refuse(why, path, "is empty; expected a line of text");
    if (gv_text_index(text, '\0') < text.n)
        return refuse(why, path, "is binary; expected a line of text");
    *out = gv_secret_new(text.at, text.n);
    return *out != NULL ? GV_OK : GV_ERR_NO_MEMORY;
}

enum gv_err gv_secret_file_read(const char *path, bool insecure_perms, struct gv_secret **out,
                                struct gv_buf *why)
{
    struct gv_buf text = gv_buf(GV_CONFIG_SECRET + 8);
    unsigned mode = 0;
    enum gv_err err = gv_config_read_file(path, GV_CONFIG_SECRET, &text, &mode);

    if (err == GV_ERR_NOT_FOUND)
        err = refuse(why, path, "does not exist");
    else if (err == GV_ERR_TOO_LARGE)
        err = refuse(why, path, "is larger than a secret may be");
    else if (err != GV_OK)
        err = refuse(why, path, errno == EISDIR ? "is no regular file" : strerror(errno));
    else if ((mode & S_IROTH) != 0 && !insecure_perms)
        err = refuse(why, path, "can be read by everybody; run chmod o= on it");
    else
        err = take(path, (struct gv_text){text.at, text.n}, out, why);
    if (text.at != NULL)
        gv_wipe(text.at, text.n);
    gv_buf_clear(&text);
    return err;
}
