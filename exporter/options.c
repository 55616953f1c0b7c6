/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <string.h>

#include "words.h"

enum { HELP_COLUMN = 34 };

static void complain(struct gv_buf *why, const char *name, const char *what, const char *more)
{
    gv_buf_add_str(why, name);
    gv_buf_add_str(why, what);
    gv_buf_add_str(why, more);
}

static const struct gv_option *find(const struct gv_option *options, size_t count,
                                    struct gv_text name)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].name != NULL && gv_text_is(name, options[i].name))
            return &options[i];
    return NULL;
}

static const struct gv_option *positional(const struct gv_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].name == NULL)
            return &options[i];
    return NULL;
}

static void unknown(const struct gv_option *options, size_t count, const char *word,
                    struct gv_buf *why)
{
    struct gv_word_guess guess = {.text = word};

    for (size_t i = 0; i < count; i++)
        if (options[i].name != NULL)
            gv_word_guess(&guess, options[i].name);
    complain(why, word, ": no such option; ", guess.word ? "did you mean " : "see --help");
    if (guess.word != NULL)
        complain(why, guess.word, "?", "");
}

static bool add_text(const struct gv_option *option, void *field, const char *text,
                     struct gv_buf *why)
{
    struct gv_option_texts *texts = field;

    if (texts->count == GV_OPTION_TEXTS_MOST) {
        complain(why, option->name ? option->name : text, ": given too often", "");
        return false;
    }
    texts->at[texts->count++] = text;
    return true;
}

/* `value`: what follows "=", or the next argument. */
static bool store(const struct gv_option *option, void *row, const char *value,
                  struct gv_buf *why)
{
    void *field = (char *)row + option->offset;

    if (value == NULL) {
        complain(why, option->name, " needs a value: ", option->value);
        return false;
    }
    if (option->kind == GV_OPTION_TEXTS)
        return add_text(option, field, value, why);
    memcpy(field, &value, sizeof(value));
    return true;
}

static bool set_flag(const struct gv_option *option, void *row, bool has_value,
                     struct gv_buf *why)
{
    const bool yes = true;

    if (has_value) {
        complain(why, option->name, " takes no value", "");
        return false;
    }
    memcpy((char *)row + option->offset, &yes, sizeof(yes));
    return true;
}

/* A word that is no option. */
static bool take_rest(const struct gv_option *rest, void *row, const char *word,
                      struct gv_buf *why)
{
    if (rest != NULL)
        return add_text(rest, (char *)row + rest->offset, word, why);
    complain(why, word, ": no argument is expected; see --help", "");
    return false;
}

bool gv_options_read(const struct gv_option *options, size_t count, int argc,
                     const char *const *argv, void *row, struct gv_buf *why)
{
    const struct gv_option *rest = positional(options, count);
    bool ended = false, ok = true;

    for (int i = 1; i < argc && ok; i++) {
        struct gv_text word = gv_text(argv[i]);
        size_t equals = gv_text_index(word, '=');
        const struct gv_option *option = find(options, count, gv_text_head(word, equals));

        if (!ended && gv_text_is(word, "--")) {
            ended = true;
        } else if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            ok = take_rest(rest, row, argv[i], why);
        } else if (option == NULL) {
            unknown(options, count, argv[i], why);
            ok = false;
        } else if (option->kind == GV_OPTION_FLAG) {
            ok = set_flag(option, row, equals < word.n, why);
        } else if (equals < word.n) {
            ok = store(option, row, argv[i] + equals + 1, why);
        } else {
            i++;
            ok = store(option, row, i < argc ? argv[i] : NULL, why);
        }
    }
    return ok;
}

void gv_options_help(const struct gv_option *options, size_t count, struct gv_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t start = out->n;

        if (options[i].name == NULL || options[i].help == NULL)
            continue;
        gv_buf_add_str(out, "  ");
        gv_buf_add_str(out, options[i].name);
        if (options[i].value != NULL) {
            gv_buf_add_char(out, '=');
            gv_buf_add_str(out, options[i].value);
        }
        do
            gv_buf_add_char(out, ' ');
        while (out->err == GV_OK && out->n - start < HELP_COLUMN);
        gv_buf_add_str(out, options[i].help);
        gv_buf_add_char(out, '\n');
    }
}
