// SPDX-License-Identifier: Apache-2.0
// The exporter's sentences about evidence (exporter/model), in Japanese: English as the API has
// it, with names for what changes. {rest} is a sentence of this table itself.
export const sentencesJa = [
    // what was seen in polls: timing.c, fleet_evidence.c
    ['its role is not told, and if it is the primary: {rest}', '役割は不明。プライマリであるとすれば: {rest}'],
    ['it made the next KEK {a} s before the old one expired; the formula gives {b} s',
        '次の KEK を旧 KEK の満了 {a} 秒前に生成。計算式では {b} 秒前'],
    ['it made the next KEK {a} s before the old one expired, as with a TEK rekey, or by hand; the formula gives {b} s',
        '次の KEK を旧 KEK の満了 {a} 秒前に生成 (TEK リキーに伴うものか手動)。計算式では {b} 秒前'],
    ['as primary it had {a} s of its KEK left and no successor, which a key server with the new behaviour makes at least 200 s ahead',
        'プライマリでありながら KEK の残りが {a} 秒で次の KEK がない。新動作のキーサーバーなら 200 秒以上前に生成する'],
    ['as primary it made the next KEK {a} s after the old one had expired', 'プライマリとして次の KEK を旧 KEK の満了 {a} 秒後に生成'],
    ['it showed the same KEK lifetime, {a} s, in two polls {b} s apart', '{b} 秒離れた 2 回のポーリングで KEK の残り時間が同じ {a} 秒'],
    ['its KEK lifetime counted down by {a} s in {b} s', 'KEK の残り時間が {b} 秒間に {a} 秒減少'],
    ['{gm} registered twice around the end of a KEK, shortly before it with the same KEK and after it once more; times so far: {n}',
        '{gm} が KEK の満了前後に 2 回登録 (直前に同じ KEK で、満了後にもう一度)。これまでの回数: {n}'],

    // what a probe saw: probe.c
    ['a registration {a} s before the KEK\'s expiry brought its successor', 'KEK 満了の {a} 秒前の登録で次の KEK を受け取った'],
    ['a registration gave a KEK that had only {a} s left; a new key server would have replaced it',
        '登録で受け取った KEK の残りが {a} 秒しかない。新動作のキーサーバーならすでに更新している'],
    ['a KEK rekey with a valid signature came {a} s before expiry', '署名の正しい KEK リキーが満了の {a} 秒前に届いた'],
    ['a KEK rekey with a valid signature came {a} s after expiry', '署名の正しい KEK リキーが満了の {a} 秒後に届いた'],

    // what devices said: fleet_heard.c
    ['{gm} registered {a} s before its KEK expired, got the same KEK, and registered again {b} s after',
        '{gm} が KEK 満了の {a} 秒前に登録して同じ KEK を受け取り、満了の {b} 秒後に再び登録'],
    ['{gm} registered anew twice within {a} s, with no rekey in between (by SNMP notifications)',
        '{gm} が {a} 秒以内に 2 回登録し直し、その間にリキーなし (SNMP 通知による)'],
    ['it warned that a member newer than itself registered: {gm}', '自身より新しいメンバーが登録したと警告: {gm}'],

    // versions: fleet_evidence.c, then the reasons of version.c
    ['its group member output has no version line, as in 12.4T and 15.0', 'グループメンバーの出力にバージョン行がない (12.4T と 15.0 の形)'],
    ['{ks} lists it with GDOI {version}: {rest}', '{ks} の一覧では GDOI {version}: {rest}'],
    ['GDOI {version}: {rest}', 'GDOI {version}: {rest}'],
    ['IOS-XE {version}: {rest}', 'IOS-XE {version}: {rest}'],
    ['IOS {version}: {rest}', 'IOS {version}: {rest}'],
    ['releases 16 and later are younger than the change in IOS-XE 3.5S', '16 以降は IOS-XE 3.5S での変更より新しい'],
    ['IOS-XE 16 and later are younger than the change in IOS-XE 3.5S', 'IOS-XE 16 以降は IOS-XE 3.5S での変更より新しい'],
    ['IOS-XE 3.5S (IOS 15.2(1)S) and later have the new behaviour', 'IOS-XE 3.5S (IOS 15.2(1)S) 以降は新動作'],
    ['IOS-XE 3.1S to 3.4S (IOS 15.0(1)S to 15.1(3)S) are older than the change in 3.5S',
        'IOS-XE 3.1S から 3.4S (IOS 15.0(1)S から 15.1(3)S) は 3.5S での変更より古い'],
    ['IOS-XE 2.x is older than the change in IOS-XE 3.5S', 'IOS-XE 2.x は IOS-XE 3.5S での変更より古い'],
    ['IOS 12.4 and earlier, any train, are older than the change in 15.2(1)T', 'IOS 12.4 以前はどのトレインも 15.2(1)T での変更より古い'],
    ['15.0 of the router trains is older than the change in 15.2(1)T', 'ルーター用トレインの 15.0 は 15.2(1)T での変更より古い'],
    ['15.1 is older code than 15.2(1)T and 15.2(1)S, whatever its build date', '15.1 はビルド日にかかわらず 15.2(1)T と 15.2(1)S より古いコード'],
    ['15.2(1)T and later releases of its T and M trains have the new behaviour', '15.2(1)T 以降の T と M トレインは新動作'],
    ['15.2(1)S and later releases of its S train have the new behaviour', '15.2(1)S 以降の S トレインは新動作'],
    ['15.3 and later releases of the router trains have the new behaviour', 'ルーター用トレインの 15.3 以降は新動作'],
    ['GDOI 1.0.4 and later have the new behaviour', 'GDOI 1.0.4 以降は新動作'],
    ['GDOI 1.0.2 and 1.0.3 likely have the new behaviour', 'GDOI 1.0.2 と 1.0.3 はおそらく新動作'],
];
