/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <assert.h>

static const char *const names[] = {
    [GV_OK] = "ok",
    [GV_ERR_TIMEOUT] = "timeout",
    [GV_ERR_UNREACHABLE] = "unreachable",
    [GV_ERR_NAME_LOOKUP] = "name_lookup",
    [GV_ERR_AUTHENTICATION] = "authentication",
    [GV_ERR_AUTHORIZATION] = "authorization",
    [GV_ERR_TIME_WINDOW] = "time_window",
    [GV_ERR_ENGINE_CHANGED] = "engine_changed",
    [GV_ERR_KEY_EXCHANGE] = "key_exchange",
    [GV_ERR_HOST_KEY_UNKNOWN] = "host_key_unknown",
    [GV_ERR_HOST_KEY_CHANGED] = "host_key_changed",
    [GV_ERR_NOT_SUPPORTED] = "not_supported",
    [GV_ERR_MALFORMED] = "malformed",
    [GV_ERR_TRUNCATED] = "truncated",
    [GV_ERR_TOO_LARGE] = "too_large",
    [GV_ERR_RANGE] = "range",
    [GV_ERR_NOT_FOUND] = "not_found",
    [GV_ERR_NO_DATA] = "no_data",
    [GV_ERR_NO_MEMORY] = "no_memory",
    [GV_ERR_SYSTEM] = "system",
    [GV_ERR_CANCELLED] = "cancelled",
};
static_assert(sizeof(names) / sizeof(names[0]) == GV_ERR_COUNT, "one name per error");

const char *gv_err_name(enum gv_err err)
{
    return (unsigned)err < GV_ERR_COUNT ? names[err] : "invalid";
}
