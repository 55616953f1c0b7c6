/* SPDX-License-Identifier: Apache-2.0 */
#include "model/version.h"

#include "check.h"

#define OLD GV_BEHAVIOUR_OLD
#define NEW GV_BEHAVIOUR_NEW
#define UNK GV_BEHAVIOUR_UNKNOWN

static const struct row {
    const char *name, *input;
    enum gv_os os;
    const char *version; /* NULL: not checked */
    enum gv_behaviour behaviour;
} rows[] = {
    /* The boundary: note 116737. */
    {"first new T", "15.2(1)T", GV_OS_IOS, "15.2(1)T", NEW},
    {"first new S", "15.2(1)S", GV_OS_IOS, "15.2(1)S", NEW},
    {"first new XE", "3.5.0S", GV_OS_IOS_XE, "3.5.0S", NEW},
    {"last old XE", "3.4.6S", GV_OS_IOS_XE, "3.4.6S", OLD},
    {"the trap: 15.1(4)M is older code than 15.2(1)T", "15.1(4)M", GV_OS_IOS, "15.1(4)M", OLD},
    {"the trap, rebuilt years later", "15.1(4)M12a", GV_OS_IOS, "15.1(4)M12a", OLD},
    {"15.1(4)M10", "15.1(4)M10", GV_OS_IOS, "15.1(4)M10", OLD},
    /* 16 and later. */
    {"XE 16.3", "16.3.1", GV_OS_IOS_XE, "16.3.1", NEW},
    {"XE 16.6.4", "16.6.4", GV_OS_IOS_XE, "16.6.4", NEW},
    {"XE 16.09.03", "16.09.03", GV_OS_IOS_XE, "16.09.03", NEW},
    {"XE 17.09.04a", "17.09.04a", GV_OS_IOS_XE, "17.09.04a", NEW},
    {"XE 17.05.01a", "17.05.01a", GV_OS_IOS_XE, "17.05.01a", NEW},
    {"patched", "17.03.03 - SMU-PATCHED", GV_OS_IOS_XE, "17.03.03", NEW},
    {"pre-release", "17.07.01prd16", GV_OS_IOS_XE, "17.07.01prd16", NEW},
    {"26", "26.1.1", GV_OS_IOS_XE, "26.1.1", NEW},
    {"two numbers", "17.12", GV_OS_IOS_XE, "17.12", NEW},
    {"16 in IOS form", "16.3(1)", GV_OS_IOS, "16.3(1)", NEW},
    /* IOS-XE 3.x S, every release of the XE to IOS map. */
    {"XE 3.1 = 15.0(1)S", "03.01.00.S", GV_OS_IOS_XE, "03.01.00.S", OLD},
    {"XE 3.2 = 15.1(1)S", "03.02.02.S", GV_OS_IOS_XE, "03.02.02.S", OLD},
    {"XE 3.3 = 15.1(2)S", "03.03.02.S", GV_OS_IOS_XE, "03.03.02.S", OLD},
    {"XE 3.4 = 15.1(3)S", "03.04.06.S", GV_OS_IOS_XE, "03.04.06.S", OLD},
    {"XE 3.5 = 15.2(1)S", "03.05.02.S", GV_OS_IOS_XE, "03.05.02.S", NEW},
    {"XE 3.6 = 15.2(2)S", "03.06.02.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.7 = 15.2(4)S", "03.07.07.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.8 = 15.3(1)S", "03.08.02.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.9 = 15.3(2)S", "03.09.01.S", GV_OS_IOS_XE, "03.09.01.S", NEW},
    {"XE 3.10 = 15.3(3)S", "03.10.10.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.11 = 15.4(1)S", "03.11.04.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.12 = 15.4(2)S", "03.12.04.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.13 = 15.4(3)S", "03.13.06a.S", GV_OS_IOS_XE, "03.13.06a.S", NEW},
    {"XE 3.14 = 15.5(1)S", "03.14.04.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.15 = 15.5(2)S", "03.15.04.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.16 = 15.5(3)S", "03.16.05.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.16 short form", "3.16.5S", GV_OS_IOS_XE, "3.16.5S", NEW},
    {"XE 3.17 = 15.6(1)S", "03.17.04.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.18 = 15.6(2)S", "03.18.09.S", GV_OS_IOS_XE, NULL, NEW},
    {"XE 3.9S", "3.9S", GV_OS_IOS_XE, "3.9S", NEW},
    {"the IOS of 3.1", "15.0(1)S", GV_OS_IOS, NULL, OLD},
    {"the IOS of 3.4", "15.1(3)S", GV_OS_IOS, NULL, OLD},
    {"the IOS of 3.7", "15.2(4)S", GV_OS_IOS, NULL, NEW},
    {"the IOS of 3.16", "15.5(3)S1a", GV_OS_IOS, "15.5(3)S1a", NEW},
    /* Switch lines of IOS-XE 3. */
    {"XE 3 E", "03.06.05E", GV_OS_IOS_XE, "03.06.05E", UNK},
    {"XE 3 E with dot", "03.07.04.E", GV_OS_IOS_XE, NULL, UNK},
    {"XE 3 SE", "03.03.05SE", GV_OS_IOS_XE, NULL, UNK},
    {"XE 3 SG", "3.4.0SG", GV_OS_IOS_XE, NULL, UNK},
    {"XE 3 XO", "03.02.00.XO", GV_OS_IOS_XE, NULL, UNK},
    {"XE 3 without suffix", "3.16.5", GV_OS_IOS_XE, "3.16.5", UNK},
    /* 12.4 and before. */
    {"XE 2", "2.6.2", GV_OS_IOS_XE, "2.6.2", OLD},
    {"XE 2 with build", "02.06.02.122-33.XNF2", GV_OS_IOS_XE, NULL, OLD},
    {"12.2(33)XNF2", "12.2(33)XNF2", GV_OS_IOS, NULL, OLD},
    {"12.2(33)SRE", "12.2(33)SRE3", GV_OS_IOS, NULL, OLD},
    {"12.4T", "12.4(24)T8", GV_OS_IOS, "12.4(24)T8", OLD},
    {"12.4 rebuild letter", "12.4(21a)", GV_OS_IOS, "12.4(21a)", OLD},
    {"12.4XZ", "12.4(15)XZ2", GV_OS_IOS, NULL, OLD},
    {"11.3", "11.3(2)T", GV_OS_IOS, NULL, OLD},
    /* 15.0, 15.1. */
    {"15.0M", "15.0(1)M7", GV_OS_IOS, NULL, OLD},
    {"15.0XA", "15.0(1)XA", GV_OS_IOS, NULL, OLD},
    {"15.0MR", "15.0(2)MR", GV_OS_IOS, NULL, OLD},
    {"15.0SY", "15.0(1)SY", GV_OS_IOS, NULL, UNK},
    {"15.0SE", "15.0(2)SE11", GV_OS_IOS, NULL, UNK},
    {"15.0EX", "15.0(2)EX", GV_OS_IOS, NULL, UNK},
    {"15.0 without train", "15.0(1)", GV_OS_IOS, NULL, UNK},
    {"15.1T", "15.1(3)T4", GV_OS_IOS, NULL, OLD},
    {"15.1GC", "15.1(2)GC", GV_OS_IOS, NULL, OLD},
    {"15.1XB", "15.1(4)XB4", GV_OS_IOS, NULL, OLD},
    {"15.1SY", "15.1(2)SY", GV_OS_IOS, NULL, UNK},
    {"15.1SG", "15.1(2)SG", GV_OS_IOS, NULL, UNK},
    {"15.1SNG", "15.1(2)SNG", GV_OS_IOS, NULL, UNK},
    /* 15.2. */
    {"15.2M", "15.2(4)M11", GV_OS_IOS, NULL, NEW},
    {"15.2T", "15.2(3)T2", GV_OS_IOS, NULL, NEW},
    {"15.2GC", "15.2(1)GC2", GV_OS_IOS, "15.2(1)GC2", UNK},
    {"15.2XA", "15.2(2)XA", GV_OS_IOS, NULL, UNK},
    {"15.2SA", "15.2(2)SA", GV_OS_IOS, NULL, UNK},
    {"15.2SNG", "15.2(2)SNG", GV_OS_IOS, NULL, UNK},
    {"15.2SY", "15.2(1)SY", GV_OS_IOS, NULL, UNK},
    {"15.2E", "15.2(4)E7", GV_OS_IOS, NULL, UNK},
    {"15.2JB", "15.2(4)JB", GV_OS_IOS, NULL, UNK},
    {"15.2EA", "15.2(4)EA", GV_OS_IOS, NULL, UNK},
    {"interim T", "15.2(0.14)T", GV_OS_IOS, NULL, UNK},
    {"interim E", "15.2(4.0.55)E", GV_OS_IOS, "15.2(4.0.55)E", UNK},
    /* 15.3 and later. */
    {"15.3T", "15.3(2)T", GV_OS_IOS, NULL, NEW},
    {"15.3M", "15.3(3)M10", GV_OS_IOS, NULL, NEW},
    {"15.4S interim", "15.4(0.10)S", GV_OS_IOS, "15.4(0.10)S", NEW},
    {"15.4SN", "15.4(3)SN", GV_OS_IOS, NULL, NEW},
    {"15.6SP", "15.6(2)SP9", GV_OS_IOS, NULL, NEW},
    {"15.6M", "15.6(3)M2", GV_OS_IOS, NULL, NEW},
    {"15.9M", "15.9(3)M4", GV_OS_IOS, NULL, NEW},
    {"15.3JD", "15.3(3)JD", GV_OS_IOS, NULL, UNK},
    {"15.5SY", "15.5(1)SY", GV_OS_IOS, NULL, UNK},
    {"15.7 without train", "15.7(3)", GV_OS_IOS, NULL, UNK},
    /* Whole lines and texts. */
    {"IOS line",
     "Cisco IOS Software, C3900 Software (C3900-UNIVERSALK9-M), Version 15.0(1)M7, "
     "RELEASE SOFTWARE (fc2)",
     GV_OS_IOS, "15.0(1)M7", OLD},
    {"no comma before RELEASE",
     "Cisco IOS Software, IOS-XE Software, Catalyst L3 Switch Software "
     "(CAT3K_CAA-UNIVERSALK9-M), Version 03.06.05E RELEASE SOFTWARE",
     GV_OS_IOS_XE, "03.06.05E", UNK},
    {"codename",
     "Cisco IOS Software [Fuji], Catalyst L3 Switch Software (CAT9K_IOSXE), Version "
     "16.9.3, RELEASE SOFTWARE (fc2)",
     GV_OS_IOS_XE, "16.9.3", NEW},
    {"empty codename",
     "Cisco IOS Software [], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), "
     "Version 17.3.1a, RELEASE SOFTWARE",
     GV_OS_IOS_XE, "17.3.1a", NEW},
    {"12.x", "IOS (tm) 7200 Software (C7200-JK9O3S-M), Version 12.3(9), RELEASE SOFTWARE",
     GV_OS_IOS, "12.3(9)", OLD},
    {"sysDescr of XE 3.16 holds the train",
     "Cisco IOS Software, ASR1000 Software (X86_64_LINUX_IOSD-ADVENTERPRISEK9-M), Version "
     "15.5(3)S1a, RELEASE SOFTWARE (fc1)\r\nTechnical Support: http://www.cisco.com",
     GV_OS_IOS_XE, "15.5(3)S1a", NEW},
    {"XE 3.9 prints both: its own number counts",
     "Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version "
     "15.3(2)S1, "
     "RELEASE SOFTWARE (fc1)\nGPL Version 2.0.\nIOS XE Version: 03.09.01.S\n",
     GV_OS_IOS_XE, "03.09.01.S", NEW},
    {"XE 16 prints both",
     "Cisco IOS XE Software, Version 16.09.03\nCisco IOS Software [Fuji], "
     "Version 16.9.3, RELEASE",
     GV_OS_IOS_XE, "16.09.03", NEW},
    {"experimental", "Cisco IOS Software, Experimental Version 16.3.20170410:120658 [v163 101]",
     GV_OS_IOS_XE, "16.3.20170410", NEW},
    {"a name first, the number later",
     "Cisco IOS XE Software, Version V169_5_SR12345\nCisco IOS Software [Fuji], ISR Software, "
     "Version 16.9.5, CUST-SPECIAL:V169_5_SR12345",
     GV_OS_IOS_XE, "16.9.5", NEW},
    {"a name alone", "V169_5_SR687567437", GV_OS_UNSAID, "", UNK},
    {"a build name", "BLD_POLARIS_DEV_LATEST_20200210_003135", GV_OS_UNSAID, "", UNK},
    {"licence text only", "software licensed under GPL Version 2.0 is free", GV_OS_UNSAID, "",
     UNK},
    {"boot loader only", "BOOTLDR: Boot Loader Version 3.58, RELEASE SOFTWARE (P)",
     GV_OS_UNSAID, "", UNK},
    {"version without the word", "running IOS 15.2(4)M6 here", GV_OS_IOS, "15.2(4)M6", NEW},
    {"Junos", "Juniper Networks, Inc. srx345, kernel JUNOS 21.4R1", GV_OS_JUNOS, "", UNK},
    /* GDOI versions, and what is none. */
    {"GDOI 1.0.4", "1.0.4", GV_OS_UNSAID, "1.0.4", NEW},
    {"GDOI 1.0.27", "1.0.27", GV_OS_UNSAID, "1.0.27", NEW},
    {"GDOI 1.0.3", "1.0.3", GV_OS_UNSAID, NULL, NEW},
    {"GDOI 1.0.1", "1.0.1", GV_OS_UNSAID, NULL, UNK},
    {"empty", "", GV_OS_UNSAID, "", UNK},
    {"blanks", " \r\n", GV_OS_UNSAID, "", UNK},
    {"words", "no version here", GV_OS_UNSAID, "", UNK},
    {"unclosed", "15.2(1", GV_OS_UNSAID, "", UNK},
    {"empty parentheses", "15.2()T", GV_OS_UNSAID, "", UNK},
    {"number too large", "99999999999.1(1)T", GV_OS_UNSAID, "", UNK},
    {"an address is no version", "192.168.1.1", GV_OS_UNSAID, "", UNK},
    {"another one", "10.1.13.2", GV_OS_UNSAID, "", UNK},
    {"13 never was", "13.1(1)T", GV_OS_UNSAID, "", UNK},
    {"blanks around", "  15.2(4)M6\r\n", GV_OS_IOS, "15.2(4)M6", NEW},
};

