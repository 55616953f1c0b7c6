/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool ssh-keyscan: enrol a router's host keys. */
#include <stdio.h>

#include "ssh/keyscan.h"
#include "tool/command.h"

enum { TIMEOUT_S = 10, PORT_MOST = 65535 };

struct row {
    struct gv_option_texts hosts;
    const char *port, *known_hosts;
    bool json;
};

static const struct gv_option options[] = {
    {"--port", GV_OPTION_TEXT, offsetof(struct row, port), "N", "TCP port (default 22)"},
    {"--known-hosts", GV_OPTION_TEXT, offsetof(struct row, known_hosts), "FILE",
     "append new keys to this file"},
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, hosts), NULL, NULL},
    TOOL_JSON(row),
};

struct scan {
    bool json, to_file;
    json_t *keys;
};

static void on_key(void *arg, const struct gv_host_key *key)
{
    struct scan *scan = arg;
    const char *state = key->changed ? "CHANGED" : key->known ? "known" : "new";

    (void)fprintf(stderr, "%s %s (%s)\n", key->type, key->fingerprint, state);
    if (scan->json)
        (void)json_array_append_new(
            scan->keys, json_pack("{s:s, s:s, s:s, s:b, s:b}", "type", key->type, "fingerprint",
                                  key->fingerprint, "line", key->line, "known", (int)key->known,
                                  "changed", (int)key->changed));
    else if (!scan->to_file)
        (void)fputs(key->line, stdout);
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    struct scan scan = {0};
    char detail[GV_DETAIL_SIZE] = "";
    uint32_t port = 22;
    json_t *document;
    int code = TOOL_OK;
    enum gv_err err;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.hosts.count != 1)
        return tool_usage(command, "one HOST is needed");
    if (row.port != NULL &&
        (!gv_text_u32(gv_text(row.port), &port) || port == 0 || port > PORT_MOST))
        return tool_usage(command, "--port: expected a number from 1 to 65535");
    scan = (struct scan){row.json, row.known_hosts != NULL, json_array()};
    err =
        gv_ssh_keyscan(&(struct gv_keyscan){row.hosts.at[0], (uint16_t)port, gv_secs(TIMEOUT_S),
                                            row.known_hosts, on_key, &scan},
                       detail);
    if (err != GV_OK)
        (void)fprintf(stderr, "getvpntool: %s: %s\n", gv_err_name(err), detail);
    if (err != GV_OK)
        code = err == GV_ERR_HOST_KEY_CHANGED ? TOOL_NEGATIVE : TOOL_UNREACHABLE;
    document = json_pack("{s:o}", "keys", scan.keys);
    if (err != GV_OK)
        (void)json_object_set_new(document, "error", tool_error("ssh-keyscan", detail));
    if (row.json)
        return tool_print_json(document, code);
    json_decref(document);
    return code;
}

const struct tool_command tool_keyscan = {
    "ssh-keyscan",
    "HOST [--port N] [--known-hosts FILE]",
    "fetch a router's SSH host keys, to be compared and enrolled",
    "Prints lines for known_hosts, or appends them to FILE; a key that FILE holds already\n"
    "with another value is never replaced. The key is what the network answers: compare the\n"
    "fingerprint with `show ip ssh` on the router's console before you trust it.\n\n"
    "Example:\n"
    "  getvpntool ssh-keyscan 192.0.2.11 --known-hosts /etc/getvpn-exporter/known_hosts",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
