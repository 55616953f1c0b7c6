/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_label.h"

#include <string.h>

/* The octet as it counts in a key: 0 for all but letters and digits. */
static const char key_of[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

struct gv_label gv_label_read(struct gv_text raw)
{
    struct gv_label label;

    label.n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = key_of[(unsigned char)raw.at[i]];

        if (c == 0)
            continue;
        if (label.n == GV_LABEL_MAX) {
            label.n = 0;
            break;
        }
        label.key[label.n++] = c;
    }
    return label;
}

void gv_label_join(const struct gv_label *first, struct gv_label *label)
{
    if (first->n + label->n > GV_LABEL_MAX)
        return;
    memmove(label->key + first->n, label->key, label->n);
    memcpy(label->key, first->key, first->n);
    label->n += first->n;
}

int gv_label_compare(const struct gv_label *label, const char *key)
{
    for (size_t i = 0; i < label->n; i++)
        if (label->key[i] != key[i]) /* also at the NUL that ends the key */
            return (unsigned char)label->key[i] - (unsigned char)key[i];
    return key[label->n] == '\0' ? 0 : -1;
}

bool gv_label_is(const struct gv_label *label, const char *key)
{
    return gv_label_compare(label, key) == 0;
}

size_t gv_label_colon(struct gv_text line)
{
    size_t first = gv_text_index(line, ':');
    size_t depth = 0;

    if (first == line.n || gv_text_index(gv_text_head(line, first), '(') == first)
        return first;
    for (size_t i = 0; i < line.n; i++) {
        if (line.at[i] == '(')
            depth++;
        else if (line.at[i] == ')' && depth > 0)
            depth--;
        else if (line.at[i] == ':' && depth == 0)
            return i;
    }
    return line.n;
}

int gv_label_word(struct gv_text value, const struct gv_label_word *words)
{
    for (; words->word != NULL; words++)
        if (gv_text_starts(value, words->word))
            return words->value;
    return 0;
}