static void test_versions(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_version_verdict v = gv_version_judge(gv_text(rows[i].input));

        CHECK_STR(rows[i].name, gv_behaviour_name(v.behaviour),
                  gv_behaviour_name(rows[i].behaviour));
        CHECK_INT(rows[i].name, v.os, rows[i].os);
        CHECK(rows[i].name, rows[i].version == NULL || gv_text_is(v.version, rows[i].version));
        CHECK(rows[i].name, v.reason != NULL && v.reason[0] != '\0');
    }
}

static void test_gdoi(void)
{
    static const struct {
        const char *input;
        enum gv_behaviour behaviour;
        enum gv_confidence confidence;
    } gdoi[] = {
        {"1.0.0", UNK, GV_LIKELY},   {"1.0.1", UNK, GV_LIKELY},
        {"1.0.2", NEW, GV_LIKELY},   {"1.0.3", NEW, GV_LIKELY},
        {"1.0.4", NEW, GV_CERTAIN},  {"1.0.26", NEW, GV_CERTAIN},
        {"1.1.0", NEW, GV_CERTAIN},  {" 1.0.8\r\n", NEW, GV_CERTAIN},
        {"0.9.9", UNK, GV_LIKELY},   {"", UNK, GV_LIKELY},
        {"1.0", UNK, GV_LIKELY},     {"1.0.x", UNK, GV_LIKELY},
        {"1.0.4.5", UNK, GV_LIKELY}, {"2.0.0", NEW, GV_CERTAIN},
    };

    for (size_t i = 0; i < sizeof(gdoi) / sizeof(gdoi[0]); i++) {
        struct gv_version_verdict v = gv_gdoi_version_judge(gv_text(gdoi[i].input));

        CHECK_INT(gdoi[i].input, v.behaviour, gdoi[i].behaviour);
        CHECK_INT(gdoi[i].input, v.confidence, gdoi[i].confidence);
    }
}

int main(void)
{
    test_versions();
    test_gdoi();
    return check_end();
}
