/* SPDX-License-Identifier: Apache-2.0 */
/* The SNMP collector's wire (snmp/wire.h) to the lab's agents, without a socket: a question
 * travels, the agent answers from its tables, the answer travels back; each may get lost. */
#include <stdlib.h>
#include <string.h>

#include "snmp/wire.h"
#include "stage.h"

enum { VARS_MOST = GV_WALK_VARS, OBJECT_ID_MOST = 16 };

/* A question or its answer on the way. */
struct letter {
    struct letter *next;
    struct gv_wire *wire;
    struct gv_timer *timer;
    struct gv_walk_request request;
    size_t count;
    size_t oid_n[VARS_MOST];
    uint32_t oids[VARS_MOST][GV_OID_ARCS];
    struct gv_snmp_var vars[VARS_MOST];
    size_t var_count;
    uint8_t octets[VARS_MOST][LAB_OCTETS_MAX];
    uint32_t object_id[OBJECT_ID_MOST];
};

struct gv_wire {
    const struct lab_device *device;
    int fd; /* -1: shut */
    struct letter *under_way;
    struct letter *arrived; /* NULL: none */
    bool waiting;           /* an answer is of use */
};

struct gv_wire *gv_wire_new(const struct gv_target *target)
{
    struct gv_wire *wire = calloc(1, sizeof(*wire));

    if (wire == NULL)
        return NULL;
    wire->device = stage_device(stage_now->fleet, target->name);
    wire->fd = -1;
    return wire;
}

static void letter_free(struct letter *letter)
{
    gv_timer_stop(letter->timer);
    free(letter);
}

void gv_wire_shut(struct gv_wire *wire)
{
    while (wire->under_way != NULL) {
        struct letter *letter = wire->under_way;

        wire->under_way = letter->next;
        letter_free(letter);
    }
    wire->waiting = false;
    wire->fd = -1;
}

void gv_wire_free(struct gv_wire *wire)
{
    if (wire == NULL)
        return;
    gv_wire_shut(wire);
    free(wire);
}

enum gv_err gv_wire_open(struct gv_wire *wire, const struct gv_address *address)
{
    (void)address;
    gv_wire_shut(wire);
    wire->fd = stage_now->next_fd++;
    return GV_OK;
}

int gv_wire_fd(const struct gv_wire *wire)
{
    return wire->fd;
}

void gv_wire_begin(struct gv_wire *wire)
{
    (void)wire;
}

void gv_wire_drop(struct gv_wire *wire)
{
    wire->waiting = false;
}

/* --- the agent --- */

static void add_value(struct letter *letter, struct gv_snmp_var *var,
                      const struct lab_object *object)
{
    size_t i = (size_t)(var - letter->vars);

    switch (object->type) {
    case LAB_OCTETS:
        memcpy(letter->octets[i], object->octets, object->n);
        var->kind = GV_SNMP_OCTETS;
        var->octets = letter->octets[i];
        var->octets_n = object->n;
        return;
    case LAB_OBJECT_ID:
        if (object->n > OBJECT_ID_MOST)
            abort();
        memcpy(letter->object_id, object->octets, object->n * sizeof(uint32_t));
        var->kind = GV_SNMP_OID;
        var->arcs = letter->object_id;
        var->arcs_n = object->n;
        return;
    case LAB_TIME_TICKS:
        var->kind = GV_SNMP_TICKS;
        var->number = object->number;
        return;
    case LAB_INTEGER:
    case LAB_COUNTER32:
    case LAB_UNSIGNED32:
        var->kind = GV_SNMP_NUMBER;
        var->number = object->number;
        return;
    }
}

/* Append the object after the name. False where the answer is full. */
static bool add_next(struct letter *letter, const uint32_t *name, size_t n)
{
    size_t i = letter->var_count;
    struct gv_snmp_var *var = &letter->vars[i];
    const struct lab_object *object;

    if (i == VARS_MOST)
        return false;
    object = lab_view_next(&stage_now->view, name, n);
    letter->var_count++;
    *var = (struct gv_snmp_var){.kind = GV_SNMP_END};
    if (object != NULL) {
        name = object->name;
        n = object->name_n;
        add_value(letter, var, object);
    }
    memmove(letter->oids[i], name, n * sizeof(*name));
    var->oid = letter->oids[i];
    var->oid_n = n;
    return true;
}

