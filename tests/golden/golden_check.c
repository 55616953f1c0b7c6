/* SPDX-License-Identifier: Apache-2.0 */
/* Golden pairs of check_getvpn: NAME.txt as tests/unit/check_case.h describes it, NAME.out as
 * answered.
 *
 * golden_check FILE.txt    print what each line of it is answered with, and the exit code */
#include <stdio.h>
#include <stdlib.h>

#include "check_case.h"

enum { FILE_MOST = 1 << 20 };

int main(int argc, char **argv)
{
    static char text[FILE_MOST];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    struct gv_text document, line;

    if (file == NULL)
        return 2;
    document = (struct gv_text){text, fread(text, 1, sizeof(text), file)};
    (void)fclose(file);
    while (check_case_next(&document, &line))
        continue;
    for (struct gv_text rest = {text, (size_t)(document.at - text)};
         check_case_next(&rest, &line);) {
        struct gv_buf out = gv_buf(GV_CHECK_OUTPUT_MOST);
        struct check_case one;
        enum gv_check_state state;

        printf("# %.*s\n", (int)line.n, line.at);
        if (!check_case_read(line, &one))
            return 2;
        state = gv_check_judge(&one.ask, document, &out);
        printf("%sexit %u\n", out.at != NULL ? out.at : "", (unsigned)state);
        gv_buf_clear(&out);
    }
    return 0;
}
