/* SPDX-License-Identifier: Apache-2.0 */
#include "config/sd_json.h"

#include <jansson.h>
#include <stdlib.h>

static int add(const char *at, size_t n, void *arg)
{
    struct gv_buf *out = arg;

    gv_buf_add(out, at, n);
    return out->err == GV_OK ? 0 : -1;
}

enum gv_err gv_sd_json(const struct gv_config *config, struct gv_shard shard,
                       struct gv_buf *out)
{
    json_t *names = json_array(), *document;
    int failed = 0;

    for (size_t i = 0; i < config->target_count; i++)
        if (gv_shard_holds(shard, config->targets[i].target.name))
            failed |= json_array_append_new(names, json_string(config->targets[i].target.name));
    document = json_pack("[{s:o, s:{}}]", "targets", names, "labels");
    if (document == NULL || failed != 0) {
        json_decref(document);
        return GV_ERR_NO_MEMORY;
    }
    failed = json_dump_callback(document, add, out, JSON_COMPACT);
    json_decref(document);
    return failed == 0 ? GV_OK : out->err != GV_OK ? out->err : GV_ERR_NO_MEMORY;
}
