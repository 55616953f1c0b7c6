/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool: the engineer's tool. One subcommand a file, one row each here. */
#include <stdio.h>
#include <string.h>

#include "tool/command.h"
#include "words.h"

static const struct tool_command *const commands[] = {
    &tool_parse, &tool_timing, &tool_version, &tool_interop, &tool_syslog,
    &tool_poll,  &tool_probe,  &tool_init,    &tool_history, &tool_keyscan,
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
    (void)puts(
        "getvpntool looks at GETVPN the way getvpn_exporter does, one thing at a time.\n\n"
        "usage: getvpntool COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:");
    for (size_t i = 0; i < COMMANDS; i++)
        (void)printf("  %-14s%s\n", commands[i]->name, commands[i]->summary);
    (void)puts(
        "\n`getvpntool COMMAND --help` teaches each, with an example. Text for people by\n"
        "default; with --json exactly one JSON document on standard output, on failure "
        "too.\nExit: 0 success, 1 negative answer, 2 wrong usage, 3 unreachable.\n\n"
        "Start here:\n"
        "  getvpntool timing --lifetime 86400 --members 2000\n"
        "  getvpntool interop --ks '12.4(24)T' --gm '15.2(4)M'");
}

static void print_command_help(const struct tool_command *command)
{
    struct gv_buf out = gv_buf(1 << 16);

    gv_options_help(command->options, command->option_count, &out);
    (void)printf("usage: getvpntool %s %s\n\n%s\n\nOptions:\n%s", command->name,
                 command->arguments, command->teaching, out.at ? out.at : "");
    gv_buf_clear(&out);
}

static bool wants_help(int argc, const char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int unknown_command(const char *word)
{
    struct gv_word_guess guess = {.text = word};

    for (size_t i = 0; i < COMMANDS; i++)
        gv_word_guess(&guess, commands[i]->name);
    if (guess.word != NULL)
        (void)fprintf(stderr, "getvpntool: no command %s; did you mean %s?\n", word,
                      guess.word);
    else
        (void)fprintf(stderr, "getvpntool: no command %s; see --help\n", word);
    return TOOL_USAGE;
}

int main(int argc, char **argv)
{
    const char *const *words = (const char *const *)argv;

    if (argc < 2) {
        (void)fputs("getvpntool: a command is needed; see --help\n", stderr);
        return TOOL_USAGE;
    }
    if (strcmp(words[1], "--version") == 0) {
        (void)puts("getvpntool " GV_VERSION);
        return TOOL_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(words[1], commands[i]->name) != 0)
            continue;
        if (!wants_help(argc - 1, words + 1))
            return commands[i]->run(commands[i], argc - 1, words + 1);
        print_command_help(commands[i]);
        return TOOL_OK;
    }
    if (!wants_help(argc, words) && strcmp(words[1], "help") != 0)
        return unknown_command(words[1]);
    print_help();
    return TOOL_OK;
}