/* RFC 3416, 4.2.3: the first ones once, the others again and again from what they gave. */
static void answer(struct letter *letter)
{
    uint32_t asked[VARS_MOST][GV_OID_ARCS];
    size_t once = letter->request.bulk ? letter->request.once : letter->count;
    size_t repeated = letter->count - once;

    memcpy(asked, letter->oids, letter->count * sizeof(asked[0]));
    lab_view_build(&stage_now->view, stage_now->fleet, letter->wire->device);
    for (size_t i = 0; i < once; i++)
        (void)add_next(letter, asked[i], letter->oid_n[i]);
    for (unsigned r = 0; letter->request.bulk && r < letter->request.repetitions; r++)
        for (size_t i = once; i < letter->count; i++) {
            const struct gv_snmp_var *before = &letter->vars[letter->var_count - repeated];
            const uint32_t *name = r == 0 ? asked[i] : before->oid;
            size_t n = r == 0 ? letter->oid_n[i] : before->oid_n;

            if (!add_next(letter, name, n))
                return;
        }
}

/* --- the way --- */

static void unlink_letter(struct letter *letter)
{
    struct letter **at = &letter->wire->under_way;

    while (*at != letter)
        at = &(*at)->next;
    *at = letter->next;
}

static void arrives(void *arg)
{
    struct letter *letter = arg;
    struct gv_wire *wire = letter->wire;

    letter->timer = NULL;
    unlink_letter(letter);
    if (wire->waiting) {
        wire->arrived = letter;
        (void)gv_virtual_readable(stage_now->loop, wire->fd);
        /* What it starts may end the wire: it is not looked at again. */
    }
    letter_free(letter);
}

static void reaches_agent(void *arg)
{
    struct letter *letter = arg;

    (void)stage_fleet_now(stage_now);
    letter->timer = NULL;
    if (!stage_loses(stage_now, letter->wire->device)) {
        answer(letter);
        if (!stage_loses(stage_now, letter->wire->device))
            letter->timer =
                gv_timer_start(stage_now->loop, (struct gv_dur){stage_now->settings.delay_ms},
                               arrives, letter);
    }
    if (letter->timer != NULL)
        return;
    unlink_letter(letter);
    letter_free(letter);
}

enum gv_err gv_wire_send(struct gv_wire *wire, const struct gv_walk *walk,
                         const struct gv_walk_request *request, bool again)
{
    struct letter *letter = calloc(1, sizeof(*letter));

    (void)again;
    if (letter == NULL)
        return GV_ERR_NO_MEMORY;
    letter->wire = wire;
    letter->request = *request;
    letter->count = request->n;
    for (size_t i = 0; i < request->n; i++)
        letter->oid_n[i] = gv_walk_oid(walk, i, letter->oids[i]);
    letter->timer = gv_timer_start(
        stage_now->loop, (struct gv_dur){stage_now->settings.delay_ms}, reaches_agent, letter);
    letter->next = wire->under_way;
    wire->under_way = letter;
    wire->waiting = true;
    return GV_OK;
}

enum gv_wire_news gv_wire_read(struct gv_wire *wire,
                               enum gv_err (*accept)(void *arg,
                                                     const struct gv_snmp_answer *answer),
                               void *arg, enum gv_err *why)
{
    struct letter *letter = wire->arrived;
    struct gv_snmp_answer told;

    if (letter == NULL)
        return GV_WIRE_NOTHING;
    wire->arrived = NULL;
    told = (struct gv_snmp_answer){.vars = letter->vars, .n = letter->var_count};
    *why = accept(arg, &told);
    if (*why != GV_OK)
        return GV_WIRE_DOUBTFUL;
    wire->waiting = false;
    return GV_WIRE_ANSWERED;
}
